//! Waiting for pages and other responses: with a sign of life, until a signal stops it.

use futures::future::{Either, select};
use qwen_batches::{Error, Page, Pages};

use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::screen::Screen;
use crate::spinner::Spinner;
use crate::words::count;

/// Waits for what a server sends.
pub(crate) struct Waiting {
    interrupt: Interrupt,
    spinner: Spinner,
}

/// Why there is no page.
pub(crate) enum Stopped {
    /// By a signal, which has this exit code.
    Interrupted(Exit),
    Failed(Error),
}

impl Stopped {
    /// What that means to the user of a server of this kind.
    pub(crate) fn failure(self, dialect: Dialect) -> Failure {
        match self {
            Self::Interrupted(exit) => Failure::new(exit, "interrupted"),
            Self::Failed(error) => Failure::of(&error, dialect),
        }
    }
}

impl Waiting {
    /// Listens to signals from now on.
    pub(crate) fn start(screen: &Screen) -> Self {
        Self {
            interrupt: Interrupt::listen(),
            spinner: Spinner::new(screen.err_width),
        }
    }

    /// Waits for a page, or for a signal, and shows meanwhile how many rows there are. The stream
    /// moves on only with a page that it gives, so none is lost.
    pub(crate) async fn page(
        &mut self,
        pages: &mut Pages,
        rows: u64,
    ) -> Result<Option<Page>, Stopped> {
        let text = format!("{} so far", count(rows, "batch"));
        self.work(&text, pages.try_next()).await
    }

    /// Likewise for other work, and shows `text` meanwhile.
    pub(crate) async fn work<T>(
        &mut self,
        text: &str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Stopped> {
        let came = std::pin::pin!(self.interrupt.came());
        let work = std::pin::pin!(work);
        let work = select(came, work);
        match self.spinner.during(text, work).await {
            Either::Left((exit, _)) => Err(Stopped::Interrupted(exit)),
            Either::Right((result, _)) => result.map_err(Stopped::Failed),
        }
    }
}
