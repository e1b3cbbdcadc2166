//! Where two windows meet.

use std::collections::VecDeque;

use crate::pagination::pager::FetchedPage;
use crate::types::checkpoint::Next;
use crate::types::page::{Page, UnreadableRow};

/// What a window has fetched that belongs to the next one: the part of its last page that lies
/// behind the bound.
#[derive(Debug)]
pub(super) struct Seam {
    pub(super) behind: FetchedPage,
}

/// Cuts a page in two where the next window starts: at what was created before `bound`.
pub(super) fn cut(mut fetched: FetchedPage, bound: i64) -> (FetchedPage, Option<Seam>) {
    let is_behind = |created_at: i64| created_at < bound;
    let reaches_behind = fetched
        .sent
        .last()
        .is_some_and(|row| is_behind(row.created_at));
    if !reaches_behind {
        return (fetched, None);
    }
    let split = |rows: &[crate::types::row_id::RowId]| {
        rows.partition_point(|row| !is_behind(row.created_at))
    };
    let (rows, sent) = (split(&fetched.rows), split(&fetched.sent));
    let page = &mut fetched.page;
    let unreadable = page
        .unreadable
        .extract_if(.., |row| row.created_at().is_some_and(is_behind));
    let unreadable = unreadable.collect();
    let page_behind = Page {
        rows: page.rows.split_off(rows),
        unreadable,
        next_cursor: page.next_cursor.clone(),
        last_id: page.last_id.clone(),
        findings: page.findings.clone(),
        illegible: std::mem::take(&mut page.illegible),
        request_id: page.request_id.clone(),
        ..*page
    };
    let mut behind = FetchedPage::of_window(
        page_behind,
        fetched.rows[rows..].into(),
        fetched.sent[sent..].into(),
        fetched.end,
    );
    page.keep_own_findings();
    behind.page.keep_own_findings();
    page.has_more = true;
    page.next_cursor = page.rows.last().map(|batch| batch.id.clone());
    let fetched = FetchedPage::of_window(
        fetched.page,
        fetched.rows[..rows].into(),
        fetched.sent[..sent].into(),
        Next::GoesOn,
    );
    (fetched, Some(Seam { behind }))
}

/// How the rows behind a seam compare with those of the next window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Same,
    Differs,
    /// The window has too few pages yet, or too few rows.
    TooFew,
}

impl Seam {
    /// Whether the next window, whose pages these are and which starts at `bound`, starts with the
    /// rows behind the seam, those included that the filter does not let through: of those that
    /// match there may be none, and rows would be lost if it started anywhere else.
    pub(super) fn fit(&self, pages: &VecDeque<FetchedPage>, bound: i64) -> Fit {
        let sent = pages.iter().flat_map(|fetched| fetched.sent.iter());
        let mut next = sent.filter(|row| row.created_at < bound);
        for row in self.behind.sent.iter() {
            match next.next() {
                Some(other) if other == row => {}
                Some(_) => return Fit::Differs,
                None => return Fit::TooFew,
            }
        }
        Fit::Same
    }
}

/// Of a page before the next window's bound, the unreadable rows that may be in that window, too:
/// at a seam those without a legible time, elsewhere those at the end of the page that are older.
pub(super) fn unreadable_of_both(page: &Page, bound: i64, at_seam: bool) -> Vec<UnreadableRow> {
    let of_both = |row: &&UnreadableRow| row.created_at().map_or(at_seam, |at| at < bound);
    page.unreadable.iter().filter(of_both).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::row_id::RowId;

    /// A page of rows with these ids and times.
    fn page(rows: &[(&str, i64)], unreadable: &[serde_json::Value]) -> FetchedPage {
        let batch = |&(id, created_at): &(&str, i64)| {
            let row = qwen_batches_sandbox::row(id).created_at(created_at);
            serde_json::from_value(row.build()).expect("a batch")
        };
        let page = Page {
            rows: rows.iter().map(batch).collect(),
            has_more: true,
            unreadable: unreadable
                .iter()
                .map(|raw| UnreadableRow {
                    id: None,
                    pointer: String::new(),
                    reason: String::new(),
                    raw: raw.clone(),
                })
                .collect(),
            attempts: 1,
            ..Page::empty()
        };
        let ids: std::sync::Arc<[RowId]> = page.rows.iter().map(RowId::of).collect();
        FetchedPage::of_window(page, ids.clone(), ids, Next::GoesOn)
    }

    #[test]
    fn windows_meet_if_the_next_starts_with_what_lies_behind() {
        let all = [("d", 40), ("c", 30), ("b", 20), ("a", 10)];
        let cases = [
            (30, vec![vec![("b", 20), ("a", 10)]], Fit::Same),
            (30, vec![vec![("b", 20), ("a", 10), ("0", 5)]], Fit::Same),
            (30, vec![vec![("b", 20)], vec![("a", 10)]], Fit::Same),
            (30, vec![vec![], vec![("b", 20), ("a", 10)]], Fit::Same),
            (11, vec![vec![("a", 10)]], Fit::Same),
            (30, vec![vec![("a", 10)]], Fit::Differs),
            (30, vec![vec![("a", 20)]], Fit::Differs),
            (30, vec![vec![("b", 21)]], Fit::Differs),
            (30, vec![vec![("x", 25), ("b", 20)]], Fit::Differs),
            (30, vec![vec![("b", 20)], vec![("0", 5)]], Fit::Differs),
            (30, vec![vec![("b", 20)]], Fit::TooFew),
            (30, vec![vec![]], Fit::TooFew),
            (30, vec![], Fit::TooFew),
        ];
        for (bound, next, fit) in cases {
            let (here, seam) = cut(page(&all, &[]), bound);
            let seam = seam.expect("rows behind the bound");
            assert!(here.rows.iter().all(|row| row.created_at >= bound));
            assert_eq!(here.rows.len() + seam.behind.rows.len(), all.len());
            let pages = next.iter().map(|rows| page(rows, &[])).collect();
            assert_eq!(seam.fit(&pages, bound), fit, "{bound} {next:?}");
        }
        let (here, seam) = cut(page(&all, &[]), 10);
        assert!(seam.is_none() && here.rows.len() == all.len());
    }

    #[test]
    fn an_unreadable_row_is_on_one_side_or_known_to_be_on_both() {
        let dated = |at: i64| json!({"created_at": at, "id": 1});
        let undated = json!({"id": 2});
        let rows = [("b", 20), ("a", 10)];
        let last = page(&rows, &[dated(20), dated(10), undated.clone()]);
        let (here, seam) = cut(last, 15);
        let seam = seam.expect("a row behind the bound");
        let raw = |rows: &[UnreadableRow]| {
            let rows = rows.iter().map(|row| row.raw.clone());
            rows.collect::<Vec<_>>()
        };
        assert_eq!(raw(&here.page.unreadable), [dated(20), undated.clone()]);
        assert_eq!(raw(&seam.behind.page.unreadable), [dated(10)]);
        let of_both = unreadable_of_both(&here.page, 15, true);
        assert_eq!(raw(&of_both), std::slice::from_ref(&undated));

        let last = page(&rows[..1], &[dated(20), dated(10), undated]);
        let (here, seam) = cut(last, 15);
        assert!(seam.is_none(), "no row behind the bound can be read");
        let of_both = unreadable_of_both(&here.page, 15, false);
        assert_eq!(raw(&of_both), [dated(10)]);
    }
}
