//! Prints the newest batches with as little as will do: no TLS, one thread, no other crate but tokio.
//!
//! ```toml
//! [dependencies]
//! qwen-batches = { version = "0.1", default-features = false }
//! tokio = { version = "1", features = ["macros", "rt"] }
//! ```
//!
//! Without TLS, a gateway on this machine adds it:
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... DASHSCOPE_HTTP_BASE_URL=http://127.0.0.1:8080/compatible-mode/v1 \
//!     cargo run --no-default-features --example least_features
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use qwen_batches::{BatchFilter, Client};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), qwen_batches::Error> {
    let client = Client::from_env()?;
    let mut batches = client.list_batches(BatchFilter::new()).max_items(3).items();
    while let Some(batch) = batches.try_next().await? {
        println!("{} {}", batch.id, batch.status);
    }
    Ok(())
}
