//! Follows batches until all of them are done, or until Ctrl-C. One call serves up to 100 batches.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... cargo run --example watch_shutdown -- 60
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Duration;

use qwen_batches::{BatchExt as _, BatchFilter, Client, WatchEvent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let seconds: f64 = std::env::args().nth(1).ok_or("how often?")?.parse()?;
    let mut events = Client::from_env()?
        .watch(BatchFilter::new())
        .interval(Duration::try_from_secs_f64(seconds)?)
        .events();
    let mut shutdown = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        let event = tokio::select! {
            event = events.try_next() => event?,
            // The call or the pause under way ends when `events` is dropped.
            _ = &mut shutdown => {
                println!("stopped");
                return Ok(());
            }
        };
        match event {
            Some(event) => show(&event),
            None => break,
        }
    }
    println!("all are done");
    Ok(())
}

fn show(event: &WatchEvent) {
    match event {
        WatchEvent::Appeared { batch, .. } => println!("{} is {}", batch.id, batch.status),
        WatchEvent::StatusChanged { batch, from, .. } => {
            println!("{} was {from}, is {}", batch.id, batch.status);
        }
        WatchEvent::Progressed { batch, .. } => {
            let percent = 100.0 * batch.progress().unwrap_or(0.0);
            println!("{} is at {percent:.0} %", batch.id);
        }
        WatchEvent::Finished { batch, .. } => {
            println!(
                "{} is {}: {}",
                batch.id,
                batch.status,
                batch.outcome().name()
            );
        }
        WatchEvent::PollFailed(poll) => println!("{}; again in {:?}", poll.error, poll.pause),
        _ => {}
    }
}
