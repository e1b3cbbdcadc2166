//! The progress of a batch, and when it will be done.

use std::time::Duration;

use jiff::Timestamp;
use qwen_batches_api::types::BatchStatus;

use super::history::{Count, History};
use super::past_durations::PastDurations;

const MINUTE: u64 = 60;

/// Counts stand still for up to 30 minutes while work continues (reported).
const USUAL: u64 = 30 * MINUTE;
/// Before the first request is done, one batch stood for two and a half hours (recorded).
const USUAL_WAIT: u64 = 150 * MINUTE;
/// From when on a batch is taken for stuck: of simulated batches, one of a hundred stands still for
/// as long and continues. Nobody has reported of one that did.
const STUCK: u64 = 50 * MINUTE;
const STUCK_WAIT: u64 = 360 * MINUTE;

/// Over which time the rate is taken.
const WINDOW: i64 = 30 * 60;

/// From the last request to the end: it took 471 seconds (recorded, once).
const END: (f64, f64) = (90.0, 900.0);
const MEDIAN_END: f64 = 300.0;

/// How many batches must have taken longer than this one has by now.
const ENOUGH: usize = 5;

/// By which factors the time left may miss what is extrapolated: from this share of the work on, of
/// a batch alone, and of one with enough batches that are like it. They are the 10th and the 90th
/// percentile of simulated batches, rounded, and of no other seeds than 0 to 3999.
const ALONE: [(f64, (f64, f64)); 3] =
    [(0.1, (0.28, 3.0)), (0.35, (0.45, 3.8)), (0.65, (0.72, 3.7))];
const AMONG_OTHERS: [(f64, (f64, f64)); 3] =
    [(0.0, (0.2, 2.0)), (0.2, (0.45, 2.5)), (0.5, (0.44, 2.3))];

/// The progress of a running batch, as far as its list shows: [`WatchEvent::estimate`] and
/// [`Poll::estimates`] have it.
///
/// The list shows neither a queue position nor an expected end, only the batch's own
/// counts over time, and how long batches of like size took on the same endpoint. Counts stand still
/// for 10 to 30 minutes while work continues, so a pause is no sign of trouble.
///
/// It is a function of what was seen, without a clock of its own.
///
/// [`WatchEvent::estimate`]: crate::WatchEvent::estimate
/// [`Poll::estimates`]: crate::Poll::estimates
#[doc = include_str!("estimate.md")]
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Estimate {
    /// Requests done a minute, in the last half hour. None if none was seen to be done in it.
    pub rate: Option<f64>,
    /// For how long it has had its status, as far as that is known. The service's own times do not
    /// show how long a batch waits (recorded).
    pub in_phase: Duration,
    /// For how long neither counts nor status were seen to change.
    pub no_progress_for: Duration,
    /// For how long that is usual.
    pub usual_up_to: Duration,
    /// Whether it is likely that the counts never move again.
    pub is_stuck: bool,
    /// The time to its end; none if it cannot be known.
    pub left: Option<TimeLeft>,
}

/// The time left, as a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeLeft {
    /// One of ten batches is done before.
    pub low: Duration,
    /// One of ten batches takes longer.
    pub high: Duration,
}

impl Estimate {
    /// What can be concluded at an instant, which is that of the last poll or later.
    pub fn new(history: &History, past: &PastDurations, at: Timestamp) -> Self {
        let at = at.as_second();
        let no_progress_for = since(history.moved_at, at);
        let waits = history.done == 0 && history.status != BatchStatus::Finalizing;
        let (usual, stuck) = match waits {
            true => (USUAL_WAIT, STUCK_WAIT),
            false => (USUAL, STUCK),
        };
        let is_stuck = no_progress_for >= stuck;
        let left = match is_stuck {
            true => None,
            false => left(history, past, at),
        };
        Self {
            rate: rate(history, at),
            in_phase: Duration::from_secs(since(history.phase_since, at)),
            no_progress_for: Duration::from_secs(no_progress_for),
            usual_up_to: Duration::from_secs(usual),
            is_stuck,
            left,
        }
    }
}

/// Requests a minute.
fn rate(history: &History, at: i64) -> Option<f64> {
    let begin = at.saturating_sub(WINDOW);
    let counts = std::iter::once(&history.start).chain(&history.moves);
    let before = counts.take_while(|count| count.at <= begin).last();
    let Count { at: since, done } = *before.unwrap_or(&history.start);
    let (done, seconds) = (history.done.checked_sub(done)?, at.saturating_sub(since));
    (done > 0 && seconds > 0).then(|| done as f64 / seconds as f64 * 60.0)
}

/// The time to the end.
fn left(history: &History, past: &PastDurations, at: i64) -> Option<TimeLeft> {
    let elapsed = since(history.created_at, at);
    let (total, done) = (history.total, history.done);
    let (low, high) = match history.status {
        BatchStatus::Finalizing => END,
        BatchStatus::InProgress if total == 0 => return None,
        BatchStatus::InProgress if done >= total => END,
        BatchStatus::InProgress => {
            let like = past.like(&history.endpoint, total, elapsed);
            let like = (like.len() >= ENOUGH).then_some(like);
            let elapsed = elapsed as f64;
            match (like, extrapolate(history, at)) {
                (Some(like), _) if done == 0 => (
                    quantile(&like, 0.1) - elapsed,
                    quantile(&like, 0.9) - elapsed,
                ),
                (Some(like), Some((share, left))) => {
                    let others = quantile(&like, 0.5) - elapsed;
                    let (low, high) = factors(&AMONG_OTHERS, share)?;
                    let middle = (left * others).sqrt();
                    (middle * low, middle * high)
                }
                (None, Some((share, left))) => {
                    let (low, high) = factors(&ALONE, share)?;
                    (left * low, left * high)
                }
                (_, None) => return None,
            }
        }
        _ => return None,
    };
    // At the latest it ends when it is due, unless it is overdue.
    let due = history.due.filter(|due| *due > at);
    let due = due.map_or(f64::MAX, |due| since(at, due) as f64);
    let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds.min(due)).ok();
    Some(TimeLeft {
        low: seconds(low)?,
        high: seconds(high)?,
    })
}

/// The share of what was to be done that was seen to be done, and how many seconds the rest takes
/// at this pace, with the end.
fn extrapolate(history: &History, at: i64) -> Option<(f64, f64)> {
    let Count { at: start, done } = history.start;
    let seen = history.done.checked_sub(done).filter(|seen| *seen > 0)?;
    let rest = history.total.saturating_sub(history.done);
    let share = seen as f64 / (seen + rest) as f64;
    // Of a batch that was met half-way, the beginning says too little of the whole.
    if done > 0 && share < ALONE[0].0 {
        return None;
    }
    let worked = since(start, at).max(MINUTE / 2) as f64;
    Some((share, worked * rest as f64 / seen as f64 + MEDIAN_END))
}

fn factors(table: &[(f64, (f64, f64))], share: f64) -> Option<(f64, f64)> {
    let mut rows = table.iter().rev();
    rows.find(|(from, _)| *from <= share).map(|(_, it)| *it)
}

/// Below which value the next one lies with this probability, if it is like those that are here: a
/// few values have wider tails than they show.
fn quantile(values: &[u64], probability: f64) -> f64 {
    let last = values.len() - 1;
    let place = probability * (values.len() + 1) as f64 - 1.0;
    let place = place.clamp(0.0, last as f64);
    let (below, above) = (
        values[place as usize],
        values[(place as usize + 1).min(last)],
    );
    below as f64 + (above - below) as f64 * place.fract()
}

/// The seconds from one instant to another; none if that is not later.
fn since(from: i64, to: i64) -> u64 {
    u64::try_from(to.saturating_sub(from)).unwrap_or_default()
}
