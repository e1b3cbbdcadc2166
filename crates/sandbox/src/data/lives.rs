//! Believable batches that move on while one looks.

use fastrand::Rng;

use super::random::{Purpose, by_magnitude};
use super::{NOW, identity};
use crate::life::{BatchLife, Life};

const HOUR: u32 = 3600;
const DAY: u32 = 24 * HOUR;

/// Apart from the indices of [`generate`](super::generate) and of newcomers.
const FIRST_INDEX: u64 = 1 << 40;

/// Generates `count` batches with a [`Life`], for
/// [`SandboxBuilder::lives`](crate::SandboxBuilder::lives): some are under way at `now` (Unix
/// seconds) and none is over, others are created in the twenty minutes after it, and an hour after
/// it all are over.
/// Every twelve of them come to every end that a batch can come to.
///
/// The same arguments give the same batches in every process that runs the same version of this
/// crate.
///
/// ```
/// let now = 1_767_000_000;
/// let lives = qwen_batches_sandbox::generate_lives(12, 7, now);
/// assert!(lives.iter().any(|life| life.at(now)["status"] == "in_progress"));
/// assert!(lives.iter().any(|life| life.at(now + 3600)["status"] == "expired"));
/// ```
pub fn generate_lives(count: usize, seed: u64, now: i64) -> Vec<BatchLife> {
    let now = now.clamp(*NOW.start(), *NOW.end());
    (0..count as u64)
        .map(|n| {
            let index = FIRST_INDEX + n;
            let rng = &mut Purpose::Life.rng(seed, index);
            let (life, age) = draw(rng, n);
            let created_at = now - i64::from(age);
            let text = &mut Purpose::Text.rng(seed, index);
            identity(seed, index, created_at, text).lives(life)
        })
        .collect()
}

/// A life, and how many seconds ago it has begun.
fn draw(rng: &mut Rng, n: u64) -> (Life, i32) {
    let total = by_magnitude(rng, 50, 20_000) as u64;
    let few = rng.u64(1..=total.div_ceil(20));
    let reached = rng.u64(total / 2..total);
    let life = match n % 12 {
        1 | 6 | 11 => Life::completes(total).failing(few),
        3 => Life::is_rejected(),
        5 => Life::is_cancelled(total, reached).failing(few),
        7 => Life::expires(total, reached).failing(few),
        9 => Life::completes(total).failing(total),
        _ => Life::completes(total),
    };
    let validating = rng.u32(60..=300);
    let life = life.validating(validating).finalizing(rng.u32(60..=240));
    if n % 12 == 7 {
        // It is a window old when it expires.
        let left = rng.u32(HOUR / 4..HOUR * 3 / 4);
        return (life.running(DAY - validating), (DAY - left).cast_signed());
    }
    // Of those that are there at the start, none is over: a rejected one is seen while it validates.
    let oldest = if n % 12 == 3 { 0 } else { 600 };
    let age = rng.i32(-1200..=oldest);
    (life.running(rng.u32(600..=1500)), age)
}
