//! Cases that once gave a wrong list without an error.

use std::ops::RangeInclusive;

use qwen_batches_sandbox::{
    Bounds, EmptyCursor, Fault, IdsOf, MemberChange, NameMatch, Order, Selection, UnknownCursor,
    WrongId,
};

use super::case::Case;
use super::checks::check;
use super::histogram::Histogram;
use super::server::{Host, Server};
use super::troubles::{Trouble, Weight};

/// What goes wrong at which requests.
type Step = (RangeInclusive<usize>, Fault);

/// A list whose rows are so many seconds apart, on a server that keeps all that is documented.
fn case(gaps: Vec<i64>, page_size: u32, script: Vec<Step>) -> Case {
    let trouble = |fault| Trouble {
        fault,
        weight: Weight::Grave,
    };
    Case {
        gaps: ("example", gaps),
        ages: (None, None),
        statuses: None,
        name: None,
        files: None,
        server: Server {
            bounds: Bounds::Inclusive,
            over_reports: false,
            ignores: Vec::new(),
            zone: 8,
            host: Host::Stated,
            names: NameMatch::Contains,
            unknown_cursor: UnknownCursor::BadRequest,
            order: Order::NewestFirst,
            ids: None,
            flaws: Vec::new(),
        },
        page_size,
        max_items: None,
        max_retries: 0,
        prefetch: false,
        workers: 1,
        threads: false,
        script: script
            .into_iter()
            .map(|(at, fault)| (at, trouble(fault)))
            .collect(),
        patience: 0,
    }
}

fn on(case: Case, order: Order, unknown_cursor: UnknownCursor) -> Case {
    let server = Server {
        order,
        unknown_cursor,
        ..case.server
    };
    Case { server, ..case }
}

fn with_statuses(case: Case, statuses: [&'static str; 2]) -> Case {
    let statuses = Some(statuses.to_vec());
    Case { statuses, ..case }
}

/// Seven days with rows so many seconds apart, and half a day between them.
fn office_hours() -> Vec<i64> {
    let days = [
        (13, 727),
        (6, 775),
        (11, 2963),
        (14, 2474),
        (14, 2825),
        (4, 2187),
        (13, 2011),
    ];
    let day = |(rows, gap)| [vec![12 * 3600], vec![gap; rows]].concat();
    days.into_iter().flat_map(day).collect()
}

/// Three days, each with rows of one second.
fn bursts() -> Vec<i64> {
    let day = |rows| [vec![24 * 3600], vec![0; rows]].concat();
    [6, 10, 4].into_iter().flat_map(day).collect()
}

fn refused() -> Fault {
    Fault::Html { status: 400 }
}

fn examples() -> Vec<(&'static str, Case)> {
    use UnknownCursor::{BadRequest, EmptyPage, FirstPage};

    let empty = || Fault::EmptyPage {
        has_more: true,
        cursor: EmptyCursor::None,
    };
    let unknown = || Fault::LastId {
        is: WrongId::Unknown,
    };
    let fifth_undated = || Fault::Member {
        rows: Selection::from(5),
        pointer: "/created_at".to_owned(),
        becomes: MemberChange::Absent,
    };
    let over_reports = |mut case: Case| {
        case.server.over_reports = true;
        with_statuses(case, ["completed", "failed"])
    };
    let with_ids = |mut case: Case, of| {
        case.server.ids = Some(of);
        case
    };
    let encoded = |case| with_ids(case, IdsOf::Both);
    let encoded_pages = |case| with_ids(case, IdsOf::Page);
    let in_windows = |case: Case| Case { workers: 3, ..case };
    let pages = |rows, script| case(vec![1; rows], 5, script);
    vec![
        (
            "a list left behind a page that came oldest first goes on behind its oldest row",
            on(
                over_reports(pages(24, vec![(4..=5, refused())])),
                Order::ReversedPages,
                BadRequest,
            ),
        ),
        (
            "a list left behind a page that came oldest first goes on behind an unreadable row",
            on(
                pages(12, vec![(2..=2, fifth_undated()), (3..=4, refused())]),
                Order::ReversedPages,
                BadRequest,
            ),
        ),
        (
            "a page of rows that all came is no place to go on from",
            on(
                case(
                    [vec![0, 0, 7200], vec![0; 6], vec![1], vec![0; 7]].concat(),
                    4,
                    vec![(5..=5, Fault::StickyCursor), (6..=8, refused())],
                ),
                Order::ReversedPages,
                BadRequest,
            ),
        ),
        (
            "an empty page behind a cursor that the server forgot is not the end",
            on(
                case(
                    vec![0; 15],
                    5,
                    vec![(1..=1, Fault::AppearAtHead { rows: 2 }), (3..=3, refused())],
                ),
                Order::TwoRuns,
                EmptyPage,
            ),
        ),
        (
            "a list that goes on by time has the newer rows behind older ones",
            on(
                case(vec![2000; 9], 5, vec![(2..=2, Fault::RefuseCursor)]),
                Order::TwoRuns,
                BadRequest,
            ),
        ),
        (
            "a list without order that the server begins anew is not gone through twice",
            on(
                case(
                    [vec![0; 6], vec![7200], vec![0; 10]].concat(),
                    9,
                    vec![
                        (1..=2, Fault::AppearAtHead { rows: 2 }),
                        (3..=4, Fault::StickyCursor),
                        (5..=6, refused()),
                    ],
                ),
                Order::NewestFirst,
                UnknownCursor::FirstPage,
            ),
        ),
        (
            "an empty first page with a cursor of nobody's is not the end",
            on(
                pages(9, vec![(1..=2, empty()), (1..=2, unknown())]),
                Order::NewestFirst,
                EmptyPage,
            ),
        ),
        (
            "an empty page behind a wrong cursor is not the end of a list without order",
            on(
                encoded_pages(pages(34, vec![(6..=6, unknown())])),
                Order::TwoRuns,
                EmptyPage,
            ),
        ),
        (
            "pages that overlap, of rows with encoded ids",
            on(
                encoded(pages(20, vec![(2..=3, Fault::OverlapRows { rows: 2 })])),
                Order::NewestFirst,
                EmptyPage,
            ),
        ),
        (
            "the last window has a page that says that more follows, and hides what does",
            on(
                in_windows(with_statuses(
                    case(
                        office_hours(),
                        5,
                        vec![(5..=6, Fault::HasMore { says: Some(true) })],
                    ),
                    ["completed", "in_progress"],
                )),
                Order::TwoRuns,
                BadRequest,
            ),
        ),
        (
            "the last window has a page of which the last row is that of the list",
            on(
                in_windows(case(vec![2000; 200], 10, Vec::new())),
                Order::SomeLast { every: 50 },
                BadRequest,
            ),
        ),
        (
            "a window of one row goes on by time",
            on(
                in_windows(case(
                    [vec![7; 6], vec![1; 8]].concat(),
                    3,
                    vec![
                        (1..=1, Fault::ExpireAtTail { rows: 6 }),
                        (3..=5, Fault::Html { status: 404 }),
                    ],
                )),
                Order::SomeLast { every: 3 },
                BadRequest,
            ),
        ),
        (
            "a window whose cursor leads to the start of the list goes on",
            Case {
                workers: 2,
                ..case(bursts(), 3, vec![(6..=7, Fault::StickyCursor)])
            },
        ),
        (
            "a window whose cursor is refused goes on",
            Case {
                workers: 2,
                files: Some(vec![2, 4]),
                ..case(
                    [vec![20 * 24 * 3600], vec![1; 37]].concat(),
                    4,
                    vec![(4..=5, Fault::RefuseCursor)],
                )
            },
        ),
        (
            "a list whose last page has a `last_id` of nobody's does not come twice",
            on(
                over_reports(pages(90, vec![(12..=12, unknown())])),
                Order::NewestFirst,
                FirstPage,
            ),
        ),
        (
            "a window whose last page has a `last_id` of nobody's ends",
            Case {
                workers: 4,
                ..on(
                    case(vec![13_091; 12], 3, vec![(3..=3, unknown())]),
                    Order::NewestFirst,
                    FirstPage,
                )
            },
        ),
        (
            "a row of the second in which an earlier run ended comes late",
            on(
                case(
                    vec![0, 1, 0, 3600, 0, 0],
                    2,
                    vec![
                        (3..=5, Fault::RefuseCursor),
                        (7..=7, Fault::HasMore { says: Some(true) }),
                        (8..=9, refused()),
                    ],
                ),
                Order::SomeLast { every: 3 },
                BadRequest,
            ),
        ),
    ]
}

#[tokio::test]
async fn what_once_lost_rows_in_silence_does_not_again() {
    let histogram = Histogram::default();
    let mut wrong = Vec::new();
    for (name, case) in examples() {
        let result = check(&case, &histogram).await;
        wrong.extend(result.err().map(|error| format!("{name}: {error}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
