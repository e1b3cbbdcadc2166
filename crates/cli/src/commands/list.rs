//! `qwen-batches list`

use qwen_batches::{Checkpoint, Client, Error, ErrorKind, ListBatches, Page, Pages};

use crate::args::{Cli, ListArgs};
use crate::checkpoint_file::{self, Stored};
use crate::clock;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::mask;
use crate::named;
use crate::output::{self, Format, RenderOptions};
use crate::resume_command::ResumeCommand;
use crate::streams::Streams;
use crate::terminal;
use crate::time_arg::TimeArg;
use crate::times::Times;
use crate::waiting::{Stopped, Waiting};
use crate::words::count;

pub(super) async fn run(
    args: &ListArgs,
    cli: &Cli,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let screen = streams.screen;
    let mut list = List::start(args, cli)?;
    let mut waiting = Waiting::start(&screen);
    let options = RenderOptions {
        columns: (!args.columns.is_empty()).then(|| args.columns.clone()),
        // Not the "now" of an earlier run.
        times: Times::new(args.times, &screen, clock::now()?)?,
        screen,
    };
    let connection = Connection::open(&cli.target).await?;
    if !args.ids.is_empty() {
        let request = list.request(&connection.client);
        return named(args, request, &connection.client, options, cli, streams).await;
    }
    let mut pages = list.request(&connection.client).pages();
    list.store(&pages)?;
    // Before the first page there is nothing to say on stdout.
    let mut next = list.next(&mut pages, &mut waiting).await?;
    let note = args.filters.note(list.command.now, cli.target.dialect);
    note.iter().for_each(|note| streams.note(note));
    let has_header = list.is_at_start() && !args.no_headers;
    let mut rows = output::rows(args.output, options, has_header, &mut *streams.out)?;
    while let Some(mut page) = next {
        list.choose(&mut page);
        list.count(&page);
        // In a pipe the first row does not wait for the others of its page. A terminal's columns do.
        let first = match screen.width {
            Some(_) => page.rows.len(),
            None => page.rows.len().min(1),
        };
        let (first, others) = page.rows.split_at_mut(first);
        for part in [first, others] {
            for batch in &mut *part {
                mask::batch(batch, &connection.client, args.show_secrets);
            }
            rows.write(part)?;
            rows.flush()?;
        }
        for row in page.unreadable {
            terminal::line(streams.err, &format!("warning: unreadable row: {row}"));
        }
        if list.is_cut {
            break;
        }
        // What the file counts as printed has been printed.
        list.store(&pages)
            .map_err(|failure| list.incomplete(failure, pages.checkpoint()))?;
        next = list.next(&mut pages, &mut waiting).await?;
    }
    rows.finish()?;
    let hidden = rows.hidden();
    drop(rows);
    output::note_hidden(&hidden, streams);
    list.end(pages.checkpoint(), streams)
}

/// Prints the batches that are named by their ids, once all of them are there.
async fn named(
    args: &ListArgs,
    request: ListBatches,
    client: &Client,
    options: RenderOptions,
    cli: &Cli,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let mut waiting = Waiting::start(&streams.screen);
    let dialect = cli.target.dialect;
    let mut batches = named::find(&args.ids, request, dialect, &mut waiting, streams.err).await?;
    batches.retain(|batch| args.outcomes.want(batch));
    for batch in &mut batches {
        mask::batch(batch, client, args.show_secrets);
    }
    let mut rows = output::rows(args.output, options, !args.no_headers, &mut *streams.out)?;
    rows.write(&batches)?;
    rows.finish()?;
    let hidden = rows.hidden();
    drop(rows);
    output::note_hidden(&hidden, streams);
    Ok(Exit::Ok)
}

/// A checkpoint of another run's sandbox, which had the same batches at another port. That of
/// another server stays as it is, to be refused.
fn moved(checkpoint: Checkpoint, client: &Client) -> Checkpoint {
    let without_port = |url: &str| url.replace(|it: char| it.is_ascii_digit(), "");
    if without_port(checkpoint.server()) != without_port(client.base_url()) {
        return checkpoint;
    }
    let moved = serde_json::to_value(&checkpoint).and_then(|mut value| {
        value["server"] = client.base_url().into();
        serde_json::from_value(value)
    });
    moved.unwrap_or(checkpoint)
}

/// A list on its way to stdout.
struct List<'a> {
    args: &'a ListArgs,
    /// In its "now", one for both ends of an interval, and for all runs that share a file.
    command: ResumeCommand<'a>,
    /// Where another run left it.
    left: Option<Checkpoint>,
    pages: u64,
    printed: u64,
    unreadable: u64,
    last_id: Option<String>,
    /// Whether batches of the outcomes that are wanted were left out, since there were enough.
    is_cut: bool,
}

impl<'a> List<'a> {
    fn start(args: &'a ListArgs, cli: &'a Cli) -> Result<Self, Failure> {
        let stored = args.checkpoint.as_deref().map(checkpoint_file::read);
        let (now, left) = match stored.transpose()?.flatten() {
            Some(stored) => (stored.now, Some(stored.checkpoint)),
            None => (clock::now()?, args.resume.clone()),
        };
        Ok(Self {
            args,
            command: ResumeCommand {
                args,
                target: &cli.target,
                color: cli.color,
                now,
            },
            left,
            pages: 0,
            printed: 0,
            unreadable: 0,
            last_id: None,
            is_cut: false,
        })
    }

    fn request(&self, client: &Client) -> ListBatches {
        let args = self.args;
        let filter = args.filters.at(self.command.now);
        let left = self.left.clone();
        let left = match left {
            Some(checkpoint) if self.command.target.sandbox => Some(moved(checkpoint, client)),
            left => left,
        };
        let mut list = match left {
            // A checkpoint knows its filter, which need not be typed again.
            Some(checkpoint) if !args.filters.any() => client.resume(checkpoint),
            Some(checkpoint) => client.list_batches(filter).resume(checkpoint),
            None => client.list_batches(filter),
        };
        // A page is printed while the next one is on its way.
        list = list.concurrency(args.concurrency).prefetch(true);
        if let Some(id) = &args.after {
            list = list.after(id);
        }
        if let Some(rows) = args.page_size {
            list = list.page_size(rows);
        }
        // Of the batches of an outcome nobody but this side knows how many there are.
        if let Some(rows) = args.max_items.filter(|_| args.outcomes.names.is_empty()) {
            list = list.max_items(rows);
        }
        list
    }

    /// Leaves out of a page what has none of the outcomes that are wanted, or comes after enough
    /// that have.
    fn choose(&mut self, page: &mut Page) {
        let outcomes = &self.args.outcomes;
        if outcomes.names.is_empty() {
            return;
        }
        page.rows.retain(|batch| outcomes.want(batch));
        if let Some(most) = self.args.max_items {
            let left = usize::try_from(most - self.printed).unwrap_or(usize::MAX);
            self.is_cut = page.rows.len() >= left;
            page.rows.truncate(left);
        }
    }

    /// Whether no other run has printed anything of this list.
    fn is_at_start(&self) -> bool {
        let untouched = |left: &Checkpoint| {
            left.cursor().is_none() && left.delivered() == 0 && !left.has_ended()
        };
        self.left.as_ref().is_none_or(untouched)
    }

    async fn next(
        &self,
        pages: &mut Pages,
        waiting: &mut Waiting,
    ) -> Result<Option<Page>, Failure> {
        let page = waiting.page(pages, self.printed).await;
        page.map_err(|stopped| match stopped {
            Stopped::Failed(error) => self.failure(&error),
            Stopped::Interrupted(exit) => {
                let failure = Failure::new(exit, "interrupted");
                self.incomplete(failure, pages.checkpoint())
            }
        })
    }

    fn count(&mut self, page: &Page) {
        self.pages += 1;
        self.printed += page.rows.len() as u64;
        self.unreadable += page.unreadable.len() as u64;
        if let Some(batch) = page.rows.last() {
            self.last_id = Some(batch.id.clone());
        }
    }

    /// Stores the place behind the last page, if it is to be stored. A list that was refused has
    /// none.
    fn store(&self, pages: &Pages) -> Result<(), Failure> {
        let (Some(file), Some(checkpoint)) = (&self.args.checkpoint, pages.checkpoint()) else {
            return Ok(());
        };
        let stored = Stored {
            now: self.command.now,
            checkpoint,
        };
        checkpoint_file::write(file, &stored)
    }

    /// What an error means for a list of which this much has been printed.
    fn failure(&self, error: &Error) -> Failure {
        let failure = Failure::of(error, self.command.target.dialect);
        if error.problems().iter().any(|it| it.field == "resume") {
            return failure.line(self.another_list());
        }
        if error.kind() == ErrorKind::InvalidRequest || (self.pages == 0 && self.is_at_start()) {
            return failure;
        }
        // Where pages do not add up, no place is a good one to go on from.
        let adds_up = error.kind() != ErrorKind::Pagination;
        self.incomplete(failure, error.checkpoint().filter(|_| adds_up).cloned())
    }

    /// Whose checkpoint it is that belongs to another list, and what to do.
    fn another_list(&self) -> String {
        let filters = &self.args.filters;
        let is_age = |when: Option<TimeArg>| when.is_some_and(TimeArg::is_relative);
        if let Some(file) = &self.args.checkpoint {
            let file = file.display();
            format!("help: it is the one in {file}: give the filters of its list, or another file")
        } else if is_age(filters.created_after) || is_age(filters.created_before) {
            "help: an age counts from now: give the instants of the command that was printed"
                .to_owned()
        } else {
            "help: give the filters of its list, as the command that was printed does".to_owned()
        }
    }

    /// Says how much was printed, and how to go on.
    fn incomplete(&self, failure: Failure, checkpoint: Option<Checkpoint>) -> Failure {
        let mut line = format!(
            "error: the list is incomplete: {} printed",
            count(self.printed, "row")
        );
        let earlier = self.left.as_ref().map_or(0, Checkpoint::delivered);
        if earlier > 0 {
            line.push_str(&format!(", after {earlier} in earlier runs"));
        }
        if self.unreadable > 0 {
            line.push_str(&format!(", {} could not be read", self.unreadable));
        }
        if self.args.output == Format::Json && self.pages > 0 {
            line.push_str(", and the array is left open");
        }
        let failure = failure.line(line);
        let Some(checkpoint) = checkpoint else {
            return failure;
        };
        let help = match self.args.output {
            Format::Json => "help: an array cannot be continued; for another one of the rest, run",
            _ => "help: to resume, run",
        };
        let command = self.command.resume(&checkpoint);
        failure.line(format!("{help}{}", command.to_run()))
    }

    fn end(&self, place: Option<Checkpoint>, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
        let note = place.and_then(|place| self.cap_note(&place));
        if self.unreadable > 0 {
            let message = format!(
                "{} could not be read; {} printed",
                count(self.unreadable, "row"),
                count(self.printed, "row")
            );
            let failure = Failure::new(Exit::Unreadable, message);
            return Err(note.into_iter().fold(failure, Failure::line));
        }
        if let Some(note) = note.or_else(|| self.note()) {
            streams.note(&note);
        }
        Ok(Exit::Ok)
    }

    /// How to see what a cap has cut off.
    fn cap_note(&self, place: &Checkpoint) -> Option<String> {
        let most = self.args.max_items?;
        let earlier = self.left.as_ref().map_or(0, Checkpoint::delivered);
        let has_ended = place.has_ended() && !self.is_cut;
        if has_ended || (most > 0 && most <= earlier) {
            return None;
        }
        let start = format!("note: --max-items {most} ended the list, there may be more");
        if let Some(file) = &self.args.checkpoint {
            let file = file.display();
            return Some(format!("{start}: a greater one resumes it from {file}"));
        }
        Some(match &self.last_id {
            // Who goes on by tokens gets the next one.
            _ if self.args.resume.is_some() => {
                let command = self.command.rest(place);
                format!("{start}; for the rest, run{}", command.to_run())
            }
            Some(id) => {
                let id = terminal::shell_word(id);
                format!("{start}; for the rest, run the same command with --after {id}")
            }
            None => start,
        })
    }

    /// What to say of a list of which this run printed nothing.
    fn note(&self) -> Option<String> {
        if self.printed > 0 {
            return None;
        }
        if !self.args.outcomes.names.is_empty() {
            return Some("note: no batches of this outcome".to_owned());
        }
        if self.is_at_start() {
            return Some(self.command.target.dialect.no_batches().to_owned());
        }
        let left = self.left.as_ref()?;
        let delivered = left.delivered();
        let rows = count(delivered, "row");
        let restart = match &self.args.checkpoint {
            Some(file) => format!("; to list anew, remove {}", file.display()),
            None => String::new(),
        };
        if left.has_ended() {
            let text = format!("the list has ended: earlier runs printed its {rows}");
            Some(format!("note: {text}{restart}"))
        } else if self.args.max_items.is_some_and(|most| most <= delivered) {
            let text = format!("earlier runs printed {rows}, as many as --max-items is");
            Some(format!("note: {text}{restart}"))
        } else {
            None
        }
    }
}
