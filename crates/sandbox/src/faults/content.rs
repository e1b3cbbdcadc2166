//! The content of a file: what faults do to its lines, and how it becomes a response.

use std::collections::VecDeque;

use bytes::Bytes;
use http::header::{ACCEPT_RANGES, CONTENT_RANGE, ETAG, IF_RANGE, RANGE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde_json::Value;

use super::page::change_rows;
use super::raw_json::RawValues;
use crate::listing::Order;
use crate::script::Fault;

/// Changes the lines of a file; returns whether the fault does anything to them.
pub(super) fn change_lines(fault: &Fault, lines: &mut Vec<Value>, raw: &mut RawValues) -> bool {
    match fault {
        Fault::Order { is }
            if matches!(is, Order::OldestFirst | Order::Interleaved | Order::TwoRuns) =>
        {
            *lines = ordered(std::mem::take(lines).into(), *is);
            true
        }
        Fault::RepeatRows { every } => {
            let count = lines.len();
            let numbered = (1..).zip(std::mem::take(lines));
            *lines = numbered
                .flat_map(|(n, line): (usize, _)| {
                    std::iter::repeat_n(line, 1 + usize::from(n.is_multiple_of(*every)))
                })
                .collect();
            lines.len() > count
        }
        _ => change_rows(fault, lines, raw),
    }
}

/// Lines in another order: what is newest for a page is first for a file.
fn ordered(mut lines: VecDeque<Value>, order: Order) -> Vec<Value> {
    let mut ordered = Vec::with_capacity(lines.len());
    let mut rest = Vec::new();
    while let Some(line) = match order {
        Order::OldestFirst => lines.pop_back(),
        _ => lines.pop_front(),
    } {
        ordered.push(line);
        match order {
            Order::Interleaved => ordered.extend(lines.pop_back()),
            Order::TwoRuns => rest.extend(lines.pop_front()),
            _ => {}
        }
    }
    ordered.append(&mut rest);
    ordered
}

/// The response with a content: chunked, and without a media type, as recorded.
pub(super) fn response(content: Bytes, ranges: bool, request: &HeaderMap) -> Response<Bytes> {
    let mut response = Response::new(content);
    if ranges {
        response = part(response, request);
    }
    set(&mut response, TRANSFER_ENCODING, "chunked".to_owned());
    response
}

/// The part of a content that a request asks for; all of it where it asks for none, or where the
/// condition of the request does not hold.
fn part(mut response: Response<Bytes>, request: &HeaderMap) -> Response<Bytes> {
    let length = response.body().len();
    let etag = format!("\"{:016x}\"", hash(response.body()));
    let holds = request.get(IF_RANGE).is_none_or(|it| *it == *etag);
    set(&mut response, ETAG, etag);
    set(&mut response, ACCEPT_RANGES, "bytes".to_owned());
    let range = request.get(RANGE).and_then(|it| it.to_str().ok());
    let Some((first, last)) = range.and_then(bounds).filter(|_| holds) else {
        return response;
    };
    let end = last.map_or(length, |last| length.min(last.saturating_add(1)));
    if first >= end {
        *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
        *response.body_mut() = Bytes::new();
        set(&mut response, CONTENT_RANGE, format!("bytes */{length}"));
        return response;
    }
    let shown = format!("bytes {first}-{}/{length}", end - 1);
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    *response.body_mut() = response.body().slice(first..end);
    set(&mut response, CONTENT_RANGE, shown);
    response
}

/// First and last byte of `bytes=100-` and `bytes=100-199`; any other form is no range here.
fn bounds(range: &str) -> Option<(usize, Option<usize>)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let last = match last {
        "" => None,
        last => Some(last.parse().ok()?),
    };
    Some((first.parse().ok()?, last))
}

fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn set(response: &mut Response<Bytes>, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}
