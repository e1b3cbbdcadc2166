//! Where a command writes to.

use std::fmt;
use std::io::Write;

use crate::screen::Screen;
use crate::terminal;

/// Where a command writes to.
pub(crate) struct Streams<'a> {
    /// Data alone; flushed by the command whenever somebody may be waiting for it.
    pub(crate) out: &'a mut dyn Write,
    /// Everything else.
    pub(crate) err: &'a mut dyn Write,
    /// What the two of them are.
    pub(crate) screen: Screen,
    /// Whether notes are left out.
    pub(crate) quiet: bool,
}

impl Streams<'_> {
    /// Writes to stderr what is good to know and changes nothing.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.quiet {
            terminal::line(self.err, text);
        }
    }
}

impl fmt::Debug for Streams<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams").finish_non_exhaustive()
    }
}
