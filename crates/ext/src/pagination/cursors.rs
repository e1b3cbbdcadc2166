//! Behind which row the next page starts.
//!
//! A server names it: `last_id`. Where that is not the id of the last row, one of the two may lead
//! nowhere (both were seen): then the other one is asked for before the list may end.

use crate::types::page::Page;

/// The id behind which a page starts; none for the start of the list.
pub(super) type Cursor = Option<String>;

/// The cursor of the page to be fetched, and the other one for the same place.
#[derive(Clone, Debug, Default)]
pub(super) struct Cursors {
    pub(super) current: Cursor,
    pub(super) other: Option<Cursor>,
    /// Whether ids of rows are tried first.
    rows_first: bool,
    /// Whether `last_id` has led on where it was not the id of a row.
    proven: bool,
}

impl Cursors {
    pub(super) fn at(cursor: Cursor) -> Self {
        Self {
            current: cursor,
            ..Self::default()
        }
    }

    /// The same, before any page: what was seen of cursors still holds.
    pub(super) fn at_start(&self) -> Self {
        Self {
            current: None,
            other: None,
            ..*self
        }
    }

    /// The cursor behind this page, and the other one.
    pub(super) fn behind(&self, page: &Page) -> Option<(String, Option<Cursor>)> {
        let given = page.next_cursor.clone()?;
        let Some(row) = page.rows.last().map(|row| &row.id) else {
            // A cursor behind the last row that came stays one, whatever pages without rows follow;
            // and so does the start of the list.
            let other = self.other.as_ref().unwrap_or(&self.current);
            let other = Some(other.clone()).filter(|it| it.as_ref() != Some(&given));
            return Some((given, other));
        };
        if *row == given {
            return Some((given, None));
        }
        // Newest first, a page goes on behind its last row; in another order, who knows.
        let of_another_row = page.rows.iter().any(|row| row.id == given)
            && page
                .rows
                .is_sorted_by(|newer, older| newer.created_at >= older.created_at);
        Some(if self.rows_first || of_another_row {
            (row.clone(), Some(Some(given)))
        } else {
            (given, Some(Some(row.clone())))
        })
    }

    pub(super) fn move_to(&mut self, (next, other): (String, Option<Cursor>)) {
        self.current = Some(next);
        self.other = other;
    }

    /// The current cursor has led on.
    pub(super) fn confirm(&mut self) {
        self.proven |= self.other.is_some() && !self.rows_first;
    }

    /// The other cursor has led on, the current one has not.
    pub(super) fn swap(&mut self) {
        if let Some(other) = &mut self.other {
            self.rows_first = !self.rows_first;
            std::mem::swap(&mut self.current, other);
        }
    }

    /// Whether an empty page behind the current cursor may be believed although the server refuses
    /// the other one.
    pub(super) fn is_proven(&self) -> bool {
        self.proven
    }
}
