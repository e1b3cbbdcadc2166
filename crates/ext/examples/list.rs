//! Lists the batches that ended in one way or another and have a text in their names.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... cargo run --example list -- nightly
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::error::Error;

use qwen_batches::{BatchExt as _, BatchFilter, BatchStatus, Client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let text = std::env::args().nth(1).ok_or("which text?")?;
    let filter = BatchFilter::new()
        .statuses([BatchStatus::Completed, BatchStatus::Expired])
        .name_contains(text);
    let mut batches = Client::from_env()?.list_batches(filter).items();
    while let Some(batch) = batches.try_next().await? {
        let name = batch.metadata.as_ref().and_then(|it| it.ds_name.as_deref());
        let counts = batch.request_counts.as_ref();
        let requests = counts.map(|counts| format!("{}/{}", counts.completed, counts.total));
        println!(
            "{}  {}  {}  {}",
            batch.created().unwrap_or_default(),
            batch.status,
            requests.as_deref().unwrap_or("-"),
            name.unwrap_or("-"),
        );
    }
    Ok(())
}
