//! What the reader of a list in windows is given.

use super::seam::{self, Fit};
use super::window::Window;
use super::windows::Windows;
use crate::pagination::pager::FetchedPage;
use crate::types::checkpoint::Next;
use crate::types::error::Error;
use crate::types::page::UnreadableRow;

impl Windows {
    /// The next page or error for the reader, if it is there; [`done`](Self::done) is set with the
    /// last one.
    pub(super) fn take(&mut self) -> Option<Result<FetchedPage, Error>> {
        if let Some(error) = self.failure.take() {
            self.done = true;
            return Some(Err(error));
        }
        loop {
            let bound = self.bound(0);
            let Some(front) = self.windows.front_mut() else {
                self.done = true;
                return None;
            };
            let Some(mut fetched) = front.pages.pop_front() else {
                if front.seam.is_some() {
                    match self.cross_seam() {
                        true => continue,
                        false => return None,
                    }
                }
                if let Some(error) = front.failure.take() {
                    self.done = !error.is_retryable();
                    return Some(Err(error));
                }
                if front.ended {
                    // If older windows have rows all the same, they are not lost.
                    self.leave_front();
                    continue;
                }
                return None;
            };
            if let Some(bound) = bound {
                (fetched, front.seam) = seam::cut(fetched, bound);
                let at_seam = front.seam.is_some();
                if !at_seam {
                    front.reported.clear();
                }
                let of_both = seam::unreadable_of_both(&fetched.page, bound, at_seam);
                front.reported.extend(of_both);
            }
            if let Some(fetched) = self.give(fetched) {
                return Some(Ok(fetched));
            }
        }
    }

    /// The page as the reader gets it; nothing if it says nothing.
    fn give(&mut self, mut fetched: FetchedPage) -> Option<FetchedPage> {
        let page = &mut fetched.page;
        if let Some(most) = self.request.max_items {
            let left = usize::try_from(most.saturating_sub(self.given)).unwrap_or(usize::MAX);
            if page.rows.len() > left {
                page.cap(left);
                fetched.rows = fetched.rows[..left].into();
            }
            if page.rows.len() == left && fetched.end != Next::ListEnds {
                fetched.end = Next::Stops;
                self.done = true;
            }
        }
        self.given += page.rows.len() as u64;
        if fetched.end == Next::ListEnds {
            if self.windows.len() == 1 {
                self.done = true;
            } else {
                fetched.end = Next::GoesOn;
                page.has_more = true;
            }
        }
        let goes_on = fetched.end == Next::GoesOn;
        let says_nothing = goes_on && page.rows.is_empty() && page.unreadable.is_empty();
        (!says_nothing).then_some(fetched)
    }

    /// Moves the reader from the first window, which has met the second, into that one. False if
    /// the second has too little to compare with yet.
    fn cross_seam(&mut self) -> bool {
        let bound = self.bound(0).unwrap_or(i64::MAX);
        let mut windows = self.windows.iter_mut();
        let Some((front, seam)) = windows.next().and_then(|front| {
            let seam = front.seam.take()?;
            Some((front, seam))
        }) else {
            return true;
        };
        let Some(next) = windows.next() else {
            // The second window is gone: the rows behind the seam belong to this one.
            front.pages.push_front(seam.behind);
            return true;
        };
        match seam.fit(&next.pages, bound) {
            Fit::Same => {
                // What went wrong while nobody waited for it is tried again.
                next.failure.take_if(|error| error.is_retryable());
                self.leave_front();
            }
            Fit::TooFew if next.busy => {
                front.seam = Some(seam);
                return false;
            }
            Fit::TooFew => {
                front.pages.push_front(seam.behind);
                self.close_window(1);
            }
            Fit::Differs => {
                front.pages.push_front(seam.behind);
                self.fall_back_to_sequential(
                    "two windows that meet do not list the same rows there",
                );
            }
        }
        true
    }

    /// Moves the reader into the second window, which leaves out what the first one has reported.
    fn leave_front(&mut self) {
        let Some(Window { reported, .. }) = self.windows.pop_front() else {
            return;
        };
        self.has_left_a_window = true;
        if let Some(first) = self
            .windows
            .front_mut()
            .and_then(|next| next.pages.front_mut())
        {
            let is_known = |row: &UnreadableRow| reported.iter().any(|seen| seen.raw == row.raw);
            first.page.unreadable.retain(|row| !is_known(row));
        }
    }
}
