//! Which batches to list.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::Hasher as _;

use jiff::Timestamp;
use jiff::tz::Offset;
use qwen_batches_api::limits::{
    BATCH_METADATA_DS_NAME_MAX_LENGTH, LIST_BATCHES_INPUT_FILE_IDS_MAX_ITEMS,
};
use qwen_batches_api::types::{Batch, BatchStatus, InputFileId};
use qwen_batches_api::wire::CommaSeparated;
use serde::Serialize;

use crate::types::dialect::Dialect;
use crate::types::filter_time;

/// Which batches to list: those for which everything that is set holds.
///
/// Values are checked together, before anything is sent: an error lists every
/// [`InvalidField`]. A setter called again replaces what was set before.
///
/// ```
/// use qwen_batches::{BatchFilter, BatchStatus};
///
/// let nightly = BatchFilter::new()
///     .statuses([BatchStatus::Completed, BatchStatus::Expired])
///     .name_contains("nightly")
///     .created_after("2025-03-04T00:00:00Z".parse::<jiff::Timestamp>().unwrap());
/// # assert_ne!(nightly, BatchFilter::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchFilter {
    statuses: Option<Vec<BatchStatus>>,
    name_contains: Option<String>,
    input_files: Option<Vec<InputFileId>>,
    created_after: Option<Timestamp>,
    created_before: Option<Timestamp>,
}

/// One thing that is wrong with a filter or an option of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidField {
    /// The setter whose value is wrong, such as `input_files`.
    pub field: &'static str,
    /// What is wrong with which value, and what would be right.
    pub message: String,
}

impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
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
    #[must_use]
    pub fn created_after(mut self, instant: impl Into<Timestamp>) -> Self {
        self.created_after = Some(instant.into());
        self
    }

    /// Batches created before this instant.
    #[must_use]
    pub fn created_before(mut self, instant: impl Into<Timestamp>) -> Self {
        self.created_before = Some(instant.into());
        self
    }

    /// Whether the batch was created in the interval of the filter, `[after, before)`. The service
    /// filters by whole seconds with bounds of unknown kind, so this decides.
    pub(crate) fn covers(&self, batch: &Batch) -> bool {
        let Ok(created) = Timestamp::from_second(batch.created_at) else {
            return true;
        };
        self.created_after.is_none_or(|after| after <= created)
            && self.created_before.is_none_or(|before| created < before)
    }

    /// The instant before which it lets nothing through.
    pub(crate) fn earliest(&self) -> Option<Timestamp> {
        self.created_after
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

    pub(crate) fn has_statuses(&self) -> bool {
        self.statuses.is_some()
    }

    pub(crate) fn without_statuses(&self) -> Self {
        Self {
            statuses: None,
            ..self.clone()
        }
    }

    /// What tells this filter from others, without the secrets that it may hold.
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

    /// The setters that were called.
    fn fields(&self) -> impl Iterator<Item = &'static str> {
        [
            ("statuses", self.statuses.is_some()),
            ("name_contains", self.name_contains.is_some()),
            ("input_files", self.input_files.is_some()),
            ("created_after", self.created_after.is_some()),
            ("created_before", self.created_before.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, is_set)| is_set.then_some(field))
    }

    /// Checks all values and renders them as the service takes them, its clock being in `zone`.
    pub(crate) fn render(
        &self,
        dialect: Dialect,
        zone: Offset,
    ) -> Result<Query, Vec<InvalidField>> {
        let mut problems = Vec::new();
        let mut problem = |field, message: String| problems.push(InvalidField { field, message });

        if !dialect.has_filters() {
            for field in self.fields() {
                let message = format!("{dialect} has no such filter, and would list all batches");
                problem(field, message);
            }
        }

        if let Some(statuses) = &self.statuses {
            if statuses.is_empty() {
                problem(
                    "statuses",
                    "no status given; leave it out to list all".to_owned(),
                );
            }
            for status in statuses.iter().filter(|status| !status.is_known()) {
                let known: Vec<&str> = BatchStatus::KNOWN.iter().map(BatchStatus::as_str).collect();
                let known = known.join(", ");
                problem(
                    "statuses",
                    format!("`{status}` is not a status; known are {known}"),
                );
            }
        }
        if let Some(name) = &self.name_contains {
            let length = name.chars().count();
            if length == 0 {
                problem(
                    "name_contains",
                    "empty; leave it out to list all".to_owned(),
                );
            } else if length > BATCH_METADATA_DS_NAME_MAX_LENGTH as usize {
                let message = format!(
                    "{length} characters, but no name is longer than \
                     {BATCH_METADATA_DS_NAME_MAX_LENGTH}"
                );
                problem("name_contains", message);
            }
        }
        if let Some(files) = &self.input_files {
            let most = LIST_BATCHES_INPUT_FILE_IDS_MAX_ITEMS as usize;
            if files.is_empty() {
                problem(
                    "input_files",
                    "no file given; leave it out to list all".to_owned(),
                );
            } else if files.len() > most {
                let message = format!("{} given, at most {most} are allowed", files.len());
                problem("input_files", message);
            }
            for (index, file) in files.iter().enumerate() {
                if file.expose().trim().is_empty() {
                    problem("input_files", format!("number {} is empty", index + 1));
                } else if file.expose().contains(',') {
                    let message = format!(
                        "`{file}` holds a comma, which the service takes for the end of the id"
                    );
                    problem("input_files", message);
                }
            }
        }
        if let (Some(after), Some(before)) = (self.created_after, self.created_before)
            && after > before
        {
            let message = format!("{after} is later than created_before, {before}");
            problem("created_after", message);
        }
        let mut bound = |field, instant: Option<Timestamp>, render: fn(_, _) -> Option<String>| {
            let instant = instant?;
            let rendered = render(instant, zone);
            if rendered.is_none() {
                let message = format!("{instant} has no year from 1 to 9999 at UTC{zone}");
                problem(field, message);
            }
            rendered
        };
        let create_after = bound(
            "created_after",
            self.created_after,
            filter_time::create_after,
        );
        let create_before = bound(
            "created_before",
            self.created_before,
            filter_time::create_before,
        );

        if !problems.is_empty() {
            return Err(problems);
        }
        // What the checks above let through, the contract's type may refuse all the same.
        let refused = |field| move |message| vec![InvalidField { field, message }];
        Ok(Query {
            ds_name: self.name_contains.clone(),
            input_file_ids: comma_separated(&self.input_files).map_err(refused("input_files"))?,
            status: comma_separated(&self.statuses).map_err(refused("statuses"))?,
            create_after,
            create_before,
        })
    }
}

fn comma_separated<T: Clone + Serialize>(
    items: &Option<Vec<T>>,
) -> Result<Option<CommaSeparated<T>>, String> {
    let items = items.clone().map(CommaSeparated::try_from);
    items.transpose().map_err(|error| error.to_string())
}

/// A filter as it goes out, on every page.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) ds_name: Option<String>,
    pub(crate) input_file_ids: Option<CommaSeparated<InputFileId>>,
    pub(crate) status: Option<CommaSeparated<BatchStatus>>,
    pub(crate) create_after: Option<String>,
    pub(crate) create_before: Option<String>,
}
