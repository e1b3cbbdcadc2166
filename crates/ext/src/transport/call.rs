//! One call of the list: as many attempts as the policy allows, then a page or an error.

use std::sync::Arc;
use std::time::Duration;

use super::{attempt, failure};
use crate::client::client::{Client, Config};
use crate::policy::retry::{Retry, RetryHook};
use crate::policy::trace;
use crate::types::error::Error;
use crate::types::page::Page;
use crate::types::query::Query;

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
    shared: &Arc<Config>,
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
