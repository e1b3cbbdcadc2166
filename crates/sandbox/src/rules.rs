//! How a request is read and a list is made.

use jiff::tz::Offset;

use crate::filter::Bounds;
use crate::query::FilterParam;
use crate::script::{NameMatch, Order, Quirk, UnknownCursor};

/// How one request is read: the settings of the sandbox, changed by the faults of the request.
#[derive(Clone)]
pub(crate) struct Rules {
    pub(crate) bounds: Bounds,
    pub(crate) zone: Offset,
    /// Whether values that make no sense count as absent.
    pub(crate) lenient: bool,
    pub(crate) names: NameMatch,
    pub(crate) unknown_cursor: UnknownCursor,
    /// Filters that are read as if they were not there.
    pub(crate) ignored: Vec<FilterParam>,
    pub(crate) order: Order,
}

impl Rules {
    pub(crate) fn set(&mut self, quirk: Quirk) {
        match quirk {
            Quirk::ZoneOffsetHours(hours) => {
                self.zone = Offset::from_hours(hours).unwrap_or(self.zone);
            }
            Quirk::Bounds(bounds) => self.bounds = bounds,
            Quirk::Names(names) => self.names = names,
            Quirk::UnknownCursor(unknown) => self.unknown_cursor = unknown,
        }
    }
}
