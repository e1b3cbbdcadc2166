//! A case: a list, a server, what goes wrong, and how the list is read.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use proptest::prelude::*;
use qwen_batches_sandbox::{Fault, FilterParam, Order, Script};

use super::server::{Host, Server, is_mixed, servers};
use super::troubles::{Trouble, feigned, member, troubles};

/// Rows have these in turn.
pub(super) const STATUSES: [&str; 3] = ["completed", "failed", "in_progress"];
pub(super) const NAMES: [Option<&str>; 4] = [
    Some("nightly eval"),
    Some("夜间评测"),
    None,
    Some("Nightly #2"),
];
pub(super) const FILES: usize = 5;

#[derive(Clone, Debug)]
pub(super) struct Case {
    /// The shape of the list, and seconds between a row and the next older one.
    pub(super) gaps: (&'static str, Vec<i64>),
    /// Which rows to list, by their age in seconds: from the youngest to the oldest.
    pub(super) ages: (Option<i64>, Option<i64>),
    /// And of these, by their places in the lists of all there are.
    pub(super) statuses: Option<Vec<&'static str>>,
    pub(super) name: Option<&'static str>,
    pub(super) files: Option<Vec<usize>>,
    pub(super) server: Server,
    pub(super) page_size: u32,
    pub(super) max_items: Option<u64>,
    pub(super) max_retries: u32,
    pub(super) prefetch: bool,
    pub(super) workers: usize,
    /// Whether tasks run on several threads.
    pub(super) threads: bool,
    /// At which requests what goes wrong.
    pub(super) script: Vec<(RangeInclusive<usize>, Trouble)>,
    /// How often the reader polls again after a retryable error.
    pub(super) patience: usize,
}

/// How rows lie in time: the name of the shape, and the seconds between a row and the next older one.
pub(super) fn gaps() -> impl Strategy<Value = (&'static str, Vec<i64>)> {
    const DAY: i64 = 24 * 3600;
    let gap = proptest::sample::select(vec![0_i64, 1, 7, 60, 3600, 7200, 50_000]);
    let stretch = (gap, 1_usize..30).prop_map(|(gap, rows)| vec![gap; rows]);
    let stretches = proptest::collection::vec(stretch, 1..6).prop_map(|all| all.concat());
    let any = prop_oneof![Just(0_i64), 0..5_i64, Just(7200)];
    let any = proptest::collection::vec(any, 0..45);
    let named = |name, gaps: BoxedStrategy<Vec<i64>>| gaps.prop_map(move |gaps| (name, gaps));
    // So many rows, so many seconds apart, as often, with so long a pause between them.
    let crowds = |name,
                  seconds: RangeInclusive<i64>,
                  rows: RangeInclusive<usize>,
                  times: RangeInclusive<usize>,
                  pause: i64| {
        let crowd =
            move |(seconds, rows): (i64, usize)| [vec![pause], vec![seconds; rows - 1]].concat();
        let crowds = proptest::collection::vec((seconds, rows).prop_map(crowd), times);
        named(name, crowds.prop_map(|all| all.concat()).boxed())
    };
    prop_oneof![
        1 => named("any", any.boxed()),
        3 => named("stretches", stretches.boxed()),
        1 => crowds("even", 1..=20_000, 20..=120, 1..=1, 0),
        1 => crowds("newest hour", 1..=60, 20..=60, 1..=2, 20 * DAY),
        1 => crowds("office hours", 600..=3000, 5..=15, 5..=12, DAY / 2),
        1 => crowds("clusters", 30..=900, 20..=60, 2..=3, 8 * DAY),
        1 => crowds("bursts", 0..=0, 5..=25, 3..=8, DAY),
    ]
}

pub(super) fn cases() -> impl Strategy<Value = Case> {
    let age = || proptest::option::weighted(0.2, 0_i64..40 * 24 * 3600);
    let ages = (age(), age()).prop_map(|ages| match ages {
        (Some(one), Some(other)) => (Some(one.min(other)), Some(one.max(other))),
        ages => ages,
    });
    let workers = (
        prop_oneof![1 => Just(1_usize), 2 => 2..=8_usize],
        any::<bool>(),
    );
    let some = |count: usize| {
        let places: Vec<usize> = (0..count).collect();
        proptest::option::weighted(0.25, proptest::sample::subsequence(places, 1..=2))
    };
    let name = proptest::sample::select(vec!["night", "NIGHT", "评测", "ne", "nobody"]);
    let others = (
        some(STATUSES.len()),
        proptest::option::weighted(0.25, name),
        some(FILES),
    );
    let rows = (gaps(), ages, servers(), others);
    let at = (1_usize..8, 0_usize..3).prop_map(|(first, more)| first..=first + more);
    (
        rows,
        1_u32..=10,
        proptest::option::weighted(0.3, 0_u64..50),
        0_u32..4,
        any::<bool>(),
        workers,
        proptest::collection::vec((at, troubles()), 0..5),
        0_usize..3,
    )
        .prop_map(
            |(rows, page_size, max_items, max_retries, prefetch, workers, script, patience)| {
                let (gaps, ages, server, (statuses, name, files)) = rows;
                let statuses: Option<Vec<usize>> = statuses;
                let statuses = statuses.map(|it| it.into_iter().map(|n| STATUSES[n]).collect());
                Case {
                    gaps,
                    ages,
                    statuses,
                    name,
                    files,
                    server,
                    page_size,
                    max_items,
                    max_retries,
                    prefetch,
                    workers: workers.0,
                    threads: workers.1,
                    script,
                    patience,
                }
                .consistent()
            },
        )
}

impl Case {
    /// Without what no client can see through, and what the sandbox does not do.
    pub(super) fn consistent(mut self) -> Self {
        // Each row that appears or expires changes the order of the others.
        if self.server.order == Order::Interleaved && self.moves() {
            self.server.order = Order::NewestFirst;
        }
        if self.server.order != Order::NewestFirst {
            // A list may end at a row that is too old where all rows so far came newest first, of
            // two times at least: a half of the list behind it would be missed.
            if is_mixed(self.server.order) {
                self.ages.1 = None;
            }
            // A list that is resumed may repeat rows of a page whose last row is not its oldest.
            if self.server.order == Order::ReversedPages {
                self.max_items = None;
            }
        }
        // An id is encoded once, and only if it is one.
        let encodes = |fault: &Fault| matches!(fault, Fault::EncodedIds { .. });
        if self.server.ids.is_some() {
            self.script.retain(|(_, trouble)| !encodes(&trouble.fault));
        }
        if self.server.ids.is_some() || self.any(|trouble| encodes(&trouble.fault)) {
            self.retain(|fault| member(fault) != Some("id"));
        }
        // In which zone a server of Singapore reads times is learned once.
        if self.server.host == Host::Singapore {
            for (_, trouble) in &mut self.script {
                if let Fault::IgnoreFilters { filters } = &mut trouble.fault {
                    filters.retain(|it| {
                        !matches!(it, FilterParam::CreateAfter | FilterParam::CreateBefore)
                    });
                    // None would be all.
                    if filters.is_empty() {
                        filters.push(FilterParam::Status);
                    }
                }
            }
        }
        // A member is changed by one fault.
        let mut seen = BTreeSet::new();
        self.retain(|fault| member(fault).is_none_or(|name| seen.insert(name.to_owned())));
        // What a member says that can be read is believed.
        let faults: Vec<Fault> = self.faults().cloned().collect();
        let is_hidden = |filter| faults.iter().any(|fault| feigned(fault) == Some(filter));
        self.statuses.take_if(|_| is_hidden(FilterParam::Status));
        self.name.take_if(|_| is_hidden(FilterParam::DsName));
        self.files.take_if(|_| is_hidden(FilterParam::InputFileIds));
        // Rows that are repeated count.
        if self.may_repeat() {
            self.max_items = None;
        }
        self
    }

    /// All faults, those of every request and those of some.
    pub(super) fn faults(&self) -> impl Iterator<Item = &Fault> {
        let script = self.script.iter().map(|(_, trouble)| &trouble.fault);
        self.server.flaws.iter().chain(script)
    }

    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Fault) -> bool) {
        self.server.flaws.retain(&mut keep);
        self.script.retain(|(_, trouble)| keep(&trouble.fault));
    }

    pub(super) fn any(&self, is: impl Fn(&Trouble) -> bool) -> bool {
        self.script.iter().any(|(_, trouble)| is(trouble))
    }

    pub(super) fn script(&self) -> Script {
        self.script
            .iter()
            .fold(Script::new(), |script, (requests, trouble)| {
                script.on(requests.clone(), trouble.fault.clone())
            })
    }
}
