//! The thread that connections, timers and tasks live on.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use futures::channel::oneshot;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::types::error::Error;

/// A thread with a runtime. It ends when this is dropped.
///
/// What a caller waits for is polled on the caller's own thread, so that rows which are there cost
/// no change of threads. All else goes on here meanwhile: a page is fetched ahead while the reader
/// works. The caller's thread blocks as on any lock, whatever it does otherwise: nothing panics
/// within an async runtime.
pub(super) struct Worker {
    runtime: Handle,
    /// Dropped, it stops the thread.
    _stop: oneshot::Sender<()>,
}

impl Worker {
    pub(super) fn start() -> Result<Self, Error> {
        let failed = |error: std::io::Error| {
            Error::config(format!("no thread for the blocking client: {error}")).with_source(error)
        };
        let (stop, stopped) = oneshot::channel();
        let (started, runtime) = mpsc::channel();
        // The runtime is dropped there, too: where a caller drops the client, it might not be allowed.
        let run = move || match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => serve(&runtime, &started, stopped),
            Err(error) => drop(started.send(Err(error))),
        };
        let thread = thread::Builder::new().name("qwen-batches".to_owned());
        thread.spawn(run).map_err(failed)?;
        let runtime = runtime.recv().unwrap_or_else(|_| {
            Err(std::io::Error::other(
                "the thread ended before it had begun",
            ))
        });
        Ok(Self {
            runtime: runtime.map_err(failed)?,
            _stop: stop,
        })
    }

    /// Blocks this thread until `work` is done.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        let _context = self.runtime.enter();
        // Within a task of another runtime, its budget would run out and never be renewed.
        let mut work = pin!(tokio::task::unconstrained(work));
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            match work.as_mut().poll(&mut context) {
                Poll::Ready(result) => return result,
                Poll::Pending => thread::park(),
            }
        }
    }
}

fn serve(
    runtime: &Runtime,
    started: &mpsc::Sender<std::io::Result<Handle>>,
    stopped: oneshot::Receiver<()>,
) {
    if started.send(Ok(runtime.handle().clone())).is_ok() {
        // Nothing is ever sent: the sender is dropped.
        let _ = runtime.block_on(stopped);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Worker")
    }
}
