//! A filter as it goes out: checked, and rendered as the service takes it.

use jiff::Timestamp;
use jiff::tz::Offset;
use qwen_batches_api::limits::{
    BATCH_METADATA_DS_NAME_MAX_LENGTH, LIST_BATCHES_INPUT_FILE_IDS_MAX_ITEMS,
};
use qwen_batches_api::types::{BatchStatus, InputFileId};
use qwen_batches_api::wire::CommaSeparated;
use serde::Serialize;

use crate::types::dialect::Dialect;
use crate::types::filter::BatchFilter;
use crate::types::filter_time::{self, FilterZone, UTC8};
use crate::types::invalid_field::InvalidField;

/// A filter as it goes out, on every page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pub(crate) ds_name: Option<String>,
    pub(crate) input_file_ids: Option<CommaSeparated<InputFileId>>,
    pub(crate) status: Option<CommaSeparated<BatchStatus>>,
    pub(crate) create_after: Option<String>,
    pub(crate) create_before: Option<String>,
}

impl Query {
    /// Checks all values of a filter, and renders those that the server takes: none in a dialect
    /// without filters, no times where their zone is unknown.
    pub(crate) fn render(
        filter: &BatchFilter,
        dialect: Dialect,
        zone: FilterZone,
    ) -> Result<Self, Vec<InvalidField>> {
        let mut invalid = Vec::new();
        let query = Self {
            ds_name: name(filter, &mut invalid),
            input_file_ids: input_files(filter, &mut invalid),
            status: statuses(filter, &mut invalid),
            create_after: created_after(filter, zone.of_create_after(), &mut invalid),
            create_before: created_before(filter, zone.of_create_before(), &mut invalid),
        };
        match (invalid.is_empty(), dialect.has_filters()) {
            (false, _) => Err(invalid),
            (true, true) => Ok(query),
            (true, false) => Ok(Self::default()),
        }
    }
}

fn statuses(
    filter: &BatchFilter,
    invalid: &mut Vec<InvalidField>,
) -> Option<CommaSeparated<BatchStatus>> {
    let statuses = filter.statuses.as_ref()?;
    let before = invalid.len();
    if statuses.is_empty() {
        let message = "no status given; leave it out to list all";
        invalid.push(InvalidField::new("statuses", message));
    }
    for status in statuses.iter().filter(|status| !status.is_known()) {
        let known: Vec<&str> = BatchStatus::KNOWN.iter().map(BatchStatus::as_str).collect();
        let message = format!("`{status}` is not a status; known are {}", known.join(", "));
        invalid.push(InvalidField::new("statuses", message));
    }
    comma_separated("statuses", statuses, before, invalid)
}

fn name(filter: &BatchFilter, invalid: &mut Vec<InvalidField>) -> Option<String> {
    let name = filter.name_contains.as_ref()?;
    let length = name.chars().count();
    if length == 0 {
        let message = "empty; leave it out to list all";
        invalid.push(InvalidField::new("name_contains", message));
    } else if length > BATCH_METADATA_DS_NAME_MAX_LENGTH as usize {
        let message = format!(
            "{length} characters, but no name is longer than {BATCH_METADATA_DS_NAME_MAX_LENGTH}"
        );
        invalid.push(InvalidField::new("name_contains", message));
    }
    Some(name.clone())
}

fn input_files(
    filter: &BatchFilter,
    invalid: &mut Vec<InvalidField>,
) -> Option<CommaSeparated<InputFileId>> {
    let files = filter.input_files.as_ref()?;
    let before = invalid.len();
    let mut refuse = |message: String| invalid.push(InvalidField::new("input_files", message));
    let most = LIST_BATCHES_INPUT_FILE_IDS_MAX_ITEMS as usize;
    if files.is_empty() {
        refuse("no file given; leave it out to list all".to_owned());
    } else if files.len() > most {
        refuse(format!("{} given, at most {most} are allowed", files.len()));
    }
    for (index, file) in files.iter().enumerate() {
        if file.expose().trim().is_empty() {
            refuse(format!("number {} is empty", index + 1));
        } else if file.expose().contains(',') {
            refuse(format!(
                "`{file}` holds a comma, which the service takes for the end of the id"
            ));
        }
    }
    comma_separated("input_files", files, before, invalid)
}

fn created_after(
    filter: &BatchFilter,
    zone: Option<Offset>,
    invalid: &mut Vec<InvalidField>,
) -> Option<String> {
    if let (Some(after), Some(before)) = (filter.created_after, filter.created_before)
        && after > before
    {
        let message = format!("{after} is later than created_before, {before}");
        invalid.push(InvalidField::new("created_after", message));
    }
    let instant = filter.created_after?;
    time(
        "created_after",
        instant,
        zone,
        filter_time::create_after,
        invalid,
    )
}

fn created_before(
    filter: &BatchFilter,
    zone: Option<Offset>,
    invalid: &mut Vec<InvalidField>,
) -> Option<String> {
    let instant = filter.created_before?;
    time(
        "created_before",
        instant,
        zone,
        filter_time::create_before,
        invalid,
    )
}

/// A time that does not go out is checked all the same: whether a filter is valid does not hang on
/// the server.
fn time(
    field: &'static str,
    instant: Timestamp,
    zone: Option<Offset>,
    render: fn(Timestamp, Offset) -> Option<String>,
    invalid: &mut Vec<InvalidField>,
) -> Option<String> {
    let shown = zone.unwrap_or(UTC8);
    let rendered = render(instant, shown);
    if rendered.is_none() {
        let message = format!("{instant} has no year from 1 to 9999 at UTC{shown}");
        invalid.push(InvalidField::new(field, message));
    }
    rendered.filter(|_| zone.is_some())
}

/// What the checks before let through, the contract's type may refuse all the same.
fn comma_separated<T: Clone + Serialize>(
    field: &'static str,
    items: &[T],
    before: usize,
    invalid: &mut Vec<InvalidField>,
) -> Option<CommaSeparated<T>> {
    if invalid.len() > before {
        return None;
    }
    match CommaSeparated::try_from(items.to_vec()) {
        Ok(items) => Some(items),
        Err(error) => {
            invalid.push(InvalidField::new(field, error.to_string()));
            None
        }
    }
}
