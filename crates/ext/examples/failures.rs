//! Says what went wrong: errors by their codes, and batches that completed without a result.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... cargo run --example failures
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::error::Error;

use qwen_batches::{BatchFilter, BatchStatus, Client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let filter = BatchFilter::new().statuses([BatchStatus::Completed, BatchStatus::Failed]);
    let mut batches = Client::from_env()?.list_batches(filter).items();
    let mut codes: BTreeMap<String, (u32, String)> = BTreeMap::new();
    while let Some(batch) = batches.try_next().await? {
        // A completed batch may hold nothing but failures.
        if let (BatchStatus::Completed, Some(counts)) = (&batch.status, &batch.request_counts)
            && counts.failed == counts.total
        {
            println!("{}: all {} requests failed", batch.id, counts.total);
        }
        for error in batch.errors.into_iter().flat_map(|errors| errors.data) {
            let code = error.code.unwrap_or_else(|| "no code".to_owned());
            let (count, _) = codes.entry(code).or_insert_with(|| (0, batch.id.clone()));
            *count += 1;
        }
    }
    for (code, (count, example)) in codes {
        println!("{code}: {count} lines, such as in {example}");
    }
    Ok(())
}
