//! What there is to print on: a terminal, how wide, in colour or not.

use std::env;
use std::io::{self, IsTerminal as _};

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use terminal_size::{Height, Width, terminal_size_of};

/// The width of a terminal that does not report it.
const USUAL_WIDTH: usize = 80;

/// When to print in colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    // If stdout is a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    // Even into a file or a pipe
    Always,
    // Never
    Never,
}

/// What stdout and stderr are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// How many columns stdout has; none if it is no terminal.
    pub(crate) width: Option<usize>,
    /// Whether what goes to stdout may have colours.
    pub(crate) color: bool,
    /// Whether stdout is a terminal on which lines can be drawn anew.
    pub(crate) is_live: bool,
    /// How many columns stderr has; none if it is no terminal, or one that cannot erase.
    pub(crate) err_width: Option<usize>,
}

impl Screen {
    /// What stdout and stderr of this process are.
    ///
    /// To be quiet is to draw nothing on stderr.
    pub(crate) fn of_process(color: Color, quiet: bool) -> Self {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let color = match color {
            Color::Auto => AutoStream::choice(&stdout) != ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        };
        let erases = env::var_os("TERM").is_none_or(|term| term != "dumb");
        if cfg!(windows) {
            // Consoles there have to be set to take escape sequences.
            let _ = AutoStream::always_ansi(io::stdout());
            let _ = AutoStream::always_ansi(io::stderr());
        }
        Self {
            width: stdout.is_terminal().then(|| width(&stdout)),
            color,
            is_live: stdout.is_terminal() && erases,
            err_width: (stderr.is_terminal() && erases && !quiet).then(|| width(&stderr)),
        }
    }
}

/// How many columns and rows the terminal has at present that stdout is.
pub(crate) fn size() -> (usize, usize) {
    const USUAL_HEIGHT: usize = 24;

    let size = terminal_size_of(io::stdout());
    let rows = size.map(|(_, Height(rows))| usize::from(rows));
    (columns(size), rows.unwrap_or(USUAL_HEIGHT))
}

/// Reports when the size of the terminal has changed.
#[derive(Debug)]
pub(crate) struct Resizes {
    #[cfg(unix)]
    signals: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Resizes {
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = signal(SignalKind::window_change())?;
        Ok(Self { signals })
    }

    pub(crate) async fn next(&mut self) {
        if self.signals.recv().await.is_none() {
            std::future::pending().await
        }
    }
}

/// Nothing reports it: the next frame will see it.
#[cfg(not(unix))]
impl Resizes {
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    pub(crate) async fn next(&mut self) {
        std::future::pending().await
    }
}

#[cfg(unix)]
fn width(stream: &impl std::os::fd::AsFd) -> usize {
    columns(terminal_size_of(stream))
}

#[cfg(windows)]
fn width(stream: &impl std::os::windows::io::AsHandle) -> usize {
    columns(terminal_size_of(stream))
}

fn columns(size: Option<(Width, Height)>) -> usize {
    size.map_or(USUAL_WIDTH, |(Width(columns), _)| usize::from(columns))
}
