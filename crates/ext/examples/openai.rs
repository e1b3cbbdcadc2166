//! Counts the batches of OpenAI and of Qwen Cloud by status, both at once, each with several calls
//! at a time.
//!
//! ```sh
//! OPENAI_API_KEY=sk-... DASHSCOPE_API_KEY=sk-... cargo run --example openai
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::env;

use qwen_batches::{BatchFilter, Client, Dialect, Error};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // No vendor gets the key of another: that of the environment is Qwen Cloud's.
    let mut openai = Client::builder()
        .dialect(Dialect::OpenAi)
        .api_key(env::var("OPENAI_API_KEY")?);
    if let Ok(url) = env::var("OPENAI_BASE_URL") {
        openai = openai.base_url(url);
    }
    let (openai, qwen) = (openai.build()?, Client::from_env()?);
    let (openai, qwen) = tokio::try_join!(count(&openai), count(&qwen))?;
    for (vendor, counts) in [("OpenAI", openai), ("Qwen Cloud", qwen)] {
        println!("{vendor}");
        for (status, count) in counts {
            println!("{count:>4} {status}");
        }
    }
    Ok(())
}

async fn count(client: &Client) -> Result<BTreeMap<String, u32>, Error> {
    // Qwen Cloud is read in windows of time, side by side. OpenAI filters by nothing, so its pages
    // come one after the other, the next while this one is read.
    let list = client.list_batches(BatchFilter::new()).concurrency(4);
    let mut batches = list.items();
    let mut counts = BTreeMap::new();
    while let Some(batch) = batches.try_next().await? {
        *counts.entry(batch.status.to_string()).or_insert(0) += 1;
    }
    Ok(counts)
}
