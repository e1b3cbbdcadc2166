//! What an attempt that brought no page comes to: an error that says what to do.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use http::{HeaderMap, StatusCode, header};

use super::foreign::{Said, clean, excerpt, request_id};
use crate::client::client::Config;
use crate::policy::deadline::Deadline;
use crate::policy::limiter::NoTurn;
use crate::policy::retry_after::retry_after;
use crate::types::billing;
use crate::types::dialect::Dialect;
use crate::types::error::{Error, ErrorKind, in_words};
use crate::types::operation::Operation;
use crate::types::page::UnreadableRow;
use crate::types::redact::KeyMask;

/// A response with a status that is not success.
pub(super) fn error_response(
    shared: &Config,
    operation: Operation,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Error {
    let mask = shared.key_mask();
    let said = Said::read(mask, body);
    let code = said.code.as_deref();
    let bill = (shared.dialect() == Dialect::Qwen)
        .then(|| code.and_then(billing::advice))
        .flatten();
    let kind = match status.as_u16() {
        _ if bill.is_some() => ErrorKind::Refused,
        401 | 403 => ErrorKind::Auth,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::Refused,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::ContractViolation,
    };
    let mut summary = format!("{} returned {status}", shared.base_url());
    if let Some(location) = headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok())
    {
        summary.push_str(&format!(", a redirect to {}", clean(mask, location)));
    }
    if let Some(code) = &said.code {
        summary.push_str(&format!(", {}", clean(mask, code)));
    }
    match &said.message {
        Some(message) => {
            let message = clean(mask, message);
            summary.push_str(&format!(": {}", message.trim_end_matches('.')));
        }
        None if body.trim_ascii().is_empty() => summary.push_str(" with an empty body"),
        None => {
            let mut excerpt = excerpt(mask, headers, body);
            // A gateway's page often repeats its status, in title and heading: "502 Bad Gateway".
            while let Some(rest) = excerpt.strip_prefix(&format!(": {status}")) {
                excerpt = match rest.trim_start() {
                    "" => String::new(),
                    rest => format!(": {rest}"),
                };
            }
            summary.push_str(&excerpt);
        }
    }
    summary.push_str(advice(shared.dialect(), operation, status, bill));

    // On Qwen Cloud this is the limit of a minute.
    let is_lasting = shared.dialect() != Dialect::Qwen
        && code.is_some_and(|code| code.eq_ignore_ascii_case("insufficient_quota"));
    let retryable =
        matches!(status.as_u16(), 408 | 409 | 429 | 500..=599) && bill.is_none() && !is_lasting;
    Error::new(kind, summary)
        .with_status(status.as_u16())
        .with_request_id(request_id(headers).or(said.request_id))
        .with_retry_after(retry_after(headers, shared.runtime().wall_clock()))
        .with_api(said.code, said.message)
        .retryable(retryable)
}

/// What to do about a status, as the end of a sentence; `bill` is what there is to pay.
fn advice(
    dialect: Dialect,
    operation: Operation,
    status: StatusCode,
    bill: Option<&'static str>,
) -> &'static str {
    match (status.as_u16(), bill) {
        (300..=399, _) => ". Redirects are not followed, since the key would go along",
        // What follows is known of Qwen Cloud alone.
        (404, _) if dialect != Dialect::Qwen && operation == Operation::ListBatches => {
            ". Is this the base URL, without /batches?"
        }
        _ if dialect != Dialect::Qwen => "",
        (_, Some(bill)) => bill,
        (401, _) => {
            ". The key is wrong, or it is a good key of another region: the response is the same; \
             check that the base URL is that of the key's region"
        }
        (403, _) => ". The key is known, but may not do this; check its workspace and its rights",
        (404, _) => match operation {
            Operation::ListBatches => {
                ". Is this the base URL of the OpenAI-compatible mode, .../compatible-mode/v1?"
            }
            Operation::RetrieveBatch => {
                ". The service knows only batches of the last 30 days, and only those of the key's own \
                 account and region; is the id whole?"
            }
            Operation::RetrieveFileContent => {
                ". Files of results stay until they are deleted; was this one, or is it of another \
                 account or region?"
            }
        },
        (429, _) if operation == Operation::RetrieveBatch => {
            ". The service allows 1000 of these calls a minute for the whole account, all keys and \
             users together"
        }
        (429, _) if operation == Operation::ListBatches => {
            ". The service allows 100 list calls a minute for the whole account, all keys and users \
             together"
        }
        _ => "",
    }
}

/// A response that says success and holds an error.
pub(super) fn error_in_success(
    mask: &KeyMask,
    operation: Operation,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<Error> {
    let said = Said::read(mask, body);
    if said.code.is_none() && said.message.is_none() {
        return None;
    }
    let part = |part: &Option<String>| {
        let part = part.as_deref();
        part.map(|part| clean(mask, part)).unwrap_or_default()
    };
    let summary = format!(
        "the service returned {status}, but with an error in place of a {}: {} {}",
        operation.noun(),
        part(&said.code),
        part(&said.message)
    );
    let error = Error::new(ErrorKind::Refused, summary.trim_end())
        .with_status(status.as_u16())
        .with_request_id(request_id(headers).or(said.request_id))
        .with_api(said.code, said.message);
    Some(error)
}

/// A response that is not what was asked for.
pub(super) fn not_as_expected(
    operation: Operation,
    status: StatusCode,
    headers: &HeaderMap,
    reason: &str,
) -> Error {
    let summary = format!(
        "the response is not {}: {reason}. Is this the base URL of an OpenAI-compatible service?",
        operation.result()
    );
    Error::new(ErrorKind::ContractViolation, summary)
        .with_status(status.as_u16())
        .with_request_id(request_id(headers))
}

/// A batch that cannot be read.
pub(super) fn unreadable_batch(
    status: StatusCode,
    request_id: Option<String>,
    row: UnreadableRow,
) -> Error {
    Error::new(
        ErrorKind::ContractViolation,
        format!("the batch cannot be read: {row}"),
    )
    .with_status(status.as_u16())
    .with_request_id(request_id)
    .with_unreadable(vec![row])
}

pub(super) fn too_large(most: usize, status: StatusCode) -> Error {
    let summary = format!("the response is larger than {most} bytes and was not read to its end");
    Error::new(ErrorKind::TooLarge, summary).with_status(status.as_u16())
}

pub(super) fn timeout(limit: Duration) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!("no complete response within {limit:?}"),
    )
    .retryable(true)
}

/// A response that stands still.
pub(super) fn silence(limit: Duration) -> Error {
    let summary = format!("no more of the response came within {limit:?}");
    Error::new(ErrorKind::Timeout, summary).retryable(true)
}

/// A call that is not over at its deadline, or whose next attempt would be made after that, in
/// `wait`.
pub(super) fn deadline(operation: Operation, deadline: Deadline, wait: Option<Duration>) -> Error {
    let summary = match wait {
        None => format!("no {} within {deadline}", operation.noun()),
        Some(wait) => {
            let wait = in_words(wait);
            format!("the next attempt would be made in {wait}, which is beyond {deadline}")
        }
    };
    Error::new(ErrorKind::DeadlineExceeded, summary)
}

/// A call that was never made, since it was not its turn.
pub(super) fn no_turn(reason: NoTurn) -> Error {
    let (NoTurn::TooLate { wait: lasting } | NoTurn::Throttled { lasting }) = reason;
    let lasting = in_words(lasting);
    Error::new(
        ErrorKind::RateLimited,
        format!("not sent: the service has accepted no call of this client for {lasting} (429)"),
    )
    .retryable(true)
}

pub(super) fn transport(shared: &Config, error: reqwest::Error) -> Error {
    let server = shared.host();
    // Its URL holds the query, and with it perhaps a presigned URL.
    let error = error.without_url();
    if error.is_builder() {
        return Error::config("the request cannot be built").with_source(error);
    }
    if is_certificate_fault(&error) {
        let summary = format!(
            "the TLS certificate of {server} cannot be verified. Is its authority one that this \
             machine, or the HTTP client, trusts?"
        );
        return Error::new(ErrorKind::Transport, summary).with_source(error);
    }
    let what = if error.is_connect() {
        format!("no connection to {server}")
    } else {
        format!("the connection to {server} broke before the response was complete")
    };
    let reason = reason(&error).map_or_else(String::new, |reason| format!(": {reason}"));
    Error::new(ErrorKind::Transport, what + &reason)
        .with_source(error)
        .retryable(true)
}

/// Whatever library does TLS: no other fault of a connection speaks of certificates.
fn is_certificate_fault(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.to_string().to_lowercase().contains("certificate"))
}

/// Why there is no connection, in a word or two, where that is known.
fn reason(error: &reqwest::Error) -> Option<String> {
    causes(error).find_map(|cause| {
        if cause.to_string() == "dns error" {
            return Some("its name is not known".to_owned());
        }
        let kind = cause.downcast_ref::<io::Error>()?.kind();
        let is_plain = matches!(
            kind,
            io::ErrorKind::ConnectionRefused
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::TimedOut
        );
        is_plain.then(|| kind.to_string())
    })
}

/// What is behind an error of reqwest, which itself reports but "error sending request".
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

pub(super) fn incomplete() -> Error {
    Error::new(
        ErrorKind::Transport,
        "the response could not be read to its end",
    )
    .retryable(true)
}
