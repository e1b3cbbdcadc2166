//! What there was in the cases, so that each kind is known to be there often enough.

use std::collections::BTreeMap;
use std::sync::Mutex;

use qwen_batches_sandbox::{Fault, Sandbox};

use super::case::Case;
use super::reading::{Read, windows};

/// The outcome of a list that no other run ends.
pub(super) const NO_WAY_ON: &str = "outcome no way on";

#[derive(Default)]
pub(super) struct Histogram(pub(super) Mutex<BTreeMap<String, usize>>);

impl Histogram {
    pub(super) fn count(&self, what: impl Into<String>) {
        *self
            .0
            .lock()
            .expect("no panic while locked")
            .entry(what.into())
            .or_default() += 1;
    }
}

/// Counts what there was in a case, so that each kind is known to be there often enough.
pub(super) fn count(case: &Case, sandbox: &Sandbox, found: &Read, histogram: &Histogram) {
    for request in sandbox.requests() {
        for fault in &request.faults {
            histogram.count(format!("fault {fault}"));
        }
    }
    let failed = found.place.is_some();
    histogram.count(match (failed, case.script.is_empty()) {
        (false, true) => "outcome whole, undisturbed",
        (false, false) => "outcome whole",
        (true, _) => "outcome resumed",
    });
    let server = &case.server;
    let order = format!("{:?}", server.order);
    let order = order.split(' ').next().unwrap_or_default();
    histogram.count(format!("server order {order}"));
    histogram.count(format!("server zone {:?}", server.host));
    for fault in case.faults() {
        if let Fault::Member { becomes, .. } = fault {
            let text = format!("{becomes:?}");
            let end = text.find('(').unwrap_or(text.len());
            histogram.count(format!("member becomes {}", &text[..end]));
        }
    }
    histogram.count(format!("server bounds {:?}", server.bounds));
    histogram.count(format!("server unknown cursor {:?}", server.unknown_cursor));
    histogram.count(format!("server ids encoded {:?}", server.ids));
    let others = [
        ("server over-reports", server.over_reports),
        ("server ignores a filter", !server.ignores.is_empty()),
        ("server in another zone", server.zone != 8),
        ("server with flaws", !server.flaws.is_empty()),
        ("rows lost", found.lost > 0),
        ("went on by time", found.by_time),
        ("rows not matched for certain", !case.is_exact()),
        ("filter status", case.statuses.is_some()),
        ("filter name", case.name.is_some()),
        ("filter file", case.files.is_some()),
        ("filter time", case.ages != (None, None)),
    ];
    for (what, there) in others {
        if there {
            histogram.count(what);
        }
    }
    if case.workers > 1 && windows(sandbox) {
        histogram.count(format!("windows on {}", case.gaps.0));
    }
    histogram.count(match (case.workers, case.prefetch) {
        (1, false) => "walk sequential",
        (1, true) => "walk one page ahead",
        (_, _) if windows(sandbox) => "walk in windows",
        (_, _) => "walk with idle workers",
    });
}
