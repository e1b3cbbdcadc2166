//! Whether the results of a batch are all there.

use qwen_batches_api::types::BatchRequestCounts;

use crate::types::result_line::{RepeatedLine, UnreadableFile, UnreadableLine};

/// How many lines of each kind are kept.
const KEPT: usize = 100;

/// The totals of a batch's lines so far, in all runs together, next to what the batch reports of
/// them.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ResultsReport {
    /// How many requests have succeeded, by their own lines.
    pub succeeded: u64,
    /// How many have failed, by their own lines.
    pub failed: u64,
    /// How many lines could not be read.
    pub unreadable_lines: u64,
    /// How many lines have a `custom_id` that an earlier one had, with other content.
    pub conflicting_lines: u64,
    /// The lines that could not be read; of many, the first hundred.
    pub unreadable: Vec<UnreadableLine>,
    /// The lines whose `custom_id` an earlier one had; of many, the first hundred.
    pub repeated: Vec<RepeatedLine>,
    /// The files that the service refused to give.
    pub unreadable_files: Vec<UnreadableFile>,
    /// What the batch says: none if it says nothing. Failed requests may count as completed there
    /// (reported).
    pub counts: Option<BatchRequestCounts>,
}

impl ResultsReport {
    /// How many requests have a line, legible or not.
    pub fn lines(&self) -> u64 {
        self.succeeded + self.failed + self.unreadable_lines
    }

    /// How many requests the batch has beyond those that have a line, or, if negative, how many
    /// lines there are beyond its requests. None if the batch does not say how many it has.
    pub fn missing(&self) -> Option<i64> {
        let total = self.counts.as_ref()?.total;
        Some(total.saturating_sub(i64::try_from(self.lines()).unwrap_or(i64::MAX)))
    }

    /// Whether every request of the batch has one line that could be read, as far as the batch says
    /// how many it has, and both files could be read.
    pub fn is_complete(&self) -> bool {
        let is_missing = self.missing().is_some_and(|missing| missing != 0);
        let are_all_read = self.unreadable_files.is_empty() && self.unreadable_lines == 0;
        !is_missing && are_all_read && self.conflicting_lines == 0
    }

    pub(crate) fn count_unreadable(&mut self, line: UnreadableLine) {
        self.unreadable_lines += 1;
        if self.unreadable.len() < KEPT {
            self.unreadable.push(line);
        }
    }

    pub(crate) fn count_repeated(&mut self, line: RepeatedLine) {
        self.conflicting_lines += u64::from(!line.is_same);
        if self.repeated.len() < KEPT {
            self.repeated.push(line);
        }
    }

    /// What does not add up, in words.
    pub(crate) fn flaws(&self) -> String {
        let files = self.unreadable_files.iter();
        let mut flaws: Vec<String> = files.map(ToString::to_string).collect();
        let total = self.counts.as_ref().map_or(0, |counts| counts.total);
        match self.missing() {
            Some(missing @ 1..) => {
                flaws.push(format!("{missing} of {total} requests have no line"))
            }
            Some(missing @ ..=-1) => {
                let more = missing.unsigned_abs();
                flaws.push(format!(
                    "there are {more} lines more than the {total} requests"
                ));
            }
            _ => {}
        }
        let mut list = |count: u64, what: &str, first: Option<String>| {
            if count > 0 {
                let first = first.unwrap_or_default();
                flaws.push(format!("{count} {what}, such as {first}"));
            }
        };
        let first = self.unreadable.first().map(ToString::to_string);
        list(self.unreadable_lines, "could not be read", first);
        let first = self.repeated.iter().find(|line| !line.is_same);
        let first = first.map(ToString::to_string);
        list(
            self.conflicting_lines,
            "came twice with different content",
            first,
        );
        flaws.join("; ")
    }
}
