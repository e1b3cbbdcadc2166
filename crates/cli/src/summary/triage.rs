//! What needs somebody, the most urgent first.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use qwen_batches::{Batch, BatchExt as _, Outcome};

use super::usual::{Usual, is_stuck};
use super::validation_errors::ValidationErrors;

/// How soon "soon" is.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// Why batches need somebody. A batch needs somebody for one reason at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    PaidFor,
    AllFailed,
    Refused,
    Overdue,
    Stuck,
    DueSoon,
}

impl Need {
    pub(super) const ALL: [Self; 6] = [
        Self::PaidFor,
        Self::AllFailed,
        Self::Refused,
        Self::Overdue,
        Self::Stuck,
        Self::DueSoon,
    ];

    /// Its name, for programs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PaidFor => "paid_for",
            Self::AllFailed => "all_failed",
            Self::Refused => "refused",
            Self::Overdue => "overdue",
            Self::Stuck => "stuck",
            Self::DueSoon => "due_within_a_day",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::PaidFor => "Paid for, but not done",
            Self::AllFailed => "Every request failed",
            Self::Refused => "Refused in validation",
            Self::Overdue => "Overdue",
            Self::Stuck => "Likely stuck",
            Self::DueSoon => "Due within a day",
        }
    }

    /// What is the matter, and what to do.
    pub(super) fn what_to_do(self) -> &'static str {
        match self {
            Self::PaidFor => {
                "Requests that had finished are billed and stand in the output file: fetch the \
                 results, and submit the others again (`results --retry-input`)."
            }
            Self::AllFailed => "Nothing is billed. Read the error file before submitting again.",
            Self::Refused => "No request ran, and nothing is billed.",
            Self::Overdue => "The completion window has passed, and the batch has not ended.",
            Self::Stuck => {
                "Under way for more than three times as long as nine of ten batches of its \
                 endpoint. If it is cancelled, what has finished is billed."
            }
            Self::DueSoon => "What is not done by then expires.",
        }
    }

    /// Whether something is wrong already.
    fn is_urgent(self) -> bool {
        self != Self::DueSoon
    }
}

/// The batches that need somebody.
#[derive(Debug)]
pub(super) struct Triage {
    /// What is due is reckoned from here.
    now: Timestamp,
    /// In the order of [`Need::ALL`].
    batches: [Vec<Batch>; Need::ALL.len()],
    pub(super) validation_errors: ValidationErrors,
    usual: Usual,
    /// What is to be judged once all batches are known.
    under_way: Vec<Batch>,
}

impl Triage {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            now,
            batches: Default::default(),
            validation_errors: ValidationErrors::default(),
            usual: Usual::default(),
            under_way: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, mut batch: Batch, outcome: Outcome) {
        // There may be thousands of them, and what is kept of a batch does without.
        batch.errors = None;
        match outcome {
            Outcome::Refused { errors, .. } => {
                self.validation_errors.add(&batch, errors);
                self.push(Need::Refused, batch);
            }
            Outcome::AllFailed => self.push(Need::AllFailed, batch),
            Outcome::Expired { .. } | Outcome::Cancelled { .. } if batch.has_results() => {
                self.push(Need::PaidFor, batch);
            }
            _ if !batch.is_terminal() => self.under_way.push(batch),
            _ => self.usual.add(&batch),
        }
    }

    /// Classifies what is under way, now that all batches are known, and puts what is urgent first.
    pub(super) fn finish(&mut self) {
        let mut usual = HashMap::<String, Option<Duration>>::new();
        for batch in std::mem::take(&mut self.under_way) {
            let usual = usual
                .entry(batch.endpoint.clone())
                .or_insert_with(|| self.usual.of(&batch.endpoint));
            let left = batch.due().map(|due| due.duration_since(self.now));
            let need = match left {
                Some(left) if left.is_negative() => Need::Overdue,
                _ if is_stuck(&batch, *usual, self.now) => Need::Stuck,
                Some(left) if left < SOON => Need::DueSoon,
                _ => continue,
            };
            self.push(need, batch);
        }
        for need in [Need::Overdue, Need::Stuck, Need::DueSoon] {
            self.batches[need as usize].sort_by_key(Batch::due);
        }
    }

    /// The batches that need somebody for this reason.
    pub(super) fn of(&self, need: Need) -> &[Batch] {
        &self.batches[need as usize]
    }

    /// How many batches need somebody by now.
    pub(super) fn urgent(&self) -> usize {
        let urgent = Need::ALL.into_iter().filter(|need| need.is_urgent());
        urgent.map(|need| self.of(need).len()).sum()
    }

    fn push(&mut self, need: Need, batch: Batch) {
        self.batches[need as usize].push(batch);
    }
}
