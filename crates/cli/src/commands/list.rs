//! `qwen-batches list`

use futures::TryStreamExt as _;
use jiff::Timestamp;
use qwen_batches_ext::{BatchFilter, Client, Error, ErrorKind, ListBatches, Page};

use super::Streams;
use crate::args::{ListArgs, Target};
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Format};
use crate::{mask, terminal};

pub(super) async fn run(
    args: &ListArgs,
    target: &Target,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let connection = Connection::open(target).await?;
    let mut pages = request(args, &connection.client).pages();
    let mut tally = Tally::default();
    // Before the first page there is nothing to say on stdout.
    let mut next = pages
        .try_next()
        .await
        .map_err(|error| Failure::from(&error))?;
    let mut rows = output::rows(args.output, &mut *streams.out)?;
    while let Some(page) = next {
        tally.add(&page);
        for mut batch in page.rows {
            if !args.show_secrets {
                mask::secrets(&mut batch);
            }
            rows.write(&batch)?;
        }
        rows.flush()?;
        for mut row in page.unreadable {
            if !args.show_secrets {
                mask::reason(&mut row);
            }
            terminal::line(streams.err, &format!("warning: unreadable row: {row}"));
        }
        next = pages
            .try_next()
            .await
            .map_err(|error| tally.failure(&error, args))?;
    }
    rows.finish()?;
    if tally.unreadable > 0 {
        let message = format!(
            "{} row(s) could not be read; the other {} were printed",
            tally.unreadable, tally.printed
        );
        return Err(Failure::new(Exit::Unreadable, message));
    }
    if tally.printed == 0 {
        let note = "note: no batches (the service lists those of the last 30 days)";
        terminal::line(streams.err, note);
    }
    Ok(Exit::Ok)
}

fn request(args: &ListArgs, client: &Client) -> ListBatches {
    // One "now" for both ends of an interval.
    let now = Timestamp::now();
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
        filter = filter.created_after(when.instant(now));
    }
    if let Some(when) = args.created_before {
        filter = filter.created_before(when.instant(now));
    }
    let mut list = client.list_batches(filter);
    if let Some(id) = &args.after {
        list = list.after(id);
    }
    if let Some(rows) = args.page_size {
        list = list.page_size(rows);
    }
    if let Some(rows) = args.max_items {
        list = list.max_items(rows);
    }
    list
}

/// What has been printed so far.
#[derive(Debug, Default)]
struct Tally {
    printed: u64,
    unreadable: u64,
}

impl Tally {
    fn add(&mut self, page: &Page) {
        self.printed += page.rows.len() as u64;
        self.unreadable += page.unreadable.len() as u64;
    }

    /// What an error means for a list of which this much has been printed.
    fn failure(&self, error: &Error, args: &ListArgs) -> Failure {
        let mut line = format!(
            "error: the list is incomplete: {} row(s) were printed",
            self.printed
        );
        if self.unreadable > 0 {
            line.push_str(&format!(", {} could not be read", self.unreadable));
        }
        if args.output == Format::Json {
            line.push_str(", and the array is left open");
        }
        // Where pages do not add up, no place is a good one to go on from.
        if let Some(cursor) = error
            .cursor()
            .filter(|_| error.kind() != ErrorKind::Pagination)
        {
            let cursor = terminal::shell_word(cursor);
            line.push_str(&format!(
                "; to go on, run the same command with `--after {cursor}"
            ));
            if let Some(most) = args.max_items {
                let rest = most.saturating_sub(self.printed);
                line.push_str(&format!(" --max-items {rest}"));
            }
            line.push('`');
        }
        Failure::from(error).line(line)
    }
}
