//! What becomes of a batch while time passes: its state is a function of the time alone.

use serde_json::{Value, json};

use super::row::BatchRow;

/// The lifecycle of a batch, from its creation to its end; [`BatchRow::lifecycle`] gives it to one.
///
/// At each instant the batch is in a state that the service could show: statuses follow one
/// another as documented, and the times, counts, errors and files are those of the status.
///
/// ```
/// use qwen_batches_sandbox::{Lifecycle, row};
///
/// let created = 1_767_000_000;
/// let batch = row("batch_x").created_at(created).lifecycle(
///     Lifecycle::completes(100).failing(3).validating(60).running(600).finalizing(30),
/// );
/// assert_eq!(batch.at(created)["status"], "validating");
/// assert_eq!(batch.at(created + 60 + 300)["request_counts"]["completed"], 49);
/// assert_eq!(batch.at(created + 60 + 600)["status"], "finalizing");
/// assert_eq!(batch.at(created + 60 + 600 + 30)["completed_at"], created + 690);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    end: End,
    total: u64,
    /// How many requests have run when the work ends.
    reached: u64,
    failing: u64,
    validating: u32,
    running: u32,
    finalizing: u32,
    /// Seconds of `in_progress`, and how many requests have run by then; empty for an even pace.
    progress: Vec<(u32, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Completed,
    Rejected,
    Expired,
    Cancelled,
}

impl Lifecycle {
    /// `validating`, `in_progress`, `finalizing`, `completed`, with so many requests.
    pub fn completes(total: u64) -> Self {
        Self::new(End::Completed, total, total)
    }

    /// `validating`, `failed`: the input file is rejected.
    pub fn is_rejected() -> Self {
        Self::new(End::Rejected, 0, 0)
    }

    /// `validating`, `in_progress`, `expired`, when `reached` of `total` requests have run; the
    /// others count as failed. [`running`](Self::running) sets when that is, not the window.
    pub fn expires(total: u64, reached: u64) -> Self {
        Self::new(End::Expired, total, reached)
    }

    /// `validating`, `in_progress`, `cancelling`, `cancelled`, when `reached` of `total` requests
    /// have run; the others count as failed in the end.
    pub fn is_cancelled(total: u64, reached: u64) -> Self {
        Self::new(End::Cancelled, total, reached)
    }

    /// How many of the requests that run fail; none by default.
    pub fn failing(mut self, requests: u64) -> Self {
        self.failing = requests.min(self.reached);
        self
    }

    /// For how many seconds it is `validating`; 60 by default.
    pub fn validating(mut self, seconds: u32) -> Self {
        self.validating = seconds;
        self
    }

    /// For how many seconds it is `in_progress`; 600 by default. Requests end at an even pace,
    /// unless there is a [`progress`](Self::progress).
    pub fn running(mut self, seconds: u32) -> Self {
        self.running = seconds;
        self
    }

    /// How many requests have run after so many seconds of `in_progress`, in ascending order of
    /// both. The pace between two points is even; two points of one count are a standstill.
    ///
    /// ```
    /// use qwen_batches_sandbox::{Lifecycle, row};
    ///
    /// // Queued for a minute, then a burst, then a standstill up to the end.
    /// let life = Lifecycle::completes(100).validating(0).running(600);
    /// let life = life.progress([(60, 0), (120, 89)]);
    /// let batch = row("batch_x").created_at(1_767_000_000).lifecycle(life);
    /// let row = |second: i64| batch.at(1_767_000_000 + second);
    /// let completed = |second| row(second)["request_counts"]["completed"].as_u64().unwrap();
    /// assert_eq!([59, 90, 120, 599, 660].map(completed), [0, 44, 89, 89, 100]);
    /// ```
    pub fn progress(mut self, points: impl IntoIterator<Item = (u32, u64)>) -> Self {
        self.progress = points.into_iter().collect();
        self
    }

    /// For how many seconds it is `finalizing`, or `cancelling`; 60 by default.
    pub fn finalizing(mut self, seconds: u32) -> Self {
        self.finalizing = seconds;
        self
    }

    fn new(end: End, total: u64, reached: u64) -> Self {
        Self {
            end,
            total,
            reached: reached.min(total),
            failing: 0,
            validating: 60,
            running: 600,
            finalizing: 60,
            progress: Vec::new(),
        }
    }

    /// How many requests have run after so many seconds of `in_progress`.
    fn done(&self, passed: u64) -> u64 {
        if self.progress.is_empty() {
            return share(self.reached, passed, self.running.into());
        }
        let (mut since, mut done) = (0, 0);
        for &(second, count) in &self.progress {
            let (second, count) = (u64::from(second), count.min(self.reached));
            if passed < second {
                let more = count.saturating_sub(done);
                return done
                    + share(
                        more,
                        passed.saturating_sub(since),
                        second.saturating_sub(since),
                    );
            }
            (since, done) = (second, count);
        }
        done
    }
}

/// A batch with a [`Lifecycle`], for [`SandboxBuilder::lifecycles`](crate::SandboxBuilder::lifecycles).
#[derive(Clone, Debug, PartialEq)]
pub struct BatchLifecycle {
    row: BatchRow,
    lifecycle: Lifecycle,
}

impl BatchLifecycle {
    /// The batch as it looks at this instant, in Unix seconds; before its creation it looks as at
    /// its creation.
    pub fn at(&self, unix_seconds: i64) -> Value {
        let Lifecycle {
            end,
            total,
            reached,
            failing,
            ..
        } = self.lifecycle;
        let created = self.created_at();
        let started = created.saturating_add(self.lifecycle.validating.into());
        let worked = started.saturating_add(self.lifecycle.running.into());
        let wrapped = worked.saturating_add(self.lifecycle.finalizing.into());
        let row = self.row.clone();

        if unix_seconds < started {
            return row.status("validating").build();
        }
        if end == End::Rejected {
            let entry = json!({
                "code": "url_not_found",
                "message": "The URL of this request is not one that a batch can call.",
                "param": "url",
                "line": 1,
            });
            return row
                .status("failed")
                .set("failed_at", started)
                .set("errors", json!({ "object": "list", "data": [entry] }))
                .build();
        }
        // As recorded: the queue time cannot be read off.
        let row = row.set("in_progress_at", created);
        let counts = |row: BatchRow, done: u64| {
            let failed = share(failing, done, reached);
            row.request_counts(total, done - failed, failed)
        };
        if unix_seconds < worked {
            let passed = unix_seconds.abs_diff(started);
            let done = self.lifecycle.done(passed);
            return counts(row.status("in_progress"), done).build();
        }
        let over = |row| self.over(row);
        let row = match end {
            End::Expired => over(row.status("expired").set("expired_at", worked)),
            End::Completed if unix_seconds < wrapped => {
                let row = row.status("finalizing").set("finalizing_at", worked);
                counts(row, reached)
            }
            End::Completed | End::Rejected => over(
                row.status("completed")
                    .set("finalizing_at", worked)
                    .set("completed_at", wrapped),
            ),
            // `cancelling_at` stays null until the job is cancelled.
            End::Cancelled if unix_seconds < wrapped => counts(row.status("cancelling"), reached),
            End::Cancelled => over(
                row.status("cancelled")
                    .set("cancelling_at", wrapped)
                    .set("cancelled_at", wrapped),
            ),
        };
        row.build()
    }

    /// When it comes to its end, in Unix seconds.
    pub fn ends_at(&self) -> i64 {
        let Lifecycle {
            end,
            validating,
            running,
            finalizing,
            ..
        } = self.lifecycle;
        let phases = match end {
            End::Rejected => vec![validating],
            End::Expired => vec![validating, running],
            End::Completed | End::Cancelled => vec![validating, running, finalizing],
        };
        let seconds: i64 = phases.into_iter().map(i64::from).sum();
        self.created_at().saturating_add(seconds)
    }

    /// Counts and files at the end; requests that never ran count as failed.
    fn over(&self, row: BatchRow) -> BatchRow {
        let Lifecycle {
            total,
            reached,
            failing,
            ..
        } = self.lifecycle;
        let completed = reached - failing;
        let failed = total - completed;
        let file = |kind: &str, wanted: bool| {
            wanted.then(|| Value::from(format!("file-batch_output-{}-{kind}", self.id())))
        };
        row.request_counts(total, completed, failed)
            .set("output_file_id", file("out", completed > 0))
            .set("error_file_id", file("err", failed > 0))
    }

    fn id(&self) -> &str {
        let id = self.row.get("id").and_then(Value::as_str);
        let id = id.unwrap_or_default();
        id.strip_prefix("batch_").unwrap_or(id)
    }

    fn created_at(&self) -> i64 {
        let created_at = self.row.get("created_at").and_then(Value::as_i64);
        created_at.unwrap_or_default()
    }
}

impl BatchRow {
    /// Gives the batch a lifecycle, which sets status, times, counts, errors and files from now on;
    /// the creation above all is set here.
    pub fn lifecycle(self, lifecycle: Lifecycle) -> BatchLifecycle {
        BatchLifecycle {
            row: self,
            lifecycle,
        }
    }
}

/// `whole * part / of`, at most `whole`; all of it if there is nothing to be part of.
fn share(whole: u64, part: u64, of: u64) -> u64 {
    let share = (u128::from(whole) * u128::from(part)).checked_div(of.into());
    share.map_or(whole, |share| {
        u64::try_from(share).unwrap_or(whole).min(whole)
    })
}
