//! A sign of life on stderr while somebody waits, and its removal before anything else is printed.

use std::future::Future;
use std::io::{self, Write as _};
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::{Either, select};

use crate::terminal::fit;

/// How long a command runs before it shows any.
const PATIENCE: Duration = Duration::from_millis(300);
const FRAME: Duration = Duration::from_millis(100);
const FRAMES: [char; 4] = ['-', '\\', '|', '/'];

/// Whether the line of a spinner is on the screen. There is one screen, which the log and Ctrl-C
/// write to, too, and so there is one of these.
static SHOWN: Mutex<bool> = Mutex::new(false);

/// Shows that there is progress, where stderr is a terminal.
#[derive(Debug)]
pub(crate) struct Spinner {
    width: Option<usize>,
    start: Instant,
    frame: usize,
}

impl Spinner {
    /// `width` is that of the terminal, none if there is none.
    pub(crate) fn new(width: Option<usize>) -> Self {
        Self {
            width,
            start: Instant::now(),
            frame: 0,
        }
    }

    /// Waits for `work`, and shows meanwhile how far it is. What is printed next finds no trace.
    pub(crate) async fn during<F: Future>(&mut self, text: &str, work: F) -> F::Output {
        let Some(width) = self.width else {
            return work.await;
        };
        let mut work = pin!(work);
        let mut pause = PATIENCE.saturating_sub(self.start.elapsed());
        loop {
            let waited = pin!(tokio::time::sleep(pause));
            match select(work.as_mut(), waited).await {
                Either::Left((output, _)) => {
                    erase();
                    return output;
                }
                Either::Right(_) => {
                    pause = FRAME;
                    self.frame = (self.frame + 1) % FRAMES.len();
                    draw(&format!("{} {text}", FRAMES[self.frame]), width);
                }
            }
        }
    }
}

/// Some columns stay free: for the `^C` that a terminal writes behind it, and because a line that
/// fills its terminal may be wrapped.
fn draw(text: &str, width: usize) {
    let line = fit(text, width.saturating_sub(3));
    let line = line.trim_end();
    let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    *shown = true;
    write(&format!("\r{line}\u{1b}[K"));
}

/// Takes the spinner off the screen, if there is one.
pub(crate) fn erase() {
    let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if std::mem::take(&mut *shown) {
        write("\r\u{1b}[K");
    }
}

/// A sign of life that could not be given is no error.
fn write(text: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}
