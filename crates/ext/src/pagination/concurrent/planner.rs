//! Where the next window is opened: spans, densities and budget in, a place out.

use super::call_budget::CallBudget;
use super::window::Density;

/// How many calls a new window should take at most.
const CALLS_PER_WINDOW: f64 = 3.0;

/// What must be left of the older window, in pages, for a new one to be worth its call.
const LEAST_REST: f64 = 0.7;

/// How many pages may lie between the last row seen and a new window, for each page seen in the
/// list and at least: batches need not go on as dense as they were.
const PAGES_AHEAD: (f64, f64) = (2.0, 2.0 * CALLS_PER_WINDOW);

/// How many pages may lie ahead, judging by the first page, for it to be trusted: if batches
/// are as dense as that in the whole interval, windows are opened for all workers at once. If the
/// list would be longer, the first page is rather from a crowded hour.
const TRUSTED_PAGES: f64 = 32.0;

/// How many pages there must be for each worker then.
const TRUSTED_PAGES_PER_WORKER: f64 = 2.0;

/// The windows of a list, newest first, and who works on them.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    pub(super) windows: Vec<Span>,
    /// How many rows are still to be fetched at most, where the list has a cap.
    pub(super) rows_left: Option<u64>,
    pub(super) workers: usize,
    pub(super) under_way: usize,
}

/// One window. Times are Unix seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// How far it has come; before its first page, where it starts.
    pub(super) position: i64,
    /// Where the next older one starts, or the list ends.
    pub(super) bound: i64,
    /// How its batches lie; none before its first page.
    pub(super) density: Option<Density>,
}

/// Where a window is worth its call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Opening {
    /// In the rest of this window.
    pub(super) behind: usize,
    /// In Unix seconds.
    pub(super) start: i64,
}

/// The part of a window that nobody has seen.
struct Gap {
    position: i64,
    bound: i64,
    density: Density,
    /// The last row seen before it.
    seen: i64,
}

impl Gap {
    fn pages(&self, page_size: f64) -> f64 {
        match self.position.saturating_sub(self.bound) {
            seconds @ 1.. => seconds as f64 / (self.density.seconds_per_row() * page_size),
            _ => 0.0,
        }
    }
}

/// The place nearest to the reader where a window is worth its call, if any is and the budget
/// allows it.
pub(super) fn next_window(spans: &Spans, budget: &CallBudget) -> Option<Opening> {
    let gaps = gaps(&spans.windows);
    let page_size = f64::from(budget.page_size);
    let mut total: f64 = gaps.iter().flatten().map(|gap| gap.pages(page_size)).sum();
    if let Some(rows) = spans.rows_left {
        total = total.min(rows as f64 / page_size);
    }
    let pages_seen = budget.rows as f64 / page_size;
    let trusted = TRUSTED_PAGES_PER_WORKER * spans.workers as f64..=TRUSTED_PAGES;
    let is_trusted = pages_seen <= 1.0 && trusted.contains(&total);
    if !is_trusted && !budget.allows() {
        return None;
    }
    let ahead = match is_trusted {
        true => f64::INFINITY,
        false => (PAGES_AHEAD.0 * pages_seen).max(PAGES_AHEAD.1),
    };
    let width = width(spans, total, page_size);
    // A cap may be reached before the end of the interval.
    let mut reach = total;
    gaps.iter().enumerate().find_map(|(behind, gap)| {
        let gap = gap.as_ref()?;
        let pages = gap.pages(page_size);
        let reachable = pages.min(reach);
        reach -= pages;
        if reachable < width + LEAST_REST {
            return None;
        }
        let seconds_per_page = gap.density.seconds_per_row() * page_size;
        let seconds = (width * seconds_per_page).max(gap.density.least_step);
        let start = gap.position.checked_sub(seconds.ceil().max(1.0) as i64)?;
        let furthest = (ahead * seconds_per_page).ceil() + 1.0;
        let is_near = gap.seen.saturating_sub(start) as f64 <= furthest;
        (start > gap.bound && is_near).then_some(Opening { behind, start })
    })
}

/// What nobody has seen of each window. Where one has no page yet, batches are taken to lie as
/// before it; as long as nothing is known, there is no gap.
fn gaps(windows: &[Span]) -> Vec<Option<Gap>> {
    let mut known: Option<(Density, i64)> = None;
    let mut position = i64::MAX;
    let gaps = windows.iter().map(|span| {
        // A page may reach behind the start of the next window, and of the one behind that.
        position = position.min(span.position);
        if let Some(density) = span.density {
            let density = known.map_or(density, |(before, _)| density.behind(before));
            known = Some((density, span.position));
        }
        known.map(|(density, seen)| Gap {
            position,
            bound: span.bound,
            density,
            seen,
        })
    });
    gaps.collect()
}

/// How many pages a new window is to hold: somewhat less than full ones, as a window that spills
/// over takes one call more.
fn width(spans: &Spans, total: f64, page_size: f64) -> f64 {
    let calls = ((total - spans.under_way as f64) / spans.workers as f64).ceil();
    // A window goes on to a row of the next one: on tiny pages, that is a part that counts.
    let row = 1.0 / page_size;
    let least = (1.0 + 3.0 * row).floor().min(CALLS_PER_WINDOW);
    let calls = calls.clamp(least, CALLS_PER_WINDOW);
    (0.97 * calls - 0.02).min(calls - row)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows by their position, their bound, and the seconds of a page of 100 rows.
    fn opening(
        windows: &[(i64, i64, Option<f64>)],
        seen: u64,
        left: Option<u64>,
    ) -> Option<(usize, i64)> {
        let span = |&(position, bound, seconds): &(i64, i64, Option<f64>)| Span {
            position,
            bound,
            density: seconds.map(|seconds| Density {
                rows: 100.0,
                seconds,
                least_step: 0.0,
            }),
        };
        let spans = Spans {
            windows: windows.iter().map(span).collect(),
            rows_left: left,
            workers: 8,
            under_way: 1,
        };
        let budget = CallBudget {
            page_size: 100,
            calls: 2,
            rows: seen,
            goes_on: true,
            cap: None,
        };
        next_window(&spans, &budget).map(|it| (it.behind, it.start))
    }

    #[test]
    fn windows_are_opened_as_near_to_the_reader_as_they_are_worth_it() {
        let page = Some(1000.0);
        for (name, windows, left, expected) in [
            ("nothing is known", &[(100_000, 0, None)][..], None, None),
            (
                "a hundred pages",
                &[(100_000, 0, page)],
                None,
                Some((0, 97_110)),
            ),
            ("ten pages", &[(10_000, 0, page)], None, Some((0, 8080))),
            ("one page", &[(1000, 0, page)], None, None),
            ("a cap of a page", &[(100_000, 0, page)], Some(100), None),
            (
                "a cap of five",
                &[(100_000, 0, page)],
                Some(500),
                Some((0, 99_050)),
            ),
            (
                "the nearest is done",
                &[(90_000, 90_000, page), (90_000, 0, None)],
                None,
                Some((1, 87_110)),
            ),
            (
                "the nearest has gone further",
                &[(80_000, 90_000, page), (90_000, 0, None)],
                None,
                Some((1, 77_110)),
            ),
            (
                "all in one second",
                &[(100_000, 0, Some(0.0))],
                None,
                Some((0, 99_999)),
            ),
            (
                "one behind those",
                &[(100_000, 99_999, Some(0.0)), (99_999, 0, None)],
                None,
                None,
            ),
            (
                "two ahead",
                &[(100_000, 97_110, page), (97_110, 0, None)],
                None,
                Some((1, 94_220)),
            ),
            (
                "three ahead",
                &[
                    (100_000, 97_110, page),
                    (97_110, 94_220, None),
                    (94_220, 0, None),
                ],
                None,
                None,
            ),
            ("too crowded", &[(100_000, 99_999, Some(0.1))], None, None),
            (
                "the crowd has passed",
                &[(100_000, 99_000, Some(10.0)), (50_000, 0, page)],
                None,
                Some((0, 99_971)),
            ),
        ] {
            assert_eq!(opening(windows, 101, left), expected, "{name}");
        }
    }

    #[test]
    fn a_first_page_is_trusted_if_it_suggests_a_list_of_some_pages() {
        for (pages, trusted) in [(15, false), (16, true), (32, true), (33, false)] {
            // A third window ahead, as no untrusted page allows.
            let start = 1000 * pages;
            let windows = [
                (start, start - 2500, Some(1000.0)),
                (start - 2500, start - 5000, None),
                (start - 5000, 0, None),
            ];
            assert_eq!(
                opening(&windows, 100, None).is_some(),
                trusted,
                "{pages} pages"
            );
        }
    }
}
