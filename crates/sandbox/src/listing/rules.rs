//! How a request is read, and a list made.

use jiff::tz::Offset;

use super::dialect::Dialect;
use super::filter::FilterParam;
use super::quirk::{Bounds, NameMatch, Order, Quirk, UnknownCursor};
use crate::data::Filing;

/// How one request is read, and its list made: the sandbox's usual way, changed by the quirks and
/// the faults of the request.
pub(crate) struct Rules {
    pub(crate) dialect: Dialect,
    pub(super) zone: Offset,
    pub(super) bounds: Bounds,
    pub(super) names: NameMatch,
    pub(super) unknown_cursor: UnknownCursor,
    pub(super) lenient_parameters: bool,
    pub(super) over_reports_more: bool,
    pub(super) empty_array: bool,
    pub(crate) native_errors: bool,
    pub(crate) html_errors: bool,
    pub(crate) errors_as_success: bool,
    pub(super) filing: Filing,
    pub(super) no_final_newline: bool,
    pub(crate) ranges: bool,
    /// Filters that are read as if they were not there.
    pub(crate) ignored: Vec<FilterParam>,
    pub(crate) order: Order,
}

impl Rules {
    pub(crate) fn new(dialect: Dialect) -> Self {
        let is_qwen = dialect == Dialect::Qwen;
        Self {
            dialect,
            // As recorded on the Beijing host.
            zone: Offset::constant(8),
            bounds: Bounds::default(),
            names: NameMatch::default(),
            unknown_cursor: UnknownCursor::default(),
            lenient_parameters: false,
            over_reports_more: false,
            empty_array: !is_qwen,
            native_errors: false,
            html_errors: false,
            errors_as_success: false,
            filing: Filing::default(),
            no_final_newline: false,
            ranges: false,
            ignored: match is_qwen {
                true => Vec::new(),
                false => FilterParam::ALL.to_vec(),
            },
            order: Order::default(),
        }
    }

    pub(crate) fn set(&mut self, quirk: Quirk) {
        match quirk {
            Quirk::ZoneOffsetHours(hours) => {
                self.zone = Offset::from_hours(hours).unwrap_or(self.zone);
            }
            Quirk::Bounds(bounds) => self.bounds = bounds,
            Quirk::Names(names) => self.names = names,
            Quirk::UnknownCursor(unknown) => self.unknown_cursor = unknown,
            Quirk::LenientParameters => self.lenient_parameters = true,
            Quirk::OverReportsMore => self.over_reports_more = true,
            Quirk::EmptyArray => self.empty_array = true,
            Quirk::NativeErrors => self.native_errors = true,
            Quirk::HtmlErrors => self.html_errors = true,
            Quirk::ErrorsAsSuccess => self.errors_as_success = true,
            Quirk::FailedInOutput => self.filing.failed_in_output = true,
            Quirk::OmitsUnrun => self.filing.omits_unrun = true,
            Quirk::PrefixedErrors => self.filing.prefixed_errors = true,
            Quirk::NoFinalNewline => self.no_final_newline = true,
            Quirk::Ranges => self.ranges = true,
        }
    }
}
