//! One call: as many attempts as the policy allows, then what was asked for or an error.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use super::content::Content;
use super::{attempt, failure};
use crate::client::client::{Client, Config};
use crate::policy::call_report::{CallHook, CallReport};
use crate::policy::deadline::Deadline;
use crate::policy::limiter::{Limiter, NoTurn, Permit, Ticket};
use crate::policy::retry::{Retry, RetryHook};
use crate::policy::retry_budget::Taken;
use crate::policy::trace::{self, CallSpan, Seen};
use crate::types::batch_response::BatchResponse;
use crate::types::error::Error;
use crate::types::operation::Operation;
use crate::types::page::Page;
use crate::types::query::Query;

/// What the contract promises a page and a batch with.
const OK: StatusCode = StatusCode::OK;

/// Fetches the page of `limit` rows behind `cursor`, within the deadline of its list, if that has
/// one, and that of a call.
pub(crate) async fn list_batches(
    client: &Client,
    query: &Query,
    cursor: Option<&str>,
    limit: u32,
    deadline: Option<Deadline>,
) -> Result<Page, Error> {
    let shared = client.shared();
    let call = Call::new(shared, Operation::ListBatches, deadline);
    let attempt = || attempt::list_batches(shared, query, cursor, limit);
    let span = CallSpan::list_batches(cursor, limit);
    let (page, attempts) = call
        .run(span, attempt, |page: &Page| {
            (OK, Some(page.rows.len()), page.request_id.as_deref())
        })
        .await?;
    Ok(Page { attempts, ..page })
}

/// Fetches the batch with this id, which has been checked.
pub(crate) async fn retrieve_batch(
    client: &Client,
    id: &str,
    deadline: Option<Deadline>,
) -> Result<BatchResponse, Error> {
    let shared = client.shared();
    let call = Call::new(shared, Operation::RetrieveBatch, deadline);
    let attempt = || attempt::retrieve_batch(shared, id);
    let span = CallSpan::retrieve_batch(id);
    let (response, attempts) = call
        .run(span, attempt, |found: &BatchResponse| {
            (OK, None, found.request_id.as_deref())
        })
        .await?;
    Ok(BatchResponse {
        attempts,
        ..response
    })
}

/// Opens the content of a file behind a place in it, as far as `attempt` does; `broken` is why an
/// earlier response broke off, which counts as the first attempt.
pub(crate) async fn file_content<F>(
    client: &Client,
    (id, position): (&str, u64),
    broken: Option<Error>,
    deadline: Option<Deadline>,
    attempt: impl FnMut() -> F,
) -> Result<(Content, Option<Bytes>), Error>
where
    F: Future<Output = Result<(Content, Option<Bytes>), Error>>,
{
    let mut call = Call::new(client.shared(), Operation::RetrieveFileContent, deadline);
    if let Some(error) = broken {
        call.break_off(error).await?;
    }
    let span = CallSpan::retrieve_file_content(id, position);
    let opened = call.run(span, attempt, |(content, _): &(Content, _)| {
        (content.status, None, content.request_id.as_deref())
    });
    Ok(opened.await?.0)
}

/// A call under way.
struct Call<'a> {
    shared: &'a Arc<Config>,
    operation: Operation,
    limiter: &'a Limiter,
    deadline: Option<Deadline>,
    ticket: Ticket,
    attempts: u32,
    first_attempt: Option<Duration>,
    /// How many attempts failed, but for those that the service refused to everybody (429).
    failures: u32,
    /// How long those took that it refused to everybody.
    throttled: Duration,
    taken: Taken<'a>,
    /// How long it has waited for the limiter.
    limiter_wait: Duration,
    last: Option<Error>,
}

/// The pause before the next attempt.
enum Pause {
    Own(Duration),
    /// That of all calls, in the limiter.
    Shared(Duration),
}

impl<'a> Call<'a> {
    fn new(shared: &'a Arc<Config>, operation: Operation, of_list: Option<Deadline>) -> Self {
        let limiter = shared.limiter(operation);
        let ticket = limiter.ticket(shared.runtime());
        let own = shared
            .call_deadline()
            .map(|set| Deadline::of_call(set, ticket.started));
        Self {
            deadline: [own, of_list].into_iter().flatten().min_by_key(|it| it.at),
            ticket,
            attempts: 0,
            first_attempt: None,
            failures: 0,
            throttled: Duration::ZERO,
            taken: shared.retry_budget().nothing_taken(),
            limiter_wait: Duration::ZERO,
            last: None,
            limiter,
            operation,
            shared,
        }
    }

    /// Makes attempts until one succeeds; gives what it brought, and how many there were.
    async fn run<T, F>(
        mut self,
        span: CallSpan,
        attempt: impl FnMut() -> F,
        seen: impl Fn(&T) -> Seen<'_>,
    ) -> Result<(T, u32), Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let work = async {
            let result = self.within_deadline(attempt).await;
            let status = match &result {
                Ok((found, _)) => Some(seen(found).0.as_u16()),
                Err(error) => error.status(),
            };
            self.report(status, result.as_ref().err());
            result
        };
        span.around(work, &seen).await
    }

    fn report(&self, status: Option<u16>, error: Option<&Error>) {
        if let Some(CallHook(hook)) = self.shared.on_call() {
            hook(&CallReport {
                operation: self.operation.name(),
                error,
                status,
                attempts: self.attempts,
                elapsed: self.now().saturating_sub(self.ticket.started),
                limiter_wait: self.limiter_wait,
            });
        }
    }

    async fn within_deadline<T, F>(&mut self, attempt: impl FnMut() -> F) -> Result<(T, u32), Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let Some(deadline) = self.deadline else {
            return self.attempt_repeatedly(attempt).await;
        };
        let left = deadline.left(self.now());
        if left.is_zero() {
            return Err(self.beyond_deadline(deadline, None));
        }
        let runtime = self.shared.runtime();
        let result = attempt::within(runtime, left, self.attempt_repeatedly(attempt)).await;
        result.unwrap_or_else(|| Err(self.beyond_deadline(deadline, None)))
    }

    async fn attempt_repeatedly<T, F>(
        &mut self,
        mut attempt: impl FnMut() -> F,
    ) -> Result<(T, u32), Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        loop {
            let permit = self.turn().await?;
            self.attempts += 1;
            match attempt().await {
                Ok(result) => {
                    permit.accepted();
                    self.taken.succeeded();
                    return Ok((result, self.attempts));
                }
                Err(error) => {
                    let pause = self.pause(permit, &error);
                    self.recover(pause, error).await?;
                }
            }
        }
    }

    /// Counts an attempt that had succeeded, and whose response broke off later.
    async fn break_off(&mut self, error: Error) -> Result<(), Error> {
        self.attempts = 1;
        let now = self.now();
        self.first_attempt = Some(now);
        if let Some(deadline) = self.deadline.filter(|it| it.left(now).is_zero()) {
            self.last = Some(error);
            return Err(self.beyond_deadline(deadline, None));
        }
        let pause = self.pause_after_failure(&error);
        self.recover(pause, error).await
    }

    /// Waits until the next attempt, if there is to be one.
    async fn recover(&mut self, pause: Option<Pause>, error: Error) -> Result<(), Error> {
        let Some(pause) = pause else {
            return Err(self.failed(error));
        };
        self.announce(&pause, &error);
        self.last = Some(error);
        match pause {
            Pause::Own(pause) => self.sleep(pause).await,
            Pause::Shared(_) => Ok(()),
        }
    }

    /// Waits for the limiter.
    async fn turn(&mut self) -> Result<Permit<'a>, Error> {
        let shared = self.shared;
        let start = self.now();
        let turn = self.limiter.acquire(
            &self.ticket,
            shared.retry(),
            self.deadline.map(|deadline| deadline.at),
            shared.runtime(),
        );
        let turn = turn.await;
        self.limiter_wait += self.now().saturating_sub(start);
        let is_throttled = self.last.as_ref().is_some_and(Error::is_rate_limited);
        match (turn, self.deadline) {
            (Ok(permit), _) => {
                let now = self.now();
                self.first_attempt.get_or_insert(now);
                if is_throttled {
                    self.throttled += now.saturating_sub(start);
                }
                Ok(permit)
            }
            (Err(NoTurn::TooLate { wait }), Some(deadline)) => {
                Err(self.beyond_deadline(deadline, Some(wait)))
            }
            (Err(no_turn), _) => {
                let last = self.last.take().filter(|_| is_throttled);
                let error = last.unwrap_or_else(|| failure::no_turn(no_turn));
                Err(self.failed(error))
            }
        }
    }

    /// The pause before the call is made again, if it is.
    fn pause(&mut self, permit: Permit<'_>, error: &Error) -> Option<Pause> {
        let shared = self.shared;
        let (runtime, policy) = (shared.runtime(), shared.retry());
        let retry_after = error.retry_after();
        if error.is_rate_limited() && error.is_retryable() {
            let pause = permit.throttled(&self.ticket, policy, retry_after, runtime);
            return pause.map(Pause::Shared);
        }
        if error.status().is_some() {
            permit.accepted();
        }
        self.pause_after_failure(error)
    }

    /// The pause after a failure that is not that of everybody.
    fn pause_after_failure(&mut self, error: &Error) -> Option<Pause> {
        let shared = self.shared;
        let (runtime, policy) = (shared.runtime(), shared.retry());
        let retry_after = error.retry_after();
        if !error.is_retryable() {
            return None;
        }
        self.failures += 1;
        let now = self.now();
        let start = self.first_attempt.unwrap_or(now) + self.throttled;
        let elapsed = now.saturating_sub(start);
        let pause = policy.pause(self.failures, elapsed, retry_after, runtime.random())?;
        if !self.taken.take(now) {
            return None;
        }
        if retry_after.is_none() {
            return Some(Pause::Own(pause));
        }
        self.limiter.hold(pause, runtime);
        Some(Pause::Shared(pause))
    }

    async fn sleep(&mut self, pause: Duration) -> Result<(), Error> {
        match self.deadline {
            Some(deadline) if pause > deadline.left(self.now()) => {
                Err(self.beyond_deadline(deadline, Some(pause)))
            }
            _ if pause.is_zero() => Ok(()),
            _ => {
                self.shared.runtime().sleep(pause).await;
                Ok(())
            }
        }
    }

    fn announce(&self, pause: &Pause, error: &Error) {
        let shared = self.shared;
        let attempts = self.attempts;
        let (Pause::Own(pause) | Pause::Shared(pause)) = *pause;
        // All calls are throttled together: one warning will do.
        let is_warning = !error.is_rate_limited() || self.limiter.may_warn(shared.runtime());
        trace::retry(is_warning, attempts, pause, error);
        if let Some(RetryHook(hook)) = shared.on_retry() {
            hook(&Retry {
                attempts,
                pause,
                error,
            });
        }
    }

    /// The error of a call that is over.
    fn failed(&mut self, error: Error) -> Error {
        self.taken.failed();
        let elapsed = self.now().saturating_sub(self.ticket.started);
        error.with_attempts(self.attempts, elapsed)
    }

    /// The error of a call that is not over at its deadline, or whose next attempt would be made
    /// after that, in `wait`.
    fn beyond_deadline(&mut self, deadline: Deadline, wait: Option<Duration>) -> Error {
        let error = failure::deadline(self.operation, deadline, wait);
        let error = match self.last.take() {
            Some(last) => error.with_source(last),
            None => error,
        };
        self.failed(error)
    }

    fn now(&self) -> Duration {
        self.limiter.now(self.shared.runtime())
    }
}
