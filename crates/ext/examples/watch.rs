//! Follows batches until all of them are done. One call serves up to 100 batches.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... cargo run --example watch -- 60
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Duration;

use qwen_batches::{BatchExt as _, BatchFilter, Client, WatchEvent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let seconds: f64 = std::env::args().nth(1).ok_or("how often?")?.parse()?;
    let watch = Client::from_env()?
        .watch(BatchFilter::new())
        .interval(Duration::try_from_secs_f64(seconds)?);
    let mut changes = watch.events();
    while let Some(change) = changes.try_next().await? {
        match change {
            WatchEvent::Appeared { batch, .. } => println!("{} is {}", batch.id, batch.status),
            WatchEvent::StatusChanged { batch, from, .. } => {
                println!("{} was {from}, is {}", batch.id, batch.status);
            }
            WatchEvent::Progressed { batch, .. } => {
                let percent = 100.0 * batch.progress().unwrap_or(0.0);
                println!("{} is at {percent:.0} %", batch.id);
            }
            WatchEvent::Finished { batch, .. } => {
                let failed = batch.request_counts.map(|counts| counts.failed.to_string());
                let failed = failed.as_deref().unwrap_or("-");
                println!("{} is {}, {failed} failed", batch.id, batch.status);
            }
            WatchEvent::PollFailed(poll) => println!("{}; again in {:?}", poll.error, poll.pause),
            _ => {}
        }
    }
    println!("all are done");
    Ok(())
}
