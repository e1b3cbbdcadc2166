//! What a list must give, and what it may not be able to.

use std::ops::RangeInclusive;

use qwen_batches_sandbox::{Fault, FilterParam, IdsOf, Order, UnknownCursor, WrongId};

use super::NOW;
use super::case::{Case, FILES, NAMES, STATUSES};
use super::checks::id;
use super::server::is_mixed;
use super::troubles::{Trouble, Weight, is_legible, member};

/// How far the service looks back, in seconds.
pub(super) const LISTED: i64 = 30 * 24 * 3600;

impl Case {
    /// The ids that a list must give.
    pub(super) fn expected(&self) -> Vec<String> {
        let cap = self.cap().map_or(usize::MAX, |cap| cap as usize);
        let mut ids = self.matching(|_| false);
        ids.truncate(cap);
        ids
    }

    /// The ids of the rows that match the filter, but for the parts of it that are left out.
    pub(super) fn matching(&self, left_out: impl Fn(FilterParam) -> bool) -> Vec<String> {
        let (youngest, oldest) = self.ages;
        let oldest = oldest.unwrap_or(LISTED).min(LISTED);
        let rows = self.rows().into_iter().enumerate();
        let rows = rows.filter(|(n, row)| {
            let age = NOW - row["created_at"].as_i64().unwrap_or_default();
            let is_in_time = youngest.is_none_or(|least| age > least) && age <= oldest;
            is_in_time && self.matches_others(*n, &left_out)
        });
        rows.map(|(_, row)| id(&row)).collect()
    }

    pub(super) fn matches_others(&self, n: usize, left_out: impl Fn(FilterParam) -> bool) -> bool {
        let status = STATUSES[n % STATUSES.len()];
        let name = NAMES[n % NAMES.len()];
        let statuses = self.statuses.as_ref();
        let files = self.files.as_ref();
        let finds = |text: &str| self.server.finds(text, name);
        (left_out(FilterParam::Status) || statuses.is_none_or(|wanted| wanted.contains(&status)))
            && (left_out(FilterParam::InputFileIds)
                || files.is_none_or(|wanted| wanted.contains(&(n % FILES))))
            && (left_out(FilterParam::DsName) || self.name.is_none_or(finds))
    }

    /// Whether rows that the filter does not let through by this member are listed, since it cannot
    /// be read and the server does not filter by it.
    pub(super) fn is_blurred(&self, filter: FilterParam) -> bool {
        let name = match filter {
            FilterParam::Status => "status",
            FilterParam::InputFileIds => "input_file_id",
            _ => "metadata",
        };
        let ignored = |fault: &Fault| match fault {
            Fault::IgnoreFilters { filters } => filters.contains(&filter),
            _ => false,
        };
        let is_ignored = self.server.ignores(filter) || self.faults().any(ignored);
        is_ignored && self.faults().any(|fault| member(fault) == Some(name))
    }

    pub(super) fn is_exact(&self) -> bool {
        let filters = [
            FilterParam::Status,
            FilterParam::DsName,
            FilterParam::InputFileIds,
        ];
        !filters.into_iter().any(|filter| self.is_blurred(filter))
    }

    /// Whether rows may be lost, which the error at the end then reports.
    pub(super) fn loses_rows(&self) -> bool {
        self.faults().any(|fault| match fault {
            Fault::Member {
                pointer, becomes, ..
            } => matches!(&**pointer, "/id" | "/created_at") && !is_legible(becomes),
            fault => matches!(fault, Fault::BadRow { .. }),
        })
    }

    /// Whether a list that is resumed may repeat rows: one that could not be read, not even its id,
    /// was sent again since pages overlap or the list started over, and so came behind older ones; or a
    /// page came oldest first and did not name the row that it ends with, or did not end with it, so
    /// that the list goes on behind another one.
    pub(super) fn may_repeat(&self) -> bool {
        let hides_last_id = |fault: &Fault| match fault {
            Fault::PageMember { pointer, .. } => pointer == "/last_id",
            fault => matches!(
                fault,
                Fault::LastId { .. }
                    | Fault::EncodedIds { .. }
                    | Fault::RepeatRows { .. }
                    | Fault::OverlapRows { .. }
            ),
        };
        let names_first = |fault: &Fault| {
            matches!(
                fault,
                Fault::LastId {
                    is: WrongId::FirstRow
                }
            )
        };
        let ends = |fault: &Fault| matches!(fault, Fault::HasMore { .. });
        match self.server.order {
            Order::NewestFirst => {}
            Order::ReversedPages if self.faults().any(hides_last_id) => return true,
            Order::ReversedPages if self.server.ids.is_some_and(|of| of != IdsOf::Both) => {
                return true;
            }
            // The page that seems to be the last of a window is looked at once more, so that no row is
            // known behind which the list goes on.
            Order::ReversedPages if self.workers > 1 && self.faults().any(ends) => return true,
            _ if self.faults().any(names_first) => return true,
            // In no order, the row that a page ends with is known by its name alone.
            order if is_mixed(order) && self.faults().any(hides_last_id) => return true,
            _ => {}
        }
        let is_nameless =
            |fault: &Fault| matches!(fault, Fault::BadRow { .. }) || member(fault) == Some("id");
        let come_again = |fault: &Fault| overlaps(fault) || starts_over(fault);
        self.faults().any(is_nameless) && self.faults().any(come_again)
    }

    /// Whether rows appear or expire while one walks; they are no part of what must be listed, and
    /// a cap would count them.
    pub(super) fn moves(&self) -> bool {
        self.any(|trouble| {
            matches!(
                trouble.fault,
                Fault::AppearAtHead { .. } | Fault::ExpireAtTail { .. } | Fault::Throttle { .. }
            )
        })
    }

    pub(super) fn cap(&self) -> Option<u64> {
        let is_clear = !self.moves() && self.is_exact() && !self.loses_rows();
        self.max_items.filter(|_| is_clear)
    }

    /// Whether a list may end at an error that no other run overcomes: a place behind a row may be
    /// known by the row's id alone, which is no cursor here; or a page of newer rows than all before
    /// looks like the start of the list, where the order is not the documented one. In a window, pages
    /// that overlap look like that, too.
    pub(super) fn may_have_no_way_on(&self) -> bool {
        if self.workers > 1 && self.faults().any(overlaps) {
            return true;
        }
        // Where no time on the first page of a window can be read, a bound that is ignored looks like
        // a missing order.
        if self.workers > 1 && self.loses_rows() && self.server.ignores(FilterParam::CreateBefore) {
            return true;
        }
        // A list that starts over with rows that have appeared since has newer rows behind older ones:
        // where they fill its page, none shows that the list starts there.
        let appear = |fault: &Fault| matches!(fault, Fault::AppearAtHead { .. });
        let may_start_over = |fault: &Fault| {
            let is_nobodys = matches!(
                fault,
                Fault::EncodedIds { .. }
                    | Fault::LastId {
                        is: WrongId::Unknown
                    }
            );
            let begins_anew = self.server.unknown_cursor == UnknownCursor::FirstPage;
            // A window begins anew where its cursor is refused.
            let is_refused = self.workers > 1 && matches!(fault, Fault::RefuseCursor);
            starts_over(fault) || is_refused || is_nobodys && begins_anew
        };
        if self.faults().any(appear) && self.faults().any(may_start_over) {
            return true;
        }
        matches!(self.server.ids, Some(IdsOf::Page | IdsOf::Rows))
            || self.server.order != Order::NewestFirst
    }

    /// Whether another attempt must overcome everything that goes wrong.
    pub(super) fn must_complete(&self) -> bool {
        if self.may_have_no_way_on() {
            return false;
        }
        if self.workers > 1 {
            // Which worker's call is hit, nobody knows: one may be hit by all. To end a stall,
            // the test ends all calls under way.
            let hits = |(at, trouble): &(RangeInclusive<usize>, Trouble)| match trouble.weight {
                Weight::Harmless => 0,
                _ => at.clone().count(),
            };
            let hits: usize = self.script.iter().map(hits).sum();
            // A page without a row that can be read is no place for a window to go on from.
            return hits <= self.max_retries as usize
                && !self.loses_rows()
                && !self.any(|trouble| trouble.weight == Weight::Grave)
                && !self.any(|trouble| {
                    // The row that a window goes on behind may expire: then nothing proves its end.
                    matches!(
                        trouble.fault,
                        Fault::Stall { .. } | Fault::HasMore { .. } | Fault::ExpireAtTail { .. }
                    )
                });
        }
        let longest = |is: fn(&Trouble) -> bool| {
            let mut in_a_row = 0;
            let runs = (1..=20).map(|request| {
                let mut script = self.script.iter();
                let hit = script.any(|(at, trouble)| at.contains(&request) && is(trouble));
                in_a_row = if hit { in_a_row + 1 } else { 0 };
                in_a_row
            });
            runs.max().unwrap_or(0)
        };
        // Behind the last page, a page that says that there is more is looked at again; a retry
        // in between does not count.
        let more = longest(|trouble| {
            trouble.weight == Weight::Transient || matches!(trouble.fault, Fault::HasMore { .. })
        });
        !self.any(|trouble| trouble.weight == Weight::Grave)
            && longest(|trouble| trouble.weight == Weight::Transient) <= self.max_retries
            && more <= 3
    }
}

fn overlaps(fault: &Fault) -> bool {
    matches!(fault, Fault::OverlapRows { .. })
}

/// Whether a page comes from the start of the list, whatever the cursor.
fn starts_over(fault: &Fault) -> bool {
    matches!(fault, Fault::StickyCursor | Fault::CycleCursor { .. })
}
