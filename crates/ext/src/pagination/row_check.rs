//! Each row is checked against the whole filter on this side, whatever the server made of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use qwen_batches_api::types::Batch;

use crate::client::learned::{FilterUse, Learned};
use crate::policy::trace;
use crate::types::filter::BatchFilter;

/// A part of a filter that a row does not match, by the name of its parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FilterPart {
    Status,
    Name,
    InputFiles,
    CreatedAfter,
    CreatedBefore,
}

impl FilterPart {
    pub(super) fn parameter(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Name => "ds_name",
            Self::InputFiles => "input_file_ids",
            Self::CreatedAfter => "create_after",
            Self::CreatedBefore => "create_before",
        }
    }
}

/// What a filter makes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Matches,
    /// Here it does not match, but the server was seen to filter by a rule of its own.
    MatchesByServer,
    LeftOut(FilterPart),
    /// Whether the server filters by this part must be known first.
    Probe(FilterPart),
}

/// What `filter` makes of a row. `legible` says whether a member of the row could be read: what
/// could not does not speak against it.
pub(super) fn check(
    filter: &BatchFilter,
    batch: &Batch,
    learned: &Learned,
    legible: impl Fn(&str) -> bool,
) -> Verdict {
    if !filter.covers_status(&batch.status) && legible("status") {
        return Verdict::LeftOut(FilterPart::Status);
    }
    if !filter.starts_by(batch.created_at) {
        return Verdict::LeftOut(FilterPart::CreatedAfter);
    }
    if !filter.ends_after(batch.created_at) {
        return Verdict::LeftOut(FilterPart::CreatedBefore);
    }
    let mut verdict = Verdict::Matches;
    let (listed, may_be_rewritten) = filter.covers_input_file(&batch.input_file_id);
    if !listed && legible("input_file_id") {
        verdict = match learned.input_files() {
            _ if !may_be_rewritten => return Verdict::LeftOut(FilterPart::InputFiles),
            Some(FilterUse::Ignored) => return Verdict::LeftOut(FilterPart::InputFiles),
            Some(FilterUse::ByServer) => Verdict::MatchesByServer,
            None => return Verdict::Probe(FilterPart::InputFiles),
        };
    }
    let name = batch.metadata.as_ref().and_then(|it| it.ds_name.as_deref());
    if !filter.covers_name(name) && legible("metadata/ds_name") {
        verdict = match (name, learned.names()) {
            (None, _) | (_, Some(FilterUse::Ignored)) => return Verdict::LeftOut(FilterPart::Name),
            (_, Some(FilterUse::ByServer)) => Verdict::MatchesByServer,
            (_, None) => return Verdict::Probe(FilterPart::Name),
        };
    }
    verdict
}

/// What came of the checks of one list, whoever fetches it; reported once, when nobody does any
/// more.
#[derive(Debug)]
pub(crate) struct CheckReport {
    server: String,
    page_size: u32,
    /// Whether the filter has a time.
    has_times: bool,
    /// Whether times go out, and where they do not, which setting would help.
    times_are_sent: bool,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    pages: u64,
    kept: u64,
    by_server: u64,
    left_out: BTreeMap<FilterPart, u64>,
    /// Warnings that were given.
    warned: Vec<&'static str>,
}

impl CheckReport {
    pub(crate) fn new(
        server: &str,
        filter: &BatchFilter,
        page_size: u32,
        times_are_sent: bool,
    ) -> Self {
        Self {
            server: server.to_owned(),
            page_size,
            has_times: filter.get_created_after().is_some()
                || filter.get_created_before().is_some(),
            times_are_sent,
            counts: Mutex::default(),
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count_page(&self) {
        self.counts().pages += 1;
    }

    pub(super) fn count(&self, verdict: Verdict) {
        let mut counts = self.counts();
        match verdict {
            Verdict::Matches => counts.kept += 1,
            Verdict::MatchesByServer => {
                counts.kept += 1;
                counts.by_server += 1;
            }
            Verdict::LeftOut(part) => *counts.left_out.entry(part).or_default() += 1,
            Verdict::Probe(_) => {}
        }
    }

    /// Whether the server sent a row that the filter leaves out: pages then hold less than asked
    /// for.
    pub(super) fn has_left_out(&self) -> bool {
        !self.counts().left_out.is_empty()
    }

    /// Warns, once a list for each `message`.
    pub(super) fn warn_once(&self, message: &'static str, detail: &str) {
        let mut counts = self.counts();
        if !counts.warned.contains(&message) {
            counts.warned.push(message);
            trace::warn!("{}: {message}{detail}", self.server);
        }
    }

    /// What to report in the end: of rows at the seconds that bounds are widened by, and of those
    /// where windows meet, nothing.
    fn warning(&self) -> Option<String> {
        const NOTICED: u64 = 3;

        let counts = self.counts();
        let needed = counts.kept.div_ceil(u64::from(self.page_size)).max(1);
        let is_time = |part: &FilterPart| *part >= FilterPart::CreatedAfter;
        let (times, others): (Vec<&FilterPart>, Vec<&FilterPart>) =
            counts.left_out.keys().partition(|part| is_time(part));
        let pages = counts.pages;
        let cost = if pages > needed {
            format!("filtered here, {} instead of {needed}", calls(pages))
        } else {
            "filtered here".to_owned()
        };
        if !others.is_empty() {
            let names = others.iter().map(|part| format!("`{}`", part.parameter()));
            let names = names.collect::<Vec<_>>().join(", ");
            return Some(format!(
                "{} does not filter by {names}; {cost}",
                self.server
            ));
        }
        let left_out: u64 = times.iter().map(|part| counts.left_out[part]).sum();
        let is_noticed = pages >= needed + NOTICED && left_out >= u64::from(self.page_size);
        if !self.has_times || !is_noticed {
            return None;
        }
        Some(if self.times_are_sent {
            format!(
                "{} does not filter by time of creation; {cost}",
                self.server
            )
        } else {
            format!(
                "times of creation are not sent to {}, as its time zone is not known; {cost}. If \
                 you know the zone, state it (`filter_zone`, --filter-zone)",
                self.server
            )
        })
    }
}

impl Drop for CheckReport {
    fn drop(&mut self) {
        if let Some(warning) = self.warning() {
            trace::warn!("{warning}");
        }
        let counts = self.counts();
        if counts.by_server > 0 {
            trace::warn!(
                "{} of {} matched by a rule of the server {}: their names or inputs are not what \
                 was asked for to the letter",
                counts.by_server,
                rows(counts.kept),
                self.server
            );
        }
    }
}

fn calls(count: u64) -> String {
    match count {
        1 => "1 call".to_owned(),
        count => format!("{count} calls"),
    }
}

fn rows(count: u64) -> String {
    match count {
        1 => "1 batch".to_owned(),
        count => format!("{count} batches"),
    }
}
