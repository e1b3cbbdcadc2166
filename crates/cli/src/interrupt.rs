//! Ctrl-C, so that a list ends where it can be resumed.

use std::future::pending;
use std::io;
use std::sync::mpsc;

use futures::channel::oneshot;

use crate::exit::Exit;
use crate::spinner;

/// Tells of Ctrl-C, once; the second time ends the process.
pub(crate) struct Interrupt(oneshot::Receiver<()>);

impl Interrupt {
    /// Listens from now on. A thread of its own does, since the main one may be held up by a
    /// reader of stdout that does not read.
    pub(crate) fn listen() -> Self {
        let (first, receiver) = oneshot::channel();
        let (ready, wait) = mpsc::channel();
        std::thread::spawn(move || {
            if let Err(error) = run(ready, first) {
                log::debug!("Ctrl-C will not say how to go on: {error}");
            }
        });
        // An error says that nobody will listen.
        let _ = wait.recv();
        Self(receiver)
    }

    /// Waits for it.
    pub(crate) async fn came(&mut self) {
        if (&mut self.0).await.is_err() {
            // Nobody listens, so that Ctrl-C ends the process as it always did.
            pending().await
        }
    }
}

fn run(ready: mpsc::Sender<()>, first: oneshot::Sender<()>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        #[cfg(unix)]
        let mut signals = {
            use tokio::signal::unix::{SignalKind, signal};
            signal(SignalKind::interrupt())?
        };
        #[cfg(windows)]
        let mut signals = tokio::signal::windows::ctrl_c()?;
        drop(ready);
        signals.recv().await;
        let _ = first.send(());
        signals.recv().await;
        spinner::erase();
        std::process::exit(Exit::Interrupted as i32)
    })
}
