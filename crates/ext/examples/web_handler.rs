//! Serves the batches of a status to browsers: a line of JSON each, without secrets, as the pages
//! come in. When a browser goes, so does the call that was made for it.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... cargo run --example web_handler -- 127.0.0.1:8080
//! curl 'http://127.0.0.1:8080/batches?status=failed'
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::error::Error;

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::{StreamExt as _, stream};
use qwen_batches::{Batch, BatchExt as _, BatchFilter, BatchStatus, Client, ErrorKind};
use serde::Deserialize;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("which address?")?;
    let app = Router::new()
        .route("/batches", get(batches))
        .with_state(Client::from_env()?);
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    println!("no longer listening");
    Ok(())
}

#[derive(Deserialize)]
struct Asked {
    status: BatchStatus,
}

async fn batches(State(client): State<Client>, Query(asked): Query<Asked>) -> Response {
    let filter = BatchFilter::new().statuses([asked.status]);
    let mut batches = client.list_batches(filter).items();
    // A status has to be chosen before the body: so the first row comes first.
    let first = match batches.next().await.transpose() {
        Ok(first) => first,
        Err(error) => return error_response(&error).into_response(),
    };
    let mut sent = Sent(0);
    let rows = stream::iter(first.map(Ok)).chain(batches);
    let lines = rows.map(move |row| {
        row.map(|batch| {
            sent.count();
            line(&client, &batch)
        })
    });
    // An error further on ends the body before its time, which a browser takes for a failure. If
    // the browser goes, the body is dropped, and with it the list: its call is not waited for.
    (
        [(CONTENT_TYPE, "application/x-ndjson")],
        Body::from_stream(lines),
    )
        .into_response()
}

fn line(client: &Client, batch: &Batch) -> String {
    let json = serde_json::to_string(&batch.redacted()).unwrap_or_default();
    // No batch holds the key, unless the service sends it back.
    format!("{}\n", client.without_key(&json))
}

/// What a browser is to know. The error itself, which holds no secret, is for whoever runs this.
fn error_response(error: &qwen_batches::Error) -> (StatusCode, &'static str) {
    eprintln!("{error}");
    match error.kind() {
        ErrorKind::InvalidRequest => (StatusCode::BAD_REQUEST, "no such status\n"),
        _ if error.is_retryable() => (StatusCode::SERVICE_UNAVAILABLE, "try again later\n"),
        _ => (StatusCode::BAD_GATEWAY, "the batches cannot be listed\n"),
    }
}

/// Counts the rows of a response, and says so at its end, whichever that is.
struct Sent(u32);

impl Sent {
    fn count(&mut self) {
        self.0 += 1;
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        println!("{} rows sent", self.0);
    }
}
