//! Each program in `examples/`, run against a sandbox; what it prints is compared with a snapshot.
//!
//! A new example is a new file there. How it is to be run, and what is to go wrong, is said in a
//! file of its name here; without one, it is run once, without arguments, and nothing goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use qwen_batches_sandbox::{Clock, Sandbox, Script, generate_lifecycles};
use serde::Deserialize;

const KEY: &str = "sk-0123456789abcdef-of-the-examples";

/// 2025-03-07T00:00:00Z.
const NOW: i64 = 1_741_305_600;

/// The features that an example can need, and whether it is built with them.
const FEATURES: [(&str, bool); 1] = [("blocking", cfg!(feature = "blocking"))];

/// How an example is run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arrangement {
    /// The feature without which it is not built.
    feature: Option<String>,
    /// The arguments of each run, one after the other against the same sandbox. `{server}` stands
    /// for `http://host:port` of the sandbox.
    #[serde(default = "one_run")]
    runs: Vec<Vec<String>>,
    #[serde(default)]
    script: Script,
    /// With how many batches that move on, instead of 250 that stand still.
    lives: Option<usize>,
    #[serde(default)]
    seconds_per_request: u32,
}

fn one_run() -> Vec<Vec<String>> {
    vec![Vec::new()]
}

#[test]
fn each_example_prints_what_its_reader_expects() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples = stems(&package.join("examples"), "rs");
    let arrangements = stems(&package.join("tests/examples"), "json");
    assert!(!examples.is_empty());
    let strays: Vec<_> = arrangements
        .keys()
        .filter(|name| !examples.contains_key(*name))
        .collect();
    assert!(strays.is_empty(), "of no example: {strays:?}");

    let mut failed = BTreeSet::new();
    for (name, source) in &examples {
        let text = arrangements
            .get(name)
            .map_or_else(|| "{}".to_owned(), |path| read(path));
        let arrangement: Arrangement = serde_json::from_str(&text).expect(name);
        if !arrangement.feature.as_deref().is_none_or(is_on) {
            continue;
        }
        let Some(program) = program(name, source) else {
            failed.insert(name);
            continue;
        };
        let printed = run(name, &program, arrangement);
        insta::assert_snapshot!(name.as_str(), printed);
    }
    assert!(
        failed.is_empty(),
        "not built since they changed: {failed:?}; `cargo test -p {} --all-features` builds them",
        env!("CARGO_PKG_NAME"),
    );
}

fn is_on(feature: &str) -> bool {
    let mut features = FEATURES.iter();
    let (_, is_on) = features
        .find(|(name, _)| *name == feature)
        .expect("a feature of the table");
    *is_on
}

/// The files in `folder` with this extension, by their names without it.
fn stems(folder: &Path, extension: &str) -> BTreeMap<String, PathBuf> {
    let paths = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .map(|path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            (stem.expect("a name in UTF-8").to_owned(), path)
        })
        .collect()
}

/// The example as cargo has built it, beside this test; none if that was before its last change.
fn program(name: &str, source: &Path) -> Option<PathBuf> {
    let test = std::env::current_exe().expect("this test has a path");
    let profile = test.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    let program = profile
        .join("examples")
        .join(name)
        .with_extension(std::env::consts::EXE_EXTENSION);
    let changed = |path: &Path| fs::metadata(path).and_then(|it| it.modified());
    let built = changed(&program).ok()?;
    (built >= changed(source).expect("a time")).then_some(program)
}

/// What `program` prints in all its runs.
fn run(name: &str, program: &Path, arrangement: Arrangement) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut sandbox = Sandbox::builder().now(NOW).script(arrangement.script);
    if let Some(count) = arrangement.lives {
        sandbox = sandbox
            .lifecycles(generate_lifecycles(count, 0, NOW))
            .clock(Clock::PerRequest {
                seconds: arrangement.seconds_per_request,
            });
    }
    let sandbox = runtime.block_on(sandbox.start()).expect("a sandbox");
    let server = format!("http://{}", sandbox.address());

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("examples")
        .join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("a folder to be emptied");
    }
    fs::create_dir_all(&folder).expect("a folder");

    let mut printed = String::new();
    for arguments in arrangement.runs {
        let mut line = format!("$ {name}");
        let mut command = Command::new(program);
        for argument in arguments {
            let _ = write!(line, " {argument}");
            command.arg(argument.replace("{server}", &server));
        }
        for (name, _) in std::env::vars_os() {
            let known = name.to_string_lossy().to_ascii_lowercase();
            if known.starts_with("dashscope_") || known.ends_with("_proxy") {
                command.env_remove(name);
            }
        }
        let output = command
            .env("DASHSCOPE_API_KEY", KEY)
            .env("DASHSCOPE_HTTP_BASE_URL", sandbox.base_url())
            .env_remove("RUST_BACKTRACE")
            .current_dir(&folder)
            .stdin(Stdio::null())
            .output()
            .expect("the example runs");
        let code = output.status.code().expect("no signal ended it");
        let _ = writeln!(line, "\nexit code: {code}");
        printed.push_str(&line);
        for (stream, bytes) in [("stdout", output.stdout), ("stderr", output.stderr)] {
            let text = String::from_utf8(bytes).expect("UTF-8");
            assert!(!text.contains(KEY), "{name} shows the key: {text}");
            assert!(!text.contains("panicked"), "{name}: {text}");
            let text = text.replace(&server, "{server}");
            let _ = write!(printed, "--- {stream}\n{text}");
        }
    }
    printed
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
