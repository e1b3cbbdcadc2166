//! What the feature `test-util` makes, as the test of a program would.

use std::error::Error as _;
use std::time::Duration;

use qwen_batches::test_util::{
    appeared, error, failed_poll, finished, gone, page, poll, progressed, status_changed, stuck,
    unreadable,
};
use qwen_batches::{Batch, BatchFilter, BatchStatus, Client, ErrorKind, WatchEvent};

fn batch(id: &str) -> Batch {
    let mut batch = Batch::default();
    batch.id = id.to_owned();
    batch
}

#[test]
fn a_page_is_the_only_one() {
    let page = page([batch("b_2"), batch("b_1")]);
    assert_eq!((page.rows.len(), page.attempts), (2, 1));
    assert_eq!((page.has_more, page.next_cursor.as_deref()), (false, None));
}

#[test]
fn an_error_holds_what_was_set() {
    let client = Client::builder().api_key("sk-...").build();
    let list = client.expect("a client").list_batches(BatchFilter::new());
    let checkpoint = list.items().checkpoint().expect("a valid request");
    let full = error(ErrorKind::RateLimited)
        .status(429)
        .code("limit_requests")
        .message("too many")
        .request_id("id-1")
        .attempts(3)
        .elapsed(Duration::from_secs(2))
        .retry_after(Duration::from_secs(9))
        .checkpoint(checkpoint.clone())
        .source(std::io::Error::other("below"))
        .build();
    assert_eq!(
        (full.kind(), full.status()),
        (ErrorKind::RateLimited, Some(429))
    );
    assert_eq!(
        (full.code(), full.message()),
        (Some("limit_requests"), Some("too many"))
    );
    assert_eq!(full.request_id(), Some("id-1"));
    assert_eq!(
        (full.attempts(), full.elapsed()),
        (3, Duration::from_secs(2))
    );
    assert_eq!(full.retry_after(), Some(Duration::from_secs(9)));
    assert_eq!(full.source().expect("a source").to_string(), "below");
    assert_eq!(full.into_checkpoint(), Some(checkpoint));
}

#[test]
fn an_error_is_retryable_as_those_of_the_client_are() {
    for (kind, expected) in [
        (ErrorKind::RateLimited, true),
        (ErrorKind::Server, true),
        (ErrorKind::Transport, true),
        (ErrorKind::Timeout, true),
        (ErrorKind::DeadlineExceeded, false),
        (ErrorKind::Auth, false),
        (ErrorKind::Pagination, false),
    ] {
        assert_eq!(error(kind).build().is_retryable(), expected, "{kind}");
        assert!(!error(kind).retryable(false).build().is_retryable());
    }
}

#[test]
fn an_event_is_about_its_batch_or_its_poll() {
    let events = [
        appeared(batch("b")),
        status_changed(batch("b"), BatchStatus::Validating),
        progressed(batch("b"), None),
        finished(batch("b"), Some(BatchStatus::Finalizing)),
        stuck(batch("b")),
        gone(batch("b")),
        unreadable(batch("b")),
    ];
    assert!(
        events
            .iter()
            .all(|event| event.batch().is_some_and(|it| it.id == "b"))
    );
    let failed = failed_poll(error(ErrorKind::Server).attempts(5).build());
    assert_eq!((failed.calls, failed.failures), (5, 1));
    for event in [WatchEvent::Polled(poll()), WatchEvent::PollFailed(failed)] {
        assert!(event.batch().is_none());
    }
}
