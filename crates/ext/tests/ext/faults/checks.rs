//! Whether a list was whole, or said where to go on.

use std::collections::BTreeSet;

use proptest::prelude::*;
use qwen_batches::Runtime as _;
use qwen_batches_sandbox::{Fault, Order, Sandbox, Script};
use serde_json::Value;

use super::NOW;
use super::case::Case;
use super::histogram::{Histogram, NO_WAY_ON, count};
use super::reading::{Read, read};
use super::server::is_mixed;
use crate::support::FakeClock;

pub(super) async fn check(case: &Case, histogram: &Histogram) -> Result<(), TestCaseError> {
    let start = |script: Script, clock: &FakeClock| {
        let mut sandbox = Sandbox::builder().rows(case.rows()).now(NOW);
        if case.any(|trouble| matches!(trouble.fault, Fault::Throttle { .. })) {
            let clock = clock.clone();
            sandbox = sandbox.time(move || NOW + clock.elapsed().as_secs().cast_signed());
        }
        case.server.build(sandbox.script(script)).start()
    };
    let clock = FakeClock::default();
    let sandbox = start(case.script(), &clock).await.expect("a sandbox");
    let mut found = read(case, &sandbox, &clock, None).await;
    count(case, &sandbox, &found, histogram);
    prop_assert!(
        found.place.is_none() || !case.must_complete(),
        "an error within the retries"
    );
    // A server that refuses the ids of rows is asked more often where a page is the last one.
    if case.workers > 1 && case.script.is_empty() && !case.may_have_no_way_on() {
        let alone = Case {
            workers: 1,
            ..case.clone()
        };
        let clock = FakeClock::default();
        let other = start(Script::new(), &clock).await.expect("a sandbox");
        read(&alone, &other, &clock, None).await;
        // Windows that a first page made look worth it come on top, and second looks for their ends.
        let most = 2 * other.request_count() + case.workers + 2;
        prop_assert!(
            sandbox.request_count() <= most,
            "{} calls",
            sandbox.request_count()
        );
    }
    let resumed = found.place.is_some();
    if let Some(place) = found.place.take() {
        let clock = FakeClock::default();
        let sandbox = start(Script::new(), &clock).await.expect("a sandbox");
        let rest = read(case, &sandbox, &clock, Some(place)).await;
        found.ids.extend(rest.ids);
        found.lost = rest.lost;
        found.by_time |= rest.by_time;
        found.in_windows |= rest.in_windows;
        if rest.place.is_some() {
            prop_assert!(case.may_have_no_way_on(), "an error without a fault");
            histogram.count(NO_WAY_ON);
            let once: BTreeSet<&String> = found.ids.iter().collect();
            let is_once = once.len() == found.ids.len();
            prop_assert!(is_once || case.may_repeat(), "{:?}", found.ids);
            return Ok(());
        }
    }
    compare(case, &sandbox, found, resumed)
}

/// Whether these are the rows that a list must give.
pub(super) fn compare(
    case: &Case,
    sandbox: &Sandbox,
    found: Read,
    resumed: bool,
) -> Result<(), TestCaseError> {
    // Rows that appeared at the head, or that expired, are listed or not, as it happens.
    let left: BTreeSet<String> = sandbox.rows().iter().map(id).collect();
    let listable = |id: &String| {
        let is_of_start = id.len() == "batch_000".len() && id.starts_with("batch_");
        is_of_start && left.contains(id)
    };
    let mut ids: Vec<String> = found
        .ids
        .into_iter()
        .map(decoded)
        .filter(listable)
        .collect();
    let mut expected = case.expected();
    let mut allowed = case.matching(|filter| case.is_blurred(filter));
    expected.retain(listable);
    allowed.retain(listable);
    if case.loses_rows() && (resumed || case.may_repeat()) {
        // A row that could not be read may come in the second run, or with the next page where pages
        // overlap, out of its order.
        ids.sort_unstable();
    }
    if resumed && case.may_repeat() {
        ids.sort_unstable();
        ids.dedup();
    }
    if is_mixed(case.server.order) && (found.by_time || found.in_windows) {
        // By time: the rows so far came newest first, as documented; their cursor led nowhere, and so
        // did that of a row just listed. What the bound of time hides then, nothing in the responses
        // shows. In windows: each stands for what is documented to lie in it. What a server lists
        // elsewhere, no response shows unless its page is fetched; what is noticed all the same is
        // for `windows_on_a_server_without_order_lose_no_row_in_silence`.
        ids.sort_unstable();
        if case.loses_rows() {
            // What could not be read in one window may be read in another, as a row of its own.
            ids.dedup();
        }
        expected.clone_from(&ids);
    } else if case.server.order != Order::NewestFirst {
        // The order is the server's; of a capped list it decides which rows there are.
        ids.sort_unstable();
        if case.cap().is_some() {
            prop_assert_eq!(ids.len(), expected.len());
            expected.clone_from(&ids);
        }
    }
    prop_assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
    prop_assert!(ids.iter().all(|id| allowed.contains(id)), "{ids:?}");
    // Two windows that meet may report the same row, once.
    let missing = expected.iter().filter(|id| !ids.contains(id)).count() as u64;
    let is_reported = missing <= found.lost || case.workers > 1 && found.lost > 0;
    prop_assert!(
        is_reported,
        "{} of {missing} are reported: {ids:?}",
        found.lost
    );
    prop_assert!(case.loses_rows() || found.lost == 0, "{} lost", found.lost);
    Ok(())
}

/// The id of a row, from one that may be encoded.
pub(super) fn decoded(id: String) -> String {
    let Some(digits) = id.strip_prefix("batch_enc_") else {
        return id;
    };
    let digits = digits.as_bytes().chunks(2);
    let byte = |two: &[u8]| u8::from_str_radix(str::from_utf8(two).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = digits.map(byte).collect();
    String::from_utf8(bytes.expect("hexadecimal digits")).expect("an id")
}

pub(super) fn id(row: &Value) -> String {
    row["id"].as_str().unwrap_or_default().to_owned()
}
