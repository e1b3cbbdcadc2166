//! A small client, and what the modules share.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use qwen_batches_sandbox::Sandbox;
use serde_json::Value;

/// 2025-12-29T09:20:00Z, which is 17:20:00 in UTC+8.
pub(crate) const NOW: i64 = 1_767_000_000;

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) fn ids(&self) -> Vec<&str> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        match &self.body["data"] {
            Value::Null => Vec::new(),
            data => ids(data.as_array().expect("data is an array")),
        }
    }

    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().expect("a message")
    }

    pub(crate) fn request_id(&self) -> &str {
        self.headers["x-request-id"].to_str().expect("an ASCII id")
    }
}

pub(crate) fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["id"].as_str().expect("a string id"))
        .collect()
}

/// `GET {base}/batches?{query}` with some key.
pub(crate) async fn get(sandbox: &Sandbox, query: &str) -> Reply {
    let url = format!("{}/batches?{query}", sandbox.base_url());
    send(Method::GET, &url, Some("Bearer sk-any")).await
}

pub(crate) async fn send(method: Method, url: &str, authorization: Option<&str>) -> Reply {
    let mut request = Request::builder().method(method).uri(url);
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    let request = request.body(Body::empty()).expect("a valid request");
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let (head, body) = client.request(request).await.expect("a reply").into_parts();
    let bytes = to_bytes(Body::new(body), usize::MAX).await.expect("a body");
    Reply {
        status: head.status,
        headers: head.headers,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    }
}
