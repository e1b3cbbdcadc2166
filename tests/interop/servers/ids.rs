//! Prints the ids of the batches that match a filter given as JSON.

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::error::Error;

use qwen_batches::{BatchFilter, Client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let filter = std::env::args().nth(1).ok_or("which filter?")?;
    let filter: BatchFilter = serde_json::from_str(&filter)?;
    let mut batches = Client::from_env()?.list_batches(filter).items();
    while let Some(batch) = batches.try_next().await? {
        println!("{}", batch.id);
    }
    Ok(())
}
