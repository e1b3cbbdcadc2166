//! `qwen-batches watch`

mod board;
mod deliveries;
mod end;
mod jsonl;
mod lines;
mod live;
mod on_change;
mod pace;
mod state;
mod table;
mod view;

use std::collections::BTreeSet;
use std::future::pending;
use std::time::Duration;

use jiff::Timestamp;
use qwen_batches::{
    BatchFilter, Client, Error, Poll, UnreadableRow, WatchBatches, WatchEvent, WatchEvents,
};
use qwen_batches_sandbox::{Clock, Sandbox, SandboxBuilder, generate_lifecycles};
use tokio::time::{Instant, sleep_until};

use crate::args::{Target, Until, WatchArgs};
use crate::clock;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::mask;
use crate::named;
use crate::results_command;
use crate::streams::Streams;
use crate::waiting::Waiting;
use board::Board;
use deliveries::Deliveries;
use end::End;
use on_change::OnChange;
use state::{Named, OpenedFile, Stored};
use view::View;

pub(crate) use live::erase;

/// The interval at which the sandbox is polled, in which an hour passes in a minute.
const SANDBOX_INTERVAL: Duration = Duration::from_secs(1);
const SANDBOX_BATCHES: usize = 12;
const SANDBOX_CLOCK: Clock = Clock::Fast { factor: 60 };

pub(super) async fn run(
    args: &WatchArgs,
    target: &Target,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let on_change = args.on_change.as_deref().map(OnChange::new).transpose()?;
    let file = match &args.state {
        Some(path) => Some(OpenedFile::open(path, &args.ids).await?),
        None => None,
    };
    let stored = file.as_ref().and_then(|file| file.stored.clone());
    let mut interrupt = Interrupt::listen();
    let start = match &stored {
        Some(stored) => stored.now,
        None => clock::now()?,
    };
    let note = args.filters.note(start, target.dialect);
    note.iter().for_each(|note| streams.note(note));
    let connection = Connection::open_to(target, || sandbox(start)).await?;
    let client = &connection.client;
    let named = match &stored {
        Some(stored) => stored.named.clone(),
        None => named_batches(args, target, client, start, streams).await?,
    };
    let mut watch = request(args, target, client, start, &named);
    let mut board = Board::default();
    let mut state = None;
    if let Some(file) = file {
        let new = || Stored {
            now: start,
            ids: args.ids.clone(),
            named: named.clone(),
            tracker: watch.tracker(),
        };
        let file = file.begin(stored.unwrap_or_else(new), client);
        let under_way = file.tracker().under_way().into_iter();
        board = Board::resume(under_way.filter(|batch| is_meant(&batch.id, &named)));
        watch = watch.resume(file.tracker().clone());
        state = Some(file);
    }
    let mut watching = Watching {
        args,
        target,
        start,
        connection,
        named,
        view: View::new(args.output, on_change.is_some(), streams)?,
        board,
        deliveries: Deliveries::new(on_change, state),
        warned: BTreeSet::new(),
    };
    let end = watching.follow(watch.events(), &mut interrupt, streams);
    let end = end.await.unwrap_or_else(End::Failed);
    watching.end(end, streams).await
}

/// A watch under way.
struct Watching<'a> {
    args: &'a WatchArgs,
    target: &'a Target,
    /// What ages count from.
    start: Timestamp,
    connection: Connection,
    named: Vec<Named>,
    view: View,
    board: Board,
    deliveries: Deliveries,
    /// Rows that cannot be read, each with the place of what is wrong: a warning was given of it.
    warned: BTreeSet<(Option<String>, String)>,
}

impl Watching<'_> {
    /// Follows the batches, and delivers what happens, until there is no more to deliver or it is to
    /// end.
    async fn follow(
        &mut self,
        mut changes: WatchEvents,
        interrupt: &mut Interrupt,
        streams: &mut Streams<'_>,
    ) -> Result<End, Failure> {
        let timeout = self.args.timeout;
        let timeout = timeout.and_then(|span| Instant::now().checked_add(span));
        let mut ended = None;
        loop {
            if !self.deliveries.has_work()
                && let Some(end) = ended.take()
            {
                return Ok(end);
            }
            let next_frame = self.view.next_frame();
            tokio::select! {
                biased;
                exit = interrupt.came() => return Ok(End::Interrupted(exit)),
                () = at(timeout) => return Ok(End::TimedOut),
                warning = self.deliveries.next() => {
                    let warning = warning?;
                    warning.iter().for_each(|warning| self.view.warn(warning, streams));
                }
                change = changes.next(), if ended.is_none() && self.deliveries.has_room() => {
                    ended = self.take(change, streams)?;
                }
                () = self.view.resized() => self.draw(streams)?,
                () = at(next_frame) => self.draw(streams)?,
            }
        }
    }

    /// Takes what the stream of events gives; gives why the watch ends with it, if it does.
    fn take(
        &mut self,
        change: Option<Result<WatchEvent, Error>>,
        streams: &mut Streams<'_>,
    ) -> Result<Option<End>, Failure> {
        let mut change = match change {
            None => return Ok(Some(End::Done)),
            Some(Err(error)) => {
                let failure = Failure::of(&error, self.target.dialect);
                return Ok(Some(End::Failed(failure)));
            }
            Some(Ok(change)) => change,
        };
        let batch = change.batch();
        if batch.is_some_and(|batch| !is_meant(&batch.id, &self.named)) {
            return Ok(None);
        }
        mask::event(&mut change, &self.connection.client);
        self.view.report(&change, streams)?;
        self.warn_of_rows(&change, streams);
        self.board.take(&change);
        let has_succeeded = matches!(change, WatchEvent::Polled(_));
        let poll_has_ended = has_succeeded || matches!(change, WatchEvent::PollFailed(_));
        let warning = self.deliveries.push(change);
        warning
            .iter()
            .for_each(|warning| self.view.warn(warning, streams));
        if poll_has_ended {
            self.draw(streams)?;
        }
        // What counts as reported has been printed.
        if poll_has_ended || !self.view.is_live() {
            self.deliveries.settle()?;
        }
        Ok((poll_has_ended && self.is_done(has_succeeded)).then_some(End::Done))
    }

    /// Whether this was the last poll that is wanted.
    fn is_done(&self, has_succeeded: bool) -> bool {
        // Others of the same time may be under way still.
        let is_over = |(id, _): &Named| self.board.is_over(id) || self.deliveries.is_done(id);
        match self.args.until {
            Until::AnyFailed if self.board.failed() > 0 => true,
            Until::Polled => has_succeeded,
            _ => !self.named.is_empty() && self.named.iter().all(is_over),
        }
    }

    fn warn_of_rows(&mut self, change: &WatchEvent, streams: &mut Streams<'_>) {
        let WatchEvent::Polled(Poll { unreadable, .. }) = change else {
            return;
        };
        for row in unreadable {
            if self.warned.insert((row.id.clone(), row.pointer.clone())) {
                self.view.warn(&unreadable_row(row), streams);
            }
        }
    }

    fn draw(&mut self, streams: &mut Streams<'_>) -> Result<(), Failure> {
        self.view.draw(&self.board, &self.connection, streams)
    }

    /// What the watch came to, in its output and as an exit code.
    async fn end(&mut self, end: End, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
        let closed = self.deliveries.close().await;
        self.view.finish(&self.board, &self.connection, streams)?;
        closed?;
        self.deliveries.settle()?;
        self.deliveries.store()?;
        let verdict = end.verdict(&self.board, self.args, self.target.dialect, streams);
        // Another command has another sandbox.
        if !self.target.sandbox {
            let batches = self.board.batches();
            let filters = &self.args.filters;
            let note = results_command::note_of(&batches, filters, self.start, self.target);
            note.iter().for_each(|note| streams.note(note));
        }
        self.deliveries.verdict(verdict)
    }
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
) -> Result<Vec<Named>, Failure> {
    if args.ids.is_empty() {
        return Ok(Vec::new());
    }
    let list = client.list_batches(args.filters.at(now));
    let mut waiting = Waiting::start(&streams.screen);
    let batches = named::find(&args.ids, list, target.dialect, &mut waiting, streams.err).await?;
    let named = batches
        .into_iter()
        .map(|batch| (batch.id, batch.created_at));
    Ok(named.collect())
}

/// Whether the batch with this id is watched: any is, unless some are named.
fn is_meant(id: &str, named: &[Named]) -> bool {
    named.is_empty() || named.iter().any(|(named, _)| named == id)
}

/// The filter, and of batches that are named the times between which they were created: so a poll
/// reads no more than it takes.
fn filter(args: &WatchArgs, now: Timestamp, named: &[Named]) -> BatchFilter {
    let filter = args.filters.at(now);
    let times = named.iter().map(|(_, created_at)| *created_at);
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
    named: &[Named],
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
