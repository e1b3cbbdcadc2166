//! Which server is asked, and with which key.

use crate::support::{KEY, Outcome, Served, bare, hours_old, with_key};

const UNREACHABLE: &str = "https://127.0.0.1:1/compatible-mode/v1";

#[test]
fn options_stand_before_or_behind_the_command() {
    let sandbox = Served::rows([hours_old(1)]);
    let url = sandbox.base_url();
    for args in [
        ["--base-url", url, "list", "--output", "ids"],
        ["list", "--base-url", url, "--output", "ids"],
    ] {
        assert_eq!(Outcome::of(with_key(&args)).lines(), ["batch_1"]);
    }
    for request in sandbox.requests() {
        let expected = format!("Bearer {KEY}");
        assert_eq!(request.header("authorization"), Some(expected.as_str()));
    }
}

#[test]
fn the_environment_names_a_server_and_an_option_beats_it() {
    let sandbox = Served::rows([hours_old(1)]);
    let mut command = with_key(&["list", "--output", "ids"]);
    command.env("DASHSCOPE_HTTP_BASE_URL", sandbox.base_url());
    assert_eq!(Outcome::of(command).lines(), ["batch_1"]);

    let url = sandbox.base_url();
    let mut command = with_key(&["list", "--output", "ids", "--base-url", url]);
    command.env("DASHSCOPE_HTTP_BASE_URL", UNREACHABLE);
    assert_eq!(Outcome::of(command).lines(), ["batch_1"]);
}

#[test]
fn the_native_base_url_of_the_vendors_sdks_is_rewritten_and_that_is_said() {
    let sandbox = Served::rows([hours_old(1)]);
    let native = format!("http://{}/api/v1", sandbox.address());
    let mut command = with_key(&["list", "--output", "ids"]);
    command.env("DASHSCOPE_HTTP_BASE_URL", native);
    let outcome = Outcome::of(command);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, "batch_1\n"));
    assert!(outcome.stderr.starts_with("warning: "), "{outcome}");
    assert!(outcome.stderr.contains("native API"), "{outcome}");
}

#[test]
fn options_that_contradict_each_other() {
    for args in [
        &["--sandbox", "list", "--base-url", UNREACHABLE][..],
        &["--sandbox", "--region", "beijing", "list"],
        &["list", "--sandbox", "--workspace", "ws-1"],
        &["--base-url", UNREACHABLE, "list", "--region", "beijing"],
        &["sandbox", "--region", "beijing"],
        &["--sandbox", "sandbox"],
        &["--sandbox", "completions", "bash"],
        &["man", "--region", "beijing"],
    ] {
        let outcome = Outcome::of(bare(args));
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{args:?}");
        assert!(outcome.stderr.contains("cannot be used with"), "{outcome}");
    }
}

#[test]
fn no_log_shows_the_key() {
    let sandbox = Served::rows([hours_old(1)]);
    let mut command = with_key(&["list", "--base-url", sandbox.base_url()]);
    command.env("RUST_LOG", "trace");
    // `Outcome` looks for the key.
    let outcome = Outcome::of(command);
    assert!(outcome.stderr.contains("debug: qwen_batches"), "{outcome}");
}
