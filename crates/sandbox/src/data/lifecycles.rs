//! Believable batches that move on while one looks.

use fastrand::Rng;

use super::generate::{NOW, identity};
use super::random::{Purpose, by_magnitude};
use crate::rows::{BatchLifecycle, Lifecycle};

const HOUR: u32 = 3600;
const DAY: u32 = 24 * HOUR;

/// Apart from the indices of [`generate`](super::generate) and of newcomers.
const FIRST_INDEX: u64 = 1 << 40;

/// Generates `count` batches with a [`Lifecycle`], for
/// [`SandboxBuilder::lifecycles`](crate::SandboxBuilder::lifecycles): some are under way at `now` (Unix
/// seconds) and none is over, others are created in the twenty minutes after it, and an hour after
/// it all are over.
/// Every twelve of them come to every end that a batch can come to.
///
/// The same arguments give the same batches in every process that runs the same version of this
/// crate.
///
/// ```
/// let now = 1_767_000_000;
/// let batches = qwen_batches_sandbox::generate_lifecycles(12, 7, now);
/// assert!(batches.iter().any(|batch| batch.at(now)["status"] == "in_progress"));
/// assert!(batches.iter().any(|batch| batch.at(now + 3600)["status"] == "expired"));
/// ```
pub fn generate_lifecycles(count: usize, seed: u64, now: i64) -> Vec<BatchLifecycle> {
    let now = now.clamp(*NOW.start(), *NOW.end());
    (0..count as u64)
        .map(|n| {
            let index = FIRST_INDEX + n;
            let rng = &mut Purpose::Lifecycle.rng(seed, index);
            let (lifecycle, age) = draw(rng, n);
            let created_at = now - i64::from(age);
            let text = &mut Purpose::Text.rng(seed, index);
            identity(seed, index, created_at, text).lifecycle(lifecycle)
        })
        .collect()
}

/// A lifecycle, and how many seconds ago it has begun.
fn draw(rng: &mut Rng, n: u64) -> (Lifecycle, i32) {
    let total = by_magnitude(rng, 50, 20_000) as u64;
    let few = rng.u64(1..=total.div_ceil(20));
    let reached = rng.u64(total / 2..total);
    let lifecycle = match n % 12 {
        1 | 6 | 11 => Lifecycle::completes(total).failing(few),
        3 => Lifecycle::is_rejected(),
        5 => Lifecycle::is_cancelled(total, reached).failing(few),
        7 => Lifecycle::expires(total, reached).failing(few),
        9 => Lifecycle::completes(total).failing(total),
        _ => Lifecycle::completes(total),
    };
    let validating = rng.u32(60..=300);
    let lifecycle = lifecycle
        .validating(validating)
        .finalizing(rng.u32(60..=240));
    if n % 12 == 7 {
        // It is a window old when it expires.
        let left = rng.u32(HOUR / 4..HOUR * 3 / 4);
        return (
            lifecycle.running(DAY - validating),
            (DAY - left).cast_signed(),
        );
    }
    // Of those that are there at the start, none is over: a rejected one is seen while it validates.
    let oldest = if n % 12 == 3 { 0 } else { 600 };
    let age = rng.i32(-1200..=oldest);
    (lifecycle.running(rng.u32(600..=1500)), age)
}
