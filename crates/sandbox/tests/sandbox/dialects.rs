//! The other servers that the sandbox can stand in for.

use http::Method;
use qwen_batches_sandbox::{Dialect, Sandbox, row};
use serde_json::json;

use crate::support::{NOW, send_with};

async fn start(dialect: Dialect) -> Sandbox {
    let rows = (1..=3).map(|n| row(format!("r{n}")).created_at(NOW - n));
    let builder = Sandbox::builder().now(NOW).rows(rows).api_key("sk-right");
    let started = builder.dialect(dialect).start().await;
    started.expect("it starts")
}

/// A dialect, a path and query, the header of the key, and the status.
const CASES: &[(Dialect, &str, (&str, &str), u16)] = {
    use Dialect::{AzureOpenAi, OpenAi, Qwen};
    const BEARER: (&str, &str) = ("authorization", "Bearer sk-right");
    const API_KEY: (&str, &str) = ("api-key", "sk-right");
    &[
        (OpenAi, "/v1/batches?limit=2", BEARER, 200),
        (
            OpenAi,
            "/v1/batches",
            ("authorization", "Bearer sk-wrong"),
            401,
        ),
        (OpenAi, "/v1/batches", API_KEY, 401),
        (OpenAi, "/compatible-mode/v1/batches", BEARER, 404),
        (OpenAi, "/openai/v1/batches", BEARER, 404),
        (Qwen, "/v1/batches", BEARER, 404),
        (AzureOpenAi, "/openai/v1/batches?limit=2", API_KEY, 200),
        (
            AzureOpenAi,
            "/openai/batches?api-version=2025-04-01&limit=2",
            API_KEY,
            200,
        ),
        (AzureOpenAi, "/openai/batches?limit=2", API_KEY, 404),
        (
            AzureOpenAi,
            "/openai/v1/batches",
            ("api-key", "sk-wrong"),
            401,
        ),
        (AzureOpenAi, "/openai/v1/batches", BEARER, 401),
        (AzureOpenAi, "/v1/batches", API_KEY, 404),
        (AzureOpenAi, "/openai/v1/batches?limit=0", API_KEY, 400),
    ]
};

#[tokio::test]
async fn paths_and_keys() {
    for (dialect, path, header, status) in CASES {
        let sandbox = start(*dialect).await;
        let url = format!("http://{}{path}", sandbox.address());
        let response = send_with(Method::GET, &url, Some(*header)).await;
        assert_eq!(response.status, *status, "{dialect:?} {path} {header:?}");
        assert_eq!(
            response.headers["content-type"].to_str().ok(),
            Some(match dialect {
                Dialect::Qwen => "application/json;charset=UTF-8",
                _ => "application/json",
            })
        );
        let (_, key) = header;
        assert!(
            !format!("{:?}", sandbox.requests()).contains(key),
            "{header:?}"
        );
        assert_eq!(sandbox.requests()[0].header(header.0), Some(*key));
        if *status == 200 {
            assert_eq!(response.ids(), ["r1", "r2"]);
            let azure = *dialect == Dialect::AzureOpenAi;
            assert_eq!(response.body.get("last_id").is_none(), azure);
            assert_eq!(response.body["has_more"], true);
        } else {
            let error = &response.body["error"];
            assert!(error["message"].is_string(), "{error}");
            assert_eq!(
                error.get("type").is_none(),
                *dialect == Dialect::AzureOpenAi
            );
        }
    }
}

#[tokio::test]
async fn batches_and_files_are_beside_the_list() {
    let rows = [row("r1")
        .created_at(NOW - 1)
        .request_counts(1, 1, 0)
        .set("output_file_id", "f1")];
    for (dialect, prefix, header, version) in [
        (Dialect::OpenAi, "/v1", ("authorization", "Bearer k"), ""),
        (Dialect::AzureOpenAi, "/openai/v1", ("api-key", "k"), ""),
        (
            Dialect::AzureOpenAi,
            "/openai",
            ("api-key", "k"),
            "?api-version=2025-04-01",
        ),
    ] {
        let builder = Sandbox::builder().now(NOW).rows(rows.clone());
        let sandbox = builder.dialect(dialect).start().await.expect("it starts");
        let url = |path| format!("http://{}{prefix}{path}{version}", sandbox.address());
        let batch = send_with(Method::GET, &url("/batches/r1"), Some(header)).await;
        assert_eq!(batch.body["id"], "r1", "{dialect:?} {prefix}");
        let file = send_with(Method::GET, &url("/files/f1/content"), Some(header)).await;
        assert_eq!(file.body["custom_id"], "request-1", "{dialect:?} {prefix}");
        let unknown = send_with(Method::GET, &url("/files/f2/content"), Some(header)).await;
        assert_eq!(unknown.status, 404);
    }
}

#[tokio::test]
async fn there_are_no_filters() {
    for (dialect, header) in [
        (Dialect::OpenAi, ("authorization", "Bearer sk-right")),
        (Dialect::AzureOpenAi, ("api-key", "sk-right")),
    ] {
        let sandbox = start(dialect).await;
        let url = |query| format!("{}/batches?{query}", sandbox.base_url());
        let filtered = url("status=failed&create_after=x&after=r1");
        let response = send_with(Method::GET, &filtered, Some(header)).await;
        assert_eq!(response.ids(), ["r2", "r3"], "{dialect:?}");
        let response = send_with(Method::GET, &url("after=r3"), Some(header)).await;
        assert_eq!(response.body["data"], json!([]), "{dialect:?}");
        assert!(
            sandbox.requests()[0].faults.is_empty(),
            "it has none to ignore"
        );
    }
}
