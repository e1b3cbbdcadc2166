//! The command that fetches the results of batches, for somebody who has seen that there are some.

use jiff::Timestamp;
use qwen_batches::{Batch, BatchExt as _, BatchStatus};

use crate::args::{Filters, Target};
use crate::shell_command::ShellCommand;

/// How many ids the command names at most; more batches are found by filters.
const MOST_IDS: usize = 10;

/// What to say of the batches that `filters` let through at `now`, which have results.
pub(crate) fn note(filters: &Filters, now: Timestamp, target: &Target) -> String {
    finish(by_filters(filters, now, target), &[])
}

/// What to say of those of some batches that have results, if any have.
pub(crate) fn note_of(
    batches: &[&Batch],
    filters: &Filters,
    now: Timestamp,
    target: &Target,
) -> Option<String> {
    let has_results = |batch: &&&Batch| batch.is_terminal() && batch.has_results();
    let batches: Vec<&Batch> = batches.iter().filter(has_results).copied().collect();
    let ids: Vec<&str> = batches.iter().map(|batch| batch.id.as_str()).collect();
    if ids.is_empty() {
        return None;
    }
    if ids.len() <= MOST_IDS {
        return Some(finish(ShellCommand::new("results", target), &ids));
    }
    let mut command = by_filters(filters, now, target);
    if filters.created_after.is_none() {
        let created = batches.iter().filter_map(|batch| batch.created());
        command.option("created-after", created.min());
    }
    Some(finish(command, &[]))
}

fn by_filters(filters: &Filters, now: Timestamp, target: &Target) -> ShellCommand {
    let mut command = ShellCommand::new("results", target);
    if filters.status.is_empty() {
        let ended = [
            BatchStatus::Completed,
            BatchStatus::Expired,
            BatchStatus::Cancelled,
        ];
        let statuses = ended.each_ref().map(BatchStatus::as_str).join(",");
        command.option("status", Some(statuses));
    }
    command.filters(filters, now, false);
    command
}

fn finish(mut command: ShellCommand, ids: &[&str]) -> String {
    command.option("dir", Some("results"));
    command.ids(ids);
    format!("note: to fetch the results, run{}", command.to_run())
}
