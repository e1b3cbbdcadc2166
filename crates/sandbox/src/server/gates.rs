//! Where responses are held until somebody lets them go.

use std::time::Duration;

use tokio::sync::{oneshot, watch};

/// The responses that are held at present, in the order in which they came to a halt.
pub(super) struct Gates {
    held: watch::Sender<Vec<Held>>,
}

struct Held {
    /// Its request; no request is held twice at a time.
    n: usize,
    open: oneshot::Sender<()>,
}

impl Gates {
    pub(super) fn new() -> Self {
        Self {
            held: watch::Sender::new(Vec::new()),
        }
    }

    /// Halts until this response is let go, or for so long at most.
    pub(super) async fn hold(&self, n: usize, at_most: Option<Duration>) {
        let (open, opened) = oneshot::channel();
        self.held.send_modify(|held| held.push(Held { n, open }));
        let _entry = Entry { gates: self, n };
        // Who drops the sender lets go as well.
        match at_most {
            Some(limit) => {
                let _ = tokio::time::timeout(limit, opened).await;
            }
            None => {
                let _ = opened.await;
            }
        }
    }

    /// The requests whose responses are held, as soon as there are so many at once.
    pub(super) async fn held(&self, count: usize) -> Vec<usize> {
        let mut watch = self.held.subscribe();
        match watch.wait_for(|held| held.len() >= count).await {
            Ok(held) => held.iter().map(|held| held.n).collect(),
            Err(_) => unreachable!("the sender is borrowed"),
        }
    }

    /// Lets go of those responses; returns how many that were. They count as held no longer when
    /// this returns.
    pub(super) fn release(&self, wanted: impl Fn(usize) -> bool) -> usize {
        let mut released = Vec::new();
        self.held.send_if_modified(|held| {
            released.extend(held.extract_if(.., |held| wanted(held.n)));
            !released.is_empty()
        });
        let count = released.len();
        for held in released {
            // A connection that is gone needs no leave.
            let _ = held.open.send(());
        }
        count
    }
}

/// Ends with its halt, however that ends.
struct Entry<'a> {
    gates: &'a Gates,
    n: usize,
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.gates.release(|n| n == self.n);
    }
}
