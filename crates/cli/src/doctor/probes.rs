//! The probes, a row of the table for each. To add one, write its function in a file of this folder
//! and add its row.

mod filters;
mod headers;
mod invalid_values;
mod lists;
mod rows;
mod times;

use futures::future::LocalBoxFuture;

use super::examination::Examination;
use super::finding::Findings;
use super::question::Question;

/// One thing to find out.
struct Probe {
    check: &'static str,
    /// What the contract says; where it is silent, what the sandbox does.
    expected: &'static str,
    run: Run,
}

/// How it is found out.
enum Run {
    /// By calls of its own.
    Ask(for<'a> fn(&'a mut Examination) -> LocalBoxFuture<'a, Findings>),
    /// From the responses to other probes.
    Look(fn(&mut Examination) -> Findings),
    /// By what becomes of a value that makes no sense.
    InvalidValue((&'static str, &'static str), Question),
}

/// Runs all probes.
pub(super) async fn run(examination: &mut Examination) {
    for probe in &PROBES {
        let findings = match &probe.run {
            Run::Ask(ask) => ask(examination).await,
            Run::Look(look) => look(examination),
            Run::InvalidValue(query, question) => {
                invalid_values::run(examination, *query, *question).await
            }
        };
        examination.add(probe.check, probe.expected, findings);
    }
}

const fn ask(
    check: &'static str,
    expected: &'static str,
    ask: for<'a> fn(&'a mut Examination) -> LocalBoxFuture<'a, Findings>,
) -> Probe {
    Probe {
        check,
        expected,
        run: Run::Ask(ask),
    }
}

const fn look(
    check: &'static str,
    expected: &'static str,
    look: fn(&mut Examination) -> Findings,
) -> Probe {
    Probe {
        check,
        expected,
        run: Run::Look(look),
    }
}

const fn invalid(
    check: &'static str,
    query: (&'static str, &'static str),
    question: Question,
) -> Probe {
    Probe {
        check,
        expected: "status 400",
        run: Run::InvalidValue(query, question),
    }
}

/// In this order; those that look come after those that ask.
const PROBES: [Probe; 27] = [
    ask("filter by input file", "applied", |it| {
        Box::pin(filters::input_file(it))
    }),
    ask("filter by name", "applied", |it| {
        Box::pin(filters::name(it))
    }),
    ask("filter by status", "applied", |it| {
        Box::pin(filters::status(it))
    }),
    look(
        "empty page",
        "data null, ids null, has_more false",
        lists::empty_page,
    ),
    look("order", "newest first", lists::order),
    ask("page behind a cursor", "starts with the next batch", |it| {
        Box::pin(lists::cursor(it))
    }),
    ask("zone of the time filters", "UTC+8", |it| {
        Box::pin(times::zone(it))
    }),
    ask("bounds of the time filters", "both included", |it| {
        Box::pin(times::bounds(it))
    }),
    ask("has_more before the last page", "true", |it| {
        Box::pin(lists::more_to_come(it))
    }),
    ask("has_more on a last page", "false", |it| {
        Box::pin(lists::last_page(it))
    }),
    ask("case of ds_name", "distinguished", |it| {
        Box::pin(filters::name_case(it))
    }),
    invalid("limit of 0", ("limit", "0"), Question::Limit),
    invalid("limit of 101", ("limit", "101"), Question::Limit),
    invalid(
        "unknown status",
        ("status", "no_such_status"),
        Question::Status,
    ),
    invalid(
        "unknown cursor",
        ("after", "batch_00000000-0000-4000-8000-000000000000"),
        Question::Cursor,
    ),
    invalid(
        "malformed time",
        ("create_after", "2025-03-04"),
        Question::Time,
    ),
    look(
        "bodies of errors",
        "compatible shape",
        invalid_values::bodies,
    ),
    look(
        "first_id and last_id",
        "those of the page's rows",
        lists::page_ids,
    ),
    look("rows of a page", "each once", lists::repeats),
    look("statuses", "the eight known ones", rows::statuses),
    look("expires_at", "never set", rows::due_time),
    look("unset times", "null, not 0", rows::unset_times),
    look("unit of times", "seconds", rows::milliseconds),
    look(
        "output of nothing but failures",
        "output_file_id null",
        rows::no_results,
    ),
    look("content type", "application/json", headers::content_type),
    look("x-request-id", "on every response", headers::request_id),
    look("headers of a rate limit", "none", headers::rate_limit),
];
