#![doc = include_str!("../README.md")]

mod args;
mod batch;
mod checkpoint_file;
mod clock;
mod commands;
mod connection;
mod details;
mod dialect;
mod doctor;
mod duration_arg;
mod exit;
mod failure;
mod interrupt;
mod layout;
mod logging;
mod mask;
mod named;
mod number_arg;
mod output;
mod results_command;
mod resume_command;
mod screen;
mod server_time;
mod shell_command;
mod spinner;
mod stored_file;
mod streams;
mod style;
mod summary;
mod terminal;
mod time_arg;
mod times;
mod waiting;
mod words;
mod zone_arg;

use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use crate::failure::Failure;
use crate::screen::Screen;
use crate::streams::Streams;

fn main() -> ExitCode {
    let cli = match args::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    logging::start();
    let mut streams = Streams {
        // Lines of results are long.
        out: &mut BufWriter::with_capacity(1 << 16, io::stdout().lock()),
        err: &mut io::stderr(),
        screen: Screen::of_process(cli.color, cli.quiet),
        quiet: cli.quiet,
    };
    commands::run(&cli, &mut streams).into()
}

/// Prints what clap has to say: why the command line is invalid, or help or version, which are data.
fn usage(error: &clap::Error) -> ExitCode {
    match error.print().and_then(|()| io::stdout().flush()) {
        Err(failed) if !error.use_stderr() => {
            Failure::from(failed).report(&mut io::stderr()).into()
        }
        _ => u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from),
    }
}
