//! `qwen-batches watch`

mod board;
mod jsonl;
mod lines;
mod live;
mod pace;
mod table;

use std::collections::BTreeSet;
use std::future::pending;
use std::io;
use std::time::Duration;

use jiff::Timestamp;
use qwen_batches::{Batch, BatchFilter, Client, Poll, UnreadableRow, WatchBatches, WatchEvent};
use qwen_batches_sandbox::{Clock, Sandbox, SandboxBuilder, generate_lifecycles};
use tokio::time::{Instant, sleep_until};

use crate::args::{Target, Until, WatchArgs, WatchFormat};
use crate::clock;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::mask;
use crate::named;
use crate::screen::Resizes;
use crate::streams::Streams;
use crate::terminal;
use crate::waiting::Waiting;
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
    let note = args.filters.note(start, target.dialect);
    note.iter().for_each(|note| streams.note(note));
    let connection = Connection::open_to(target, sandbox(start)).await?;
    let named = named_batches(args, target, &connection.client, start, streams).await?;
    let mut changes = request(args, target, &connection.client, start, &named).events();
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
            Ok(change) if is_of_another(&change, &named) => continue,
            Ok(mut change) => {
                mask::event(&mut change, &connection.client);
                change
            }
            Err(failure) => break End::Failed(failure),
        };
        view.report(&change, streams)?;
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
            // Others of the same time may be under way still.
            if !named.is_empty() && board.len() == named.len() && board.unfinished() == 0 {
                break End::Done;
            }
        }
    };
    view.finish(&board, &connection, streams)?;
    end.verdict(&board, args, target, streams)
}

/// A sandbox whose batches move on.
fn sandbox(start: Timestamp) -> SandboxBuilder {
    let now = start.as_second();
    Sandbox::builder()
        .now(now)
        .lifecycles(generate_lifecycles(SANDBOX_BATCHES, 0, now))
        .clock(SANDBOX_CLOCK)
}

/// The batches that are named by their ids.
async fn named_batches(
    args: &WatchArgs,
    target: &Target,
    client: &Client,
    now: Timestamp,
    streams: &mut Streams<'_>,
) -> Result<Vec<Batch>, Failure> {
    if args.ids.is_empty() {
        return Ok(Vec::new());
    }
    let list = client.list_batches(args.filters.at(now));
    let mut waiting = Waiting::start(&streams.screen);
    named::find(&args.ids, list, target.dialect, &mut waiting, streams.err).await
}

/// Whether only some batches are watched, and this is of none of them.
fn is_of_another(change: &WatchEvent, named: &[Batch]) -> bool {
    let is_named = |batch: &Batch| named.iter().any(|named| named.id == batch.id);
    !named.is_empty() && change.batch().is_some_and(|batch| !is_named(batch))
}

/// The filter, and of batches that are named the times between which they were created: so a poll
/// reads no more than it takes.
fn filter(args: &WatchArgs, now: Timestamp, named: &[Batch]) -> BatchFilter {
    let filter = args.filters.at(now);
    let times = named.iter().map(|batch| batch.created_at);
    let (Some(first), Some(last)) = (times.clone().min(), times.max()) else {
        return filter;
    };
    let instant = |seconds| Timestamp::from_second(seconds).ok();
    match (instant(first), last.checked_add(1).and_then(instant)) {
        (Some(first), Some(end)) => filter.created_after(first).created_before(end),
        _ => filter,
    }
}

fn request(
    args: &WatchArgs,
    target: &Target,
    client: &Client,
    now: Timestamp,
    named: &[Batch],
) -> WatchBatches {
    // Who says nothing of what is meant does not mean all that were done in 30 days.
    let is_open = named.is_empty() && !args.filters.any();
    let watch = client.watch(filter(args, now, named));
    let mut watch = watch.skip_finished(is_open);
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
                streams.note(&note);
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
    fn report(&self, change: &WatchEvent, streams: &mut Streams<'_>) -> Result<(), Failure> {
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
