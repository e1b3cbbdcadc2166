//! Our client, with each of its ways to list.

use std::error::Error;
use std::time::Duration;

use bench_common::{KEY, ListRun, calls, peak_kib};
use qwen_batches::{BatchFilter, Client, ListBatches, RateLimit};

/// How often, and with how long a pause, the server must have seen no new call until a list whose
/// reader stalls counts as settled.
const SETTLED: (u32, Duration) = (20, Duration::from_millis(50));

/// `BASE_URL [--prefetch] [--concurrency N] [--stall-after ROWS]`: all rows, and a report.
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let calls_before = calls(&options.base_url)?;

    let mut run = ListRun::start();
    let client = Client::builder()
        .api_key(KEY)
        .base_url(options.base_url.as_str())
        .rate_limit(RateLimit::off())
        // That of the server; without it, no window of creation time is opened.
        .filter_zone(jiff::tz::offset(8))
        .build()?;
    let mut items = options.list(&client).items();
    let mut peak_stalled = None;
    while let Some(batch) = items.try_next().await? {
        run.row(&batch.id);
        if Some(run.rows()) == options.stall_after {
            settle(&options.base_url).await?;
            peak_stalled = peak_kib();
        }
    }
    let figures = [
        ("peak_stalled_kib", peak_stalled),
        ("calls", Some(calls(&options.base_url)? - calls_before)),
    ];
    run.report(&figures);
    Ok(())
}

struct Options {
    base_url: String,
    prefetch: bool,
    concurrency: Option<usize>,
    stall_after: Option<u64>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Self {
            base_url: arguments.next().ok_or("no base URL")?,
            prefetch: false,
            concurrency: None,
            stall_after: None,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument}: no value"));
            match argument.as_str() {
                "--prefetch" => options.prefetch = true,
                "--concurrency" => options.concurrency = Some(value()?.parse()?),
                "--stall-after" => options.stall_after = Some(value()?.parse()?),
                _ => return Err(format!("{argument} is no option").into()),
            }
        }
        Ok(options)
    }
}

impl Options {
    fn list(&self, client: &Client) -> ListBatches {
        let list = client
            .list_batches(BatchFilter::new())
            .prefetch(self.prefetch);
        match self.concurrency {
            Some(workers) => list.concurrency(workers),
            None => list,
        }
    }
}

/// Waits until the server is asked for nothing more, while nobody reads the list.
async fn settle(base_url: &str) -> Result<(), Box<dyn Error>> {
    let (times, pause) = SETTLED;
    let (mut seen, mut quiet) = (calls(base_url)?, 0);
    while quiet < times {
        tokio::time::sleep(pause).await;
        let now = calls(base_url)?;
        quiet = if now == seen { quiet + 1 } else { 0 };
        seen = now;
    }
    Ok(())
}
