//! `qwen-batches man`

use clap::builder::Resettable;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::args::{Cli, ManArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::streams::Streams;

pub(super) fn run(args: &ManArgs, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
    let mut command = Cli::command();
    // Until it is built, a command does not know the options that it has from above.
    command.build();
    let page = match &args.command {
        Some(name) => command.find_subcommand(name).unwrap_or(&command),
        None => &command,
    };
    let more = sections(page);
    // Its lines would be filled as if they were prose.
    let page = page.clone().after_help(Resettable::Reset);
    let source = format!("{} {}", command.get_name(), env!("CARGO_PKG_VERSION"));
    let page = Man::new(page).source(source).manual("Qwen Cloud batches");
    page.render(streams.out)?;
    streams.out.write_all(more.to_roff().as_bytes())?;
    streams.out.flush()?;
    Ok(Exit::Ok)
}

/// What stands below the options, line by line: examples, environment, exit codes.
fn sections(command: &Command) -> Roff {
    let help = command.get_after_help().map(ToString::to_string);
    let mut roff = Roff::new();
    for block in help.unwrap_or_default().split("\n\n") {
        let (title, text) = match block.split_once('\n') {
            Some((title, text)) if title.ends_with(':') => (title, text),
            _ => ("Notes", block),
        };
        roff.control("SH", [title.trim_end_matches(':').to_uppercase().as_str()]);
        roff.control("nf", []);
        text.lines().for_each(|line| {
            roff.text([roman(line)]);
        });
        roff.control("fi", []);
    }
    roff
}
