//! `qwen-batches summary`

use qwen_batches::{Client, Pages};

use crate::args::{Cli, SummaryArgs};
use crate::clock;
use crate::connection::Connection;
use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::mask;
use crate::output::{self, RenderOptions};
use crate::results_command;
use crate::streams::Streams;
use crate::summary::{self, Summary};
use crate::terminal;
use crate::times::Times;
use crate::waiting::Waiting;
use crate::words::count;

pub(super) async fn run(
    args: &SummaryArgs,
    cli: &Cli,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let screen = streams.screen;
    let now = clock::now()?;
    let options = RenderOptions {
        columns: None,
        times: Times::new(args.times, &screen, now)?,
        screen,
    };
    let mut waiting = Waiting::start(&screen);
    let connection = Connection::open(&cli.target).await?;
    let list = connection.client.list_batches(args.filters.at(now));
    let list = list.concurrency(args.concurrency).prefetch(true);
    let mut summary = Summary::new(now, args.output == summary::Format::Html);
    let mut pages = list.pages();
    add_all(
        &connection.client,
        &mut pages,
        &mut summary,
        &mut waiting,
        cli.target.dialect,
        streams,
    )
    .await?;
    let note = args.filters.note(now, cli.target.dialect);
    note.iter().for_each(|note| streams.note(note));
    let hidden = summary::write(&summary, args.output, &options, streams.out)?;
    output::note_hidden(&hidden, streams);
    if summary.with_results > 0 {
        streams.note(&results_command::note(&args.filters, now, &cli.target));
    }
    let (batches, unreadable) = (summary.batches, summary.unreadable);
    if unreadable > 0 {
        let message = format!(
            "{} could not be read; the summary is that of the other {}",
            count(unreadable, "row"),
            count(batches, "batch")
        );
        return Err(Failure::new(Exit::Unreadable, message));
    }
    if batches == 0 {
        streams.note(cli.target.dialect.no_batches());
    }
    Ok(Exit::Ok)
}

/// Counts all batches, to the last: the summary of a part would be one of nothing.
async fn add_all(
    client: &Client,
    pages: &mut Pages,
    summary: &mut Summary,
    waiting: &mut Waiting,
    dialect: Dialect,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    loop {
        let page = waiting.page(pages, summary.batches).await;
        let page = page.map_err(|stopped| incomplete(stopped.failure(dialect), summary.batches))?;
        let Some(page) = page else { break };
        for row in page.unreadable {
            summary.unreadable += 1;
            terminal::line(streams.err, &format!("warning: unreadable row: {row}"));
        }
        for mut batch in page.rows {
            mask::batch(&mut batch, client, false);
            summary.add(batch);
        }
    }
    summary.finish();
    Ok(())
}

/// Says that there is no summary, if any of the list was there to be counted.
fn incomplete(failure: Failure, batches: u64) -> Failure {
    match batches {
        0 => failure,
        _ => failure.line(format!(
            "error: there is no summary: the list broke off after {}",
            count(batches, "batch")
        )),
    }
}
