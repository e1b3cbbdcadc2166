//! Which batches to list.

use std::collections::BTreeSet;
use std::hash::Hasher as _;
use std::time::SystemTime;

use jiff::{Timestamp, ZonedDateTime};
use qwen_batches_api::types::{BatchStatus, InputFileId};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// Which batches to list: those for which everything that is set holds.
///
/// Values are checked together, before anything is sent: an error lists every
/// [`InvalidField`](crate::InvalidField). A setter called again replaces what was set before.
///
/// ```
/// use qwen_batches::{BatchFilter, BatchStatus};
///
/// let nightly = BatchFilter::new()
///     .statuses([BatchStatus::Completed, BatchStatus::Expired])
///     .name_contains("nightly")
///     .created_after("2025-03-04T00:00:00Z".parse::<qwen_batches::Timestamp>().unwrap());
/// assert_eq!(nightly.get_name_contains(), Some("nightly"));
/// ```
///
/// What is set is read by `get_` and the name of the setter, as with [`std::process::Command`].
///
/// It is stored by serde, times as RFC 3339; input URLs are stored whole, secrets included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BatchFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) statuses: Option<Vec<BatchStatus>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name_contains: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) input_files: Option<Vec<InputFileId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created_after: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created_before: Option<Timestamp>,
}

impl BatchFilter {
    /// A filter that lets every batch of the last 30 days through.
    pub fn new() -> Self {
        Self::default()
    }

    /// Batches in one of these statuses.
    ///
    /// The list must not be empty, and every status must be one that the contract lists.
    #[must_use]
    pub fn statuses(mut self, statuses: impl IntoIterator<Item = BatchStatus>) -> Self {
        self.statuses = Some(statuses.into_iter().collect());
        self
    }

    /// Batches whose `ds_name` contains this text, as one contiguous piece: 1 to 100 characters.
    ///
    /// Whether case matters is not known.
    #[must_use]
    pub fn name_contains(mut self, text: impl Into<String>) -> Self {
        self.name_contains = Some(text.into());
        self
    }

    /// Batches made from one of these inputs: 1 to 20 file ids, OSS URLs or `oss:` identifiers.
    ///
    /// An input that does not exist is no error; it matches nothing.
    #[must_use]
    pub fn input_files(mut self, files: impl IntoIterator<Item = impl Into<InputFileId>>) -> Self {
        self.input_files = Some(files.into_iter().map(Into::into).collect());
        self
    }

    /// Batches created at this instant or later.
    ///
    /// On a server that ignores this, a list ends at an older batch if all batches so far came newest
    /// first, as documented, and were created at two different times at least. One that lists newer
    /// batches after such a beginning hides them.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use qwen_batches::BatchFilter;
    ///
    /// let last_week = SystemTime::now() - Duration::from_secs(7 * 24 * 3600);
    /// let filter = BatchFilter::new().created_after(last_week);
    /// # assert!(filter.get_created_after().is_some());
    /// ```
    #[must_use]
    pub fn created_after(mut self, instant: impl IntoTimestamp) -> Self {
        self.created_after = Some(instant.into_timestamp());
        self
    }

    /// Batches created before this instant.
    #[must_use]
    pub fn created_before(mut self, instant: impl IntoTimestamp) -> Self {
        self.created_before = Some(instant.into_timestamp());
        self
    }

    /// Batches created at `start` or later, and before `end`.
    #[must_use]
    pub fn created_between(self, start: impl IntoTimestamp, end: impl IntoTimestamp) -> Self {
        self.created_after(start).created_before(end)
    }

    /// The statuses, if they are set.
    pub fn get_statuses(&self) -> Option<&[BatchStatus]> {
        self.statuses.as_deref()
    }

    /// The text that names contain, if it is set.
    pub fn get_name_contains(&self) -> Option<&str> {
        self.name_contains.as_deref()
    }

    /// The inputs, if they are set.
    pub fn get_input_files(&self) -> Option<&[InputFileId]> {
        self.input_files.as_deref()
    }

    /// The instant at which or after which batches are created, if it is set.
    pub fn get_created_after(&self) -> Option<Timestamp> {
        self.created_after
    }

    /// The instant before which batches are created, if it is set.
    pub fn get_created_before(&self) -> Option<Timestamp> {
        self.created_before
    }

    /// Whether the status is one of those listed.
    pub(crate) fn covers_status(&self, status: &BatchStatus) -> bool {
        self.statuses
            .as_ref()
            .is_none_or(|statuses| statuses.contains(status))
    }

    /// Whether a batch of this Unix second was created at [`created_after`](Self::created_after)
    /// or later. The service filters by whole seconds with bounds of unknown kind, so this decides.
    pub(crate) fn starts_by(&self, created_at: i64) -> bool {
        self.created_after
            .is_none_or(|after| after <= instant(created_at))
    }

    /// Whether a batch of this Unix second was created before
    /// [`created_before`](Self::created_before).
    pub(crate) fn ends_after(&self, created_at: i64) -> bool {
        self.created_before
            .is_none_or(|before| instant(created_at) < before)
    }

    /// Whether the input is one of those listed, as they were written. A server may write URLs and
    /// `oss:` identifiers otherwise; whether one is listed is the second part.
    pub(crate) fn covers_input_file(&self, file: &InputFileId) -> (bool, bool) {
        let Some(files) = &self.input_files else {
            return (true, false);
        };
        let may_differ = |file: &InputFileId| file.expose().contains(':');
        (files.contains(file), files.iter().any(may_differ))
    }

    /// Whether the name contains the text, in any case and any of Unicode's equivalent forms. A
    /// batch without a name has none that does.
    pub(crate) fn covers_name(&self, name: Option<&str>) -> bool {
        let Some(text) = &self.name_contains else {
            return true;
        };
        name.is_some_and(|name| {
            name.contains(text.as_str()) || folded(name).contains(&folded(text))
        })
    }

    /// Lets nothing through that was created at this instant or later.
    pub(crate) fn narrow_before(&mut self, instant: Timestamp) {
        let before = self
            .created_before
            .map_or(instant, |before| before.min(instant));
        self.created_before = Some(before);
    }

    /// Lets nothing through that was created before this instant.
    pub(crate) fn narrow_after(&mut self, instant: Timestamp) {
        let after = self
            .created_after
            .map_or(instant, |after| after.max(instant));
        self.created_after = Some(after);
    }

    /// Whether nothing is let through that is created at this instant or later.
    pub(crate) fn ends_before(&self, instant: Timestamp) -> bool {
        self.created_before.is_some_and(|before| before <= instant)
    }

    /// Whether one of the inputs is a URL with a query, which may be signed.
    pub(crate) fn may_hold_secret(&self) -> bool {
        let files = self.input_files.as_deref().unwrap_or_default();
        files.iter().any(|file| file.expose().contains('?'))
    }

    pub(crate) fn has_statuses(&self) -> bool {
        self.statuses.is_some()
    }

    pub(crate) fn without_statuses(&self) -> Self {
        Self {
            statuses: None,
            ..self.clone()
        }
    }

    /// Distinguishes this filter from others, without the secrets that it may hold.
    ///
    /// Times count as instants, and the order of statuses and files does not count.
    pub(crate) fn fingerprint(&self) -> String {
        let statuses = self.statuses.as_ref();
        let files = self.input_files.as_ref();
        let canonical = serde_json::json!([
            statuses.map(|list| list
                .iter()
                .map(BatchStatus::as_str)
                .collect::<BTreeSet<_>>()),
            self.name_contains,
            files.map(|list| list
                .iter()
                .map(InputFileId::expose)
                .collect::<BTreeSet<_>>()),
            self.created_after
                .map(Timestamp::as_nanosecond)
                .map(|nanos| nanos.to_string()),
            self.created_before
                .map(Timestamp::as_nanosecond)
                .map(|nanos| nanos.to_string()),
        ]);
        let mut hasher = fnv::FnvHasher::default();
        hasher.write(canonical.to_string().as_bytes());
        format!("{:016x}", hasher.finish())
    }
}

/// An instant, as a [`BatchFilter`] takes it. The trait is sealed.
pub trait IntoTimestamp: sealed::Sealed {
    /// The instant, clamped to the range of [`Timestamp`].
    fn into_timestamp(self) -> Timestamp;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for jiff::Timestamp {}
    impl Sealed for jiff::ZonedDateTime {}
    impl Sealed for &jiff::ZonedDateTime {}
    impl Sealed for std::time::SystemTime {}
}

impl IntoTimestamp for Timestamp {
    fn into_timestamp(self) -> Timestamp {
        self
    }
}

impl IntoTimestamp for ZonedDateTime {
    fn into_timestamp(self) -> Timestamp {
        self.timestamp()
    }
}

impl IntoTimestamp for &ZonedDateTime {
    fn into_timestamp(self) -> Timestamp {
        self.timestamp()
    }
}

impl IntoTimestamp for SystemTime {
    fn into_timestamp(self) -> Timestamp {
        let beyond = match self < Self::UNIX_EPOCH {
            true => Timestamp::MIN,
            false => Timestamp::MAX,
        };
        Timestamp::try_from(self).unwrap_or(beyond)
    }
}

/// This second of Unix time, or the end of time that it lies behind.
fn instant(second: i64) -> Timestamp {
    let end = if second < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_second(second).unwrap_or(end)
}

/// The text without differences of case, width and composition: NFKC, folded.
fn folded(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfkc()
        .collect()
}
