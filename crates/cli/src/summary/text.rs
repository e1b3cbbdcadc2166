//! A summary as tables for people.

use std::io::{self, Write};

use qwen_batches::{Batch, BatchError};

use super::totals::Summary;
use super::triage::Need;
use super::validation_errors::what_to_do;
use crate::batch::{OUTCOMES, describe};
use crate::layout::{Cell, Column as Place, Layout};
use crate::output::{Column, RenderOptions};
use crate::style::{self, paint};
use crate::terminal::escape;
use crate::words::count;

/// How many batches of a kind are named.
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
const DONE: [Column; 5] = [
    Column::Status,
    Column::EndedAt,
    Column::Requests,
    Column::Name,
    Column::Id,
];

/// What is shown of a batch with results to be fetched.
const PAID_FOR: [Column; 6] = [
    Column::Status,
    Column::EndedAt,
    Column::Requests,
    Column::Name,
    Column::Id,
    Column::OutputFileId,
];

/// Writes what needs somebody, then the totals. Returns the columns for which there was no room.
pub(super) fn write(
    summary: &Summary,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<Vec<String>> {
    let mut text = Text {
        options,
        out,
        hidden: Vec::new(),
    };
    text.headline(summary)?;
    for need in Need::ALL {
        text.need(summary, need)?;
    }
    text.totals(summary)?;
    text.requests(summary)?;
    Ok(text.hidden)
}

struct Text<'a> {
    options: &'a RenderOptions,
    out: &'a mut dyn Write,
    /// The columns for which there was no room.
    hidden: Vec<String>,
}

impl Text<'_> {
    fn headline(&mut self, summary: &Summary) -> io::Result<()> {
        let all = count(summary.batches, "batch");
        let (text, style) = match summary.triage.urgent() {
            0 => (format!("Nothing needs attention: {all}"), style::HEADER),
            urgent => (format!("Needs attention: {urgent} of {all}"), style::BAD),
        };
        let color = self.options.screen.color;
        writeln!(self.out, "{}", paint(&text, style, color))
    }

    fn need(&mut self, summary: &Summary, need: Need) -> io::Result<()> {
        let batches = summary.triage.of(need);
        if batches.is_empty() {
            return Ok(());
        }
        self.title(&format!("{}: {}", need.title(), batches.len()))?;
        self.prose(need.what_to_do())?;
        match need {
            Need::PaidFor => self.batches(&PAID_FOR, batches),
            Need::AllFailed => self.batches(&DONE, batches),
            Need::Refused => self.validation_errors(summary),
            Need::Overdue | Need::Stuck | Need::DueSoon => self.batches(&RUNNING, batches),
        }
    }

    fn batches(&mut self, columns: &[Column], batches: &[Batch]) -> io::Result<()> {
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

    fn validation_errors(&mut self, summary: &Summary) -> io::Result<()> {
        let codes = summary.triage.validation_errors.by_code();
        let columns = vec![
            place("CODE", 20, None),
            place("ERRORS", 0, None),
            place("BATCHES", 0, None),
            // Cut where the terminal ends, as the last column.
            place("EXAMPLE", 0, None),
        ];
        let rows = codes.iter().take(NAMED).map(|(code, it)| {
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
        self.more(codes.len())?;
        for (code, _) in codes.iter().take(NAMED) {
            let name = escape(code.unwrap_or("-"));
            self.prose(&format!("{name}: {}", what_to_do(*code)))?;
        }
        Ok(())
    }

    fn totals(&mut self, summary: &Summary) -> io::Result<()> {
        self.title("Totals")?;
        let outcomes = OUTCOMES.iter().zip(summary.outcomes);
        let met = outcomes.filter(|(_, count)| *count > 0);
        let mut rows: Vec<Vec<Cell>> = met.map(|(name, count)| row(name, count)).collect();
        rows.push(row("all", summary.batches));
        if summary.unreadable > 0 {
            rows.push(row("unreadable", summary.unreadable));
        }
        let columns = vec![
            place("OUTCOME", "succeeded_in_part".len(), None),
            place("BATCHES", 0, None),
        ];
        self.table(columns, rows)?;
        writeln!(self.out)?;
        let met = summary.statuses.iter().filter(|(_, count)| *count > 0);
        let rows = met.map(|(status, count)| {
            let status = Cell {
                text: status.to_string(),
                style: style::of_status(status),
            };
            vec![status, Cell::plain(count.to_string())]
        });
        let rows: Vec<Vec<Cell>> = rows.collect();
        if rows.is_empty() {
            return Ok(());
        }
        let columns = vec![
            place("STATUS", "succeeded_in_part".len(), Some(6)),
            place("BATCHES", 0, None),
        ];
        self.table(columns, rows)?;
        writeln!(self.out)
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
        self.table(columns, vec![row])?;
        if requests.unknown > 0 {
            let batches = count(requests.unknown, "batch");
            self.prose(&format!(
                "without the counts of {batches}, which are not known"
            ))?;
        }
        Ok(())
    }

    fn title(&mut self, title: &str) -> io::Result<()> {
        let color = self.options.screen.color;
        writeln!(self.out, "\n{}", paint(title, style::HEADER, color))
    }

    /// A sentence, in lines that a terminal need not wrap.
    fn prose(&mut self, text: &str) -> io::Result<()> {
        let width = self.options.screen.width.unwrap_or(usize::MAX);
        let mut line = String::new();
        for word in text.split(' ') {
            let is_full = line.chars().count() + 1 + word.chars().count() > width;
            if !line.is_empty() && is_full {
                writeln!(self.out, "{line}")?;
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        writeln!(self.out, "{line}")
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

fn row(name: &str, count: u64) -> Vec<Cell> {
    vec![Cell::plain(name), Cell::plain(count.to_string())]
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

/// An error of a batch in words.
fn example(batch: &Batch, error: Option<&BatchError>) -> String {
    let why = error.map_or_else(|| "no reason given".to_owned(), without_code);
    format!("{}: {why}", batch.id)
}

/// An error of which the code stands in a column of its own.
fn without_code(error: &BatchError) -> String {
    let mut error = error.clone();
    error.code = None;
    describe(&error)
}
