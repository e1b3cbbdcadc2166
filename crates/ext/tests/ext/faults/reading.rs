//! What a case becomes: rows in a sandbox, a client, and a reader.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use qwen_batches::{
    BatchFilter, BatchStatus, Checkpoint, Client, ErrorKind, RateLimit, RetryPolicy,
};
use qwen_batches_sandbox::{Sandbox, row};
use serde_json::Value;

use super::NOW;
use super::case::{Case, FILES, NAMES, STATUSES};
use super::server::Host;
use crate::support::{FakeClock, KEY, NEVER, moved};

impl Case {
    pub(super) fn rows(&self) -> Vec<Value> {
        let mut created = NOW - 60;
        self.gaps
            .1
            .iter()
            .enumerate()
            .map(|(n, gap)| {
                created -= gap;
                let row = row(format!("batch_{n:03}"))
                    .created_at(created)
                    .status(STATUSES[n % STATUSES.len()])
                    .input_file_id(file(n % FILES));
                match NAMES[n % NAMES.len()] {
                    Some(name) => row.name(name).build(),
                    None => row.build(),
                }
            })
            .collect()
    }

    pub(super) fn filter(&self) -> BatchFilter {
        let instant = |age| Timestamp::from_second(NOW - age).expect("an instant");
        let (youngest, oldest) = self.ages;
        let mut filter = BatchFilter::new();
        if let Some(age) = youngest {
            filter = filter.created_before(instant(age));
        }
        if let Some(age) = oldest {
            filter = filter.created_after(instant(age));
        }
        if let Some(statuses) = &self.statuses {
            filter = filter.statuses(statuses.iter().map(|status| BatchStatus::from(*status)));
        }
        if let Some(name) = self.name {
            filter = filter.name_contains(name);
        }
        if let Some(files) = &self.files {
            filter = filter.input_files(files.iter().map(|n| file(*n)));
        }
        filter
    }

    pub(super) fn client(&self, sandbox: &Sandbox, clock: &FakeClock) -> Client {
        let policy = RetryPolicy::default()
            .max_retries(self.max_retries)
            .max_elapsed(Duration::from_secs(3600));
        let client = Client::builder()
            .api_key(KEY)
            .base_url(self.server.host.base_url(sandbox))
            .rate_limit(RateLimit::off())
            .retry(policy)
            .timeout(NEVER)
            .max_response_bytes(256 << 10)
            .runtime(clock.clone());
        let client = match self.server.host {
            Host::Stated => client.filter_zone(jiff::tz::offset(self.server.zone)),
            Host::Silent => client,
            Host::Beijing | Host::Singapore => {
                let http = reqwest::Client::builder().no_proxy();
                let http = http.resolve(self.server.host.name(), sandbox.address());
                client.allow_plain_http(true).http_client_builder(http)
            }
        };
        client.build().expect("a client")
    }
}

/// What a reader got.
#[derive(Default)]
pub(super) struct Read {
    pub(super) ids: Vec<String>,
    /// The place where it gave up, if it did.
    pub(super) place: Option<Checkpoint>,
    /// How many rows could not be read.
    pub(super) lost: u64,
    /// Whether it was asked for from another time on.
    pub(super) by_time: bool,
    /// Whether windows were opened behind the first.
    pub(super) in_windows: bool,
}

pub(super) async fn read(
    case: &Case,
    sandbox: &Sandbox,
    clock: &FakeClock,
    checkpoint: Option<Checkpoint>,
) -> Read {
    let client = case.client(sandbox, clock);
    let mut list = client
        .list_batches(case.filter())
        .page_size(case.page_size)
        .prefetch(case.prefetch)
        .concurrency(case.workers);
    if let Some(cap) = case.cap() {
        list = list.max_items(cap);
    }
    if let Some(checkpoint) = checkpoint.clone() {
        list = list.resume(moved(&checkpoint, &case.server.host.base_url(sandbox)));
    }
    let mut items = list.items();
    let (mut ids, mut failures, mut lost) = (Vec::new(), 0, 0);
    // Where the stream ends at an error: after three in a row it is over.
    let mut left = None;
    let reading = async {
        while let Some(item) = items.next().await {
            match item {
                Ok(batch) => {
                    ids.push(batch.id);
                    left = None;
                }
                Err(error) if error.kind() == ErrorKind::UnreadableRows => {
                    let place = serde_json::to_value(error.checkpoint()).expect("JSON");
                    lost = place["unreadable"]["count"].as_u64().expect("a count");
                }
                // Rows may be missing before any place that it could go on from.
                Err(error) if error.kind() == ErrorKind::InvalidRequest => return checkpoint,
                Err(error) => {
                    failures += 1;
                    let place = error.checkpoint().expect("a place").clone();
                    if !error.is_retryable() || failures > case.patience {
                        return Some(place);
                    }
                    left = Some(place);
                }
            }
            assert!(ids.len() < 1000, "a list without end: {ids:?}");
        }
        left
    };
    // A server that stalls is what a time limit is for: it is over as soon as the stall is there.
    let limits = async {
        let mut expired = 0;
        loop {
            // A response that comes in pieces is held for a moment, too; that is no stall.
            let held = sandbox.stalled(1).await;
            let stalled = sandbox.requests().iter().any(|request| {
                request.n > expired
                    && held.contains(&request.n)
                    && request.faults.contains(&"stall")
            });
            if stalled {
                expired = held.into_iter().max().unwrap_or(expired);
                clock.expire();
            }
            tokio::task::yield_now().await;
        }
    };
    let place = tokio::select! {
        place = reading => place,
        () = limits => None,
    };
    Read {
        ids,
        place,
        lost,
        by_time: went_on_by_time(sandbox),
        in_windows: case.workers > 1 && opened_windows(sandbox),
    }
}

/// Whether anything was asked for under a bound that the list itself does not have.
fn opened_windows(sandbox: &Sandbox) -> bool {
    let requests = sandbox.requests();
    let mut bounds = requests.iter().map(|it| it.param("create_before"));
    let own = bounds.next().flatten();
    bounds.any(|bound| bound.is_some() && bound != own)
}

/// Whether the list was walked in more than one window: every window has a bound of its own.
pub(super) fn windows(sandbox: &Sandbox) -> bool {
    let requests = sandbox.requests();
    let bounds: BTreeSet<_> = requests
        .iter()
        .filter_map(|request| request.param("create_before"))
        .collect();
    bounds.len() > 2
}

/// Whether a list went on by time, and under that bound: it is asked for twice, first for a row, and
/// where the server does not go on behind that one, for a page.
fn went_on_by_time(sandbox: &Sandbox) -> bool {
    let requests = sandbox.requests();
    let starts = requests.iter().filter(|it| it.param("after").is_none());
    let mut bounds = starts.filter_map(|it| it.param("create_before"));
    let own = requests.first().and_then(|it| it.param("create_before"));
    let mut seen = BTreeSet::new();
    bounds.any(|bound| Some(&bound) != own.as_ref() && !seen.insert(bound))
}

pub(super) fn file(n: usize) -> String {
    format!("file-batch-{n}")
}
