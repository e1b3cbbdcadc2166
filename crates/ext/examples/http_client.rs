//! Lists through a proxy, with connections set up to one's own taste.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... cargo run --example http_client -- http://proxy.example:3128
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Duration;

use qwen_batches::{BatchFilter, Client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let proxy = std::env::args().nth(1).ok_or("which proxy?")?;
    let http = reqwest::Client::builder()
        .proxy(reqwest::Proxy::all(proxy)?)
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
