//! A summary as one page for a browser. It needs nothing from anywhere: no script, no font, no
//! picture but those inside it.

mod pictures;
mod tables;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::totals::Summary;
use super::triage::Need;
use crate::batch::OUTCOMES;
use crate::output::Column;
use crate::words::count;

const STYLE: &str = include_str!("html/page.css");

/// What a browser is to refuse, should a name ever come through as more than text.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// More rows than these are folded away.
const OPEN: usize = 300;

/// The columns of the table of all batches.
const ALL: [Column; 7] = [
    Column::Outcome,
    Column::Name,
    Column::Id,
    Column::CreatedAt,
    Column::EndedAt,
    Column::Requests,
    Column::Reason,
];

/// The page, without an end of line.
pub(super) fn page(summary: &Summary) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                // Else a browser asks the server of the page for one.
                link rel="icon" href="data:,";
                title { "Batches" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (headline(summary))
                    (attention(summary))
                    (timeline(summary))
                    (days(summary))
                    (failures(summary))
                    (all(summary))
                }
            }
        }
    };
    markup.into_string()
}

fn headline(summary: &Summary) -> Markup {
    let urgent = match summary.triage.urgent() {
        0 => "nothing needs attention".to_owned(),
        1 => "1 needs attention".to_owned(),
        urgent => format!("{urgent} need attention"),
    };
    let at = summary.now.strftime("%Y-%m-%d %H:%M UTC");
    html! {
        h1 { "Batches" }
        p {
            (count(summary.batches, "batch")) ", " strong { (urgent) } ". As of " (at)
            ", for the last 30 days. All times are UTC."
        }
        @if summary.unreadable > 0 {
            p.bad { (count(summary.unreadable, "row")) " could not be read and are left out." }
        }
        ul.legend {
            @for (name, count) in OUTCOMES.iter().zip(summary.outcomes) {
                @if count > 0 {
                    li { span class={ "key " (name) } {} (label(name)) " " strong { (count) } }
                }
            }
        }
    }
}

fn attention(summary: &Summary) -> Markup {
    html! {
        section #attention {
            h2 { "What needs attention" }
            @for need in Need::ALL {
                @let batches = summary.triage.of(need);
                @if !batches.is_empty() {
                    h3 { (need.title()) ": " (batches.len()) }
                    p { (need.what_to_do()) }
                    (tables::some(need, batches))
                }
            }
            @if Need::ALL.iter().all(|need| summary.triage.of(*need).is_empty()) {
                p { "Nothing." }
            }
        }
    }
}

fn timeline(summary: &Summary) -> Markup {
    let batches = summary.pictured.as_deref().unwrap_or_default();
    html! {
        section #timeline {
            h2 { "The last 30 days" }
            p { "A bar for each batch, from its creation to its end. A click leads to its row below." }
            (pictures::timeline(batches, summary.now))
        }
    }
}

fn days(summary: &Summary) -> Markup {
    let batches = summary.pictured.as_deref().unwrap_or_default();
    html! {
        section #days {
            h2 { "Batches a day" }
            (pictures::days(batches, summary.now))
        }
    }
}

fn failures(summary: &Summary) -> Markup {
    let codes = summary.triage.validation_errors.by_code();
    html! {
        section #failures {
            h2 { "Failures by code" }
            @if codes.is_empty() {
                p { "None." }
            } @else {
                (tables::codes(&codes))
            }
        }
    }
}

fn all(summary: &Summary) -> Markup {
    let batches = summary.pictured.as_deref().unwrap_or_default();
    html! {
        section #batches {
            h2 { "All batches" }
            details open[batches.len() <= OPEN] {
                summary { (count(batches.len(), "batch")) ", newest first" }
                (tables::scrolling("All batches", tables::rows(&ALL, batches, true)))
            }
        }
    }
}

/// A name as people write it.
fn label(name: &str) -> String {
    name.replace('_', " ")
}
