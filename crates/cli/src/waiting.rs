//! Waiting for pages: with a sign of life, until a signal stops it.

use futures::future::{Either, select};
use qwen_batches::{Error, Page, Pages};

use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::screen::Screen;
use crate::spinner::Spinner;
use crate::words::count;

/// Waits for the pages of a list.
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
        let came = std::pin::pin!(self.interrupt.came());
        let page = select(came, pages.try_next());
        let text = format!("{} so far", count(rows, "batch"));
        match self.spinner.during(&text, page).await {
            Either::Left((exit, _)) => Err(Stopped::Interrupted(exit)),
            Either::Right((page, _)) => page.map_err(Stopped::Failed),
        }
    }
}
