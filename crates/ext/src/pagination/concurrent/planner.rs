//! Where the next window is opened: spans, densities and workers in, a place out.

/// How many calls a new window should take at most.
const CALLS_PER_WINDOW: f64 = 3.0;

/// What must be left of the older window, in pages, for a new one to be worth its call.
const LEAST_REST: f64 = 0.5;

/// How many pages may lie ahead, judging by the first page, for it to be trusted: if batches
/// are as dense as that in the whole interval, windows are opened at once. If the list would be
/// longer, the first page is rather from a crowded hour, and windows are opened as pages come in.
const TRUSTED_PAGES: f64 = 32.0;

/// How many pages there must be for each worker then.
const TRUSTED_PAGES_PER_WORKER: f64 = 2.0;

/// The windows of a list, newest first, and who works on them.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    pub(super) windows: Vec<Span>,
    pub(super) page_size: u32,
    /// How many rows are still to be fetched at most, where the list has a cap.
    pub(super) rows_left: Option<u64>,
    pub(super) workers: usize,
    pub(super) under_way: usize,
}

/// One window. Times are Unix seconds.
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// How far it has come.
    pub(super) position: Option<i64>,
    /// Where the next older one starts, or the list ends.
    pub(super) bound: i64,
    pub(super) seconds_left: f64,
    /// How long it took to create as many batches as fit on a page; none before its first page.
    pub(super) seconds_per_page: Option<f64>,
}

/// Where a window is worth its call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Opening {
    /// In the rest of this window.
    pub(super) behind: usize,
    /// In Unix seconds. None where too little is left for a whole second.
    pub(super) start: Option<i64>,
    /// Whether the first page is evidence enough for windows to be opened before the time filters were
    /// seen to work.
    pub(super) first_page_can_be_trusted: bool,
}

/// The place nearest to the reader where a window is worth its call, if any is.
pub(super) fn next_window(spans: &Spans) -> Option<Opening> {
    let densities = densities(spans);
    let pages_left = spans.windows.iter().zip(&densities);
    let pages_left = pages_left.map(|(span, density)| span.seconds_left / density);
    let pages_left: Vec<f64> = pages_left.collect();
    let mut total: f64 = pages_left.iter().sum();
    if let Some(rows) = spans.rows_left {
        total = total.min(rows as f64 / f64::from(spans.page_size));
    }
    let width = width(spans, total);
    // A cap may be reached before the end of the interval.
    let mut reach = total;
    let behind = pages_left.iter().position(|&pages| {
        let is_worth_it = pages.min(reach) >= width + LEAST_REST;
        reach -= pages;
        is_worth_it
    })?;
    let seconds = (width * densities[behind]).ceil().max(1.0) as i64;
    let span = &spans.windows[behind];
    let start = span.position.and_then(|at| at.checked_sub(seconds));
    let trusted = TRUSTED_PAGES_PER_WORKER * spans.workers as f64..=TRUSTED_PAGES;
    Some(Opening {
        behind,
        start: start.filter(|&start| start > span.bound),
        first_page_can_be_trusted: trusted.contains(&total),
    })
}

/// The seconds of a page in each window. Where one has no page yet, batches are taken to be as
/// dense as before it; as long as nothing is known, as if there were none.
fn densities(spans: &Spans) -> Vec<f64> {
    let mut density = f64::INFINITY;
    let densities = spans.windows.iter().map(|span| {
        density = span.seconds_per_page.unwrap_or(density);
        density
    });
    densities.collect()
}

/// How many pages a new window is to hold: somewhat less than full ones, as a window that spills
/// over takes one call more.
fn width(spans: &Spans, total: f64) -> f64 {
    let calls = ((total - spans.under_way as f64) / spans.workers as f64).ceil();
    // A window goes on to a row of the next one: on tiny pages, that is a part that counts.
    let row = 1.0 / f64::from(spans.page_size);
    let least = (1.0 + 3.0 * row).floor().min(CALLS_PER_WINDOW);
    let calls = calls.clamp(least, CALLS_PER_WINDOW);
    (0.97 * calls - 0.02).min(calls - row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_opened_as_near_to_the_reader_as_they_are_worth_it() {
        // Of each window: its position, its bound, and the seconds of a page.
        let page = Some(100.0);
        for (name, windows, rows_left, under_way, expected) in [
            ("nothing is known", &[(1000, 0, None)][..], None, 0, None),
            (
                "ten pages",
                &[(1000, 0, page)],
                None,
                0,
                Some((0, Some(711))),
            ),
            ("one page", &[(1000, 900, page)], None, 0, None),
            ("a cap of a page", &[(1000, 0, page)], Some(100), 0, None),
            (
                "a cap of five",
                &[(1000, 0, page)],
                Some(500),
                0,
                Some((0, Some(808))),
            ),
            (
                "most is under way",
                &[(1000, 0, page)],
                None,
                8,
                Some((0, Some(905))),
            ),
            (
                "the nearest is done",
                &[(900, 900, page), (900, 0, None)],
                None,
                0,
                Some((1, Some(611))),
            ),
            (
                "crowded",
                &[(1000, 999, Some(0.1))],
                None,
                0,
                Some((0, None)),
            ),
        ] {
            let spans = Spans {
                windows: windows
                    .iter()
                    .map(|&(position, bound, seconds_per_page)| Span {
                        position: Some(position),
                        bound,
                        seconds_left: (position - bound) as f64,
                        seconds_per_page,
                    })
                    .collect(),
                page_size: 100,
                rows_left,
                workers: 3,
                under_way,
            };
            let opening = next_window(&spans).map(|it| (it.behind, it.start));
            assert_eq!(opening, expected, "{name}");
        }
    }
}
