//! What a client and its clones have seen of their server.

use std::sync::OnceLock;

use crate::types::filter_time::FilterZone;

/// What a server does with a filter that it need not apply to the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FilterUse {
    /// It lists batches that nothing in the filter matches.
    Ignored,
    /// It filters, by a rule of its own.
    ByServer,
}

/// Each fact is learned once, and holds for as long as the client does.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    zone: OnceLock<FilterZone>,
    names: OnceLock<FilterUse>,
    input_files: OnceLock<FilterUse>,
}

impl Learned {
    /// In which zone the server was seen to read its time filters, or that it ignores them.
    pub(crate) fn zone(&self) -> Option<FilterZone> {
        self.zone.get().copied()
    }

    pub(crate) fn names(&self) -> Option<FilterUse> {
        self.names.get().copied()
    }

    pub(crate) fn input_files(&self) -> Option<FilterUse> {
        self.input_files.get().copied()
    }

    pub(crate) fn learn_zone(&self, zone: FilterZone) {
        // Two lists at once may learn the same.
        let _ = self.zone.set(zone);
    }

    pub(crate) fn learn_names(&self, filter_use: FilterUse) {
        let _ = self.names.set(filter_use);
    }

    pub(crate) fn learn_input_files(&self, filter_use: FilterUse) {
        let _ = self.input_files.set(filter_use);
    }
}
