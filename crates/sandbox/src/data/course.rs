//! What becomes of a batch: its fate, how long each step took, and its age.

use super::random::{Purpose, by_magnitude};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// An hour short of the horizon.
const MAX_AGE: i64 = 30 * DAY - HOUR;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Validating,
    Running,
    Finalizing,
    /// Completed, and every request succeeded.
    Clean,
    /// Completed, and some requests failed.
    Mixed,
    /// Completed, and every request failed.
    AllFailed,
    /// Failed in validation.
    Rejected,
    Expired,
    Cancelling,
    Cancelled,
}

impl Fate {
    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Validating => "validating",
            Self::Running => "in_progress",
            Self::Finalizing => "finalizing",
            Self::Clean | Self::Mixed | Self::AllFailed => "completed",
            Self::Rejected => "failed",
            Self::Expired => "expired",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
        }
    }

    /// Nothing more will happen to the batch.
    pub(super) fn is_over(self) -> bool {
        !matches!(
            self,
            Self::Validating | Self::Running | Self::Finalizing | Self::Cancelling
        )
    }
}

/// Fates are dealt from shuffled decks of fifty, so their proportions hold for
/// every fifty batches.
const DECK: [(Fate, usize); 10] = [
    (Fate::Clean, 18),
    (Fate::Mixed, 8),
    (Fate::AllFailed, 3),
    (Fate::Running, 6),
    (Fate::Rejected, 5),
    (Fate::Expired, 3),
    (Fate::Cancelled, 3),
    (Fate::Validating, 2),
    (Fate::Finalizing, 1),
    (Fate::Cancelling, 1),
];
const DECK_SIZE: u64 = 50;

/// Completion windows and their seconds; the first is the usual one.
const WINDOWS: [(&str, i64); 8] = [
    ("24h", DAY),
    ("24h", DAY),
    ("24h", DAY),
    ("48h", 2 * DAY),
    ("3d", 3 * DAY),
    ("7d", 7 * DAY),
    ("14d", 14 * DAY),
    ("336h", 14 * DAY),
];

/// All spans are in seconds.
#[derive(Clone)]
pub(super) struct Course {
    pub(super) fate: Fate,
    pub(super) window: &'static str,
    /// Since the creation.
    pub(super) age: i64,
    /// From the creation to the end of the work: validation for a rejected batch,
    /// and processing for others. 0 while that goes on.
    pub(super) work: i64,
    /// From the end of the work to completion.
    pub(super) wrap: i64,
    pub(super) total: u64,
    pub(super) completed: u64,
    pub(super) failed: u64,
}

impl Course {
    /// The course of a batch that has just been created.
    pub(super) fn newborn() -> Self {
        Self {
            fate: Fate::Validating,
            window: WINDOWS[0].0,
            age: 0,
            work: 0,
            wrap: 0,
            total: 0,
            completed: 0,
            failed: 0,
        }
    }

    /// The course of a batch. Now and then two batches that are over were created
    /// in the same second.
    pub(super) fn draw(seed: u64, index: u64) -> Self {
        let course = Self::alone(seed, index);
        let twin = match index % 16 {
            14 => index + 1,
            15 => index - 1,
            _ => return course,
        };
        let twin = Self::alone(seed, twin);
        if !course.fate.is_over() || !twin.fate.is_over() {
            return course;
        }
        // What is over stays consistent when it is older.
        Self {
            age: course.age.max(twin.age),
            ..course
        }
    }

    fn alone(seed: u64, index: u64) -> Self {
        let fate = deal(seed, index);
        let rng = &mut Purpose::Course.rng(seed, index);
        let (window, span) = WINDOWS[rng.usize(..WINDOWS.len())];
        let in_time = span * 9 / 10;
        let recently = in_time.min(DAY);

        let work = match fate {
            Fate::Validating | Fate::Running | Fate::Cancelling => 0,
            Fate::Finalizing => by_magnitude(rng, 2 * MINUTE, recently),
            Fate::Clean | Fate::Mixed | Fate::AllFailed => by_magnitude(rng, 2 * MINUTE, in_time),
            Fate::Rejected => rng.i64(1..=5 * MINUTE),
            Fate::Expired => span + rng.i64(0..=90),
            Fate::Cancelled => by_magnitude(rng, MINUTE, in_time),
        };
        let wrap = match fate {
            Fate::Clean | Fate::Mixed | Fate::AllFailed => rng.i64(1..=3 * MINUTE),
            _ => 0,
        };
        let age = match fate {
            Fate::Validating => rng.i64(1..=4 * MINUTE),
            Fate::Running => by_magnitude(rng, 5 * MINUTE, recently),
            Fate::Cancelling => by_magnitude(rng, 5 * MINUTE, 6 * HOUR),
            Fate::Finalizing => work + rng.i64(1..=2 * MINUTE),
            _ => rng.i64(work + wrap..=MAX_AGE),
        };

        let size = by_magnitude(rng, 5, 50_000) as u64;
        let (total, completed, failed) = match fate {
            Fate::Validating | Fate::Rejected => (0, 0, 0),
            Fate::Clean => (size, size, 0),
            Fate::AllFailed => (size, 0, size),
            Fate::Mixed | Fate::Finalizing => {
                let failed = rng.u64(1..=size.div_ceil(10));
                (size, size - failed, failed)
            }
            Fate::Running | Fate::Cancelling => {
                let done = rng.u64(0..size);
                let failed = rng.u64(0..=done / 20);
                (size, done - failed, failed)
            }
            // Requests that never ran count as failed.
            Fate::Expired | Fate::Cancelled => {
                let completed = rng.u64(0..size);
                (size, completed, size - completed)
            }
        };
        Self {
            fate,
            window,
            age,
            work,
            wrap,
            total,
            completed,
            failed,
        }
    }
}

fn deal(seed: u64, index: u64) -> Fate {
    let mut deck: Vec<_> = DECK
        .into_iter()
        .flat_map(|(fate, copies)| std::iter::repeat_n(fate, copies))
        .collect();
    Purpose::Deck
        .rng(seed, index / DECK_SIZE)
        .shuffle(&mut deck);
    deck[(index % DECK_SIZE) as usize]
}
