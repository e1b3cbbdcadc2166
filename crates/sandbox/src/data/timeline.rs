//! The timeline of a batch: how far it has come, how long each step took, and its age.

use super::random::{Purpose, by_magnitude};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// An hour short of the horizon.
const MAX_AGE: i64 = 30 * DAY - HOUR;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
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

impl Ending {
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

/// Endings are dealt from shuffled decks of fifty, so their proportions hold for
/// every fifty batches.
const DECK: [(Ending, usize); 10] = [
    (Ending::Clean, 18),
    (Ending::Mixed, 8),
    (Ending::AllFailed, 3),
    (Ending::Running, 6),
    (Ending::Rejected, 5),
    (Ending::Expired, 3),
    (Ending::Cancelled, 3),
    (Ending::Validating, 2),
    (Ending::Finalizing, 1),
    (Ending::Cancelling, 1),
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
pub(super) struct Timeline {
    pub(super) ending: Ending,
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

impl Timeline {
    /// The timeline of a batch that has just been created.
    pub(super) fn pending() -> Self {
        Self {
            ending: Ending::Validating,
            window: WINDOWS[0].0,
            age: 0,
            work: 0,
            wrap: 0,
            total: 0,
            completed: 0,
            failed: 0,
        }
    }

    /// The timeline of a batch. Now and then two batches that are over were created
    /// in the same second.
    pub(super) fn draw(seed: u64, index: u64) -> Self {
        let timeline = Self::alone(seed, index);
        let twin = match index % 16 {
            14 => index + 1,
            15 => index - 1,
            _ => return timeline,
        };
        let twin = Self::alone(seed, twin);
        if !timeline.ending.is_over() || !twin.ending.is_over() {
            return timeline;
        }
        // What is over stays consistent when it is older.
        Self {
            age: timeline.age.max(twin.age),
            ..timeline
        }
    }

    fn alone(seed: u64, index: u64) -> Self {
        let ending = deal(seed, index);
        let rng = &mut Purpose::Timeline.rng(seed, index);
        let (window, span) = WINDOWS[rng.usize(..WINDOWS.len())];
        let in_time = span * 9 / 10;
        let recently = in_time.min(DAY);

        let work = match ending {
            Ending::Validating | Ending::Running | Ending::Cancelling => 0,
            Ending::Finalizing => by_magnitude(rng, 2 * MINUTE, recently),
            Ending::Clean | Ending::Mixed | Ending::AllFailed => {
                by_magnitude(rng, 2 * MINUTE, in_time)
            }
            Ending::Rejected => rng.i64(1..=5 * MINUTE),
            Ending::Expired => span + rng.i64(0..=90),
            Ending::Cancelled => by_magnitude(rng, MINUTE, in_time),
        };
        let wrap = match ending {
            Ending::Clean | Ending::Mixed | Ending::AllFailed => rng.i64(1..=3 * MINUTE),
            _ => 0,
        };
        let age = match ending {
            Ending::Validating => rng.i64(1..=4 * MINUTE),
            Ending::Running => by_magnitude(rng, 5 * MINUTE, recently),
            Ending::Cancelling => by_magnitude(rng, 5 * MINUTE, 6 * HOUR),
            Ending::Finalizing => work + rng.i64(1..=2 * MINUTE),
            _ => rng.i64(work + wrap..=MAX_AGE),
        };

        let size = by_magnitude(rng, 5, 50_000) as u64;
        let (total, completed, failed) = match ending {
            Ending::Validating | Ending::Rejected => (0, 0, 0),
            Ending::Clean => (size, size, 0),
            Ending::AllFailed => (size, 0, size),
            Ending::Mixed | Ending::Finalizing => {
                let failed = rng.u64(1..=size.div_ceil(10));
                (size, size - failed, failed)
            }
            Ending::Running | Ending::Cancelling => {
                let done = rng.u64(0..size);
                let failed = rng.u64(0..=done / 20);
                (size, done - failed, failed)
            }
            // Requests that never ran count as failed.
            Ending::Expired | Ending::Cancelled => {
                let completed = rng.u64(0..size);
                (size, completed, size - completed)
            }
        };
        Self {
            ending,
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

fn deal(seed: u64, index: u64) -> Ending {
    let mut deck: Vec<_> = DECK
        .into_iter()
        .flat_map(|(ending, copies)| std::iter::repeat_n(ending, copies))
        .collect();
    Purpose::Deck
        .rng(seed, index / DECK_SIZE)
        .shuffle(&mut deck);
    deck[(index % DECK_SIZE) as usize]
}
