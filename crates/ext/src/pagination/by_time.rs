//! A list whose cursor leads nowhere goes on by time of creation.

use jiff::Timestamp;

use super::cycle_guard::CycleGuard;
use super::pager::Pager;
use crate::policy::trace;
use crate::types::billing;
use crate::types::error::{Error, ErrorKind};
use crate::types::filter_time;
use crate::types::page::Page;

impl Pager {
    /// After a cursor that the service refuses (its batch may have left the 30 days that are
    /// listed), or that leads to the start of the list, the list goes on by time: with what was
    /// created in the second of the last row delivered, or before. If that is refused as well, the
    /// cursor was not to blame.
    pub(super) async fn or_by_time(&mut self, first: Result<Page, Error>) -> Result<Page, Error> {
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

    /// The end of the list that an empty page is, unless there is more by time: the cursor may have
    /// been a wrong one. Where time cannot show it, the end is not proven.
    pub(super) async fn unless_by_time(
        &mut self,
        end: Page,
        unproven: Error,
    ) -> Result<Page, Error> {
        let is_shown = self.tried_by_time_at == Some(self.fetched.delivered);
        match self.by_time().await {
            Some(Ok(page)) => Ok(page),
            Some(Err(error)) if error.is_retryable() => Err(error),
            None if is_shown => Ok(end),
            Some(Err(_)) | None => Err(unproven),
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
        if let Some(result) = self.behind_first_of(last).await {
            // Without a bound, nothing is hidden.
            self.tried_by_time_at = None;
            return Some(result);
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
        let mut first = match self.first_of(last).await? {
            Ok(page) => page,
            Err(error) => return Some(Err(error)),
        };
        first.go_on();
        let at_start = self.cursors.at_start();
        let (next, other) = at_start.behind(&first)?;
        let before = std::mem::replace(&mut self.cursors, at_start);
        let cycle = std::mem::take(&mut self.cycle);
        if first.rows.iter().any(|row| self.is_new(row)) {
            // It was not delivered: the list goes on with it.
            return Some(Ok(first));
        }
        for cursor in std::iter::once(next).chain(other.flatten()) {
            self.cursors.move_to((cursor, None));
            match self.call_and_learn().await {
                Ok(page) if self.leads_on(&page) => return Some(Ok(page)),
                Err(error) if error.is_retryable() => {
                    (self.cursors, self.cycle) = (before, cycle);
                    return Some(Err(error));
                }
                _ => {}
            }
        }
        (self.cursors, self.cycle) = (before, cycle);
        self.plan.report.warn_once(
            "the server does not go on behind a row that it has just listed",
            "; the list goes on by time of creation, as if the newest batches came first",
        );
        None
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
