//! Whatever goes wrong: a list is whole, or an error says where to go on from. There is no third
//! outcome.
//!
//! Any rows, crowded or not, with members that are wrong, missing or no JSON; any filter, any script
//! of faults, any page size, cap and policy; a server that filters or ignores filters, in any zone,
//! known or not, and in any order, whose cursors are the ids of its rows or not; with one worker, one
//! page ahead or several workers, over real HTTP. A run without an error must have listed everything,
//! in order. Any other run is resumed from its error's checkpoint, against the same server without
//! the script; both together must have listed everything. What could not be read at all is named by
//! the error in the end. Without faults, several workers make few calls more than one.
//!
//! Left out is what no client can see through, each with its reason: see [`Case::consistent`], and a
//! page that lies about the list as a whole (`has_more` false before the end, or an empty page whose
//! cursor leads on, twice). `PROPTEST_CASES` sets how many cases are run, `PROPTEST_SEED` which.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use qwen_batches::{
    BatchFilter, BatchStatus, Checkpoint, Client, ErrorKind, RateLimit, RetryPolicy, Runtime as _,
};
use qwen_batches_sandbox::{
    Bounds, EmptyCursor, Fault, FilterParam, IdsOf, MemberChange, NameMatch, Order, Quirk, Sandbox,
    SandboxBuilder, Script, Selection, Sent, UnknownCursor, WrongId, row,
};
use serde_json::{Value, json};

use crate::support::{FakeClock, KEY, NEVER, moved};

/// When a [`FakeClock`] starts.
const NOW: i64 = 1_775_001_600;
/// How far the service looks back, in seconds.
const LISTED: i64 = 30 * 24 * 3600;
const CASES: u32 = 400;

/// The outcome of a list that no other run ends.
const NO_WAY_ON: &str = "outcome no way on";

/// Rows have these in turn.
const STATUSES: [&str; 3] = ["completed", "failed", "in_progress"];
const NAMES: [Option<&str>; 4] = [
    Some("nightly eval"),
    Some("夜间评测"),
    None,
    Some("Nightly #2"),
];
const FILES: usize = 5;

/// A fault, by the name under which it is counted, and what a client must make of it.
#[derive(Clone, Debug)]
struct Trouble {
    fault: Fault,
    weight: Weight,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Weight {
    /// The page arrives all the same.
    Harmless,
    /// Another attempt brings the page.
    Transient,
    /// It may end the list with an error.
    Grave,
}

fn troubles() -> impl Strategy<Value = Trouble> {
    use Weight::{Grave, Harmless, Transient};

    let sent = || {
        prop_oneof![
            Just(Sent::Nothing),
            Just(Sent::Head),
            (0_usize..400).prop_map(Sent::Body)
        ]
    };
    let transient_status = proptest::sample::select(vec![408_u16, 409, 500, 502, 503, 504]);
    let grave_status = proptest::sample::select(vec![400_u16, 401, 403, 404, 422, 418, 302]);
    let with = |weight| move |fault| Trouble { fault, weight };
    prop_oneof![
        transient_status
            .prop_map(|status| Fault::Html { status })
            .prop_map(with(Transient)),
        Just(Fault::from(Fault::status(503).empty())).prop_map(with(Transient)),
        Just(Fault::from(Fault::status(429).header("retry-after", "1"))).prop_map(with(Transient)),
        sent()
            .prop_map(|after| Fault::Cut { after })
            .prop_map(with(Transient)),
        sent()
            .prop_map(|after| Fault::Reset { after })
            .prop_map(with(Transient)),
        Just(Fault::MalformedJson).prop_map(with(Transient)),
        Just(Fault::page_member("/data", MemberChange::Nested(1000))).prop_map(with(Transient)),
        sent()
            .prop_map(|after| Fault::Stall {
                after,
                for_ms: None
            })
            .prop_map(with(Transient)),
        Just(Fault::header("content-type", None)).prop_map(with(Harmless)),
        Just(Fault::SlowBytes {
            chunk: 97,
            pause_ms: Some(0)
        })
        .prop_map(with(Harmless)),
        Just(Fault::LastId {
            is: WrongId::Absent
        })
        .prop_map(with(Harmless)),
        Just(Fault::HasMore { says: Some(true) }).prop_map(with(Harmless)),
        flaws().prop_map(with(Harmless)),
        flaws().prop_map(with(Harmless)),
        page_flaws().prop_map(with(Harmless)),
        undated_rows().prop_map(with(Harmless)),
        // Of such a page, no row may be left to go on behind.
        nameless_rows().prop_map(with(Grave)),
        wrong_pages().prop_map(with(Grave)),
        proptest::sample::subsequence(&FILTERS[..], 1..=4)
            .prop_map(|filters| Fault::IgnoreFilters { filters })
            .prop_map(with(Harmless)),
        wrong_ids()
            .prop_map(|is| Fault::FirstId { is })
            .prop_map(with(Harmless)),
        (1_usize..4)
            .prop_map(|every| Fault::RepeatRows { every })
            .prop_map(with(Harmless)),
        wrong_ids()
            .prop_map(|is| Fault::LastId { is })
            .prop_map(with(Grave)),
        Just(Fault::EncodedIds { of: IdsOf::Page }).prop_map(with(Grave)),
        (1_u32..100)
            .prop_map(|seconds| Fault::Throttle { seconds })
            .prop_map(with(Harmless)),
        (1_usize..9)
            .prop_map(|rows| Fault::ExpireAtTail { rows })
            .prop_map(with(Harmless)),
        (1_usize..4)
            .prop_map(|rows| Fault::AppearAtHead { rows })
            .prop_map(with(Harmless)),
        grave_status
            .prop_map(|status| Fault::Html { status })
            .prop_map(with(Grave)),
        Just(Fault::ErrorAsSuccess).prop_map(with(Grave)),
        Just(Fault::redirect("https://elsewhere.example/")).prop_map(with(Grave)),
        Just(Fault::EndlessBody).prop_map(with(Grave)),
        Just(Fault::HasMore { says: None }).prop_map(with(Grave)),
        Just(Fault::StickyCursor).prop_map(with(Grave)),
        (1_usize..4)
            .prop_map(|length| Fault::CycleCursor { length })
            .prop_map(with(Grave)),
        (1_usize..6)
            .prop_map(|rows| Fault::OverlapRows { rows })
            .prop_map(with(Grave)),
        Just(Fault::RefuseCursor).prop_map(with(Grave)),
        Just(Fault::EmptyPage {
            has_more: true,
            cursor: EmptyCursor::None
        })
        .prop_map(with(Grave)),
        Just(Fault::EmptyPage {
            has_more: true,
            cursor: EmptyCursor::Same
        })
        .prop_map(with(Grave)),
    ]
}

/// Those that a server may ignore at one request and not at the next: what it makes of names is
/// learned once.
const FILTERS: [FilterParam; 4] = [
    FilterParam::InputFileIds,
    FilterParam::Status,
    FilterParam::CreateAfter,
    FilterParam::CreateBefore,
];

/// Members whose loss costs no row.
const MEMBERS: [&str; 15] = [
    "/object",
    "/endpoint",
    "/status",
    "/input_file_id",
    "/completion_window",
    "/errors",
    "/output_file_id",
    "/error_file_id",
    "/in_progress_at",
    "/expires_at",
    "/request_counts",
    "/request_counts/completed",
    "/metadata",
    "/metadata/ds_name",
    "/model",
];

/// What costs no row.
fn flaws() -> impl Strategy<Value = Fault> {
    use MemberChange::{Float, Milliseconds, Text, Twice};

    let legible = proptest::sample::select(vec![Float, Milliseconds, Text, Twice]);
    prop_oneof![
        12 => changed(&MEMBERS, prop_oneof![illegible(), legible.clone()]),
        2 => changed(&["/created_at"], legible),
        1 => changed(&["/id"], Just(Twice)),
        1 => Just(Fault::RequiredMembersOnly),
        1 => Just(Fault::ByteOrderMark),
    ]
}

/// What costs a row, of which the id is known.
fn undated_rows() -> impl Strategy<Value = Fault> {
    changed(&["/created_at"], illegible())
}

/// What costs a row, of which nothing is known.
fn nameless_rows() -> impl Strategy<Value = Fault> {
    let others = [json!(null), json!(7), json!("x"), json!([]), json!({})];
    let other = (1_usize..6, proptest::sample::select(others.to_vec()));
    prop_oneof![
        changed(&["/id"], illegible()),
        other.prop_map(|(at, row)| Fault::BadRow { at, row }),
    ]
}

fn changed(
    members: &'static [&'static str],
    becomes: impl Strategy<Value = MemberChange>,
) -> impl Strategy<Value = Fault> {
    let rows = prop_oneof![
        Just(Selection::from(..)),
        (1_usize..6).prop_map(Selection::from),
        (2_usize..4).prop_map(|every| Selection::from(..).every(every)),
    ];
    (rows, proptest::sample::select(members), becomes).prop_map(|(rows, pointer, becomes)| {
        Fault::Member {
            rows,
            pointer: pointer.to_owned(),
            becomes,
        }
    })
}

/// What leaves nothing of a member.
fn illegible() -> impl Strategy<Value = MemberChange> {
    use MemberChange::{Absent, HugeNumber, InvalidUtf8, LoneSurrogate, Nan, Nested, Null};

    let other = |value| MemberChange::Value(value);
    let all = [Absent, Null, InvalidUtf8, LoneSurrogate, Nan, HugeNumber];
    let others = [
        Nested(200),
        other(json!(true)),
        other(json!([])),
        other(json!({})),
    ];
    proptest::sample::select([&all[..], &others].concat())
}

/// Members of a page that are wrong, and not needed.
fn page_flaws() -> impl Strategy<Value = Fault> {
    let member = proptest::sample::select(vec!["/object", "/first_id", "/last_id", "/error"]);
    (member, illegible()).prop_map(|(pointer, becomes)| Fault::page_member(pointer, becomes))
}

/// What is no page.
fn wrong_pages() -> impl Strategy<Value = Fault> {
    let page = |pointer, becomes| Fault::page_member(pointer, becomes);
    let other = |value| MemberChange::Value(value);
    proptest::sample::select(vec![
        page("/data", MemberChange::Absent),
        page("/data", MemberChange::Text),
        page("/data", MemberChange::Nan),
        page("/data", other(json!({}))),
        page("/has_more", MemberChange::Null),
        page("/has_more", MemberChange::Text),
        page("/has_more", other(json!(1))),
        page("/error", other(json!({ "message": "half of it" }))),
    ])
}

fn wrong_ids() -> impl Strategy<Value = WrongId> {
    use WrongId::{Absent, FirstRow, LastRow, Null, Unknown};
    proptest::sample::select(vec![Absent, FirstRow, LastRow, Null, Unknown])
}

#[derive(Clone, Debug)]
struct Case {
    /// The shape of the list, and seconds between a row and the next older one.
    gaps: (&'static str, Vec<i64>),
    /// Which rows to list, by their age in seconds: from the youngest to the oldest.
    ages: (Option<i64>, Option<i64>),
    /// And of these, by their places in the lists of all there are.
    statuses: Option<Vec<&'static str>>,
    name: Option<&'static str>,
    files: Option<Vec<usize>>,
    server: Server,
    page_size: u32,
    max_items: Option<u64>,
    max_retries: u32,
    prefetch: bool,
    workers: usize,
    /// Whether tasks run on several threads.
    threads: bool,
    /// At which requests what goes wrong.
    script: Vec<(RangeInclusive<usize>, Trouble)>,
    /// How often the reader polls again after a retryable error.
    patience: usize,
}

/// What the server does at every request.
#[derive(Clone, Debug)]
struct Server {
    bounds: Bounds,
    over_reports: bool,
    ignores: Vec<FilterParam>,
    /// The zone in which it reads times.
    zone: i8,
    host: Host,
    names: NameMatch,
    unknown_cursor: UnknownCursor,
    order: Order,
    /// Which ids are encoded.
    ids: Option<IdsOf>,
    /// What is wrong with its rows.
    flaws: Vec<Fault>,
}

/// What the client knows of the zone in which the server reads times.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Host {
    Stated,
    /// By the host, that it is UTC+8.
    Beijing,
    /// By the host, that it is UTC or UTC+8.
    Singapore,
    /// Nothing, so that no time is sent.
    Silent,
}

impl Host {
    fn name(self) -> &'static str {
        match self {
            Self::Stated | Self::Silent => "127.0.0.1",
            Self::Beijing => "dashscope.aliyuncs.com",
            Self::Singapore => "dashscope-intl.aliyuncs.com",
        }
    }

    fn base_url(self, sandbox: &Sandbox) -> String {
        let port = sandbox.address().port();
        format!("http://{}:{port}/compatible-mode/v1", self.name())
    }
}

impl Server {
    fn build(&self, sandbox: SandboxBuilder) -> SandboxBuilder {
        let mut faults: Vec<Fault> = vec![
            Quirk::Bounds(self.bounds).into(),
            Quirk::ZoneOffsetHours(self.zone).into(),
            Quirk::Names(self.names).into(),
            Quirk::UnknownCursor(self.unknown_cursor).into(),
            Fault::Order { is: self.order },
        ];
        faults.extend(self.over_reports.then(|| Quirk::OverReportsMore.into()));
        faults.extend((!self.ignores.is_empty()).then(|| Fault::IgnoreFilters {
            filters: self.ignores.clone(),
        }));
        faults.extend(self.ids.map(|of| Fault::EncodedIds { of }));
        faults.extend(self.flaws.iter().cloned());
        faults.into_iter().fold(sandbox, SandboxBuilder::always)
    }

    fn ignores(&self, filter: FilterParam) -> bool {
        self.ignores.contains(&filter)
    }

    /// Whether a list whose filter has this text holds a batch of this name.
    fn finds(&self, text: &str, name: Option<&str>) -> bool {
        let Some(name) = name else {
            return false;
        };
        let (caseless, wanted) = (name.to_lowercase(), text.to_lowercase());
        match self.names {
            _ if self.ignores(FilterParam::DsName) => caseless.contains(&wanted),
            NameMatch::Fuzzy => {
                let mut rest = caseless.chars();
                wanted.chars().all(|wanted| rest.any(|it| it == wanted))
            }
            NameMatch::IgnoresCase => caseless.contains(&wanted),
            _ => name.contains(text),
        }
    }
}

fn servers() -> impl Strategy<Value = Server> {
    use UnknownCursor::{BadRequest, EmptyPage, FirstPage, NotFound};

    let all = [&FILTERS[..], &[FilterParam::DsName]].concat();
    let ignores = prop_oneof![
        4 => Just(Vec::new()),
        1 => Just(all.clone()),
        2 => proptest::sample::subsequence(all, 1..=4),
    ];
    let order = prop_oneof![
        6 => Just(Order::NewestFirst),
        1 => Just(Order::OldestFirst),
        1 => Just(Order::Interleaved),
        1 => Just(Order::TwoRuns),
        1 => Just(Order::ReversedPages),
    ];
    let ids = prop_oneof![
        6 => Just(None),
        1 => Just(Some(IdsOf::Page)),
        1 => Just(Some(IdsOf::Rows)),
        1 => Just(Some(IdsOf::Both)),
    ];
    let names = prop_oneof![
        2 => Just(NameMatch::Contains),
        1 => Just(NameMatch::IgnoresCase),
        1 => Just(NameMatch::Fuzzy),
    ];
    let any = || -12_i8..=12;
    let zone = prop_oneof![
        6 => Just((8, Host::Stated)),
        1 => any().prop_map(|zone| (zone, Host::Stated)),
        1 => any().prop_map(|zone| (zone, Host::Silent)),
        1 => Just((8, Host::Beijing)),
        1 => Just((8, Host::Singapore)),
        2 => Just((0, Host::Singapore)),
    ];
    let flaws = prop_oneof![
        2 => Just(Vec::new()),
        1 => proptest::collection::vec(flaws(), 1..=3),
    ];
    let unknown = proptest::sample::select(vec![BadRequest, NotFound, EmptyPage, FirstPage]);
    let bounds = proptest::sample::select(vec![Bounds::Inclusive, Bounds::Exclusive]);
    let over_reports = proptest::bool::weighted(0.2);
    (
        bounds,
        over_reports,
        ignores,
        zone,
        names,
        unknown,
        order,
        (ids, flaws),
    )
        .prop_map(
            |(bounds, over_reports, ignores, (zone, host), names, unknown_cursor, order, rest)| {
                let (ids, flaws) = rest;
                Server {
                    bounds,
                    over_reports,
                    ignores,
                    zone,
                    host,
                    names,
                    unknown_cursor,
                    order,
                    ids,
                    flaws,
                }
            },
        )
}

/// How rows lie in time: the name of the shape, and the seconds between a row and the next older one.
fn gaps() -> impl Strategy<Value = (&'static str, Vec<i64>)> {
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

fn cases() -> impl Strategy<Value = Case> {
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
    fn consistent(mut self) -> Self {
        // Each row that appears or expires changes the order of the others.
        if self.server.order == Order::Interleaved && self.moves() {
            self.server.order = Order::NewestFirst;
        }
        if self.server.order != Order::NewestFirst {
            if self.server.ids.is_some() {
                self.server.ids = Some(IdsOf::Both);
            }
            // A list may end at a row that is too old where all rows so far came newest first, of
            // two times at least: a half of the list behind it would be missed.
            if is_mixed(self.server.order) {
                self.ages.1 = None;
            }
            // A list that is resumed may repeat rows of a page whose last row is not its oldest.
            if self.server.order == Order::ReversedPages {
                self.max_items = None;
            }
            // Windows of creation time are opened after a page that came newest first.
            self.workers = 1;
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
        self
    }

    /// All faults, those of every request and those of some.
    fn faults(&self) -> impl Iterator<Item = &Fault> {
        let script = self.script.iter().map(|(_, trouble)| &trouble.fault);
        self.server.flaws.iter().chain(script)
    }

    fn retain(&mut self, mut keep: impl FnMut(&Fault) -> bool) {
        self.server.flaws.retain(&mut keep);
        self.script.retain(|(_, trouble)| keep(&trouble.fault));
    }

    /// Whether rows that the filter does not let through by this member are listed, since it cannot
    /// be read and the server does not filter by it.
    fn is_blurred(&self, filter: FilterParam) -> bool {
        let name = match filter {
            FilterParam::Status => "status",
            FilterParam::InputFileIds => "input_file_id",
            _ => "metadata",
        };
        let ignored = |fault: &Fault| match fault {
            Fault::IgnoreFilters { filters } => filters.contains(&filter),
            _ => false,
        };
        let is_ignored = self.server.ignores(filter) || self.faults().any(ignored);
        is_ignored && self.faults().any(|fault| member(fault) == Some(name))
    }

    fn is_exact(&self) -> bool {
        let filters = [
            FilterParam::Status,
            FilterParam::DsName,
            FilterParam::InputFileIds,
        ];
        !filters.into_iter().any(|filter| self.is_blurred(filter))
    }

    /// Whether rows may be lost, of which the error in the end then tells.
    fn loses_rows(&self) -> bool {
        self.faults().any(|fault| match fault {
            Fault::Member {
                pointer, becomes, ..
            } => matches!(&**pointer, "/id" | "/created_at") && !is_legible(becomes),
            fault => matches!(fault, Fault::BadRow { .. }),
        })
    }

    fn rows(&self) -> Vec<Value> {
        let mut created = NOW - 60;
        self.gaps
            .1
            .iter()
            .enumerate()
            .map(|(n, gap)| {
                created -= gap;
                let row = row(format!("batch_{n:03}"))
                    .created_at(created)
                    .status(STATUSES[n % STATUSES.len()])
                    .input_file_id(file(n % FILES));
                match NAMES[n % NAMES.len()] {
                    Some(name) => row.name(name).build(),
                    None => row.build(),
                }
            })
            .collect()
    }

    fn filter(&self) -> BatchFilter {
        let instant = |age| Timestamp::from_second(NOW - age).expect("an instant");
        let (youngest, oldest) = self.ages;
        let mut filter = BatchFilter::new();
        if let Some(age) = youngest {
            filter = filter.created_before(instant(age));
        }
        if let Some(age) = oldest {
            filter = filter.created_after(instant(age));
        }
        if let Some(statuses) = &self.statuses {
            filter = filter.statuses(statuses.iter().map(|status| BatchStatus::from(*status)));
        }
        if let Some(name) = self.name {
            filter = filter.name_contains(name);
        }
        if let Some(files) = &self.files {
            filter = filter.input_files(files.iter().map(|n| file(*n)));
        }
        filter
    }

    /// The ids that a list must give.
    fn expected(&self) -> Vec<String> {
        let cap = self.cap().map_or(usize::MAX, |cap| cap as usize);
        let mut ids = self.matching(|_| false);
        ids.truncate(cap);
        ids
    }

    /// The ids of the rows that match the filter, but for the parts of it that are left out.
    fn matching(&self, left_out: impl Fn(FilterParam) -> bool) -> Vec<String> {
        let (youngest, oldest) = self.ages;
        let oldest = oldest.unwrap_or(LISTED).min(LISTED);
        let rows = self.rows().into_iter().enumerate();
        let rows = rows.filter(|(n, row)| {
            let age = NOW - row["created_at"].as_i64().unwrap_or_default();
            let is_in_time = youngest.is_none_or(|least| age > least) && age <= oldest;
            is_in_time && self.matches_others(*n, &left_out)
        });
        rows.map(|(_, row)| id(&row)).collect()
    }

    fn matches_others(&self, n: usize, left_out: impl Fn(FilterParam) -> bool) -> bool {
        let status = STATUSES[n % STATUSES.len()];
        let name = NAMES[n % NAMES.len()];
        let statuses = self.statuses.as_ref();
        let files = self.files.as_ref();
        let finds = |text: &str| self.server.finds(text, name);
        (left_out(FilterParam::Status) || statuses.is_none_or(|wanted| wanted.contains(&status)))
            && (left_out(FilterParam::InputFileIds)
                || files.is_none_or(|wanted| wanted.contains(&(n % FILES))))
            && (left_out(FilterParam::DsName) || self.name.is_none_or(finds))
    }

    /// Whether a row may come behind older ones: it could not be read, not even its id, and was sent
    /// again since pages overlap.
    fn may_deliver_late(&self) -> bool {
        let is_nameless =
            |fault: &Fault| matches!(fault, Fault::BadRow { .. }) || member(fault) == Some("id");
        let overlaps = |fault: &Fault| matches!(fault, Fault::OverlapRows { .. });
        self.faults().any(is_nameless) && self.faults().any(overlaps)
    }

    fn script(&self) -> Script {
        self.script
            .iter()
            .fold(Script::new(), |script, (requests, trouble)| {
                script.on(requests.clone(), trouble.fault.clone())
            })
    }

    fn any(&self, is: impl Fn(&Trouble) -> bool) -> bool {
        self.script.iter().any(|(_, trouble)| is(trouble))
    }

    /// Whether rows appear or expire while one walks; they are no part of what must be listed, and
    /// a cap would count them.
    fn moves(&self) -> bool {
        self.any(|trouble| {
            matches!(
                trouble.fault,
                Fault::AppearAtHead { .. } | Fault::ExpireAtTail { .. } | Fault::Throttle { .. }
            )
        })
    }

    fn cap(&self) -> Option<u64> {
        let is_clear = !self.moves() && self.is_exact() && !self.loses_rows();
        self.max_items.filter(|_| is_clear)
    }

    /// Whether a list may end at an error that no other run overcomes: a place behind a row may be
    /// known by the row's id alone, which is no cursor here; or a page of newer rows than all before
    /// looks like the start of the list, where the order is not the documented one.
    fn may_have_no_way_on(&self) -> bool {
        matches!(self.server.ids, Some(IdsOf::Page | IdsOf::Rows))
            || self.server.order != Order::NewestFirst
    }

    /// Whether another attempt must overcome everything that goes wrong.
    fn must_complete(&self) -> bool {
        if self.may_have_no_way_on() {
            return false;
        }
        if self.workers > 1 {
            // Which worker's call is hit, nobody knows: one may be hit by all. To end a stall,
            // the test ends all calls under way.
            let hits = |(at, trouble): &(RangeInclusive<usize>, Trouble)| match trouble.weight {
                Weight::Harmless => 0,
                _ => at.clone().count(),
            };
            let hits: usize = self.script.iter().map(hits).sum();
            return hits <= self.max_retries as usize
                && !self.any(|trouble| trouble.weight == Weight::Grave)
                && !self.any(|trouble| {
                    matches!(trouble.fault, Fault::Stall { .. } | Fault::HasMore { .. })
                });
        }
        let longest = |is: fn(&Trouble) -> bool| {
            let mut in_a_row = 0;
            let runs = (1..=20).map(|request| {
                let mut script = self.script.iter();
                let hit = script.any(|(at, trouble)| at.contains(&request) && is(trouble));
                in_a_row = if hit { in_a_row + 1 } else { 0 };
                in_a_row
            });
            runs.max().unwrap_or(0)
        };
        // Behind the last page, a page that says that there is more is looked at again; a retry
        // in between does not count.
        let more = longest(|trouble| {
            trouble.weight == Weight::Transient || matches!(trouble.fault, Fault::HasMore { .. })
        });
        !self.any(|trouble| trouble.weight == Weight::Grave)
            && longest(|trouble| trouble.weight == Weight::Transient) <= self.max_retries
            && more <= 3
    }

    fn client(&self, sandbox: &Sandbox, clock: &FakeClock) -> Client {
        let policy = RetryPolicy::default()
            .max_retries(self.max_retries)
            .max_elapsed(Duration::from_secs(3600));
        let client = Client::builder()
            .api_key(KEY)
            .base_url(self.server.host.base_url(sandbox))
            .rate_limit(RateLimit::off())
            .retry(policy)
            .timeout(NEVER)
            .max_response_bytes(256 << 10)
            .runtime(clock.clone());
        let client = match self.server.host {
            Host::Stated => client.filter_zone(jiff::tz::offset(self.server.zone)),
            Host::Silent => client,
            Host::Beijing | Host::Singapore => {
                let http = reqwest::Client::builder().no_proxy();
                let http = http.resolve(self.server.host.name(), sandbox.address());
                client.allow_plain_http(true).http_client_builder(http)
            }
        };
        client.build().expect("a client")
    }
}

/// The member of rows that a fault changes.
fn member(fault: &Fault) -> Option<&str> {
    let Fault::Member { pointer, .. } = fault else {
        return matches!(fault, Fault::RequiredMembersOnly).then_some("metadata");
    };
    pointer.split('/').nth(1)
}

fn is_legible(change: &MemberChange) -> bool {
    use MemberChange::{Float, Milliseconds, Text, Twice};
    matches!(change, Float | Milliseconds | Text | Twice)
}

/// The filter that a fault deceives: its member has another value, and one that can be read.
fn feigned(fault: &Fault) -> Option<FilterParam> {
    use MemberChange::{Absent, Null, Text};

    let Fault::Member {
        pointer, becomes, ..
    } = fault
    else {
        return matches!(fault, Fault::RequiredMembersOnly).then_some(FilterParam::DsName);
    };
    let is_empty = matches!(becomes, Absent | Null);
    match &**pointer {
        "/status" if *becomes == Text => Some(FilterParam::Status),
        "/input_file_id" if *becomes == Text => Some(FilterParam::InputFileIds),
        // A batch without a name is one.
        "/metadata" if is_empty || *becomes == MemberChange::Value(json!({})) => {
            Some(FilterParam::DsName)
        }
        "/metadata/ds_name" if is_empty || *becomes == Text => Some(FilterParam::DsName),
        _ => None,
    }
}

/// What a reader got.
#[derive(Default)]
struct Read {
    ids: Vec<String>,
    /// The place where it gave up, if it did.
    place: Option<Checkpoint>,
    /// How many rows could not be read.
    lost: u64,
    /// Whether it was asked for from another time on.
    by_time: bool,
}

async fn read(
    case: &Case,
    sandbox: &Sandbox,
    clock: &FakeClock,
    checkpoint: Option<Checkpoint>,
) -> Read {
    let client = case.client(sandbox, clock);
    let mut list = client
        .list_batches(case.filter())
        .page_size(case.page_size)
        .prefetch(case.prefetch)
        .concurrency(case.workers);
    if let Some(cap) = case.cap() {
        list = list.max_items(cap);
    }
    if let Some(checkpoint) = checkpoint {
        list = list.resume(moved(&checkpoint, &case.server.host.base_url(sandbox)));
    }
    let mut items = list.items();
    let (mut ids, mut failures, mut lost) = (Vec::new(), 0, 0);
    // Where the stream ends at an error: after three in a row it is over.
    let mut left = None;
    let reading = async {
        while let Some(item) = items.next().await {
            match item {
                Ok(batch) => {
                    ids.push(batch.id);
                    left = None;
                }
                Err(error) if error.kind() == ErrorKind::UnreadableRows => {
                    let place = serde_json::to_value(error.checkpoint()).expect("JSON");
                    lost = place["unreadable"]["count"].as_u64().expect("a count");
                }
                Err(error) => {
                    failures += 1;
                    let place = error.checkpoint().expect("a place").clone();
                    if !error.is_retryable() || failures > case.patience {
                        return Some(place);
                    }
                    left = Some(place);
                }
            }
            assert!(ids.len() < 1000, "a list without end: {ids:?}");
        }
        left
    };
    // A server that stalls is what a time limit is for: it is over as soon as the stall is there.
    let limits = async {
        let mut expired = 0;
        loop {
            // A response that comes in pieces is held for a moment, too; that is no stall.
            let held = sandbox.stalled(1).await;
            let stalled = sandbox.requests().iter().any(|request| {
                request.n > expired
                    && held.contains(&request.n)
                    && request.faults.contains(&"stall")
            });
            if stalled {
                expired = held.into_iter().max().unwrap_or(expired);
                clock.expire();
            }
            tokio::task::yield_now().await;
        }
    };
    let place = tokio::select! {
        place = reading => place,
        () = limits => None,
    };
    Read {
        ids,
        place,
        lost,
        by_time: went_on_by_time(sandbox),
    }
}

/// Whether the list was walked in more than one window: every window has a bound of its own.
fn windows(sandbox: &Sandbox) -> bool {
    let requests = sandbox.requests();
    let bounds: BTreeSet<_> = requests
        .iter()
        .filter_map(|request| request.param("create_before"))
        .collect();
    bounds.len() > 2
}

/// Whether rows that come newest first may be followed by newer ones.
fn is_mixed(order: Order) -> bool {
    !matches!(order, Order::NewestFirst | Order::OldestFirst)
}

/// Whether a list was asked for from another time on.
fn went_on_by_time(sandbox: &Sandbox) -> bool {
    let requests = sandbox.requests();
    let bounds = requests
        .iter()
        .map(|request| request.param("create_before"));
    bounds.collect::<BTreeSet<_>>().len() > 1
}

fn file(n: usize) -> String {
    format!("file-batch-{n}")
}

/// The id of a row, from one that may be encoded.
fn decoded(id: String) -> String {
    let Some(digits) = id.strip_prefix("batch_enc_") else {
        return id;
    };
    let digits = digits.as_bytes().chunks(2);
    let byte = |two: &[u8]| u8::from_str_radix(str::from_utf8(two).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = digits.map(byte).collect();
    String::from_utf8(bytes.expect("hexadecimal digits")).expect("an id")
}

fn id(row: &Value) -> String {
    row["id"].as_str().unwrap_or_default().to_owned()
}

#[derive(Default)]
struct Histogram(Mutex<BTreeMap<String, usize>>);

impl Histogram {
    fn count(&self, what: impl Into<String>) {
        *self
            .0
            .lock()
            .expect("no panic while locked")
            .entry(what.into())
            .or_default() += 1;
    }
}

async fn check(case: &Case, histogram: &Histogram) -> Result<(), TestCaseError> {
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
        if rest.place.is_some() {
            prop_assert!(case.may_have_no_way_on(), "an error without a fault");
            histogram.count(NO_WAY_ON);
            let once: BTreeSet<&String> = found.ids.iter().collect();
            prop_assert_eq!(once.len(), found.ids.len());
            return Ok(());
        }
    }
    compare(case, &sandbox, found, resumed)
}

/// Whether these are the rows that a list must give.
fn compare(
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
    if resumed && case.loses_rows() {
        // A row that could not be read may come in the second run, out of its order.
        ids.sort_unstable();
    }
    if resumed && (case.server.order == Order::ReversedPages || case.may_deliver_late()) {
        // A checkpoint goes on behind the last row delivered, which is not the oldest here: rows
        // come again.
        ids.sort_unstable();
        ids.dedup();
    }
    if is_mixed(case.server.order) && found.by_time {
        // The rows so far came newest first, as documented, and their cursor led nowhere. That newer
        // ones were to come behind them, nothing in the responses shows.
        ids.sort_unstable();
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

/// Counts what there was in a case, so that each kind is known to be there often enough.
fn count(case: &Case, sandbox: &Sandbox, found: &Read, histogram: &Histogram) {
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
    histogram.count(format!("server order {:?}", server.order));
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
        (
            "by time in no order",
            found.by_time && is_mixed(server.order),
        ),
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

#[test]
fn a_list_is_whole_or_says_where_to_go_on() {
    let cases_by_default = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let config = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config {
            failure_persistence: None,
            ..Config::default()
        },
        None => cases_by_default,
    };
    let count = config.cases as usize;
    let seed = std::env::var("PROPTEST_SEED").ok();
    let seed: u8 = seed.map_or(0, |seed| seed.parse().expect("a seed from 0 to 255"));
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let one_thread = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtimes = (one_thread.expect("a runtime"), threads.expect("a runtime"));
    let histogram = Histogram::default();
    let result = runner.run(&cases(), |case| {
        let runtime = match case.threads {
            false => &runtimes.0,
            true => &runtimes.1,
        };
        runtime.block_on(check(&case, &histogram))
    });

    let histogram = histogram.0.into_inner().expect("no panic while locked");
    let lines: Vec<String> = histogram
        .iter()
        .map(|(what, times)| format!("{times:7} {what}"))
        .collect();
    eprintln!("{}", lines.join("\n"));
    if let Err(failure) = result {
        panic!("{failure}");
    }
    // Each fault and each outcome has been there often enough to say something.
    assert!(histogram.len() >= 28, "{histogram:?}");
    for (what, times) in &histogram {
        // Windows take a service that lists the newest first and filters by time.
        let one_in = if what.starts_with("windows on") {
            400
        } else {
            100
        };
        let enough = *times >= count / one_in || what == NO_WAY_ON;
        assert!(enough, "{what}: only {times}");
    }
}
