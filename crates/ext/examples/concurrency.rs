//! Counts batches by status, four calls at a time.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... cargo run --example concurrency
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::error::Error;

use qwen_batches::{BatchFilter, Client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let mut batches = client
        .list_batches(BatchFilter::new())
        .concurrency(4)
        .items();
    let mut counts = BTreeMap::new();
    while let Some(batch) = batches.try_next().await? {
        *counts.entry(batch.status.to_string()).or_insert(0) += 1;
    }
    for (status, count) in counts {
        println!("{count:>4} {status}");
    }
    Ok(())
}
