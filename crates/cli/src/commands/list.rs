//! `qwen-batches list`

use std::io::Write;

use futures::TryStreamExt as _;
use futures::future::{Either, select};
use jiff::Timestamp;
use qwen_batches_ext::{
    BatchFilter, Checkpoint, Client, Error, ErrorKind, ListBatches, Page, Pages,
};

use super::Streams;
use crate::args::{ListArgs, Target};
use crate::checkpoint_file::{self, Stored};
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::output::{self, Format};
use crate::time::When;
use crate::{command_line, terminal};

pub(super) async fn run(
    args: &ListArgs,
    target: &Target,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let mut list = List::start(args, target)?;
    let mut interrupt = Interrupt::listen();
    let connection = Connection::open(target).await?;
    let mut pages = list.request(&connection.client).pages();
    list.store(&pages)?;
    // Before the first page there is nothing to say on stdout.
    let mut next = list.next(&mut pages, &mut interrupt).await?;
    let mut rows = output::rows(args.output, list.is_at_start(), &mut *streams.out)?;
    while let Some(page) = next {
        list.count(&page);
        for mut batch in page.rows {
            if !args.show_secrets {
                crate::mask::secrets(&mut batch);
            }
            rows.write(&batch)?;
        }
        rows.flush()?;
        for row in page.unreadable {
            terminal::line(streams.err, &format!("warning: unreadable row: {row}"));
        }
        // What the file counts as printed has been printed.
        list.store(&pages)
            .map_err(|failure| list.incomplete(failure, pages.checkpoint()))?;
        next = list.next(&mut pages, &mut interrupt).await?;
    }
    rows.finish()?;
    list.end(streams.err)
}

/// A list on its way to stdout.
struct List<'a> {
    args: &'a ListArgs,
    target: &'a Target,
    /// One "now" for both ends of an interval, and for all runs that share a file.
    now: Timestamp,
    /// Where another run left it.
    left: Option<Checkpoint>,
    pages: u64,
    printed: u64,
    unreadable: u64,
}

impl<'a> List<'a> {
    fn start(args: &'a ListArgs, target: &'a Target) -> Result<Self, Failure> {
        let stored = args.checkpoint.as_deref().map(checkpoint_file::read);
        let (now, left) = match stored.transpose()?.flatten() {
            Some(stored) => (stored.now, Some(stored.checkpoint)),
            // Whole seconds make a shorter command to go on with.
            None => (
                Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default(),
                args.resume.clone(),
            ),
        };
        Ok(Self {
            args,
            target,
            now,
            left,
            pages: 0,
            printed: 0,
            unreadable: 0,
        })
    }

    fn request(&self, client: &Client) -> ListBatches {
        let args = self.args;
        let mut filter = BatchFilter::new();
        if !args.status.is_empty() {
            filter = filter.statuses(args.status.iter().cloned());
        }
        if let Some(name) = &args.name {
            filter = filter.name_contains(name);
        }
        if !args.input_file.is_empty() {
            filter = filter.input_files(args.input_file.iter().map(String::as_str));
        }
        if let Some(when) = args.created_after {
            filter = filter.created_after(when.instant(self.now));
        }
        if let Some(when) = args.created_before {
            filter = filter.created_before(when.instant(self.now));
        }
        let mut list = client.list_batches(filter);
        if let Some(id) = &args.after {
            list = list.after(id);
        }
        if let Some(checkpoint) = &self.left {
            list = list.resume(checkpoint.clone());
        }
        if let Some(rows) = args.page_size {
            list = list.page_size(rows);
        }
        if let Some(rows) = args.max_items {
            list = list.max_items(rows);
        }
        list
    }

    /// Whether no other run has printed anything of this list.
    fn is_at_start(&self) -> bool {
        let untouched = |left: &Checkpoint| {
            left.cursor().is_none() && left.delivered() == 0 && !left.has_ended()
        };
        self.left.as_ref().is_none_or(untouched)
    }

    /// Waits for a page, or for Ctrl-C. The stream moves on only with a page that it gives, so
    /// none is lost.
    async fn next(
        &self,
        pages: &mut Pages,
        interrupt: &mut Interrupt,
    ) -> Result<Option<Page>, Failure> {
        let came = std::pin::pin!(interrupt.came());
        let page = match select(came, pages.try_next()).await {
            Either::Left(_) => None,
            Either::Right((page, _)) => Some(page),
        };
        match page {
            Some(Ok(page)) => Ok(page),
            Some(Err(error)) => Err(self.failure(&error)),
            None => {
                let failure = Failure::new(Exit::Interrupted, "interrupted");
                Err(self.incomplete(failure, pages.checkpoint()))
            }
        }
    }

    fn count(&mut self, page: &Page) {
        self.pages += 1;
        self.printed += page.rows.len() as u64;
        self.unreadable += page.unreadable.len() as u64;
    }

    /// Stores the place behind the last page, if it is to be stored. A list that was refused has
    /// none.
    fn store(&self, pages: &Pages) -> Result<(), Failure> {
        let (Some(file), Some(checkpoint)) = (&self.args.checkpoint, pages.checkpoint()) else {
            return Ok(());
        };
        let stored = Stored {
            now: self.now,
            checkpoint,
        };
        checkpoint_file::write(file, &stored)
    }

    /// What an error means for a list of which this much has been printed.
    fn failure(&self, error: &Error) -> Failure {
        let failure = Failure::from(error);
        if error.problems().iter().any(|it| it.field == "resume") {
            return failure.line(self.another_list());
        }
        if error.kind() == ErrorKind::InvalidFilter || (self.pages == 0 && self.is_at_start()) {
            return failure;
        }
        // Where pages do not add up, no place is a good one to go on from.
        let adds_up = error.kind() != ErrorKind::Pagination;
        self.incomplete(failure, error.checkpoint().filter(|_| adds_up).cloned())
    }

    /// Whose checkpoint it is that belongs to another list, and what to do.
    fn another_list(&self) -> String {
        let is_age = |when: Option<When>| matches!(when, Some(When::Age(_)));
        if let Some(file) = &self.args.checkpoint {
            let file = file.display();
            format!("help: it is the one in {file}: give the filters of its list, or another file")
        } else if is_age(self.args.created_after) || is_age(self.args.created_before) {
            "help: an age counts from now: give the instants of the command that was printed"
                .to_owned()
        } else {
            "help: give the filters of its list, as the command that was printed does".to_owned()
        }
    }

    /// Says how much was printed, and how to go on.
    fn incomplete(&self, failure: Failure, checkpoint: Option<Checkpoint>) -> Failure {
        let mut line = format!(
            "error: the list is incomplete: {} row(s) were printed",
            self.printed
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
        let mut help = match self.args.output {
            Format::Json => "help: an array cannot be continued; for another one of the rest, run",
            _ => "help: to go on, run",
        }
        .to_owned();
        if command_line::is_masked(self.args) {
            help.push_str(" this, with the whole input URL in the place of ***");
        }
        let command = command_line::resume(self.args, self.target, self.now, &checkpoint);
        failure.line(format!("{help}: {command}"))
    }

    fn end(&self, err: &mut dyn Write) -> Result<Exit, Failure> {
        if self.unreadable > 0 {
            let message = format!(
                "{} row(s) could not be read; the other {} were printed",
                self.unreadable, self.printed
            );
            return Err(Failure::new(Exit::Unreadable, message));
        }
        if let Some(note) = self.note() {
            terminal::line(err, &note);
        }
        Ok(Exit::Ok)
    }

    /// What to say of a list of which this run printed nothing.
    fn note(&self) -> Option<String> {
        if self.printed > 0 {
            return None;
        }
        if self.is_at_start() {
            let note = "note: no batches (the service lists those of the last 30 days)";
            return Some(note.to_owned());
        }
        let left = self.left.as_ref()?;
        let delivered = left.delivered();
        let restart = match &self.args.checkpoint {
            Some(file) => format!("; to list anew, remove {}", file.display()),
            None => String::new(),
        };
        if left.has_ended() {
            let text = format!("the list has ended: earlier runs printed its {delivered} row(s)");
            Some(format!("note: {text}{restart}"))
        } else if self.args.max_items.is_some_and(|most| most <= delivered) {
            let text =
                format!("earlier runs printed {delivered} row(s), as many as --max-items is");
            Some(format!("note: {text}{restart}"))
        } else {
            None
        }
    }
}
