//! A summary, for people and for programs.

use std::io::{self, Write};

use clap::ValueEnum;
use jiff::Timestamp;
use qwen_batches::{Batch, BatchError, BatchExt as _};
use serde_json::{Map, Value, json};

use super::totals::{Failures, Summary};
use crate::batch::name;
use crate::layout::{Cell, Column as Place, Layout};
use crate::output::{Column, RenderOptions};
use crate::style::{self, paint};
use crate::terminal::escape_json;
use crate::words::count;

/// How many batches of a kind a table names.
const NAMED: usize = 10;

/// What is shown of a batch that is not done: above all when it should be.
const RUNNING: [Column; 6] = [
    Column::Status,
    Column::DueAt,
    Column::CreatedAt,
    Column::Requests,
    Column::Name,
    Column::Id,
];

/// What is shown of a batch that is done.
const DONE: [Column; 6] = [
    Column::Status,
    Column::EndedAt,
    Column::CreatedAt,
    Column::Requests,
    Column::Name,
    Column::Id,
];

/// How a summary is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    // Columns for people; no more than 10 batches of a kind are named
    #[default]
    Table,
    // One JSON object; times in RFC 3339, UTC
    Json,
}

/// Writes `summary` to `out`.
///
/// Returns the columns for which there was no room.
pub(crate) fn write(
    summary: &Summary,
    format: Format,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<Vec<String>> {
    let mut hidden = Vec::new();
    match format {
        Format::Table => {
            let mut table = Table {
                options,
                out,
                hidden: Vec::new(),
            };
            table.write(summary)?;
            hidden = table.hidden;
        }
        Format::Json => {
            writeln!(out, "{}", escape_json(format!("{:#}", object(summary))))?;
        }
    }
    out.flush()?;
    Ok(hidden)
}

struct Table<'a> {
    options: &'a RenderOptions,
    out: &'a mut dyn Write,
    /// The columns for which there was no room.
    hidden: Vec<String>,
}

impl Table<'_> {
    fn write(&mut self, summary: &Summary) -> io::Result<()> {
        self.statuses(summary)?;
        self.requests(summary)?;
        let oldest = summary.oldest_running.as_slice();
        self.title("Oldest running", oldest.is_empty().then_some(0))?;
        self.batches(&RUNNING, oldest)?;
        for (title, columns, batches) in [
            ("Due within a day", &RUNNING, &summary.due_soon),
            ("Overdue", &RUNNING, &summary.overdue),
            (
                "Completed with every request failed",
                &DONE,
                &summary.all_failed,
            ),
        ] {
            self.title(title, Some(batches.len()))?;
            self.batches(columns, batches)?;
        }
        self.failures(&summary.failures())
    }

    fn statuses(&mut self, summary: &Summary) -> io::Result<()> {
        let columns = vec![
            place("STATUS", "in_progress".len(), Some(6)),
            place("BATCHES", 0, None),
        ];
        let rows = summary.statuses.iter().map(|(status, count)| {
            let status = Cell {
                text: status.to_string(),
                style: style::of_status(status),
            };
            vec![status, Cell::plain(count.to_string())]
        });
        let mut rows: Vec<Vec<Cell>> = rows.collect();
        let mut add = |text: &str, count: u64, style| {
            let text = text.to_owned();
            rows.push(vec![Cell { text, style }, Cell::plain(count.to_string())]);
        };
        add("all", summary.batches, style::PLAIN);
        if summary.unreadable > 0 {
            add("unreadable", summary.unreadable, style::BAD);
        }
        self.table(columns, rows)
    }

    fn requests(&mut self, summary: &Summary) -> io::Result<()> {
        let requests = &summary.requests;
        // Rounded down: where one failed, it is not 100%.
        let percent = |rate: f64| format!("{:.1}%", (rate * 1000.0).floor() / 10.0);
        let success = requests.success_rate().map_or("-".to_owned(), percent);
        let columns = vec![
            place("REQUESTS", 9, None),
            place("COMPLETED", 9, None),
            place("FAILED", 9, None),
            place("SUCCESS RATE", 0, None),
        ];
        let numbers = [requests.total, requests.completed, requests.failed];
        let number = |n: i64| match requests.is_known() {
            true => n.to_string(),
            false => "-".to_owned(),
        };
        let mut row: Vec<Cell> = numbers.map(|n| Cell::plain(number(n))).into();
        row.push(Cell::plain(success));
        writeln!(self.out)?;
        self.table(columns, vec![row])?;
        if requests.unknown > 0 {
            let batches = count(requests.unknown, "batch");
            writeln!(
                self.out,
                "without the counts of {batches}, which are not known"
            )?;
        }
        Ok(())
    }

    fn batches(&mut self, columns: &[Column], batches: &[Batch]) -> io::Result<()> {
        if batches.is_empty() {
            return Ok(());
        }
        let times = &self.options.times;
        let places = columns.iter().map(|column| {
            let mut place = column.place(times);
            if matches!(column, Column::DueAt | Column::EndedAt) {
                place.rank = 0;
            }
            place
        });
        let places = places.collect();
        let cells = |batch| columns.iter().map(|it| it.cell(batch, times)).collect();
        let rows = batches.iter().take(NAMED).map(cells).collect();
        self.table(places, rows)?;
        self.more(batches.len())
    }

    fn failures(&mut self, failures: &[(Option<&str>, &Failures)]) -> io::Result<()> {
        self.title("Errors by code", Some(failures.len()))?;
        if failures.is_empty() {
            return Ok(());
        }
        let columns = vec![
            place("CODE", 20, None),
            place("ERRORS", 0, None),
            place("BATCHES", 0, None),
            // Cut where the terminal ends, as the last column.
            place("EXAMPLE", 0, None),
        ];
        let rows = failures.iter().take(NAMED).map(|(code, it)| {
            let (batch, error) = &it.example;
            vec![
                Cell {
                    text: code.unwrap_or("-").to_owned(),
                    style: style::BAD,
                },
                Cell::plain(it.errors.to_string()),
                Cell::plain(it.batches.to_string()),
                Cell::plain(example(batch, error.as_ref())),
            ]
        });
        let rows = rows.collect();
        self.table(columns, rows)?;
        self.more(failures.len())
    }

    fn title(&mut self, title: &str, count: Option<usize>) -> io::Result<()> {
        let color = self.options.screen.color;
        let title = paint(title, style::HEADER, color);
        match count {
            None => writeln!(self.out, "\n{title}"),
            Some(0) => writeln!(self.out, "\n{title}: none"),
            Some(count) => writeln!(self.out, "\n{title}: {count}"),
        }
    }

    fn more(&mut self, count: usize) -> io::Result<()> {
        match count.checked_sub(NAMED) {
            Some(more @ 1..) => {
                writeln!(self.out, "and {more} more, which --output json names")
            }
            _ => Ok(()),
        }
    }

    fn table(&mut self, columns: Vec<Place>, rows: Vec<Vec<Cell>>) -> io::Result<()> {
        let screen = self.options.screen;
        let layout = match screen.width {
            Some(width) => Layout::fitted(columns, width, &rows, screen.color),
            None => Layout::fixed(columns, screen.color),
        };
        for title in layout.hidden() {
            if !self.hidden.iter().any(|known| known == title) {
                self.hidden.push(title.to_owned());
            }
        }
        writeln!(self.out, "{}", layout.header())?;
        for row in &rows {
            writeln!(self.out, "{}", layout.line(row))?;
        }
        Ok(())
    }
}

/// A column that stays.
fn place(title: &str, usual: usize, least: Option<usize>) -> Place {
    Place {
        title: title.to_owned(),
        usual: usual.max(title.len()),
        least,
        rank: 0,
    }
}

/// An error in words.
fn example(batch: &Batch, error: Option<&BatchError>) -> String {
    let Some(error) = error else {
        return format!("{}: no reason given", batch.id);
    };
    let mut text = batch.id.clone();
    if let Some(line) = error.line {
        text.push_str(&format!(", line {line}"));
    }
    if let Some(param) = &error.param {
        text.push_str(&format!(", {param}"));
    }
    if let Some(message) = &error.message {
        text.push_str(&format!(": {message}"));
    }
    text
}

fn object(summary: &Summary) -> Value {
    let statuses = summary.statuses.iter();
    let statuses = statuses.map(|(status, count)| (status.to_string(), json!(count)));
    let requests = &summary.requests;
    let failures = summary.failures().into_iter().map(|(code, it)| {
        let (batch, error) = &it.example;
        let error = error.as_ref();
        json!({
            "code": code,
            "errors": it.errors,
            "batches": it.batches,
            "example": {
                "batch": brief(batch),
                "line": error.and_then(|error| error.line),
                "param": error.and_then(|error| error.param.as_deref()),
                "message": error.and_then(|error| error.message.as_deref()),
            },
        })
    });
    json!({
        "at": summary.now.to_string(),
        "batches": summary.batches,
        "unreadable": summary.unreadable,
        "statuses": statuses.collect::<Map<_, _>>(),
        "requests": {
            "total": requests.is_known().then_some(requests.total),
            "completed": requests.is_known().then_some(requests.completed),
            "failed": requests.is_known().then_some(requests.failed),
            "batches_without_counts": requests.unknown,
            "success_rate": requests.success_rate(),
        },
        "oldest_running": summary.oldest_running.as_ref().map(brief),
        "due_within_a_day": summary.due_soon.iter().map(brief).collect::<Vec<_>>(),
        "overdue": summary.overdue.iter().map(brief).collect::<Vec<_>>(),
        "completed_with_every_request_failed":
            summary.all_failed.iter().map(brief).collect::<Vec<_>>(),
        "errors_by_code": failures.collect::<Vec<_>>(),
    })
}

/// What identifies a batch.
fn brief(batch: &Batch) -> Value {
    let text = |time: Option<Timestamp>| time.map(|time| time.to_string());
    let mut brief = json!({
        "id": batch.id,
        "name": Some(name(batch)).filter(|name| !name.is_empty()),
        "status": Some(batch.status.as_str()).filter(|status| !status.is_empty()),
        "created_at": text(batch.created()),
        "due_at": text(batch.due()),
    });
    if let Some(counts) = &batch.request_counts {
        brief["request_counts"] = json!(counts);
    }
    brief
}
