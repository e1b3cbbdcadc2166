//! Reports what became of the batches that match a filter, which is given as JSON.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... cargo run --example report -- '{"name_contains":"nightly"}'
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::error::Error;

use qwen_batches::{BatchExt as _, BatchFilter, Client, Outcome};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let filter = std::env::args().nth(1).ok_or("which filter?")?;
    let filter: BatchFilter = serde_json::from_str(&filter)?;
    let mut outcomes: BTreeMap<&str, u32> = BTreeMap::new();
    let mut codes: BTreeMap<String, u32> = BTreeMap::new();

    let mut batches = Client::from_env()?.list_batches(filter).items();
    while let Some(batch) = batches.try_next().await? {
        let outcome = batch.outcome();
        *outcomes.entry(outcome.name()).or_default() += 1;
        // A completed batch may hold nothing but failures.
        if outcome == Outcome::AllFailed {
            println!(
                "{}: every request failed",
                batch.name().unwrap_or(&batch.id)
            );
        }
        for error in batch.line_errors() {
            let code = error.code.as_deref().unwrap_or("no code");
            *codes.entry(code.to_owned()).or_default() += 1;
        }
    }
    for (outcome, count) in outcomes {
        println!("{count:>4} {outcome}");
    }
    for (code, lines) in codes {
        println!("{lines:>4} lines refused: {code}");
    }
    Ok(())
}
