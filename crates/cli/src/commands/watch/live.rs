//! A table that is drawn anew in its place.
//!
//! No mode of the terminal is changed, not even the cursor is hidden: behind each frame it stands at
//! the start of a line of its own. So there is nothing to restore, whatever ends the process. When
//! the terminal is resized, nobody knows where the lines have gone: the screen is cleared.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::time::Instant;

use super::board::Board;
use super::table;
use crate::screen;
use crate::style::{self, paint};
use crate::terminal::fit;

/// What is on the screen. There is one, which the log writes to, too, and so there is one of these.
static SHOWN: Mutex<Option<Shown>> = Mutex::new(None);

/// So many lines, drawn when the terminal had this size.
#[derive(Clone, Copy, Debug)]
struct Shown {
    lines: usize,
    size: (usize, usize),
}

#[derive(Debug)]
pub(super) struct Live {
    color: bool,
    drawn_at: Instant,
}

impl Live {
    pub(super) fn new(color: bool) -> Self {
        Self {
            color,
            drawn_at: Instant::now(),
        }
    }

    /// When the last frame was drawn.
    pub(super) fn drawn_at(&self) -> Instant {
        self.drawn_at
    }

    /// Draws a frame in the place of the last one.
    pub(super) fn draw(
        &mut self,
        board: &Board,
        now: Timestamp,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let size = screen::size();
        let (columns, rows) = size;
        // A line that fills its terminal may be wrapped, and the cursor needs a line, too.
        let columns = columns.saturating_sub(1);
        let room = rows.saturating_sub(1);
        let mut notes = vec![fit(&board.progress(), columns)];
        if let Some(error) = board.error() {
            let error = fit(&format!("error: {error:#}"), columns);
            notes.insert(0, paint(error.trim_end(), style::BAD, self.color));
        }
        notes.drain(..notes.len().saturating_sub(room));
        let mut lines = table::lines(board, now, columns, room - notes.len(), self.color);
        lines.extend(notes);
        self.show(&lines, size, out)
    }

    /// Draws the table for the last time, whole.
    pub(super) fn finish(
        &mut self,
        board: &Board,
        now: Timestamp,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let size = screen::size();
        let columns = size.0.saturating_sub(1);
        let lines = table::lines(board, now, columns, usize::MAX, self.color);
        self.show(&lines, size, out)?;
        *shown() = None;
        Ok(())
    }

    fn show(
        &mut self,
        lines: &[String],
        size: (usize, usize),
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut shown = shown();
        let mut frame = shown.map_or_else(String::new, |shown| shown.back(size));
        for line in lines {
            frame.push_str(line.trim_end());
            frame.push_str("\u{1b}[K\r\n");
        }
        frame.push_str("\u{1b}[J");
        *shown = Some(Shown {
            lines: lines.len(),
            size,
        });
        self.drawn_at = Instant::now();
        out.write_all(frame.as_bytes())?;
        out.flush()
    }
}

/// Takes the table off the screen, if there is one, for a line that comes to stand above it.
pub(crate) fn erase() {
    let mut shown = shown();
    let mut err = io::stderr().lock();
    if let Some(lines) = shown.filter(|_| err.is_terminal()) {
        let erase = format!("{}\u{1b}[J", lines.back(screen::size()));
        let _ = err.write_all(erase.as_bytes()).and_then(|()| err.flush());
        *shown = None;
    }
}

impl Shown {
    /// Leads from behind the lines to the start of the first.
    fn back(self, size: (usize, usize)) -> String {
        match self.lines {
            _ if self.size != size => "\u{1b}[H\u{1b}[2J".to_owned(),
            0 => "\r".to_owned(),
            lines => format!("\r\u{1b}[{lines}A"),
        }
    }
}

fn shown() -> MutexGuard<'static, Option<Shown>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}
