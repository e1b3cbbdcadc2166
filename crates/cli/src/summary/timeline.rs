//! Where the bars of a timeline stand: the last 30 days from left to right, and as many lanes as it
//! takes for no two bars to overlap.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// So many units are a day: six minutes are one.
pub(super) const DAY: i64 = 240;
/// How many days there are.
pub(super) const DAYS: i64 = 30;
/// All of them.
pub(super) const WIDTH: i64 = DAYS * DAY;
const SECONDS: i64 = 86_400 / DAY;
/// How wide a bar is at least, so that it can be seen.
const LEAST: i64 = 12;

/// From when to when a batch was under way, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: i64,
    /// None if it is not known.
    pub(super) end: Option<i64>,
}

/// The bar of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    /// Of which span it is, counted from 0.
    pub(super) of: usize,
    pub(super) left: i64,
    pub(super) width: i64,
    /// Counted from 0.
    pub(super) lane: usize,
}

/// The bars of all spans that touch the 30 days before `now`, the earliest first, and the number of
/// lanes.
pub(super) fn bars(spans: impl Iterator<Item = Span>, now: i64) -> (Vec<Bar>, usize) {
    let mut bars: Vec<Bar> = spans
        .enumerate()
        .filter_map(|(of, span)| {
            let (left, width) = place(span, now)?;
            Some(Bar {
                of,
                left,
                width,
                lane: 0,
            })
        })
        .collect();
    bars.sort_by_key(|bar| (bar.left, Reverse(bar.width), Reverse(bar.of)));
    // Where each lane ends; the one that ended first takes the next bar, if it can.
    let mut lanes = BinaryHeap::<Reverse<(i64, usize)>>::new();
    for bar in &mut bars {
        bar.lane = lanes.len();
        if let Some(Reverse((end, lane))) = lanes.peek().copied()
            && end <= bar.left
        {
            lanes.pop();
            bar.lane = lane;
        }
        lanes.push(Reverse((bar.left + bar.width, bar.lane)));
    }
    (bars, lanes.len())
}

/// Left end and width of a bar; none if its span was over before the first day.
fn place(span: Span, now: i64) -> Option<(i64, i64)> {
    let first = now.saturating_sub(DAYS * 86_400);
    let unit = |time: i64| time.saturating_sub(first).div_euclid(SECONDS);
    let left = unit(span.start);
    let right = span.end.map_or(left, unit).min(WIDTH);
    if left.max(right) < 0 {
        return None;
    }
    let left = left.clamp(0, WIDTH - LEAST);
    Some((left, (right - left).max(LEAST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_741_305_600;

    fn span(start: i64, end: Option<i64>) -> Span {
        Span { start, end }
    }

    #[test]
    fn places() {
        let day = 86_400;
        for (start, end, expected) in [
            (-day, Some(0), Some((29 * DAY, DAY))),
            (-day, None, Some((29 * DAY, LEAST))),
            (-day, Some(-day + 1), Some((29 * DAY, LEAST))),
            (-40 * day, Some(-29 * day), Some((0, DAY))),
            (-40 * day, Some(-31 * day), None),
            (-40 * day, None, None),
            (-60, Some(0), Some((WIDTH - LEAST, LEAST))),
            // A clock that is ahead.
            (day, Some(2 * day), Some((WIDTH - LEAST, LEAST))),
            (-day, Some(day), Some((29 * DAY, DAY))),
            // An end before the start.
            (-day, Some(-2 * day), Some((29 * DAY, LEAST))),
        ] {
            let span = span(NOW + start, end.map(|end| NOW + end));
            assert_eq!(place(span, NOW), expected, "{start} {end:?}");
        }
        for (start, end) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (i64::MIN, 0)] {
            for now in [i64::MIN, 0, i64::MAX] {
                let place = place(span(start, Some(end)), now);
                assert!(place.is_none_or(|(left, width)| left >= 0 && left + width <= WIDTH));
            }
        }
    }

    #[test]
    fn bars_of_a_lane_do_not_overlap() {
        let spans = (0..2_000).map(|n| {
            let start = NOW - (n * 7_919) % (31 * 86_400);
            span(start, Some(start + (n * 104_729) % 200_000))
        });
        let (bars, lanes) = bars(spans, NOW);
        let mut ends = vec![0; lanes];
        for bar in &bars {
            assert!(ends[bar.lane] <= bar.left, "{bar:?}");
            ends[bar.lane] = bar.left + bar.width;
        }
        assert!(ends.iter().all(|end| *end > 0), "no lane is empty");
        let mut at_once = 0;
        for bar in &bars {
            let crossing = |it: &&Bar| it.left <= bar.left && bar.left < it.left + it.width;
            at_once = at_once.max(bars.iter().filter(crossing).count());
        }
        assert_eq!(lanes, at_once, "no more lanes than it takes");
    }
}
