//! Which batches a query asks for.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::quirk::{Bounds, NameMatch};

/// The eight statuses of a batch, in the order of the documentation.
pub const STATUSES: [&str; 8] = [
    "validating",
    "in_progress",
    "finalizing",
    "completed",
    "failed",
    "expired",
    "cancelling",
    "cancelled",
];

/// A parameter that filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FilterParam {
    /// `ds_name`
    DsName,
    /// `input_file_ids`
    InputFileIds,
    /// `status`
    Status,
    /// `create_after`
    CreateAfter,
    /// `create_before`
    CreateBefore,
}

impl FilterParam {
    pub(crate) const ALL: [Self; 5] = [
        Self::DsName,
        Self::InputFileIds,
        Self::Status,
        Self::CreateAfter,
        Self::CreateBefore,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::DsName => "ds_name",
            Self::InputFileIds => "input_file_ids",
            Self::Status => "status",
            Self::CreateAfter => "create_after",
            Self::CreateBefore => "create_before",
        }
    }
}

/// All conditions must hold; one that was not sent holds always. Instants are Unix
/// seconds.
pub(super) struct Filter {
    pub(super) name: Option<String>,
    pub(super) input_files: Option<Vec<String>>,
    pub(super) statuses: Option<Vec<String>>,
    pub(super) created_after: Option<i64>,
    pub(super) created_before: Option<i64>,
}

impl Filter {
    /// Whether any condition was sent.
    pub(super) fn is_set(&self) -> bool {
        self.name.is_some()
            || self.input_files.is_some()
            || self.statuses.is_some()
            || self.created_after.is_some()
            || self.created_before.is_some()
    }

    pub(super) fn matches(
        &self,
        row: &Value,
        created_at: i64,
        bounds: Bounds,
        names: NameMatch,
    ) -> bool {
        self.matches_name(row, names)
            && is_one_of(&self.input_files, row.get("input_file_id"))
            && is_one_of(&self.statuses, row.get("status"))
            && self.matches_time(created_at, bounds)
    }

    /// Every name contains the empty one, and so does having none.
    fn matches_name(&self, row: &Value, names: NameMatch) -> bool {
        let Some(text) = &self.name else {
            return true;
        };
        let name = row.pointer("/metadata/ds_name").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        match names {
            NameMatch::Contains => name.contains(text),
            NameMatch::IgnoresCase => name.to_lowercase().contains(&text.to_lowercase()),
            NameMatch::Fuzzy => {
                let name = name.to_lowercase();
                let mut rest = name.chars();
                let mut wanted = text.chars().flat_map(char::to_lowercase);
                wanted.all(|wanted| rest.any(|char| char == wanted))
            }
        }
    }

    fn matches_time(&self, created_at: i64, bounds: Bounds) -> bool {
        let follows = |early: i64, late: i64| match bounds {
            Bounds::Inclusive => early <= late,
            Bounds::Exclusive => early < late,
        };
        self.created_after
            .is_none_or(|after| follows(after, created_at))
            && self
                .created_before
                .is_none_or(|before| follows(created_at, before))
    }
}

fn is_one_of(wanted: &Option<Vec<String>>, value: Option<&Value>) -> bool {
    wanted.as_ref().is_none_or(|wanted| {
        value
            .and_then(Value::as_str)
            .is_some_and(|value| wanted.iter().any(|one| one == value))
    })
}
