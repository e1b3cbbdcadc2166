//! The commands. Each writes to [`Streams`] and to nothing else.

mod completions;
mod doctor;
mod list;
mod man;
mod results;
mod sandbox;
mod show;
mod summary;
mod watch;

use crate::args::{Cli, Command};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::streams::Streams;

pub(crate) use watch::erase;

/// Runs the command that `cli` names, to its end.
pub(crate) fn run(cli: &Cli, streams: &mut Streams<'_>) -> Exit {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(dispatch(cli, streams)),
        Err(error) => Err(Failure::new(
            Exit::Failure,
            format!("cannot start: {error}"),
        )),
    };
    result.unwrap_or_else(|failure| failure.report(streams.err))
}

async fn dispatch(cli: &Cli, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
    match &cli.command {
        Command::List(args) => list::run(args, cli, streams).await,
        Command::Show(args) => show::run(args, cli, streams).await,
        Command::Results(args) => results::run(args, cli, streams).await,
        Command::Watch(args) => watch::run(args, &cli.target, streams).await,
        Command::Summary(args) => summary::run(args, cli, streams).await,
        Command::Doctor(args) => doctor::run(args, &cli.target, streams).await,
        Command::Sandbox(args) => sandbox::run(args, cli.target.dialect, streams).await,
        Command::Completions(args) => completions::run(args, streams),
        Command::Man(args) => man::run(args, streams),
    }
}
