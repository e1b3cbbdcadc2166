//! Lists in windows on virtual time: a call takes a round, and nothing else takes any.
//!
//! It runs all that decides on calls and pages; the service, its pagers and the clock are made up.
//! Responses arrive one at a time, in the order of their calls, so that the calls that the first one
//! of a round gives rise to are made without those that come with it.

use std::collections::HashMap;

use qwen_batches_api::types::Batch;

use super::scheduler::Call;
use super::windows::{Request, Windows};
use crate::pagination::pager::FetchedPage;
use crate::types::checkpoint::Next;
use crate::types::page::Page;
use crate::types::row_id::RowId;

const NOW: i64 = 1_775_001_600;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// So many ages in seconds, evenly from one to another.
fn spread(rows: usize, from: i64, to: i64) -> impl Iterator<Item = i64> {
    (0..rows as i64).map(move |n| from + (to - from) * n / rows as i64)
}

/// Ages of rows in seconds, newest first.
fn ages(shape: &str, rows: usize) -> Vec<i64> {
    let (few, half) = (rows / 10, rows / 2);
    let crowded =
        |hour: i64| spread(few, 60, 29 * DAY).chain(spread(rows - few, hour, hour + HOUR));
    let days = |n: i64| spread(rows / 25, n * DAY + 6 * HOUR, n * DAY + 15 * HOUR);
    let apart = |seconds: i64| spread(rows, 60, 60 + rows as i64 * seconds);
    let period = DAY.min(29 * DAY * 200 / rows as i64);
    let mut ages: Vec<i64> = match shape {
        "even over 29 days" => spread(rows, 60, 29 * DAY).collect(),
        "even, 1 s apart" => apart(1).collect(),
        "even, 5 s apart" => apart(5).collect(),
        "even, 25 s apart" => apart(25).collect(),
        "nine in ten in the newest hour" => crowded(60).collect(),
        "nine in ten in an hour three weeks ago" => crowded(21 * DAY).collect(),
        "office hours of 25 days" => (0..25).flat_map(days).collect(),
        "two clusters" => spread(half, 60, DAY)
            .chain(spread(rows - half, 21 * DAY, 22 * DAY))
            .collect(),
        "bursts of 200 in one second" => (0..rows as i64).map(|n| 60 + n / 200 * period).collect(),
        _ => unreachable!("{shape}"),
    };
    ages.sort_unstable();
    ages
}

/// A list as its service has it, newest first.
struct Service {
    rows: Vec<Batch>,
    ids: Vec<RowId>,
    page_size: usize,
    /// Whether `create_before` includes its second.
    inclusive: bool,
    /// One row in so many matches the filter, which the service ignores.
    one_in: usize,
}

impl Service {
    fn new(ages: &[i64]) -> Self {
        let row = |(n, age): (usize, &i64)| {
            let row = qwen_batches_sandbox::row(format!("batch_{n}")).created_at(NOW - age);
            serde_json::from_value(row.build()).expect("a batch")
        };
        let rows: Vec<Batch> = ages.iter().enumerate().map(row).collect();
        Self {
            ids: rows.iter().map(RowId::of).collect(),
            rows,
            page_size: 100,
            inclusive: true,
            one_in: 1,
        }
    }

    /// Where the list of what was created before a second begins.
    fn place(&self, start: i64) -> usize {
        let bound = start + i64::from(self.inclusive);
        self.ids.partition_point(|row| row.created_at >= bound)
    }

    /// The page from a place on, of a window with this start.
    fn page(&self, from: usize, start: Option<i64>) -> FetchedPage {
        let to = (from + self.page_size).min(self.ids.len());
        let is_own = |row: &RowId| start.is_none_or(|start| row.created_at < start);
        let kept = (from..to).filter(|&n| n % self.one_in == 0 && is_own(&self.ids[n]));
        let kept: Vec<usize> = kept.collect();
        // The end of a window is looked for once more, without its bound.
        let is_first = start.is_some_and(|start| from == self.place(start)) && from < to;
        let ends_window = is_first && to == self.ids.len();
        let has_more = to < self.ids.len() || ends_window;
        let page = Page {
            rows: kept.iter().map(|&n| self.rows[n].clone()).collect(),
            has_more,
            ..Page::empty()
        };
        let rows = kept.iter().map(|&n| self.ids[n].clone()).collect();
        let end = match has_more {
            true => Next::GoesOn,
            false => Next::ListEnds,
        };
        FetchedPage {
            ends_window,
            ..FetchedPage::of_window(page, rows, self.ids[from..to].into(), end)
        }
    }

    /// The calls that one page after another takes.
    fn calls_alone(&self, cap: usize) -> usize {
        let rows = self.ids.len().min(cap.saturating_mul(self.one_in));
        rows.div_ceil(self.page_size).max(1)
    }

    /// The rows to be given.
    fn expected(&self, cap: usize) -> Vec<RowId> {
        let rows = self.ids.iter().step_by(self.one_in);
        rows.take(cap).cloned().collect()
    }
}

/// What a list came to.
struct Outcome {
    rounds: usize,
    /// How many rounds it took to the last row.
    rounds_to_last: usize,
    calls: usize,
    rows: Vec<RowId>,
}

/// A call under way: when and as which one it comes back, its window, the place and the start.
type UnderWay = (usize, usize, Option<(u64, usize, Option<i64>)>);

/// Lists all rows; `duration` says how long each call takes.
fn list(
    service: &Service,
    workers: usize,
    cap: Option<usize>,
    mut duration: impl FnMut() -> usize,
) -> Outcome {
    let mut windows = Windows::new(Request {
        page_size: service.page_size as u32,
        workers,
        max_items: cap.map(|cap| cap as u64),
        given: 0,
        oldest_listed: Some(NOW - 30 * DAY),
        zone_is_known: true,
    });
    let mut outcome = Outcome {
        rounds: 0,
        rounds_to_last: 0,
        calls: 0,
        rows: Vec::new(),
    };
    let mut places = HashMap::from([(0, (0, None))]);
    let mut under_way: Vec<UnderWay> = Vec::new();
    loop {
        let next = windows.take();
        if !windows.is_done() {
            under_way.retain(|(_, _, of_window)| of_window.is_none_or(|(it, ..)| windows.has(it)));
            while let Some(call) = windows.next_call() {
                let window = match call {
                    Call::Next { window } => Some(window),
                    Call::Open { window, start } => {
                        places.insert(window, (service.place(start), Some(start)));
                        Some(window)
                    }
                    Call::FindZone { .. } => None,
                };
                outcome.calls += 1;
                let of_window = window.map(|it| (it, places[&it].0, places[&it].1));
                under_way.push((outcome.rounds + duration(), outcome.calls, of_window));
                assert!(under_way.len() <= workers);
            }
        }
        match next {
            Some(page) => {
                let rows = page.expect("a page").rows;
                if !rows.is_empty() {
                    outcome.rounds_to_last = outcome.rounds;
                }
                outcome.rows.extend_from_slice(&rows);
            }
            None if windows.is_done() => return outcome,
            None => {
                under_way.sort_unstable_by_key(|&(round, call, _)| (round, call));
                let (round, _, of_window) = under_way.remove(0);
                outcome.rounds = round;
                let Some((window, from, start)) = of_window else {
                    windows.receive_zone(1, Ok(()));
                    continue;
                };
                let page = service.page(from, start);
                places.insert(window, (from + page.sent.len(), start));
                windows.receive(window, Some(Ok(page)));
            }
        }
        if windows.is_done() {
            return outcome;
        }
    }
}

/// Of each shape of 3 000 rows, how many rounds to the last row and how many calls eight workers may
/// take; one page after another takes 30. The end of the list may take a round more.
const SHAPES: [(&str, usize, usize); 9] = [
    ("even over 29 days", 5, 36),
    ("even, 1 s apart", 6, 37),
    ("even, 5 s apart", 6, 37),
    ("even, 25 s apart", 6, 37),
    ("nine in ten in the newest hour", 6, 39),
    ("nine in ten in an hour three weeks ago", 8, 45),
    ("office hours of 25 days", 8, 45),
    ("two clusters", 7, 45),
    ("bursts of 200 in one second", 10, 51),
];

#[test]
fn a_list_takes_few_rounds_whatever_its_shape() {
    let mut report = String::new();
    let mut missed = false;
    for (shape, rounds, calls) in SHAPES {
        let service = Service::new(&ages(shape, 3000));
        let found = list(&service, 8, None, || 1);
        assert!(found.rows == service.expected(usize::MAX), "{shape}");
        let verdict =
            found.rounds_to_last <= rounds && found.rounds <= rounds + 1 && found.calls <= calls;
        missed |= !verdict;
        let figures = format!(
            "{} rounds of {rounds}, {} calls of {calls}",
            found.rounds_to_last, found.calls
        );
        report += &format!("{shape}: {figures}\n");
    }
    eprint!("{report}");
    assert!(!missed, "{report}");
}

#[test]
fn a_list_takes_no_more_than_twice_the_calls_and_a_round_longer_than_alone() {
    let shapes = SHAPES.iter().map(|(shape, ..)| shape);
    for (shape, rows) in shapes.flat_map(|shape| [300, 3000, 10_000].map(|rows| (shape, rows))) {
        let mut service = Service::new(&ages(shape, rows));
        // With and without a filter, which the service ignores.
        for (inclusive, one_in) in [(true, 1), (false, 1), (true, 3)] {
            (service.inclusive, service.one_in) = (inclusive, one_in);
            for workers in [2, 8, 32] {
                for cap in [None, Some(250), Some(rows / 2)] {
                    let found = list(&service, workers, cap, || 1);
                    let case = format!(
                        "{shape}, {rows} rows, {workers} workers, {cap:?}, {inclusive}, {one_in}"
                    );
                    let most = cap.unwrap_or(usize::MAX);
                    assert!(found.rows == service.expected(most), "{case}");
                    let alone = service.calls_alone(most);
                    assert!(
                        found.calls <= 2 * alone,
                        "{case}: {} calls, {alone} alone",
                        found.calls
                    );
                    assert!(
                        found.rounds <= alone + 1,
                        "{case}: {} rounds, {alone} alone",
                        found.rounds
                    );
                }
            }
        }
    }
}

/// Stretches of rows that are equally far from one another, and calls that take longer or shorter.
#[test]
fn any_list_is_whole_and_takes_few_calls() {
    let mut random = fastrand::Rng::with_seed(1);
    let (cases, mut exceeded) = (2000, 0);
    for case in 0..cases {
        let mut ages = vec![60];
        for _ in 0..random.usize(1..7) {
            let gap = random.choice([0, 1, 7, 60, HOUR, 20_000, 100_000]);
            let rows = random.usize(1..60);
            let last = ages[ages.len() - 1];
            ages.extend((1..=rows as i64).map(|n| last + n * gap.unwrap_or(0)));
        }
        ages.retain(|&age| age < 30 * DAY);
        let mut service = Service::new(&ages);
        service.page_size = random.usize(1..=10);
        service.inclusive = random.bool();
        service.one_in = random.choice([1, 1, 1, 3]).unwrap_or(1);
        let workers = random.usize(2..=32);
        let cap = random.bool().then(|| random.usize(1..=100));
        let most = cap.unwrap_or(usize::MAX);
        let found = list(&service, workers, cap, || random.usize(1..5));
        assert!(found.rows == service.expected(most), "case {case}");
        // The first page may have been trusted.
        let alone = service.calls_alone(most);
        assert!(
            found.calls <= 2 * alone + workers,
            "case {case}: {} calls, {alone} alone",
            found.calls
        );
        exceeded += usize::from(found.calls > 2 * alone);
    }
    assert!(
        exceeded <= cases / 100,
        "{exceeded} took more than twice the calls"
    );
}
