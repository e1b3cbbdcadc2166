//! Options that say which server is asked, and how.

use insta::assert_snapshot;
use qwen_batches_sandbox::{Dialect, Fault, Sandbox, Script};

use crate::support::{KEY, Outcome, Served, bare, hours_old, list, with_key};
use crate::wire::{Response, Wire, error_body};

/// Whose key goes where, in which header.
#[test]
fn each_dialect_has_its_key_and_its_header() {
    for (dialect, name, variable, header, value) in [
        (
            Dialect::Qwen,
            "qwen",
            "DASHSCOPE_API_KEY",
            "authorization",
            format!("Bearer {KEY}"),
        ),
        (
            Dialect::OpenAi,
            "OpenAI",
            "OPENAI_API_KEY",
            "authorization",
            format!("Bearer {KEY}"),
        ),
        (
            Dialect::AzureOpenAi,
            "azure",
            "AZURE_OPENAI_API_KEY",
            "api-key",
            KEY.to_owned(),
        ),
    ] {
        let sandbox = Served::new(Sandbox::builder().dialect(dialect));
        let args = [
            "list",
            "--base-url",
            sandbox.base_url(),
            "--dialect",
            name,
            "--output",
            "ids",
        ];
        let mut command = bare(&args);
        command.env(variable, KEY);
        assert_eq!(Outcome::of(command).lines().len(), 250, "{name}");
        assert_eq!(sandbox.requests()[0].header(header), Some(value.as_str()));

        // No vendor gets the key of another.
        let calls = sandbox.request_count();
        let mut command = bare(&args);
        for other in [
            "DASHSCOPE_API_KEY",
            "OPENAI_API_KEY",
            "AZURE_OPENAI_API_KEY",
        ] {
            if other != variable {
                command.env(other, KEY);
            }
        }
        let outcome = Outcome::of(command);
        let start = format!("error: no API key. Set one with `export {variable}=");
        assert!(outcome.stderr.starts_with(&start), "{outcome}");
        assert_eq!((outcome.code, sandbox.request_count()), (2, calls));
    }
}

#[test]
fn azure_gets_its_api_version() {
    let sandbox = Served::new(Sandbox::builder().dialect(Dialect::AzureOpenAi));
    let url = sandbox.base_url().replace("/openai/v1", "/openai");
    let mut command = bare(&[
        "--dialect",
        "azure",
        "--base-url",
        &url,
        "list",
        "--output",
        "ids",
    ]);
    command.env("AZURE_OPENAI_API_KEY", KEY);
    let mut with_version = bare(&["list", "--output", "ids", "--api-version", "2024-10-21"]);
    with_version.args(["--dialect", "azure", "--base-url", &url]);
    with_version.env("AZURE_OPENAI_API_KEY", KEY);
    let without = Outcome::of(command);
    assert_eq!(without.code, 2, "{without}");
    assert!(without.stderr.contains("API version"), "{without}");
    assert_eq!(Outcome::of(with_version).lines().len(), 250);
    let request = &sandbox.requests()[0];
    assert_eq!(request.param("api-version").as_deref(), Some("2024-10-21"));
}

#[test]
fn messages_follow_the_dialect() {
    let body = error_body("invalid_api_key", "Incorrect API key provided.");
    for (dialect, variable) in [
        ("openai", "OPENAI_API_KEY"),
        ("azure", "AZURE_OPENAI_API_KEY"),
    ] {
        for command in ["list", "doctor"] {
            let wire = Wire::serve(vec![Response::json("401 Unauthorized", &body)]);
            let mut command = bare(&[command, "--dialect", dialect, "--base-url", wire.base_url()]);
            command.env(variable, KEY).env("AZURE_OPENAI_ENDPOINT", "x");
            command.args(["--api-version", "v1"]);
            let outcome = Outcome::of(command);
            assert_eq!(outcome.code, 3, "{outcome}");
            assert!(outcome.stderr.contains(variable), "{outcome}");
            for foreign in ["DASHSCOPE", "region", "30 days"] {
                assert!(!outcome.stderr.contains(foreign), "{outcome}");
            }
        }
        let mut command = bare(&[
            "--sandbox",
            "--dialect",
            dialect,
            "list",
            "--after",
            "batch_x",
        ]);
        command.arg("--output=ids");
        let outcome = Outcome::of(command);
        assert!(!outcome.stderr.contains("30 days"), "{outcome}");
    }
}

#[test]
fn headers_go_with_every_request_and_are_never_printed() {
    let script = Script::new().on(2, Fault::ErrorAsSuccess);
    let sandbox = Served::new(Sandbox::builder().script(script));
    let args = [
        "--header",
        "X-Tenant: hush-1",
        "--page-size",
        "9",
        "--header",
        "x-tenant:hush-2",
    ];
    let outcome = list(sandbox.base_url(), &args);
    assert_eq!(outcome.code, 1, "{outcome}");
    assert!(!outcome.to_string().contains("hush"), "{outcome}");
    assert!(
        outcome.stderr.contains("--header 'X-Tenant:***'"),
        "{outcome}"
    );
    assert!(outcome.stderr.contains("in the place of ***"), "{outcome}");
    for request in sandbox.requests() {
        let own = request
            .headers
            .iter()
            .filter(|(name, _)| name == "x-tenant");
        let values: Vec<&str> = own.map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["hush-1", "hush-2"]);
    }
    // None is sent if one cannot be, and what is wrong is not quoted.
    let calls = sandbox.request_count();
    for (header, expected) in [
        ("hush", "--header: write NAME:VALUE"),
        ("Authorization: Bearer hush", "it holds the API key"),
        ("api-key: hush", "it holds the API key"),
        ("hush header: x", "a header's name"),
        ("x-tenant: hu\nsh", "header `x-tenant`: its value"),
    ] {
        let mut command = with_key(&["list", "--base-url", sandbox.base_url()]);
        command.args(["--header", header]);
        let outcome = Outcome::of(command);
        assert_eq!(outcome.code, 2, "{outcome}");
        assert!(outcome.stderr.contains(expected), "{outcome}");
        assert!(!outcome.stderr.contains("hush"), "{outcome}");
    }
    assert_eq!(sandbox.request_count(), calls);
}

#[test]
fn limits_say_which_option_changes_them() {
    let rows = || (1..30).map(hours_old);
    let sandbox = Served::rows(rows());
    let outcome = list(
        sandbox.base_url(),
        &["--max-response-bytes", "1000", "--max-retries", "0"],
    );
    assert_snapshot!("limit_size", outcome);
    let script = Script::new().on(1.., Fault::stall());
    let sandbox = Served::new(Sandbox::builder().rows(rows()).script(script));
    let limits = ["--request-timeout", "50ms", "--max-retries", "0"];
    assert_snapshot!("limit_time", list(sandbox.base_url(), &limits));
    assert_eq!(sandbox.request_count(), 1);
}

#[test]
fn the_zone_that_is_stated_is_sent() {
    let sandbox = Served::rows([hours_old(1)]);
    for (zone, sent) in [("UTC", "20250305235959"), ("-03:30", "20250305202959")] {
        let time = "2025-03-06T00:00:00Z";
        let args = [
            "--filter-zone",
            zone,
            "--created-after",
            time,
            "--output",
            "ids",
        ];
        list(sandbox.base_url(), &args);
        let requests = sandbox.requests();
        let request = requests.last().expect("a request");
        assert_eq!(
            request.param("create_after").as_deref(),
            Some(sent),
            "{zone}"
        );
    }
}

#[test]
fn a_connection_error_names_the_host() {
    let outcome = list("http://127.0.0.1:1/v1", &["--max-retries", "0"]);
    let start = "error: no connection to 127.0.0.1:1: ";
    assert!(outcome.stderr.starts_with(start), "{outcome}");
}
