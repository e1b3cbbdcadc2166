//! What a client is built from: settings, environment, and which of them wins.

use qwen_batches::{Client, ErrorKind, Region};

use crate::support::KEY;

type Env = &'static [(&'static str, &'static str)];
/// Environment, explicit base URL, explicit region and workspace, and what comes of them.
type Case = (
    Env,
    Option<&'static str>,
    (Option<Region>, Option<&'static str>),
    &'static str,
);

fn build(env: Env, base_url: Option<&str>, place: (Option<Region>, Option<&str>)) -> Client {
    try_build(env, base_url, place).expect("a client")
}

fn try_build(
    env: Env,
    base_url: Option<&str>,
    (region, workspace): (Option<Region>, Option<&str>),
) -> Result<Client, qwen_batches::Error> {
    let mut builder = Client::builder().from_env_with(|name| {
        env.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    });
    if let Some(url) = base_url {
        builder = builder.base_url(url);
    }
    if let Some(region) = region {
        builder = builder.region(region);
    }
    if let Some(workspace) = workspace {
        builder = builder.workspace(workspace);
    }
    builder.build()
}

const ENV_KEY: (&str, &str) = ("DASHSCOPE_API_KEY", KEY);
const ENV_URL: (&str, &str) = ("DASHSCOPE_HTTP_BASE_URL", "https://env.example/api/v1");
const ENV_REGION: (&str, &str) = ("DASHSCOPE_API_REGION", "cn-beijing");
const ENV_WORKSPACE: (&str, &str) = ("DASHSCOPE_WORKSPACE_ID", "llm-env");

#[test]
fn explicit_beats_base_url_beats_region() {
    let singapore = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1";
    let beijing = "https://dashscope.aliyuncs.com/compatible-mode/v1";
    let cases: &[Case] = &[
        (&[ENV_KEY], None, (None, None), singapore),
        (&[ENV_KEY, ENV_REGION], None, (None, None), beijing),
        (
            &[ENV_KEY, ENV_REGION, ENV_WORKSPACE],
            None,
            (None, None),
            "https://llm-env.cn-beijing.maas.aliyuncs.com/compatible-mode/v1",
        ),
        (
            &[ENV_KEY, ENV_WORKSPACE],
            None,
            (None, None),
            "https://llm-env.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1",
        ),
        (
            &[ENV_KEY, ENV_URL, ENV_REGION, ENV_WORKSPACE],
            None,
            (None, None),
            "https://env.example/compatible-mode/v1",
        ),
        (
            &[ENV_KEY, ENV_URL],
            None,
            (Some(Region::Beijing), None),
            beijing,
        ),
        (
            &[ENV_KEY, ENV_URL, ENV_WORKSPACE],
            None,
            (Some(Region::Singapore), None),
            singapore,
        ),
        (
            &[ENV_KEY, ENV_URL, ENV_REGION],
            None,
            (None, Some("llm-mine")),
            "https://llm-mine.cn-beijing.maas.aliyuncs.com/compatible-mode/v1",
        ),
        (
            &[ENV_KEY, ENV_URL, ENV_REGION],
            Some("https://mine.example/v1/"),
            (Some(Region::Singapore), None),
            "https://mine.example/v1",
        ),
        (
            &[ENV_KEY, ("DASHSCOPE_API_REGION", "  ")],
            None,
            (None, None),
            singapore,
        ),
    ];
    for (env, base_url, place, expected) in cases {
        let client = build(env, *base_url, *place);
        assert_eq!(
            client.base_url(),
            *expected,
            "{env:?} {base_url:?} {place:?}"
        );
    }
}

#[test]
fn unusable_settings_say_which_and_why() {
    let cases: &[(Env, Option<&str>, Option<&str>, &str)] = &[
        (
            &[],
            None,
            None,
            "no API key; set the environment variable DASHSCOPE_API_KEY",
        ),
        (&[("DASHSCOPE_API_KEY", " ")], None, None, "no API key"),
        (
            &[("DASHSCOPE_API_KEY", "sk-\nx")],
            None,
            None,
            "holds characters that cannot be sent",
        ),
        (
            &[ENV_KEY, ("DASHSCOPE_API_REGION", "tokyo")],
            None,
            None,
            "`tokyo` is not a region",
        ),
        (
            &[ENV_KEY, ("DASHSCOPE_HTTP_BASE_URL", "ftp://x")],
            None,
            None,
            "DASHSCOPE_HTTP_BASE_URL: base URL `ftp://x`",
        ),
        (&[ENV_KEY], Some("http://10.0.0.1/v1"), None, "plain http"),
        (
            &[ENV_KEY],
            None,
            Some("evil.example/"),
            "workspace `evil.example/` is not an id",
        ),
        (&[ENV_KEY], None, Some(""), "workspace `` is not an id"),
    ];
    for (env, base_url, workspace, expected) in cases {
        let error = try_build(env, *base_url, (None, *workspace)).expect_err(expected);
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = format!("{error} {error:#?}");
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains("sk-"), "{text}");
    }
}

#[test]
fn regions_parse_by_name_and_by_id() {
    for (text, expected) in [
        ("singapore", Region::Singapore),
        ("beijing", Region::Beijing),
        ("ap-southeast-1", Region::Singapore),
        ("CN-Beijing", Region::Beijing),
    ] {
        assert_eq!(text.parse(), Ok(expected), "{text}");
    }
    let error = "tokyo"
        .parse::<Region>()
        .expect_err("no batches there")
        .to_string();
    assert!(
        error.contains("singapore (ap-southeast-1) or beijing (cn-beijing)"),
        "{error}"
    );
}

#[test]
fn the_key_shows_in_no_debug() {
    let builder = Client::builder().api_key(KEY);
    assert!(!format!("{builder:?}").contains(KEY));
    let client = builder.build().expect("a client");
    let list = client.list_batches(qwen_batches::BatchFilter::new());
    assert!(!format!("{client:?} {list:?}").contains(KEY));
}

#[test]
fn clients_are_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    fn sent<T: Send>(_: T) {}
    shared::<Client>();
    let client = Client::builder().api_key(KEY).build().expect("a client");
    sent(client.list_batches(qwen_batches::BatchFilter::new()).page());
}
