//! Where two windows meet.

use crate::checkpoint::PageEnd;
use crate::page::{Page, UnreadableRow};
use crate::walk::Fetched;

/// What a window has fetched that belongs to the next one.
#[derive(Debug)]
pub(super) struct Seam {
    /// The part of its last page that lies behind the bound.
    pub(super) behind: Fetched,
    /// Unreadable rows of that page that may lie on either side; the reader has them.
    known: Vec<UnreadableRow>,
}

/// Cuts a page in two where the next window starts: at what was created before `bound`.
pub(super) fn cut(mut fetched: Fetched, bound: i64) -> (Fetched, Option<Seam>) {
    let is_behind = |created_at: i64| created_at < bound;
    let reaches_behind = fetched
        .sent
        .last()
        .is_some_and(|row| is_behind(row.created_at));
    if !reaches_behind {
        return (fetched, None);
    }
    let split =
        |rows: &[crate::place::RowId]| rows.partition_point(|row| !is_behind(row.created_at));
    let (rows, sent) = (split(&fetched.rows), split(&fetched.sent));
    let page = &mut fetched.page;
    let unreadable = std::mem::take(&mut page.unreadable);
    let (behind, here): (Vec<_>, Vec<_>) = unreadable
        .into_iter()
        .partition(|row| row.created_at().is_some_and(is_behind));
    let known = here.iter().filter(|row| row.created_at().is_none());
    let known = known.cloned().collect();
    page.unreadable = here;
    let behind = Fetched {
        page: Page {
            rows: page.rows.split_off(rows),
            unreadable: behind,
            next_cursor: page.next_cursor.clone(),
            request_id: page.request_id.clone(),
            ..*page
        },
        rows: fetched.rows[rows..].into(),
        sent: fetched.sent[sent..].into(),
        end: fetched.end,
    };
    page.has_more = true;
    page.next_cursor = page.rows.last().map(|batch| batch.id.clone());
    let fetched = Fetched {
        rows: fetched.rows[..rows].into(),
        sent: fetched.sent[..sent].into(),
        end: PageEnd::GoesOn,
        page: fetched.page,
    };
    (fetched, Some(Seam { behind, known }))
}

impl Seam {
    /// Whether the next window, whose first page this is, starts with the rows behind the seam.
    pub(super) fn fits(&self, first_page: &Fetched) -> bool {
        let (behind, first) = (&self.behind.rows, &first_page.rows);
        let common = behind.len().min(first.len());
        behind[..common] == first[..common] && (common > 0 || behind.is_empty())
    }

    /// Takes the unreadable rows that the reader has out of the next window's first page.
    pub(super) fn forget_known(&self, first_page: &mut Fetched) {
        let is_known = |row: &UnreadableRow| self.known.iter().any(|known| known.raw == row.raw);
        first_page.page.unreadable.retain(|row| !is_known(row));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::place::RowId;

    /// A page of rows with these ids and times.
    fn page(rows: &[(&str, i64)], unreadable: &[serde_json::Value]) -> Fetched {
        let batch = |&(id, created_at): &(&str, i64)| {
            let row = qwen_batches_sandbox::row(id).created_at(created_at);
            serde_json::from_value(row.build()).expect("a batch")
        };
        let page = Page {
            rows: rows.iter().map(batch).collect(),
            next_cursor: None,
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
            request_id: None,
            attempts: 1,
        };
        let ids: std::sync::Arc<[RowId]> = page.rows.iter().map(RowId::of).collect();
        Fetched {
            page,
            rows: ids.clone(),
            sent: ids,
            end: PageEnd::GoesOn,
        }
    }

    #[test]
    fn windows_meet_if_the_next_starts_with_what_lies_behind() {
        let all = [("d", 40), ("c", 30), ("b", 20), ("a", 10)];
        let cases = [
            (30, vec![("b", 20), ("a", 10)], true),
            (30, vec![("b", 20)], true),
            (30, vec![("b", 20), ("a", 10), ("0", 5)], true),
            (30, vec![("a", 10)], false),
            (30, vec![("x", 25), ("b", 20)], false),
            (30, vec![], false),
            (11, vec![("a", 10)], true),
        ];
        for (bound, next, fits) in cases {
            let (here, seam) = cut(page(&all, &[]), bound);
            let seam = seam.expect("rows behind the bound");
            assert!(here.rows.iter().all(|row| row.created_at >= bound));
            assert_eq!(here.rows.len() + seam.behind.rows.len(), all.len());
            assert_eq!(seam.fits(&page(&next, &[])), fits, "{bound} {next:?}");
        }
        let (here, seam) = cut(page(&all, &[]), 10);
        assert!(seam.is_none() && here.rows.len() == all.len());
    }

    #[test]
    fn an_unreadable_row_is_told_once() {
        let dated = |at: i64| json!({"created_at": at, "id": 1});
        let undated = json!({"id": 2});
        let rows = [("b", 20), ("a", 10)];
        let last = page(&rows, &[dated(20), dated(10), undated.clone()]);
        let (here, seam) = cut(last, 15);
        let seam = seam.expect("a row behind the bound");
        let mut next = page(&rows[1..], &[dated(10), undated.clone()]);
        seam.forget_known(&mut next);
        let raw = |page: &Fetched| {
            let rows = page.page.unreadable.iter();
            rows.map(|row| row.raw.clone()).collect::<Vec<_>>()
        };
        assert_eq!(raw(&here), [dated(20), undated]);
        assert_eq!(raw(&next), [dated(10)]);
    }
}
