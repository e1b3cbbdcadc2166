//! What becomes of events that were printed: a command runs for each, one at a time and in order,
//! and what was delivered is kept.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;

use qwen_batches::WatchEvent;
use tokio::time::{Instant, sleep_until, timeout};

use super::on_change::OnChange;
use super::state::StateFile;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::count;

/// How many events may wait; then polling does.
const MOST_WAITING: usize = 1000;

/// The pauses after which a command is run again that has failed, in seconds.
const PAUSES: [u64; 5] = [1, 2, 4, 8, 16];

/// How long the command may still run that runs when the watch is to end.
const GRACE: Duration = Duration::from_secs(10);

/// How many events an error names.
const NAMED: usize = 5;

type Attempt = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// Events on their way.
pub(super) struct Deliveries {
    on_change: Option<OnChange>,
    state: Option<StateFile>,
    waiting: VecDeque<WatchEvent>,
    /// The command that runs for the first of them.
    attempt: Option<Attempt>,
    /// How often it has failed.
    failures: usize,
    retry_at: Option<Instant>,
    /// The ids of events that were given up.
    given_up: Vec<String>,
    has_been_full: bool,
}

impl Deliveries {
    pub(super) fn new(on_change: Option<OnChange>, state: Option<StateFile>) -> Self {
        Self {
            on_change,
            state,
            waiting: VecDeque::new(),
            attempt: None,
            failures: 0,
            retry_at: None,
            given_up: Vec::new(),
            has_been_full: false,
        }
    }

    /// Whether the end of the batch with this id was delivered.
    pub(super) fn is_done(&self, id: &str) -> bool {
        let state = self.state.as_ref();
        state.is_some_and(|state| state.tracker().is_done(id))
    }

    pub(super) fn has_room(&self) -> bool {
        self.on_change.is_none() || self.waiting.len() < MOST_WAITING
    }

    /// Whether a command is still to be run.
    pub(super) fn has_work(&self) -> bool {
        self.on_change.is_some() && !self.waiting.is_empty()
    }

    /// Takes an event. Gives a warning if polling has to wait from now on, for the first time.
    pub(super) fn push(&mut self, event: WatchEvent) -> Option<String> {
        if self.on_change.is_none() && self.state.is_none() {
            return None;
        }
        self.waiting.push_back(event);
        let is_first = !self.has_room() && !std::mem::replace(&mut self.has_been_full, true);
        is_first.then(|| {
            format!("warning: {MOST_WAITING} events wait for --on-change; no poll until fewer do")
        })
    }

    /// Keeps that those events are delivered that no command is to be run for.
    pub(super) fn settle(&mut self) -> Result<(), Failure> {
        let mut poll_has_ended = false;
        while let Some(event) = self.waiting.front() {
            if self.on_change.is_some() && event.id().is_some() {
                break;
            }
            poll_has_ended |= event.id().is_none();
            self.record_first();
        }
        match &mut self.state {
            Some(state) if poll_has_ended => state.store(),
            // A poll may bring thousands at once.
            Some(state) => state.store_sparingly(),
            None => Ok(()),
        }
    }

    /// Stores what was delivered, as far as that is not done.
    pub(super) fn store(&mut self) -> Result<(), Failure> {
        self.state.as_mut().map_or(Ok(()), StateFile::store)
    }

    /// Waits until the command has ended that runs for the first event, and gives a warning if it
    /// has failed. Waits for ever if there is none to run. Dropped before, it loses nothing.
    pub(super) async fn next(&mut self) -> Result<Option<String>, Failure> {
        let Some(on_change) = &self.on_change else {
            return pending().await;
        };
        let Some(event) = self.waiting.front() else {
            return pending().await;
        };
        if event.id().is_none() {
            self.settle()?;
            return Ok(None);
        }
        if let Some(at) = self.retry_at {
            sleep_until(at).await;
            self.retry_at = None;
        }
        let run = || -> Attempt { Box::pin(on_change.run(event)) };
        let result = self.attempt.get_or_insert_with(run).await;
        self.attempt = None;
        match result {
            Ok(()) => {
                self.failures = 0;
                self.record_first();
                self.store()?;
                Ok(None)
            }
            Err(reason) => Ok(Some(self.fail(&reason))),
        }
    }

    /// Gives the command that runs a while to end, then kills it. What waits is left.
    pub(super) async fn close(&mut self) -> Result<(), Failure> {
        if self.attempt.is_some()
            && let Ok(ended) = timeout(GRACE, self.next()).await
        {
            ended?;
        }
        self.attempt = None;
        Ok(())
    }

    /// What a watch came to, with what was not delivered.
    pub(super) fn verdict(&self, verdict: Result<Exit, Failure>) -> Result<Exit, Failure> {
        let waiting = self.waiting.iter().filter_map(WatchEvent::id);
        let waiting = waiting.filter(|_| self.on_change.is_some());
        let left: Vec<&str> = self
            .given_up
            .iter()
            .map(String::as_str)
            .chain(waiting)
            .collect();
        if left.is_empty() {
            return verdict;
        }
        let named = left
            .iter()
            .take(NAMED)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        let more = if left.len() > NAMED { ", ..." } else { "" };
        let again = match &self.state {
            Some(_) => "; the next run with the same --state delivers them",
            None => "",
        };
        let message = format!(
            "{} not delivered: {named}{more}{again}",
            count(left.len(), "event")
        );
        Err(match verdict {
            Ok(_) => Failure::new(Exit::Undelivered, message),
            Err(failure) => {
                let exit = match failure.exit() {
                    Exit::Unreadable | Exit::BatchFailed | Exit::TimedOut => Exit::Undelivered,
                    other => other,
                };
                failure.line(format!("error: {message}")).with_exit(exit)
            }
        })
    }

    /// The first event was delivered, and that is kept.
    fn record_first(&mut self) {
        let (Some(event), Some(state)) = (self.waiting.pop_front(), &mut self.state) else {
            return;
        };
        // From what a poll notes, the next run would take batches as reported that were given up.
        if !matches!(event, WatchEvent::Polled(_)) || self.given_up.is_empty() {
            state.record(&event);
        }
    }

    /// The command has failed for the first event.
    fn fail(&mut self, reason: &str) -> String {
        let id = self.waiting.front().and_then(WatchEvent::id);
        let id = id.unwrap_or_default().to_owned();
        let pause = PAUSES.get(self.failures);
        let what = match pause {
            Some(seconds) => {
                self.failures += 1;
                self.retry_at = Some(Instant::now() + Duration::from_secs(*seconds));
                format!("again in {seconds}s")
            }
            None => {
                self.waiting.pop_front();
                self.failures = 0;
                self.given_up.push(id.clone());
                format!("given up after {} attempts", PAUSES.len() + 1)
            }
        };
        format!("warning: --on-change: {id}: {reason}; {what}")
    }
}

impl fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deliveries").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::path::Path;

    use qwen_batches::{BatchFilter, Client, test_util};
    use qwen_batches_sandbox::{Sandbox, row};

    use super::super::state::{OpenedFile, Stored};
    use super::*;

    fn deliveries(command: &str, batches: usize) -> Deliveries {
        let on_change = OnChange::new(command).expect("a command");
        let mut deliveries = Deliveries::new(Some(on_change), None);
        for n in 1..=batches {
            let row = row(format!("batch_{n}")).status("completed").build();
            let batch = serde_json::from_value(row).expect("a batch");
            let warning = deliveries.push(test_util::finished(batch, None));
            assert_eq!(warning.is_some(), n == MOST_WAITING, "{warning:?}");
        }
        deliveries
    }

    /// Time is Tokio's, which stands still while a command runs.
    #[tokio::test(start_paused = true)]
    async fn a_command_that_fails_is_run_again_then_given_up_and_the_next_event_has_its_turn() {
        let folder = tempfile::tempdir().expect("a folder");
        let runs = folder.path().join("runs");
        let id = "$QWEN_BATCHES_BATCH_ID";
        let command = format!(
            "sh -c 'echo {id} >> {}; [ {id} = batch_2 ]'",
            runs.display()
        );
        let mut deliveries = deliveries(&command, 2);
        let start = Instant::now();
        let mut warnings = Vec::new();
        while deliveries.has_work() {
            let warning = deliveries.next().await.expect("no file is written");
            warnings.extend(warning.map(|it| (start.elapsed().as_secs(), it)));
        }
        let seconds: Vec<u64> = warnings.iter().map(|(seconds, _)| *seconds).collect();
        assert_eq!(seconds, [0, 1, 3, 7, 15, 31], "{warnings:#?}");
        let last =
            "warning: --on-change: batch_1/completed: exit status: 1; given up after 6 attempts";
        assert_eq!(warnings[5].1, last);
        let runs = std::fs::read_to_string(runs).expect("a file");
        assert_eq!(runs, "batch_1\n".repeat(6) + "batch_2\n");
        for (exit, expected) in [
            (Exit::BatchFailed, Exit::Undelivered),
            (Exit::TimedOut, Exit::Undelivered),
            (Exit::Interrupted, Exit::Interrupted),
            (Exit::Auth, Exit::Auth),
        ] {
            let verdict = deliveries.verdict(Err(Failure::new(exit, "it ended")));
            let failure = verdict.expect_err("an event was given up");
            let mut said = Vec::new();
            assert_eq!(failure.report(&mut said), expected);
            let said = String::from_utf8(said).expect("UTF-8");
            let lines = "error: it ended\nerror: 1 event not delivered: batch_1/completed\n";
            assert_eq!(said, lines);
        }
        let verdict = deliveries.verdict(Ok(Exit::Ok)).expect_err("likewise");
        assert_eq!(verdict.exit(), Exit::Undelivered);
    }

    #[tokio::test(start_paused = true)]
    async fn a_command_that_does_not_end_is_killed_in_the_end() {
        let mut deliveries = deliveries("sleep 1000", MOST_WAITING + 1);
        assert!(!deliveries.has_room());
        // It has started.
        let next = timeout(Duration::ZERO, deliveries.next()).await;
        assert!(next.is_err(), "{next:?}");
        let start = Instant::now();
        deliveries.close().await.expect("no file is written");
        assert_eq!(start.elapsed(), GRACE);
        let verdict = deliveries
            .verdict(Ok(Exit::Ok))
            .expect_err("nothing was delivered");
        assert_eq!(verdict.exit(), Exit::Undelivered);
    }

    /// The events of a poll, and a file that keeps which were delivered.
    async fn poll(client: &Client, folder: &Path) -> (Vec<WatchEvent>, StateFile) {
        let opened = OpenedFile::open(&folder.join("state"), &[])
            .await
            .expect("a file");
        let watch = client.watch(BatchFilter::new());
        let new = || Stored {
            now: jiff::Timestamp::UNIX_EPOCH,
            ids: Vec::new(),
            named: Vec::new(),
            tracker: watch.tracker(),
        };
        let stored = opened.stored.clone().unwrap_or_else(new);
        let file = opened.begin(stored, client);
        let mut stream = watch.resume(file.tracker().clone()).events();
        let mut events = Vec::new();
        while let Some(event) = stream.try_next().await.expect("events") {
            events.push(event);
        }
        (events, file)
    }

    fn ids(events: &[WatchEvent]) -> Vec<&str> {
        events.iter().filter_map(WatchEvent::id).collect()
    }

    /// Even of a batch that is far older than what the poll has listed.
    #[tokio::test]
    async fn what_was_given_up_comes_again_in_the_next_run() {
        const NOW: i64 = 1_741_305_600;
        let old = row("batch_2").created_at(NOW - 1_000_000);
        let rows = [row("batch_1").created_at(NOW), old].map(|row| row.status("completed"));
        let sandbox = Sandbox::builder().now(NOW).rows(rows).start();
        let sandbox = sandbox.await.expect("a sandbox");
        let client = Client::builder()
            .api_key("any")
            .base_url(sandbox.base_url());
        let client = client.build().expect("a client");
        let folder = tempfile::tempdir().expect("a folder");

        let (events, state) = poll(&client, folder.path()).await;
        let two = ["batch_2/appeared", "batch_2/completed"];
        assert_eq!(ids(&events)[2..], two);
        // It succeeds for the first batch alone.
        let command = "sh -c '[ $QWEN_BATCHES_BATCH_ID = batch_1 ]'";
        let on_change = OnChange::new(command).expect("a command");
        let mut deliveries = Deliveries::new(Some(on_change), Some(state));
        events
            .into_iter()
            .for_each(|event| drop(deliveries.push(event)));
        tokio::time::pause();
        while deliveries.has_work() {
            deliveries.next().await.expect("a file");
        }
        tokio::time::resume();
        assert_eq!(deliveries.given_up, two);
        drop(deliveries);

        let (events, _) = poll(&client, folder.path()).await;
        assert_eq!(ids(&events), two);
    }
}
