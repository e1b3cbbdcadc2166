//! Pages: their order, their cursors and their ends.

use std::collections::HashSet;

use serde_json::Value;

use super::times::window;
use crate::doctor::examination::Examination;
use crate::doctor::finding::{Findings, Found, Inconclusive};
use crate::doctor::question::Question;
use crate::doctor::response::Response;
use crate::words::count;

/// The shape of a page without a batch.
pub(super) fn empty_page(examination: &mut Examination) -> Findings {
    let empty = |page: &&Value| {
        let data = page.get("data");
        data.is_some_and(|data| data.is_null() || data.as_array().is_some_and(Vec::is_empty))
    };
    let pages = examination.pages().filter_map(Response::json);
    let Some(page) = pages.into_iter().find(empty) else {
        return Err(Inconclusive::new("no page was empty"));
    };
    let data = if page["data"].is_null() { "null" } else { "[]" };
    let ids = match ["first_id", "last_id"].map(|key| page.get(key)) {
        [Some(Value::Null), Some(Value::Null)] => "null",
        [None, None] => "absent",
        _ => "set",
    };
    let has_more = &page["has_more"];
    let text = format!("data {data}, ids {ids}, has_more {has_more}");
    Ok(match (data, ids, has_more.as_bool()) {
        ("null", "null", Some(false)) => Found::ok(text),
        _ => Found::undocumented(text),
    })
}

pub(super) fn order(examination: &mut Examination) -> Findings {
    let rows = examination.newest_rows().iter();
    let times: Vec<i64> = rows.filter_map(|row| row["created_at"].as_i64()).collect();
    if times.first() == times.last() {
        return Err(Inconclusive::new(
            "there are no two batches of different times",
        ));
    }
    Ok(if times.is_sorted_by(|one, next| one >= next) {
        Found::ok(format!("newest first, in {} batches", times.len()))
    } else if times.is_sorted() {
        Found::violation("oldest first")
    } else {
        Found::violation("neither newest nor oldest first")
    })
}

/// Where a page starts.
pub(super) async fn cursor(examination: &mut Examination) -> Findings {
    let id = |n: usize| examination.newest_rows().get(n)?["id"].as_str();
    let (Some(cursor), Some(next)) = (id(0).map(str::to_owned), id(1).map(str::to_owned)) else {
        return Err(Inconclusive::new("there are no two batches"));
    };
    let response = examination
        .ask(&[("after", &cursor), ("limit", "1")])
        .await?;
    Ok(match response.rows() {
        Some([row]) if row["id"] == next.as_str() => Found::ok("starts with the next batch"),
        Some([row]) if row["id"] == cursor.as_str() => {
            Found::violation("starts with the cursor's own batch")
        }
        Some([_]) => Found::violation("starts with another batch"),
        Some(rows) => {
            let rows = count(rows.len(), "batch");
            Found::violation(format!("{rows}, where one was asked for"))
        }
        None => Found::violation(response.describe()),
    })
}

/// Whether `has_more` is false although there are more batches.
pub(super) async fn more_to_come(examination: &mut Examination) -> Findings {
    let rows = examination.newest_rows();
    let last = rows.last().and_then(|row| row["id"].as_str());
    let known = rows.len();
    let Some(last) = last.map(str::to_owned).filter(|_| known > 1) else {
        return Err(Inconclusive::new("there are no two batches"));
    };
    let first = examination.ask(&[("limit", "1")]).await?;
    if first.rows().is_some() && !first.has_more() {
        return Ok(Found::violation(
            "false on a page of 1, with more batches behind it",
        ));
    }
    let is_last = examination
        .first_page
        .as_ref()
        .is_some_and(|it| !it.has_more());
    if is_last {
        let rest = examination.ask(&[("after", &last), ("limit", "1")]).await?;
        if rest.rows().is_some_and(|rows| !rows.is_empty()) && !rest.contains(&last) {
            return Ok(Found::violation(format!(
                "false on a page of {known}, with more batches behind it"
            )));
        }
    }
    match first.rows() {
        Some(_) => Ok(Found::ok("true")),
        None => Err(Inconclusive::new(first.describe())),
    }
}

/// Whether `has_more` is true although there is nothing more, on a page that is full and has a
/// filter: there the service was seen to be wrong.
pub(super) async fn last_page(examination: &mut Examination) -> Findings {
    let Some(zone) = examination.zone else {
        return Err(Inconclusive::new("no window of time can be built"));
    };
    let (_, created) = examination.newest()?;
    let (after, before) = ((created - 1, zone), (created + 1, zone));
    let whole = window(examination, after, before, "100").await?;
    let rows = whole.rows().unwrap_or_default().len();
    if rows == 0 || rows == 100 {
        return Err(Inconclusive::new(format!(
            "a window of {rows} batches shows nothing"
        )));
    }
    let page = if whole.has_more() {
        whole
    } else {
        window(examination, after, before, &rows.to_string()).await?
    };
    if !page.has_more() {
        return Ok(Found::ok("false, on a full page under a filter"));
    }
    let last = page.rows().and_then(|rows| rows.last());
    let Some(last) = last.and_then(|row| row["id"].as_str()) else {
        return Err(Inconclusive::new("true, but without a cursor"));
    };
    let next = examination.ask(&[("after", last), ("limit", "1")]).await?;
    let text = "true, on a full page under a filter";
    match next.rows() {
        Some(_) => {
            examination.settle(Question::HasMore, "on a full page under a filter");
            Ok(Found::undocumented(text))
        }
        None => Err(Inconclusive::new(format!(
            "{text}; behind it, {}",
            next.describe()
        ))),
    }
}

/// Whether `first_id` and `last_id` are the ids of the first and the last row.
pub(super) fn page_ids(examination: &mut Examination) -> Findings {
    let (mut pages, mut wrong) = (0, Vec::new());
    for page in examination.pages() {
        let rows = page.rows().unwrap_or_default();
        let (Some(first), Some(last), Some(json)) = (rows.first(), rows.last(), page.json()) else {
            continue;
        };
        pages += 1;
        for (key, row) in [("first_id", first), ("last_id", last)] {
            // A key that is absent is a matter of the contract's own row.
            let differs = json.get(key).is_some_and(|id| *id != row["id"]);
            if differs && !wrong.contains(&key) {
                wrong.push(key);
            }
        }
    }
    match (pages, wrong.as_slice()) {
        (0, _) => Err(Inconclusive::new("there are no batches")),
        (_, []) => Ok(Found::ok(format!(
            "as expected, on {}",
            count(pages, "page")
        ))),
        (_, wrong) => Ok(Found::violation(format!("wrong: {}", wrong.join(", ")))),
    }
}

/// Whether a page has a batch twice.
pub(super) fn repeats(examination: &mut Examination) -> Findings {
    let (mut pages, mut repeated) = (0, 0);
    for rows in examination.pages().filter_map(Response::rows) {
        pages += 1;
        let mut seen = HashSet::new();
        let ids = rows.iter().filter_map(|row| row["id"].as_str());
        repeated += ids.filter(|id| !seen.insert(*id)).count();
    }
    Ok(if repeated == 0 {
        Found::ok(format!("each once, on {}", count(pages, "page")))
    } else {
        Found::violation(format!("{} twice", count(repeated, "batch")))
    })
}
