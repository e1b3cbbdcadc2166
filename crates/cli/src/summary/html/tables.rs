//! The tables of a page.

use maud::{Markup, html};
use qwen_batches::{Batch, BatchExt as _};

use crate::batch::describe;
use crate::output::Column;
use crate::summary::triage::Need;
use crate::summary::validation_errors::{ErrorGroup, what_to_do};
use crate::terminal::escape;
use crate::times::Times;

/// How many batches that need somebody are shown at once, and how many when they are unfolded; all
/// are in the table of all batches.
const SHOWN: usize = 3;
const UNFOLDED: usize = 50;

/// A table that is moved sideways where it is wider than the screen, with the keyboard as well.
pub(super) fn scrolling(title: &str, table: Markup) -> Markup {
    html! {
        div.scroll role="region" aria-label=(title) tabindex="0" { (table) }
    }
}

/// The first batches that need somebody.
pub(super) fn some(need: Need, batches: &[Batch]) -> Markup {
    let last = match need {
        Need::PaidFor => Column::OutputFileId,
        Need::AllFailed => Column::ErrorFileId,
        Need::Refused => Column::Endpoint,
        Need::Overdue | Need::Stuck | Need::DueSoon => Column::DueAt,
    };
    let columns = [
        Column::Status,
        Column::Name,
        Column::Id,
        Column::CreatedAt,
        Column::Requests,
        last,
    ];
    let (shown, more) = batches.split_at(batches.len().min(SHOWN));
    let (unfolded, more) = more.split_at(more.len().min(UNFOLDED));
    html! {
        (scrolling(need.title(), rows(&columns, shown, false)))
        @if !unfolded.is_empty() {
            details {
                summary { (unfolded.len()) " more" }
                (scrolling(need.title(), rows(&columns, unfolded, false)))
            }
        }
        @if !more.is_empty() {
            p { "And " (more.len()) " more, which stand among all batches below." }
        }
    }
}

/// A row for each batch. What bars refer to has ids.
pub(super) fn rows(columns: &[Column], batches: &[Batch], has_ids: bool) -> Markup {
    let times = Times::Utc;
    html! {
        table {
            thead {
                tr { @for column in columns { th scope="col" { (column.place(&times).title) } } }
            }
            tbody {
                @for (n, batch) in batches.iter().enumerate() {
                    tr id=[has_ids.then(|| format!("b{n}"))] {
                        @for column in columns { (cell(*column, batch, &times)) }
                    }
                }
            }
        }
    }
}

fn cell(column: Column, batch: &Batch, times: &Times) -> Markup {
    let text = column.cell(batch, times).text;
    html! {
        @if column == Column::Outcome {
            td { span class={ "key " (batch.outcome().name()) } {} (super::label(&text)) }
        } @else {
            td { (escape(&text)) }
        }
    }
}

/// Why batches were refused, by code, with a bar for each.
pub(super) fn codes(codes: &[(Option<&str>, &ErrorGroup)]) -> Markup {
    let most = codes.iter().map(|(_, it)| it.batches).max().unwrap_or(1);
    let table = html! {
        table {
            thead {
                tr {
                    @for title in ["CODE", "BATCHES", "ERRORS", "EXAMPLE", "WHAT TO DO"] {
                        th scope="col" { (title) }
                    }
                }
            }
            tbody {
                @for (code, it) in codes {
                    @let (batch, error) = &it.example;
                    @let why = error.as_ref().map_or_else(String::new, describe);
                    tr {
                        td { (escape(code.unwrap_or("-"))) }
                        td { (bar(it.batches, most)) " " (it.batches) }
                        td { (it.errors) }
                        td.prose { (escape(&batch.id)) " " (escape(&why)) }
                        td.prose { (what_to_do(*code)) }
                    }
                }
            }
        }
    };
    scrolling("Failures by code", table)
}

fn bar(part: u64, most: u64) -> Markup {
    let width = u128::from(part) * 100 / u128::from(most.max(1));
    html! {
        svg.share viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" {
            path.refused d={ "M0 0h" (width) "v1h-" (width) "z" } {}
        }
    }
}
