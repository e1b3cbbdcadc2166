//! Batches that run as batches were seen to run: to measure what an observer can conclude.
//!
//! Every parameter is a constant of this file, with the fact that it stands for. They were set
//! before anything was measured with them, and describe what little is known of one service; what
//! is drawn from them is simulated, and says nothing of any other.

use std::f64::consts::TAU;

use fastrand::Rng;

use super::generate::{NOW, identity};
use super::random::{Purpose, by_magnitude};
use crate::rows::{BatchLifecycle, Lifecycle};

const MINUTE: f64 = 60.0;
const DAY: u32 = 24 * 3600;

/// Requests in a batch: 50 000 at most (documented); batches of 2 and 3 were run (recorded,
/// reported).
const SIZES: (i64, i64) = (2, 50_000);

/// A batch waits within `in_progress`, with counts of 0: `in_progress_at` is `created_at` on every
/// recorded row. 3 requests stood at 0 for 55 minutes (reported), 2 took 2 h 32 min (recorded),
/// 3 were done within 10 minutes (reported). The first factor is that of a list, the second that of
/// a batch.
const QUEUE: [Spread; 2] = [Spread(10.0 * MINUTE, 0.8), Spread(1.0, 1.06)];

/// Work without standstills, for one request; it grows with the 0.3rd power of their number. From
/// start to end, 24 requests took 29 minutes and 1000 took 62, 28 of which were a standstill
/// (reported). "One model 53 minutes, another seconds, on the same day" (reported): the first
/// factor is that of a list and an endpoint, the second that of a batch.
const WORK: [Spread; 2] = [Spread(2.5 * MINUTE, 0.5), Spread(1.0, 0.35)];
const WORK_GROWTH: f64 = 0.3;

/// Work comes in bursts of different length and speed (inferred from counts that jump).
const BURSTS: std::ops::RangeInclusive<usize> = 2..=12;

/// Counts stand still for 10 to 30 minutes while work goes on (reported): these are the 10th and
/// the 90th percentile. How many times, of 20 batches each:
const STANDSTILL: Spread = Spread(17.3 * MINUTE, 0.43);
const STANDSTILLS: [usize; 20] = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3];

/// 889 of 1000 were done when it stood still for 28 minutes (reported): most standstills begin near
/// the end.
const NEAR_END: (f64, std::ops::Range<f64>) = (0.6, 0.8..0.98);
const ELSEWHERE: std::ops::Range<f64> = 0.1..0.8;

/// From the last request to `completed`: results were ready 471 seconds before (recorded, once).
/// There is no `finalizing` to be seen: `finalizing_at` is `completed_at` (recorded).
const SLOW_END: Spread = Spread(5.0 * MINUTE, 0.7);

/// Of 50 batches, so many are refused in validation, and so many are cancelled by their owner.
const REJECTED: u32 = 1;
const CANCELLED: u32 = 1;
/// So many have all requests failed, and so many a few.
const ALL_FAILED: u32 = 3;
const SOME_FAILED: u32 = 14;

/// How many batches a list holds that are done: of ten lists, one holds none.
const FINISHED: (i64, i64) = (4, 200);

/// Apart from the indices of [`generate`](super::generate).
const FIRST_INDEX: u64 = 1 << 41;

/// A list at the creation of a batch, by [`simulate_list`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SimulatedList {
    /// Batches that were done before, in no order.
    pub finished: Vec<BatchLifecycle>,
    /// The batch that has just been created, and that comes to its end.
    pub batch: BatchLifecycle,
    /// The same batch, if it gets stuck: from some point on its counts never move again, until its
    /// window of 24 hours has passed.
    pub stuck: BatchLifecycle,
}

/// Generates a batch that is created at `now` (Unix seconds), in a list of its owner's.
///
/// Unlike [`generate_lifecycles`](super::generate_lifecycles), which has every end within an hour,
/// batches here take their time as the service's were seen to: they queue, work in bursts, stand
/// still, most often near the end, and are slow to end. How long batches of one list take has
/// something in common.
///
/// The same arguments give the same batches in every process that runs the same version of this
/// crate on the same kind of machine.
///
/// ```
/// let now = 1_767_000_000;
/// let list = qwen_batches_sandbox::simulate_list(7, now);
/// assert!(list.finished.iter().all(|batch| batch.ends_at() <= now));
/// assert!(list.batch.ends_at() > now);
/// ```
pub fn simulate_list(seed: u64, now: i64) -> SimulatedList {
    let now = now.clamp(*NOW.start(), *NOW.end());
    let rng = &mut Purpose::Simulation.rng(seed, 0);
    let list = Traits::draw(rng);
    let count = match rng.u32(0..10) {
        0 => 0,
        _ => by_magnitude(rng, FINISHED.0, FINISHED.1),
    };
    let finished = (1..=count.unsigned_abs()).map(|n| {
        let rng = &mut Purpose::Simulation.rng(seed, n);
        let course = Course::draw(rng, &list);
        let life = course.lifecycle(rng);
        // Within the horizon, and done.
        let youngest = i64::from(course.seconds().min(29 * DAY)) + 60;
        let created_at = now - rng.i64(youngest..=30 * i64::from(DAY) - 3600);
        course.batch(seed, n, created_at, life)
    });
    let finished = finished.collect();
    let course = Course::draw(rng, &list);
    let life = course.lifecycle(rng);
    let stuck = course.stuck(rng.f64());
    SimulatedList {
        finished,
        batch: course.batch(seed, 0, now, life),
        stuck: course.batch(seed, 0, now, stuck),
    }
}

/// A time that is spread as a logarithm is: its median in seconds, and the spread of its
/// logarithm.
struct Spread(f64, f64);

impl Spread {
    fn draw(&self, rng: &mut Rng) -> f64 {
        let normal = (-2.0 * (1.0 - rng.f64()).ln()).sqrt() * (TAU * rng.f64()).cos();
        self.0 * (self.1 * normal).exp()
    }
}

/// What the batches of a list have in common.
struct Traits {
    queue: f64,
    /// For each of the two endpoints.
    work: [f64; 2],
}

impl Traits {
    fn draw(rng: &mut Rng) -> Self {
        Self {
            queue: QUEUE[0].draw(rng),
            work: [WORK[0].draw(rng), WORK[0].draw(rng)],
        }
    }
}

/// How a batch runs.
struct Course {
    endpoint: &'static str,
    total: u64,
    validating: u32,
    /// From the start to the end of its work: seconds, and how many requests have run by then.
    progress: Vec<(u32, u64)>,
    slow_end: u32,
}

impl Course {
    fn draw(rng: &mut Rng, list: &Traits) -> Self {
        let (endpoint, work) = match rng.u32(0..5) {
            0 => ("/v1/embeddings", list.work[1]),
            _ => ("/v1/chat/completions", list.work[0]),
        };
        let total = by_magnitude(rng, SIZES.0, SIZES.1).unsigned_abs();
        let work = work * WORK[1].draw(rng) * (total as f64).powf(WORK_GROWTH);
        // Half of the window, so that it does not expire.
        let longest = f64::from(DAY) / 2.0;
        let mut second = (list.queue * QUEUE[1].draw(rng)).min(longest);
        let mut share = 0.0;
        let mut progress = vec![(second as u32, 0)];
        for (seconds, more) in steps(rng, work) {
            second += seconds;
            share += more;
            progress.push((second as u32, (share * total as f64) as u64));
        }
        // What was added up may fall short of the whole.
        progress.push((second as u32, total));
        Self {
            endpoint,
            total,
            validating: rng.u32(1..=60),
            progress,
            slow_end: SLOW_END.draw(rng) as u32,
        }
    }

    /// Up to the end of the work, and to the end.
    fn running(&self) -> (u32, u32) {
        let work = self.progress.last().map_or(0, |(second, _)| *second);
        (work, work.saturating_add(self.slow_end))
    }

    fn seconds(&self) -> u32 {
        self.validating.saturating_add(self.running().1)
    }

    fn lifecycle(&self, rng: &mut Rng) -> Lifecycle {
        let (work, running) = self.running();
        let kind = rng.u32(0..50);
        let life = if kind < REJECTED {
            Lifecycle::is_rejected()
        } else if kind < REJECTED + CANCELLED {
            let cancelled = rng.u32(0..=work);
            let reached = self.done(cancelled);
            let life = Lifecycle::is_cancelled(self.total, reached);
            return self.timed(life, cancelled).finalizing(45);
        } else {
            Lifecycle::completes(self.total)
        };
        let failing = match kind.saturating_sub(REJECTED + CANCELLED) {
            n if n < ALL_FAILED => self.total,
            n if n < ALL_FAILED + SOME_FAILED => rng.u64(1..=self.total.div_ceil(10)),
            _ => 0,
        };
        self.timed(life, running).failing(failing)
    }

    /// As it runs until this share of its requests has run.
    fn stuck(&self, share: f64) -> Lifecycle {
        let reached = (share * self.total as f64) as u64;
        let life = Lifecycle::expires(self.total, reached);
        self.timed(life, DAY - self.validating)
    }

    fn timed(&self, life: Lifecycle, running: u32) -> Lifecycle {
        life.validating(self.validating)
            .running(running)
            .finalizing(0)
            .progress(self.progress.iter().copied())
    }

    /// How many requests have run after so many seconds of work; at least.
    fn done(&self, second: u32) -> u64 {
        let before = self.progress.iter().take_while(|(it, _)| *it <= second);
        before.last().map_or(0, |(_, done)| *done)
    }

    fn batch(&self, seed: u64, n: u64, created_at: i64, life: Lifecycle) -> BatchLifecycle {
        let index = FIRST_INDEX + n;
        let text = &mut Purpose::Text.rng(seed, index);
        let row = identity(seed, index, created_at, text).endpoint(self.endpoint);
        row.completion_window("24h").lifecycle(life)
    }
}

/// Bursts and standstills: the seconds of each, and the share of all requests that run in it.
fn steps(rng: &mut Rng, work: f64) -> Vec<(f64, f64)> {
    let bursts = rng.usize(BURSTS);
    let mut parts = |whole: f64| {
        let parts: Vec<f64> = (0..bursts).map(|_| -(1.0 - rng.f64()).ln()).collect();
        let sum: f64 = parts.iter().sum();
        parts.into_iter().map(move |part| whole * part / sum)
    };
    let seconds = parts(work);
    let mut steps: Vec<(f64, f64)> = seconds.zip(parts(1.0)).collect();
    for _ in 0..STANDSTILLS[rng.usize(..STANDSTILLS.len())] {
        let (at_end, near_end) = NEAR_END;
        let range = match rng.f64() < at_end {
            true => near_end,
            false => ELSEWHERE,
        };
        let share = range.start + (range.end - range.start) * rng.f64();
        stand_still(&mut steps, share, STANDSTILL.draw(rng));
    }
    steps
}

/// Puts a standstill where this share of all requests has run.
fn stand_still(steps: &mut Vec<(f64, f64)>, share: f64, length: f64) {
    let mut before = 0.0;
    for n in 0..steps.len() {
        let (seconds, more) = steps[n];
        if before + more > share {
            let part = (share - before) / more;
            let halves = [
                (seconds * part, more * part),
                (length, 0.0),
                (seconds * (1.0 - part), more * (1.0 - part)),
            ];
            steps.splice(n..=n, halves);
            return;
        }
        before += more;
    }
    steps.push((length, 0.0));
}
