//! Our client with its default rate limit, on a clock that moves when somebody sleeps: the calls of
//! hours take a second.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bench_common::{KEY, ListRun};
use bench_server::{List, Server, Spread};
use jiff::{SignedDuration, Timestamp};
use qwen_batches::{BatchFilter, Client, Runtime, Sleep};

const PAGES: usize = 250;
const PAGE_SIZE: usize = 100;
const MINUTE: Duration = Duration::from_secs(60);

/// Time limits are this long: they never fire, and their sleep moves no clock.
const NEVER: Duration = Duration::from_secs(100 * 3600);

/// Reports how many calls the busiest 60 seconds held, and when the last one was made.
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let clock = Clock::default();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let observer = {
        let (clock, calls) = (clock.clone(), Arc::clone(&calls));
        move || lock(&calls).push(clock.elapsed())
    };
    let now = clock.wall_clock().as_second();
    let list = List::new(PAGES * PAGE_SIZE, Spread::Even, now);
    let ids = list.ids();
    let server = Server::start(list, Duration::ZERO, Box::new(observer))?;

    let mut run = ListRun::start();
    let client = Client::builder()
        .api_key(KEY)
        .base_url(server.base_url())
        .timeout(NEVER)
        .runtime(clock.clone())
        .build()?;
    let mut items = client.list_batches(BatchFilter::new()).items();
    while let Some(batch) = items.try_next().await? {
        run.row(&batch.id);
    }
    if run.ids() != ids {
        return Err("not the rows that were served".into());
    }
    let calls = lock(&calls).clone();
    let figures = [
        ("calls", Some(calls.len() as u64)),
        ("busiest_minute", Some(busiest(&calls) as u64)),
        ("clock_seconds", Some(clock.elapsed().as_secs())),
    ];
    run.report(&figures);
    Ok(())
}

/// The most calls that any 60 seconds hold. A window that holds the most begins at a call.
fn busiest(calls: &[Duration]) -> usize {
    let within = |&start: &Duration| {
        let window = calls
            .iter()
            .filter(|&&call| (start..start + MINUTE).contains(&call));
        window.count()
    };
    calls.iter().map(within).max().unwrap_or_default()
}

/// A clock that stands still but for sleeping, which takes no time.
#[derive(Clone, Debug, Default)]
struct Clock(Arc<Mutex<Duration>>);

impl Runtime for Clock {
    fn elapsed(&self) -> Duration {
        *lock(&self.0)
    }

    fn wall_clock(&self) -> Timestamp {
        let start = Timestamp::constant(1_775_000_000, 0);
        start + SignedDuration::try_from(self.elapsed()).unwrap_or_default()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        if duration >= NEVER {
            return Box::pin(std::future::pending());
        }
        *lock(&self.0) += duration;
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.5
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_minute_begins_anywhere() {
        let calls = [0, 30, 59, 60, 89, 90].map(Duration::from_secs);
        assert_eq!(busiest(&calls), 4);
        assert_eq!(busiest(&calls[..1]), 1);
        assert_eq!(busiest(&[]), 0);
    }
}
