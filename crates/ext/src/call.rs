//! One call of the list: as many attempts as the policy allows, then a page or an error.

mod attempt;
mod failure;
mod rows;

use std::sync::Arc;
use std::time::Duration;

use crate::client::{Client, Shared};
use crate::error::Error;
use crate::filter::Query;
use crate::page::Page;
use crate::raw::RawReply;
use crate::retry::{Retry, RetryHook};
use crate::trace;

/// Fetches the page of `limit` rows behind `cursor`; `deadline` is what is left for it, if its list
/// has one.
pub(crate) async fn list_batches(
    client: &Client,
    query: &Query,
    cursor: Option<&str>,
    limit: u32,
    deadline: Option<Duration>,
) -> Result<Page, Error> {
    let shared = client.shared();
    let call = with_retries(shared, query, cursor, limit);
    let deadline = [deadline, shared.call_deadline].into_iter().flatten().min();
    let call = async {
        match deadline {
            None => call.await,
            Some(deadline) => attempt::within(&*shared.runtime, deadline, call)
                .await
                .unwrap_or_else(|| Err(failure::deadline(deadline))),
        }
    };
    trace::call(cursor, limit, call).await
}

async fn with_retries(
    shared: &Arc<Shared>,
    query: &Query,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Page, Error> {
    let runtime = &*shared.runtime;
    let start = runtime.elapsed();
    let mut attempts = 0;
    loop {
        shared.limiter.acquire(runtime).await;
        attempts += 1;
        let error = match attempt::list_batches(shared, query, cursor, limit).await {
            Ok(page) => {
                shared.retry_budget.give_back();
                return Ok(Page { attempts, ..page });
            }
            Err(error) => error,
        };
        let elapsed = runtime.elapsed().saturating_sub(start);
        let pause = || {
            shared
                .retry
                .pause(attempts, elapsed, error.retry_after(), runtime.random())
        };
        let pause = error.is_retryable().then(pause).flatten();
        let Some(pause) = pause.filter(|_| shared.retry_budget.take()) else {
            return Err(error.with_attempts(attempts, elapsed));
        };
        if pause.is_zero() {
            trace::warn!("attempt {attempts} failed, trying again: {error}");
        } else {
            trace::warn!("attempt {attempts} failed, trying again in {pause:.1?}: {error}");
        }
        if let Some(RetryHook(hook)) = &shared.on_retry {
            hook(&Retry {
                attempts,
                pause,
                error: &error,
            });
        }
        if !pause.is_zero() {
            runtime.sleep(pause).await;
        }
    }
}

/// Sends any query, once.
pub(crate) async fn raw<K: AsRef<str>, V: AsRef<str>>(
    client: &Client,
    query: impl IntoIterator<Item = (K, V)>,
) -> Result<RawReply, Error> {
    let shared = client.shared();
    let mut url = url::Url::parse(&format!("{}/batches", shared.base_url))
        .map_err(|error| Error::config(format!("base URL: {error}")).with_source(error))?;
    url.query_pairs_mut().extend_pairs(query);
    if url.query() == Some("") {
        url.set_query(None);
    }
    shared.limiter.acquire(&*shared.runtime).await;
    attempt::raw(shared, url).await
}
