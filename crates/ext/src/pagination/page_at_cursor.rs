//! The page at a cursor: asked for behind another one, in another zone or by time where that leads
//! nowhere.

use qwen_batches_api::types::Batch;

use super::pager::Pager;
use super::server_filters;
use crate::policy::deadline::Deadline;
use crate::transport::call;
use crate::types::error::{Error, ErrorKind};
use crate::types::page::Page;

/// How long a cursor may be, in bytes, of which each may take three in a URL.
const LONGEST_CURSOR: usize = 16 << 10;

impl Pager {
    /// The page at the cursor, or at another one for the same place.
    pub(super) async fn page_at_cursor(&mut self) -> Result<Page, Error> {
        let mut first = self.call().await;
        if first.as_ref().is_ok_and(|page| self.passes_over(page)) {
            self.plan.report.warn_once(
                "a page without rows says that more follow",
                "; it is asked for again, and the list goes on behind it",
            );
            first = self.call().await;
        }
        if let Ok(page) = &first {
            self.learn_first_row(page).await?;
        }
        if first.as_ref().is_ok_and(|page| self.leads_on(page)) {
            self.cursors.confirm();
            return first;
        }
        let Some(other) = self.cursors.other.clone() else {
            return self.or_by_time(first).await;
        };
        let goes_on = |page: &Page| page.has_more && page.rows.is_empty();
        if first.as_ref().is_ok_and(goes_on) {
            return first;
        }
        if other.is_some() {
            self.plan.report.warn_once(
                "`last_id` is not the id of the last row",
                ", and one of the two leads nowhere; the list goes on behind the other",
            );
        }
        let second = self.call_behind(other.as_deref()).await;
        let goes_on = |page: &Page| self.leads_on(page) || page.has_more && !self.starts_over(page);
        if second.as_ref().is_ok_and(goes_on) {
            self.cursors.swap();
            return second;
        }
        match (first, second) {
            (Ok(page), Err(rejection)) if self.cursors.is_proven() => {
                let unproven = self.leads_nowhere(other.as_deref(), &rejection);
                self.unless_by_time(page, unproven).await
            }
            // A page from the start of the list lies behind no cursor: it is not the end, nor leads on.
            (Ok(page), Ok(second)) if self.starts_over(&page) || self.starts_over(&second) => {
                self.or_by_time(Ok(second)).await
            }
            (Ok(page), Ok(_)) => Ok(page),
            (Err(error), _) | (_, Err(error)) if error.is_retryable() => Err(error),
            (Ok(_), Err(rejection)) => Err(self.leads_nowhere(other.as_deref(), &rejection)),
            (Err(rejection), second) => self.or_by_time(second.or(Err(rejection))).await,
        }
    }

    /// Whether a page has no rows and leads on to others: it may have had some. Of several in a row,
    /// this says so of the first.
    fn passes_over(&self, page: &Page) -> bool {
        let is_empty = page.rows.is_empty() && page.unreadable.is_empty();
        let moves = page.next_cursor.is_some() && page.next_cursor != self.cursors.current;
        is_empty && page.has_more && moves && self.empty_pages == 0
    }

    fn leads_nowhere(&self, other: Option<&str>, rejection: &Error) -> Error {
        let here = self.cursors.current.as_deref().unwrap_or_default();
        let other = match other {
            Some(row) => format!("{row}, the id of the last row"),
            None => "the start of the list".to_owned(),
        };
        let summary = format!(
            "the page behind `last_id`, {here}, is empty, and {other}, is refused ({rejection}); the \
             list may be incomplete"
        );
        Error::new(ErrorKind::Pagination, summary)
    }

    /// Whether a page behind a cursor has anything new, and is not one from the start of the list. Of
    /// a list that was begun anew, rows come again.
    pub(super) fn leads_on(&self, page: &Page) -> bool {
        let leads_on = |row: &Batch| self.catching_up || self.is_new(row);
        let has_any = page.rows.iter().any(leads_on) || !page.unreadable.is_empty();
        has_any && !self.starts_over(page)
    }

    /// Learns how the list starts where a list that was resumed goes on with newer rows, or had them
    /// before: it may have started over, or have no order.
    pub(super) async fn learn_first_row(&mut self, page: &Page) -> Result<(), Error> {
        let last = self.fetched.last_created_at;
        let newer = |row: &Batch| last.is_some_and(|last| row.created_at > last);
        let may_start_over = !self.fetched.by_time || page.rows.iter().any(newer);
        if self.is_resumed && last.is_some() && self.cursors.current.is_some() && may_start_over {
            let start = self.send(None).await?;
            self.recent
                .set_first(start.rows.first().map(|row| row.id.clone()));
        }
        Ok(())
    }

    /// Whether a page behind a cursor is one from the start of the list: but for rows that have been
    /// created since, it begins with the list's first row. That its rows are newer than all that has
    /// been fetched proves nothing: the server may list them in an order of its own.
    pub(super) fn starts_over(&self, page: &Page) -> bool {
        if self.cursors.current.is_none() || self.catching_up {
            return false;
        }
        let first = page.rows.iter().position(|row| self.recent.is_first(row));
        first.is_some_and(|at| {
            let is_since = |row: &Batch| row.created_at > page.rows[at].created_at;
            let mut before = page.rows[..at].iter();
            before.all(|row| is_since(row) && self.is_new(row))
        })
    }

    pub(super) async fn call(&mut self) -> Result<Page, Error> {
        let cursor = self.cursors.current.clone();
        self.call_behind(cursor.as_deref()).await
    }

    /// One call, in the zone in which the server reads times.
    pub(super) async fn call_behind(&mut self, cursor: Option<&str>) -> Result<Page, Error> {
        if let Some(length) = cursor.map(str::len).filter(|it| *it > LONGEST_CURSOR) {
            let summary = format!(
                "the id behind which the list goes on has {length} bytes, and cannot be sent; the \
                 list may be incomplete"
            );
            return Err(Error::new(ErrorKind::Pagination, summary));
        }
        let page = self.send(cursor).await?;
        let client = self.plan.client.clone();
        if !server_filters::may_read_utc(&client, &self.plan, &page) {
            return Ok(page);
        }
        let mut in_utc = self.plan.in_utc();
        std::mem::swap(&mut self.plan, &mut in_utc);
        match self.send(cursor).await {
            Ok(page) if !server_filters::has_newer(&self.plan, &page) => {
                server_filters::learn_utc(&client);
                Ok(page)
            }
            second => {
                self.plan = in_utc;
                second?;
                server_filters::learn_times_ignored(&client);
                self.plan.forget_times();
                Ok(page)
            }
        }
    }

    async fn send(&self, cursor: Option<&str>) -> Result<Page, Error> {
        let size = u64::from(self.plan.page_size);
        let limit = match self.remaining() {
            // Pages that are filtered here hold less than asked for.
            Some(remaining) if !self.plan.report.has_left_out() => size.min(remaining.max(1)),
            _ => size,
        };
        let plan = &self.plan;
        plan.report.count_page();
        let deadline = self.deadline();
        // On the heap: it would be part of each of the futures around it, several times.
        Box::pin(call::list_batches(
            &plan.client,
            &plan.query,
            cursor,
            limit as u32,
            deadline,
        ))
        .await
    }

    /// The list's deadline; its time runs from the first page that is asked for.
    pub(super) fn deadline(&self) -> Option<Deadline> {
        let now = self.plan.client.shared().runtime().elapsed();
        let start = *self.plan.start.get_or_init(|| now);
        Some(Deadline::of_list(self.plan.deadline?, start))
    }

    /// The end of a list that was resumed, which an empty page is if the server knows the cursor: for
    /// one that nobody has it then returns something else.
    pub(super) async fn unless_unknown(&self, end: Page) -> Result<Page, Error> {
        if self.fetched.delivered == 0 {
            return Ok(end);
        }
        match self.send(Some(server_filters::NOBODYS)).await {
            Ok(page) if page.rows.is_empty() && page.unreadable.is_empty() => {
                let cursor = self.cursors.current.as_deref().unwrap_or_default();
                let summary = format!(
                    "the page behind {cursor}, where the list was left, is empty, and so is the page \
                     behind an id that nobody has: the service may not list that batch any more, and \
                     the list may be incomplete; list from the start"
                );
                let error = Error::new(ErrorKind::Pagination, summary);
                Err(error.with_request_id(end.request_id))
            }
            Err(error) if !matches!(error.status(), Some(400 | 404 | 422 | 500)) => Err(error),
            _ => Ok(end),
        }
    }

    pub(super) fn started_over(&self, page: &Page) -> Error {
        let cursor = self.cursors.current.as_deref().unwrap_or_default();
        let summary = format!(
            "the page behind the cursor {cursor} is newer than the rows before it: the service has \
             started over; the list may be incomplete"
        );
        Error::new(ErrorKind::Pagination, summary).with_request_id(page.request_id.clone())
    }
}
