//! The pictures of a page: shapes in units of their own, which the page stretches to its width.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use qwen_batches::{Batch, BatchExt as _};

use super::tables::scrolling;
use crate::batch::{OUTCOMES, name};
use crate::summary::timeline::{Bar, DAY, DAYS, Span, WIDTH, bars};
use crate::terminal::escape;
use crate::words::count;

/// How high a timeline is to be, and a lane of it at least and at most, in pixels.
const HEIGHT: usize = 480;
const LANE: (usize, usize) = (2, 12);
/// How many days apart dates are written.
const DATES: i64 = 5;

/// A bar for each batch, each a link to the row of its place among `batches`.
pub(super) fn timeline(batches: &[Batch], now: Timestamp) -> Markup {
    let spans = batches.iter().map(|batch| Span {
        start: batch.created_at,
        end: match batch.is_terminal() {
            true => batch.ended().map(Timestamp::as_second),
            false => Some(now.as_second()),
        },
    });
    let (bars, lanes) = bars(spans, now.as_second());
    let lanes = lanes.max(1);
    let height = lanes * (HEIGHT / lanes).clamp(LANE.0, LANE.1);
    let days = midnights(now);
    let left = batches.len() - bars.len();
    let title = format!("Timeline: a bar for each of {}", count(bars.len(), "batch"));
    html! {
        div.scroll role="region" aria-label="Timeline" tabindex="0" {
            div.wide {
                svg role="img" aria-label=(title) viewBox={ "0 0 " (WIDTH) " " (lanes) }
                    preserveAspectRatio="none" style={ "height:" (height) "px" } {
                    @for (place, _) in &days {
                        path.grid d={ "M" (place) " 0h2v" (lanes) "h-2z" } {}
                    }
                    @for outcome in OUTCOMES {
                        g class=(outcome) {
                            @for bar in &bars {
                                @let batch = &batches[bar.of];
                                @if batch.outcome().name() == outcome { (link(bar, batch)) }
                            }
                        }
                    }
                }
                div.axis aria-hidden="true" {
                    @for (place, date) in days.iter().step_by(DATES as usize) {
                        span style={ "left:" (place * 100 / WIDTH) "%" } { (date) }
                    }
                }
            }
        }
        @if left > 0 {
            p { (count(left, "batch")) " had ended before the first of these days, and have no bar." }
        }
    }
}

/// Nobody goes through thousands of bars with the keyboard: there is the table.
fn link(bar: &Bar, batch: &Batch) -> Markup {
    let Bar {
        of,
        left,
        width,
        lane,
    } = bar;
    let title = match name(batch) {
        "" => &batch.id,
        name => name,
    };
    html! {
        a href={ "#b" (of) } tabindex="-1" {
            path d={ "M" (left) " " (lane) "h" (width) "v.8h-" (width) "z" } {
                title { (escape(title)) }
            }
        }
    }
}

/// The midnights (UTC) of the timeline: where they stand, and their dates.
fn midnights(now: Timestamp) -> Vec<(i64, String)> {
    let midnight = now.as_second().rem_euclid(86_400) * DAY / 86_400;
    let days = (0..DAYS).map(|ago| {
        let place = WIDTH - midnight - ago * DAY;
        (place, date(now, ago))
    });
    let mut days: Vec<_> = days.filter(|(place, _)| *place >= 0).collect();
    days.reverse();
    days
}

/// The date so many days ago, as `Mar 7`.
fn date(now: Timestamp, ago: i64) -> String {
    let time = now.checked_sub(SignedDuration::from_hours(24 * ago));
    let date = TimeZone::UTC.to_datetime(time.unwrap_or(now)).date();
    date.strftime("%b %-d").to_string()
}

/// How many batches were created on each day, by outcome: a picture, and its table.
pub(super) fn days(batches: &[Batch], now: Timestamp) -> Markup {
    let days = by_day(batches, now);
    let sums: Vec<u64> = days.iter().map(|counts| counts.iter().sum()).collect();
    let most = sums.iter().max().copied().unwrap_or(0).max(1);
    let met: Vec<usize> = (0..OUTCOMES.len())
        .filter(|outcome| days.iter().any(|counts| counts[*outcome] > 0))
        .collect();
    let title = format!("Batches a day, at most {most}; a table follows");
    let dates = |place: usize| date(now, DAYS - place as i64);
    html! {
        div.scroll role="region" aria-label="Batches a day" tabindex="0" {
            div.wide {
                svg.days role="img" aria-label=(title)
                    viewBox={ "0 0 " (days.len()) " " (most) } preserveAspectRatio="none" {
                    @for outcome in &met {
                        g class=(OUTCOMES[*outcome]) {
                            @for (place, counts) in days.iter().enumerate() {
                                @let below: u64 = counts[..*outcome].iter().sum();
                                @let part = counts[*outcome];
                                @if part > 0 {
                                    path d={
                                        "M" (place) " " (most - below) "h.8v-" (part) "h-.8z"
                                    } {}
                                }
                            }
                        }
                    }
                }
                div.axis aria-hidden="true" {
                    @for place in (0..days.len()).step_by(DATES as usize) {
                        span style={ "left:" (place * 100 / days.len()) "%" } { (dates(place)) }
                    }
                }
            }
        }
        details {
            summary { "As a table" }
            (scrolling("Batches a day", html! {
                table {
                    thead {
                        tr {
                            th scope="col" { "DAY (UTC)" }
                            th scope="col" { "ALL" }
                            @for outcome in &met {
                                th scope="col" { (super::label(OUTCOMES[*outcome])) }
                            }
                        }
                    }
                    tbody {
                        @for (place, counts) in days.iter().enumerate() {
                            tr {
                                th scope="row" { (dates(place)) }
                                td { (sums[place]) }
                                @for outcome in &met { td { (counts[*outcome]) } }
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// How many batches of which outcome were created on each day (UTC) from that of 30 days ago to
/// today.
fn by_day(batches: &[Batch], now: Timestamp) -> Vec<[u64; OUTCOMES.len()]> {
    let mut days = vec![[0; OUTCOMES.len()]; DAYS as usize + 1];
    let today = now.as_second().div_euclid(86_400);
    for batch in batches {
        let ago = today.saturating_sub(batch.created_at.div_euclid(86_400));
        let place = usize::try_from(DAYS - ago.max(0));
        let outcome = batch.outcome();
        let outcome = OUTCOMES.iter().position(|it| *it == outcome.name());
        if let (Ok(place), Some(outcome)) = (place, outcome)
            && let Some(counts) = days.get_mut(place)
        {
            counts[outcome] += 1;
        }
    }
    days
}
