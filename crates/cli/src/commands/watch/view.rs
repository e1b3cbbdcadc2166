//! How the changes of a watch are shown.

use std::future::pending;
use std::io;
use std::time::Duration;

use qwen_batches::WatchEvent;
use tokio::time::Instant;

use super::board::{self, Board};
use super::live::{self, Live};
use super::{jsonl, lines};
use crate::args::WatchFormat;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::screen::Resizes;
use crate::streams::Streams;
use crate::terminal;

/// How often a live table is drawn anew, for ages and for the time until the next poll.
const FRAME: Duration = Duration::from_secs(1);

/// How changes are shown.
pub(super) enum View {
    Live(Live, Resizes),
    Lines,
    Jsonl,
}

impl View {
    /// The output of a command that runs meanwhile would end up among the lines of a table.
    pub(super) fn new(
        format: WatchFormat,
        runs_command: bool,
        streams: &Streams<'_>,
    ) -> io::Result<Self> {
        Ok(match format {
            WatchFormat::Table if streams.screen.is_live && !runs_command => {
                Self::Live(Live::new(streams.screen.color), Resizes::listen()?)
            }
            WatchFormat::Table | WatchFormat::Lines => Self::Lines,
            WatchFormat::Jsonl => Self::Jsonl,
        })
    }

    /// Whether changes are shown only when the table is drawn.
    pub(super) fn is_live(&self) -> bool {
        matches!(self, Self::Live(..))
    }

    /// When the table is to be drawn at the latest, if there is one.
    pub(super) fn next_frame(&self) -> Option<Instant> {
        match self {
            Self::Live(live, _) => Some(live.drawn_at() + FRAME),
            Self::Lines | Self::Jsonl => None,
        }
    }

    pub(super) async fn resized(&mut self) {
        match self {
            Self::Live(_, resizes) => resizes.next().await,
            Self::Lines | Self::Jsonl => pending().await,
        }
    }

    /// Reports a change, where each has its line.
    pub(super) fn report(
        &self,
        change: &WatchEvent,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        match self {
            Self::Live(..) => {}
            Self::Lines => match change {
                WatchEvent::PollFailed(poll) => {
                    terminal::line(
                        streams.err,
                        &format!("warning: {}", board::failed_poll(poll)),
                    );
                }
                _ => lines::write(change, streams.out)?,
            },
            Self::Jsonl => jsonl::write(change, streams.out)?,
        }
        Ok(())
    }

    /// Writes a warning to stderr; above the table, if there is one.
    pub(super) fn warn(&self, warning: &str, streams: &mut Streams<'_>) {
        live::erase();
        terminal::line(streams.err, warning);
    }

    pub(super) fn draw(
        &mut self,
        board: &Board,
        connection: &Connection,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        if let Self::Live(live, _) = self {
            live.draw(board, connection.now()?, streams.out)?;
        }
        Ok(())
    }

    pub(super) fn finish(
        &mut self,
        board: &Board,
        connection: &Connection,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        if let Self::Live(live, _) = self {
            live.finish(board, connection.now()?, streams.out)?;
        }
        Ok(())
    }
}
