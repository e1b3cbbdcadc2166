//! Lists with an HTTP client of one's own, which trusts a private authority, and logs as JSON.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... DASHSCOPE_HTTP_BASE_URL=https://gateway.example/v1 \
//!     cargo run --features tracing --example http_client -- authority.pem
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs;
use std::time::Duration;

// The version of reqwest that the builder below takes, whichever another crate uses.
use qwen_batches::reqwest;
use qwen_batches::{BatchFilter, Client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // All that this crate logs has the target `qwen_batches`. Whoever collects this adds the time.
    tracing_subscriber::fmt()
        .json()
        .without_time()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .init();

    let path = std::env::args().nth(1).ok_or("which authority?")?;
    let authority = reqwest::Certificate::from_pem_bundle(&fs::read(path)?)?;
    let http = reqwest::Client::builder()
        .tls_certs_only(authority)
        .connect_timeout(Duration::from_secs(5))
        .pool_idle_timeout(Duration::from_secs(300));
    let client = Client::builder()
        .from_env()
        .http_client_builder(http)
        .build()?;
    let page = client.list_batches(BatchFilter::new()).page().await?;
    for batch in page.rows.iter().take(3) {
        println!("{} {}", batch.id, batch.status);
    }
    println!("{} in all on the first page", page.rows.len());
    Ok(())
}
