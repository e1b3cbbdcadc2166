//! A page of a list.

use serde_json::{Value, json};

use super::dialect::Dialect;
use super::rules::Rules;

/// A page of a list, as it is before it is written.
pub(crate) struct Page {
    pub(crate) rows: Vec<Value>,
    pub(crate) first_id: Option<String>,
    pub(crate) last_id: Option<String>,
    pub(crate) has_more: bool,
}

impl Page {
    pub(crate) fn body(self, rules: &Rules) -> Value {
        let data = match self.rows {
            rows if rows.is_empty() && !rules.empty_array => Value::Null,
            rows => rows.into(),
        };
        if rules.dialect == Dialect::AzureOpenAi {
            return json!({ "object": "list", "data": data, "has_more": self.has_more });
        }
        json!({
            "object": "list",
            "data": data,
            "first_id": self.first_id,
            "last_id": self.last_id,
            "has_more": self.has_more,
        })
    }
}
