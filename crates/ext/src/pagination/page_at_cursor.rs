//! The page at a cursor: asked for behind another one, in another zone or by time where that leads
//! nowhere.

use jiff::Timestamp;
use qwen_batches_api::types::Batch;

use super::cycle_guard::CycleGuard;
use super::pager::Pager;
use super::server_filters;
use crate::policy::deadline::Deadline;
use crate::policy::trace;
use crate::transport::call;
use crate::types::billing;
use crate::types::error::{Error, ErrorKind};
use crate::types::filter_time;
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
            (Ok(page), Err(_)) if self.cursors.is_proven() => self.unless_by_time(page).await,
            (Ok(_), Ok(second)) if self.starts_over(&second) => self.or_by_time(Ok(second)).await,
            (Ok(page), Ok(_)) => Ok(page),
            (Err(error), _) | (_, Err(error)) if error.is_retryable() => Err(error),
            (Ok(_), Err(rejection)) => Err(self.leads_nowhere(other.as_deref(), &rejection)),
            (Err(rejection), second) => self.or_by_time(second.or(Err(rejection))).await,
        }
    }

    /// The end of the list that an empty page is, unless there is more by time: the cursor may have
    /// been a wrong one.
    async fn unless_by_time(&mut self, end: Page) -> Result<Page, Error> {
        match self.by_time().await {
            Some(Err(error)) if !error.is_retryable() => Ok(end),
            Some(result) => result,
            None => Ok(end),
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
    fn leads_on(&self, page: &Page) -> bool {
        let leads_on = |row: &Batch| self.catching_up || self.is_new(row);
        let has_any = page.rows.iter().any(leads_on) || !page.unreadable.is_empty();
        has_any && !self.starts_over(page)
    }

    /// Learns how the list starts where a list that was resumed goes on with newer rows: it may have
    /// started over, or have no order.
    async fn learn_first_row(&mut self, page: &Page) -> Result<(), Error> {
        let last = self.fetched.last_created_at;
        let newer = |row: &Batch| last.is_some_and(|last| row.created_at > last);
        if self.is_resumed && self.cursors.current.is_some() && page.rows.iter().any(newer) {
            let start = self.send(None).await?;
            self.recent
                .set_first(start.rows.first().map(|row| row.id.clone()));
        }
        Ok(())
    }

    /// Whether a page behind a cursor is one from the start of the list: but for rows that have been
    /// created since, it begins with the list's first row. That its rows are newer than all that has
    /// been fetched proves nothing: the server may list them in an order of its own.
    fn starts_over(&self, page: &Page) -> bool {
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

    async fn call(&mut self) -> Result<Page, Error> {
        let cursor = self.cursors.current.clone();
        self.call_behind(cursor.as_deref()).await
    }

    /// One call, in the zone in which the server reads times.
    async fn call_behind(&mut self, cursor: Option<&str>) -> Result<Page, Error> {
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

    /// After a cursor that the service refuses (its batch may have left the 30 days that are
    /// listed), or that leads to the start of the list, the list goes on by time: with what was
    /// created in the second of the last row delivered, or before. If that is refused as well, the
    /// cursor was not to blame.
    async fn or_by_time(&mut self, first: Result<Page, Error>) -> Result<Page, Error> {
        let leads_nowhere = match &first {
            // Some servers return an empty page for a cursor that they do not know.
            Ok(page) if self.is_resumed && !page.has_more => !self.leads_on(page),
            Ok(page) => self.starts_over(page),
            Err(rejection) => self.may_blame_cursor(rejection),
        };
        if !leads_nowhere {
            return first;
        }
        match self.by_time().await {
            Some(Ok(page)) => Ok(page),
            Some(Err(error)) if error.is_retryable() => Err(error),
            Some(Err(_)) | None => match first {
                Ok(page) if self.starts_over(&page) => Err(self.started_over(&page)),
                Ok(page) if page.rows.is_empty() => self.unless_unknown(page).await,
                first => first,
            },
        }
    }

    /// The end of a list that was resumed, which an empty page is if the server knows the cursor: for
    /// one that nobody has it then returns something else.
    async fn unless_unknown(&self, end: Page) -> Result<Page, Error> {
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

    /// The list from the second of the last row delivered on. None where that cannot be: nothing was
    /// delivered since it was last tried, or rows came in no order.
    async fn by_time(&mut self) -> Option<Result<Page, Error>> {
        let delivered = Some(self.fetched.delivered);
        let may_help = self.fetched.by_time && self.tried_by_time_at != delivered;
        let last = self.fetched.last_created_at.filter(|_| may_help)?;
        self.cursors.current.as_ref()?;
        let bound = Timestamp::from_second(last.checked_add(1)?).ok()?;
        trace::debug!("the cursor leads nowhere; going on by time of creation");
        self.tried_by_time_at = delivered;
        match self.behind_first_of(last).await {
            Some(Err(error)) if error.is_retryable() => {
                self.tried_by_time_at = None;
                return Some(Err(error));
            }
            Some(Ok(page)) => return Some(Ok(page)),
            Some(Err(_)) | None => {}
        }
        let at_start = self.cursors.at_start();
        let before = (
            self.plan.clone(),
            std::mem::replace(&mut self.cursors, at_start),
        );
        // Rows of one second show no order: newer ones may still come. They are all known, so the
        // list can begin anew. Of a list that was resumed, an earlier run may have seen the order.
        if self.order.is_certain() || self.is_resumed {
            let zone = self.plan.client.shared().filter_zone().of_create_before();
            if let Some(zone) = zone.filter(|_| self.plan.times_are_sent()) {
                self.plan.query.create_before = filter_time::create_before(bound, zone);
            }
            self.plan.filter.narrow_before(bound);
        }
        self.catching_up = true;
        // The cursors of a list that is begun anew come again.
        self.cycle = CycleGuard::default();
        let page = self.call().await;
        if page.is_err() {
            (self.plan, self.cursors) = before;
            self.catching_up = false;
            self.tried_by_time_at = None;
        }
        Some(page)
    }

    /// The page behind the first row that was created by the second `last`, asked for without that
    /// bound: rows that came newest first so far may still be followed by newer ones, which a bound
    /// hides. None where that leads nowhere.
    async fn behind_first_of(&mut self, last: i64) -> Option<Result<Page, Error>> {
        let first = match self.first_of(last).await? {
            Ok(page) => page,
            Err(error) => return Some(Err(error)),
        };
        let at_start = self.cursors.at_start();
        if first.rows.first().is_some_and(|row| self.is_new(row)) {
            // It was not delivered: the list goes on with it.
            self.cursors = at_start;
            self.cycle = CycleGuard::default();
            return Some(Ok(first));
        }
        let behind = at_start.behind(&first)?;
        let before = std::mem::replace(&mut self.cursors, at_start);
        self.cursors.move_to(behind);
        let page = self.call_and_learn().await;
        if page.as_ref().is_ok_and(|page| self.leads_on(page)) {
            self.cycle = CycleGuard::default();
            return Some(page);
        }
        self.cursors = before;
        page.err().map(Err)
    }

    /// A page with the first row that was created by the second `last`. None if there is none, or if
    /// the server ignores bounds.
    async fn first_of(&mut self, last: i64) -> Option<Result<Page, Error>> {
        // Whether a bound includes its second is undocumented.
        for bound in [last.checked_add(1)?, last] {
            let zone = self.plan.client.shared().filter_zone().of_create_before();
            let zone = zone.filter(|_| self.plan.times_are_sent())?;
            let mut bounded = self.plan.before(bound, zone)?;
            bounded.page_size = 1;
            let plan = std::mem::replace(&mut self.plan, bounded);
            let page = self.call_behind(None).await;
            self.plan = plan;
            match page.map(|page| (page.rows.first().map(|row| row.created_at), page)) {
                Err(error) => return Some(Err(error)),
                Ok((Some(first), page)) if first <= last => return Some(Ok(page)),
                Ok((Some(first), _)) if first == bound => {}
                Ok(_) => return None,
            }
        }
        None
    }

    async fn call_and_learn(&mut self) -> Result<Page, Error> {
        let page = self.call().await?;
        self.learn_first_row(&page).await?;
        Ok(page)
    }

    /// A list that went on by time, where newer rows then come behind older ones.
    pub(super) fn lost_order(&self, page: &Page) -> Error {
        let summary = "the list went on by time of creation, since its cursor led nowhere, but the \
             service does not list the newest batches first; the list may be incomplete";
        Error::new(ErrorKind::Pagination, summary.to_owned())
            .with_request_id(page.request_id.clone())
    }

    fn started_over(&self, page: &Page) -> Error {
        let cursor = self.cursors.current.as_deref().unwrap_or_default();
        let summary = format!(
            "the page behind the cursor {cursor} is newer than the rows before it: the service has \
             started over; the list may be incomplete"
        );
        Error::new(ErrorKind::Pagination, summary).with_request_id(page.request_id.clone())
    }

    /// What the service says of a cursor that it does not know is undocumented; of an account in
    /// arrears it is not. Some servers fail at it (500): then a list that was resumed goes on by
    /// time.
    fn may_blame_cursor(&self, rejection: &Error) -> bool {
        match rejection.status() {
            Some(400 | 404 | 422) => rejection.code().and_then(billing::advice).is_none(),
            Some(500) => self.is_resumed,
            // It was not sent.
            None => rejection.kind() == ErrorKind::Pagination,
            _ => false,
        }
    }
}
