//! Signals that end the process, so that a list ends where it can be resumed.

use std::future::pending;
use std::io;
use std::sync::mpsc;

use futures::channel::oneshot;

use crate::exit::Exit;
use crate::spinner;

/// Waits for Ctrl-C, SIGTERM or SIGHUP, once; the second one ends the process.
pub(crate) struct Interrupt(oneshot::Receiver<Exit>);

impl Interrupt {
    /// Listens from now on. A thread of its own does, since the main one may be held up by a
    /// reader of stdout that does not read.
    pub(crate) fn listen() -> Self {
        let (first, receiver) = oneshot::channel();
        let (ready, wait) = mpsc::channel();
        std::thread::spawn(move || {
            if let Err(error) = run(ready, first) {
                log::debug!("Ctrl-C will not show how to resume: {error}");
            }
        });
        // An error says that nobody will listen.
        let _ = wait.recv();
        Self(receiver)
    }

    /// Waits for the first signal, and returns its exit code.
    pub(crate) async fn came(&mut self) -> Exit {
        match (&mut self.0).await {
            Ok(exit) => exit,
            // Nobody listens, so that a signal ends the process as it always did.
            Err(_) => pending().await,
        }
    }
}

fn run(ready: mpsc::Sender<()>, first: oneshot::Sender<Exit>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut signals = Signals::listen()?;
        drop(ready);
        let _ = first.send(signals.next().await);
        let exit = signals.next().await;
        spinner::erase();
        std::process::exit(exit as i32)
    })
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// None where nohup made the process ignore it.
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let hangup = (!ignores_hangup()).then(|| signal(SignalKind::hangup()));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: hangup.transpose()?,
        })
    }

    async fn next(&mut self) -> Exit {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Terminated,
            _ = hangup => Exit::HungUp,
        }
    }
}

/// Whether the process was started to ignore SIGHUP, as nohup does: to listen would undo that.
/// Where the system does not show it, nohup is known by having taken the terminal away.
#[cfg(unix)]
fn ignores_hangup() -> bool {
    use std::io::IsTerminal as _;

    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    match mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()) {
        // SIGHUP is number 1 everywhere.
        Some(mask) => mask & 1 == 1,
        None => !io::stdout().is_terminal() && !io::stderr().is_terminal(),
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> Exit {
        self.0.recv().await;
        Exit::Interrupted
    }
}
