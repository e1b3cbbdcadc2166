//! `qwen-batches results`

mod batch_files;
mod fetch;
mod folder;
mod jsonl;
mod lines;
mod part_file;
mod retry_input;
mod tally;
mod verdict;

use qwen_batches::Batch;

use crate::args::{Cli, ResultsArgs};
use crate::clock;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::named;
use crate::streams::Streams;
use crate::terminal;
use crate::waiting::Waiting;
use fetch::{Destination, Fetch};

pub(super) async fn run(
    args: &ResultsArgs,
    cli: &Cli,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let is_chosen = args.filters.any() || !args.outcomes.names.is_empty();
    if args.ids.is_empty() && args.max_items.is_none() && !is_chosen {
        let message = "no batch is named: give ids, a filter such as `--status completed`, or `-n`";
        return Err(Failure::new(Exit::Usage, message));
    }
    // What is wrong with files here is said before anything is sent.
    let destination = Destination::open(args)?;
    let now = clock::now()?;
    let note = args.filters.note(now, cli.target.dialect);
    note.iter().for_each(|note| streams.note(note));
    let mut waiting = Waiting::start(&streams.screen);
    let connection = Connection::open(&cli.target).await?;
    let mut fetch = Fetch::new(args, cli, &connection.client, destination);
    if !args.ids.is_empty() {
        let dialect = cli.target.dialect;
        let (client, err) = (&connection.client, &mut *streams.err);
        for batch in named::get(&args.ids, client, dialect, &mut waiting, err).await? {
            fetch.batch(&batch, &mut waiting, streams).await?;
        }
        return fetch.finish(streams);
    }
    let list = connection.client.list_batches(args.filters.at(now));
    let mut pages = list.pages();
    let most = args.max_items.unwrap_or(u64::MAX);
    while fetch.tally.batches < most {
        let page = waiting.page(&mut pages, fetch.tally.batches).await;
        let page = page.map_err(|stopped| fetch.stopped(stopped))?;
        let Some(page) = page else { break };
        for row in page.unreadable {
            terminal::line(streams.err, &format!("warning: unreadable row: {row}"));
            fetch.tally.miss_row();
        }
        let wanted = |batch: &Batch| args.outcomes.want(batch);
        for batch in page.rows.into_iter().filter(wanted) {
            if fetch.tally.batches < most {
                fetch.batch(&batch, &mut waiting, streams).await?;
            }
        }
    }
    if fetch.tally.batches == 0 {
        streams.note(cli.target.dialect.no_batches());
    }
    fetch.finish(streams)
}
