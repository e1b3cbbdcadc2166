//! `qwen-batches watch`

mod board;
mod jsonl;
mod lines;
mod live;
mod table;

use std::collections::BTreeSet;
use std::future::pending;
use std::io;
use std::time::Duration;

use qwen_batches::{Client, Poll, UnreadableRow, WatchBatches, WatchEvent};
use qwen_batches_sandbox::{Clock, Sandbox, SandboxBuilder, generate_lifecycles};
use tokio::time::{Instant, sleep_until};

use crate::args::{Target, Until, WatchArgs, WatchFormat};
use crate::clock;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::mask;
use crate::screen::Resizes;
use crate::streams::Streams;
use crate::terminal;
use crate::words::count;
use board::Board;
use live::Live;

pub(crate) use live::erase;

/// How often a live table is drawn anew, for ages and for the time until the next poll.
const FRAME: Duration = Duration::from_secs(1);

/// The interval at which the sandbox is polled, in which an hour passes in a minute.
const SANDBOX_INTERVAL: Duration = Duration::from_secs(1);
const SANDBOX_BATCHES: usize = 12;
const SANDBOX_CLOCK: Clock = Clock::Fast { factor: 60 };

pub(super) async fn run(
    args: &WatchArgs,
    target: &Target,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let mut interrupt = Interrupt::listen();
    let start = clock::now()?;
    let connection = Connection::open_to(target, sandbox(start)).await?;
    let mut changes = request(args, target, &connection.client, start).events();
    let timeout = args.timeout.map(|span| Instant::now().checked_add(span));
    let mut view = View::new(args.output, streams)?;
    let mut board = Board::default();
    let mut warned = BTreeSet::new();

    let end = loop {
        let next_frame = view.next_frame();
        let event = tokio::select! {
            biased;
            exit = interrupt.came() => break End::Interrupted(exit),
            () = at(timeout.flatten()) => break End::TimedOut,
            change = changes.next() => match change {
                Some(change) => change.map_err(|error| Failure::of(&error, target.dialect)),
                None => break End::Done,
            },
            () = view.resized() => {
                view.draw(&board, &connection, streams)?;
                continue;
            }
            () = at(next_frame) => {
                view.draw(&board, &connection, streams)?;
                continue;
            }
        };
        let change = match event {
            Ok(mut change) => {
                mask::event(&mut change, &connection.client);
                change
            }
            Err(failure) => break End::Failed(failure),
        };
        view.report(&change, &connection, streams)?;
        let poll_has_ended = matches!(change, WatchEvent::Polled(_) | WatchEvent::PollFailed(_));
        if let WatchEvent::Polled(Poll { unreadable, .. }) = &change {
            for row in unreadable {
                if warned.insert((row.id.clone(), row.pointer.clone())) {
                    view.warn(&unreadable_row(row), streams);
                }
            }
        }
        board.take(change);
        if poll_has_ended {
            view.draw(&board, &connection, streams)?;
            if args.until == Until::AnyFailed && board.failed() > 0 {
                break End::Done;
            }
        }
    };
    view.finish(&board, &connection, streams)?;
    end.verdict(&board, args, target, streams)
}

/// A sandbox whose batches move on.
fn sandbox(start: jiff::Timestamp) -> SandboxBuilder {
    let now = start.as_second();
    Sandbox::builder()
        .now(now)
        .lifecycles(generate_lifecycles(SANDBOX_BATCHES, 0, now))
        .clock(SANDBOX_CLOCK)
}

fn request(
    args: &WatchArgs,
    target: &Target,
    client: &Client,
    now: jiff::Timestamp,
) -> WatchBatches {
    let filter = args.filters.at(now);
    // Who says nothing of what is meant does not mean all that were done in 30 days.
    let mut watch = client.watch(filter).skip_finished(!args.filters.any());
    if target.sandbox {
        watch = watch
            .interval(SANDBOX_INTERVAL)
            .max_interval(SANDBOX_INTERVAL);
    }
    if let Some(interval) = args.interval {
        watch = watch.interval(interval);
    }
    watch
}

/// Waits for an instant; for ever if there is none.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => pending().await,
    }
}

fn unreadable_row(row: &UnreadableRow) -> String {
    format!("warning: unreadable row: {row}")
}

/// Why a watch has ended.
enum End {
    /// All are done, or one has failed and that was what was waited for.
    Done,
    TimedOut,
    /// By a signal, which has this exit code.
    Interrupted(Exit),
    Failed(Failure),
}

impl End {
    /// What that means, for its user and for a script.
    fn verdict(
        self,
        board: &Board,
        args: &WatchArgs,
        target: &Target,
        streams: &mut Streams<'_>,
    ) -> Result<Exit, Failure> {
        let left = format!(
            "{} of {} not done",
            board.unfinished(),
            count(board.len(), "batch")
        );
        match self {
            Self::Failed(failure) => Err(failure),
            Self::Interrupted(exit) => Err(Failure::new(exit, format!("interrupted, with {left}"))),
            Self::TimedOut => {
                let seconds = args.timeout.unwrap_or_default().as_secs();
                let message = format!("timed out after {seconds}s, with {left}");
                Err(Failure::new(Exit::TimedOut, message))
            }
            Self::Done if board.failed() > 0 => {
                let message = format!(
                    "{} of {} did not succeed: {}",
                    board.failed(),
                    count(board.len(), "batch"),
                    board.failures()
                );
                Err(Failure::new(Exit::BatchFailed, message))
            }
            Self::Done if board.unreadable() > 0 => {
                let message = format!(
                    "{} could not be read; {} done",
                    count(board.unreadable(), "row"),
                    count(board.len(), "batch")
                );
                Err(Failure::new(Exit::Unreadable, message))
            }
            Self::Done => {
                let note = match (board.len(), args.filters.any()) {
                    (0, false) => "note: no batch is under way".to_owned(),
                    (0, true) => target.dialect.no_batches().to_owned(),
                    (batches, _) => format!("note: {} done", count(batches, "batch")),
                };
                terminal::line(streams.err, &note);
                Ok(Exit::Ok)
            }
        }
    }
}

/// How changes are shown.
enum View {
    Live(Live, Resizes),
    Lines,
    Jsonl,
}

impl View {
    fn new(format: WatchFormat, streams: &Streams<'_>) -> io::Result<Self> {
        Ok(match format {
            WatchFormat::Table if streams.screen.is_live => {
                Self::Live(Live::new(streams.screen.color), Resizes::listen()?)
            }
            WatchFormat::Table | WatchFormat::Lines => Self::Lines,
            WatchFormat::Jsonl => Self::Jsonl,
        })
    }

    /// When the table is to be drawn at the latest, if there is one.
    fn next_frame(&self) -> Option<Instant> {
        match self {
            Self::Live(live, _) => Some(live.drawn_at() + FRAME),
            Self::Lines | Self::Jsonl => None,
        }
    }

    async fn resized(&mut self) {
        match self {
            Self::Live(_, resizes) => resizes.next().await,
            Self::Lines | Self::Jsonl => pending().await,
        }
    }

    /// Reports a change, where each has its line.
    fn report(
        &self,
        change: &WatchEvent,
        connection: &Connection,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        let now = connection.now()?;
        match self {
            Self::Live(..) => {}
            Self::Lines => match change {
                WatchEvent::PollFailed(poll) => {
                    terminal::line(
                        streams.err,
                        &format!("warning: {}", board::failed_poll(poll)),
                    );
                }
                _ => lines::write(change, now, streams.out)?,
            },
            Self::Jsonl => jsonl::write(change, now, streams.out)?,
        }
        Ok(())
    }

    /// Writes a warning to stderr; above the table, if there is one.
    fn warn(&self, warning: &str, streams: &mut Streams<'_>) {
        live::erase();
        terminal::line(streams.err, warning);
    }

    fn draw(
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

    fn finish(
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
