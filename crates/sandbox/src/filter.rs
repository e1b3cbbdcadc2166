//! Which batches a query asks for.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rules::Rules;
use crate::script::NameMatch;

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

/// Whether `create_after` and `create_before` include the second that they name.
///
/// Nothing public says which of the two the service does; a client has to be right
/// under both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Bounds {
    /// `create_after <= created_at <= create_before`.
    #[default]
    Inclusive,
    /// `create_after < created_at < create_before`.
    Exclusive,
}

/// All conditions must hold; one that was not sent holds always. Instants are Unix
/// seconds.
pub(crate) struct Filter {
    pub(crate) name: Option<String>,
    pub(crate) input_files: Option<Vec<String>>,
    pub(crate) statuses: Option<Vec<String>>,
    pub(crate) created_after: Option<i64>,
    pub(crate) created_before: Option<i64>,
}

impl Filter {
    /// Whether any condition was sent.
    pub(crate) fn is_set(&self) -> bool {
        self.name.is_some()
            || self.input_files.is_some()
            || self.statuses.is_some()
            || self.created_after.is_some()
            || self.created_before.is_some()
    }

    pub(crate) fn matches(&self, row: &Value, created_at: i64, rules: &Rules) -> bool {
        self.matches_name(row, rules.names)
            && is_one_of(&self.input_files, row.get("input_file_id"))
            && is_one_of(&self.statuses, row.get("status"))
            && self.matches_time(created_at, rules.bounds)
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
