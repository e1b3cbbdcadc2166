//! Waiting for pages: with a sign of life, until Ctrl-C.

use futures::TryStreamExt as _;
use futures::future::{Either, select};
use qwen_batches::{Error, Page, Pages};

use crate::interrupt::Interrupt;
use crate::screen::Screen;
use crate::spinner::Spinner;

/// Waits for the pages of a list.
pub(crate) struct Waiting {
    interrupt: Interrupt,
    spinner: Spinner,
}

/// Why there is no page.
pub(crate) enum Stopped {
    Interrupted,
    Failed(Error),
}

impl Waiting {
    /// Listens to Ctrl-C from now on.
    pub(crate) fn start(screen: &Screen) -> Self {
        Self {
            interrupt: Interrupt::listen(),
            spinner: Spinner::new(screen.err_width),
        }
    }

    /// Waits for a page, or for Ctrl-C, and says meanwhile how many rows there are. The stream
    /// moves on only with a page that it gives, so none is lost.
    pub(crate) async fn page(
        &mut self,
        pages: &mut Pages,
        rows: u64,
    ) -> Result<Option<Page>, Stopped> {
        let came = std::pin::pin!(self.interrupt.came());
        let page = select(came, pages.try_next());
        let batches = if rows == 1 { "batch" } else { "batches" };
        let text = format!("{rows} {batches} so far");
        match self.spinner.during(&text, page).await {
            Either::Left(_) => Err(Stopped::Interrupted),
            Either::Right((page, _)) => page.map_err(Stopped::Failed),
        }
    }
}
