//! The binary on a terminal: what is on its screen, and what is left there.
//!
//! Nothing here waits for a while: a test waits until the screen shows what it expects.

use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Instant;

use pty_process::Size;
use pty_process::blocking::{Pty, open};
use vt100::Parser;

use crate::support::{KEY, PATIENCE};

/// A terminal with a process in it.
pub(crate) struct Terminal {
    child: Child,
    writer: Pty,
    output: Receiver<Vec<u8>>,
    parser: Parser,
    /// All that was written so far, escape sequences included.
    raw: Vec<u8>,
}

/// What a process left behind.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) code: i32,
    /// The lines of the screen, and of what has gone off its top, without blank ones at the end.
    pub(crate) lines: Vec<String>,
    /// Whether a line on the screen was too long for it.
    pub(crate) is_wrapped: bool,
    /// All that was written, escape sequences included.
    pub(crate) raw: String,
}

impl Terminal {
    /// Starts `command` in a terminal of `rows` lines of `columns`.
    pub(crate) fn start(command: Command, rows: u16, columns: u16) -> Self {
        Self::start_with(command, rows, columns, |command| command)
    }

    /// Likewise, after `arrange` has sent stdout or stderr elsewhere.
    pub(crate) fn start_with(
        command: Command,
        rows: u16,
        columns: u16,
        arrange: impl FnOnce(pty_process::blocking::Command) -> pty_process::blocking::Command,
    ) -> Self {
        let mut command = without_flushing(&command);
        if !command.get_envs().any(|(set, _)| set == "TERM") {
            command.env("TERM", "xterm-256color");
        }
        let (pty, pts) = open().expect("a pseudo-terminal");
        pty.resize(Size::new(rows, columns)).expect("a size");
        let command = arrange(pty_process::blocking::Command::from(command));
        let child = command.spawn(pts).expect("the binary runs");
        let fd = std::os::fd::AsFd::as_fd(&pty).try_clone_to_owned();
        let mut reader = std::fs::File::from(fd.expect("a descriptor"));
        let (send, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Linux says with an error that the last process has gone.
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            writer: pty,
            output,
            parser: Parser::new(nonzero(rows), nonzero(columns), 10_000),
            raw: Vec::new(),
        }
    }

    /// Waits until the screen is as `is_shown` wants it.
    pub(crate) fn wait_for(&mut self, what: &str, is_shown: impl Fn(&vt100::Screen) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_shown(self.parser.screen()) {
            match self.read(end) {
                Ok(()) => {}
                Err(RecvTimeoutError::Disconnected) if is_shown(self.parser.screen()) => return,
                Err(error) => panic!("{what}: {error}; on the screen is\n{}", self.contents()),
            }
        }
    }

    /// Waits until `text` is on the screen.
    pub(crate) fn wait_for_text(&mut self, text: &str) {
        self.wait_for(text, |screen| screen.contents().contains(text));
    }

    /// What is on the screen.
    pub(crate) fn contents(&self) -> String {
        self.parser.screen().contents()
    }

    /// Makes the terminal larger or smaller.
    pub(crate) fn resize(&mut self, rows: u16, columns: u16) {
        let screen = self.parser.screen_mut();
        screen.set_size(nonzero(rows), nonzero(columns));
        let size = Size::new(rows, columns);
        self.writer.resize(size).expect("a size");
    }

    /// Asks the process to end, as `kill` does.
    pub(crate) fn kill(&mut self) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args(["-KILL", &pid]).status();
        assert!(status.expect("every Unix has it").success());
    }

    /// The screen at present.
    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Types `keys`. What the terminal makes of them is its affair: `\u{3}` is Ctrl-C.
    pub(crate) fn send(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).expect("a terminal");
    }

    /// The screen when the process has written its last.
    pub(crate) fn last_screen(&mut self) -> vt100::Screen {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.read(end) {
                Ok(()) => {}
                Err(RecvTimeoutError::Disconnected) => return self.screen().clone(),
                Err(error) => panic!("it does not end: {error}; {}", self.contents()),
            }
        }
    }

    /// Waits for the end of the process.
    pub(crate) fn finish(mut self) -> Left {
        self.last_screen();
        let rows = self.parser.screen().size().0.get();
        let status = self.child.wait().expect("it ends");
        let raw = String::from_utf8(std::mem::take(&mut self.raw)).expect("UTF-8");
        assert!(!raw.contains(KEY), "{raw}");
        Left {
            // As shells have it.
            code: status
                .code()
                .or(status.signal().map(|it| 128 + it))
                .expect("an end"),
            lines: self.lines(),
            is_wrapped: (0..rows).any(|row| self.parser.screen().row_wrapped(row)),
            raw,
        }
    }

    fn read(&mut self, end: Instant) -> Result<(), RecvTimeoutError> {
        let patience = end.saturating_duration_since(Instant::now());
        let bytes = self.output.recv_timeout(patience)?;
        self.parser.process(&bytes);
        self.raw.extend(bytes);
        Ok(())
    }

    /// Scrolls from the top of all that there was to the bottom.
    fn lines(&mut self) -> Vec<String> {
        let screen = self.parser.screen_mut();
        let columns = screen.size().1.get();
        screen.set_scrollback(usize::MAX);
        let above = screen.scrollback();
        let mut lines = Vec::new();
        for offset in (1..=above).rev() {
            screen.set_scrollback(offset);
            lines.extend(screen.rows(0, columns).next());
        }
        screen.set_scrollback(0);
        lines.extend(screen.rows(0, columns));
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines
    }
}

/// `command` on a terminal whose Ctrl-C does not drop what is on its way to the screen: a process
/// that responds to it at once would lose its last words now and then.
fn without_flushing(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "stty noflsh < /dev/tty; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

fn nonzero(size: u16) -> NonZero<u16> {
    NonZero::new(size).expect("a size")
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl std::fmt::Display for Left {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "exit code: {}\n--- screen", self.code)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
