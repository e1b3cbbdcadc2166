#![doc = include_str!("../README.md")]

mod args;
mod batch;
mod checkpoint_file;
mod clock;
mod command_line;
mod commands;
mod connection;
mod doctor;
mod exit;
mod failure;
mod interrupt;
mod layout;
mod logging;
mod mask;
mod output;
mod screen;
mod span;
mod spinner;
mod style;
mod summary;
mod terminal;
mod times;
mod waiting;
mod when;

use std::io::{self, BufWriter};
use std::process::ExitCode;

use crate::commands::Streams;
use crate::screen::Screen;

fn main() -> ExitCode {
    let cli = match args::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way as well. A reader that has gone needs neither.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    logging::start();
    let mut streams = Streams {
        out: &mut BufWriter::new(io::stdout().lock()),
        err: &mut io::stderr(),
        screen: Screen::of_process(cli.color),
    };
    commands::run(&cli, &mut streams).into()
}
