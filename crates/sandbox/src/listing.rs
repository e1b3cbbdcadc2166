//! The answer to a request: which rows, or which refusal. Knows no socket.

use std::cmp::Reverse;
use std::collections::HashSet;

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use jiff::tz::Offset;
use serde_json::Value;

use crate::error::SandboxError;
use crate::filter::Bounds;
use crate::query::ListQuery;
use crate::reply::{Page, Refusal};
use crate::server::PREFIX;

/// Only batches of the last 30 days are listed.
pub(crate) const HORIZON_SECONDS: i64 = 30 * 24 * 60 * 60;

/// How a listing reads what the facts leave open.
pub(crate) struct Rules {
    pub(crate) now: i64,
    pub(crate) api_key: Option<String>,
    pub(crate) bounds: Bounds,
    pub(crate) zone: Offset,
    /// Whether values that make no sense count as absent.
    pub(crate) lenient: bool,
}

/// The rows, newest first, and the rules by which they are listed.
pub(crate) struct Listing {
    batches: Vec<Batch>,
    rules: Rules,
}

/// A row, and the two of its values that place it in a list.
pub(crate) struct Batch {
    id: String,
    pub(crate) created_at: i64,
    pub(crate) row: Value,
}

impl Listing {
    pub(crate) fn new(rows: Vec<Value>, rules: Rules) -> Result<Self, SandboxError> {
        let mut batches = rows
            .into_iter()
            .enumerate()
            .map(|(position, row)| Batch::new(position, row))
            .collect::<Result<Vec<_>, _>>()?;
        let mut ids = HashSet::new();
        for (position, batch) in batches.iter().enumerate() {
            if !ids.insert(batch.id.as_str()) {
                return Err(SandboxError::row(
                    position,
                    format!("the id {:?} is taken by an earlier row", batch.id),
                ));
            }
        }
        batches.sort_by_key(|batch| Reverse(batch.created_at));
        Ok(Self { batches, rules })
    }

    pub(crate) fn now(&self) -> i64 {
        self.rules.now
    }

    pub(crate) fn rows(&self) -> Vec<Value> {
        self.batches
            .iter()
            .filter(|batch| self.within_horizon(batch))
            .map(|batch| batch.row.clone())
            .collect()
    }

    /// Path, then method, then key, then parameters: the first that fails answers.
    pub(crate) fn answer(&self, head: &Parts) -> Result<Page, Refusal> {
        let path = head.uri.path();
        if path.strip_prefix(PREFIX) != Some("/batches") {
            return Err(Refusal::not_found(path));
        }
        if head.method != Method::GET {
            return Err(Refusal::method_not_allowed(&head.method));
        }
        self.authorize(&head.headers)?;
        let query = ListQuery::parse(
            head.uri.query().unwrap_or_default(),
            self.rules.zone,
            self.rules.lenient,
        )?;
        self.page(&query)
    }

    fn authorize(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let key = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, key)| key.trim())
            .filter(|key| !key.is_empty())
            .ok_or_else(Refusal::no_key)?;
        match &self.rules.api_key {
            Some(expected) if expected != key => Err(Refusal::wrong_key()),
            _ => Ok(()),
        }
    }

    fn page(&self, query: &ListQuery) -> Result<Page, Refusal> {
        let start = match &query.after {
            None => 0,
            Some(id) => match self.batches.iter().position(|batch| batch.id == *id) {
                Some(cursor) => cursor + 1,
                None if self.rules.lenient => 0,
                None => return Err(Refusal::parameter("after", id, "no batch has this id")),
            },
        };
        let mut found = self.batches[start..]
            .iter()
            .filter(|batch| self.within_horizon(batch))
            .filter(|batch| query.filter.matches(batch, self.rules.bounds));
        let rows: Vec<_> = found.by_ref().take(query.limit).collect();
        Ok(Page {
            first_id: rows.first().map(|batch| batch.id.clone()),
            last_id: rows.last().map(|batch| batch.id.clone()),
            has_more: found.next().is_some(),
            filtered: query.filter.is_set(),
            full: rows.len() == query.limit,
            rows: rows.into_iter().map(|batch| batch.row.clone()).collect(),
        })
    }

    fn within_horizon(&self, batch: &Batch) -> bool {
        batch.created_at >= self.rules.now - HORIZON_SECONDS
    }
}

impl Batch {
    fn new(position: usize, row: Value) -> Result<Self, SandboxError> {
        let Some(id) = row.get("id").and_then(Value::as_str) else {
            return Err(SandboxError::row(position, "it has no string `id`"));
        };
        let Some(created_at) = row.get("created_at").and_then(Value::as_i64) else {
            return Err(SandboxError::row(
                position,
                "it has no integer `created_at` in Unix seconds",
            ));
        };
        Ok(Self {
            id: id.to_owned(),
            created_at,
            row,
        })
    }
}
