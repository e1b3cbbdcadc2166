//! Filters by name, status and input file: whether they are applied at all.

use qwen_batches::BatchStatus;
use serde_json::Value;

use crate::doctor::examination::Examination;
use crate::doctor::finding::{Findings, Found, Inconclusive};
use crate::doctor::question::Question;
use crate::words::count;

/// An input file that does not exist is no error: it was recorded to match nothing.
pub(super) async fn input_file(examination: &mut Examination) -> Findings {
    let file = "file-batch-00000000-0000-4000-8000-000000000000";
    matches(examination, ("input_file_ids", file), |row| {
        row["input_file_id"] == file
    })
    .await
}

pub(super) async fn name(examination: &mut Examination) -> Findings {
    let name = "no batch has this name 00000000-0000-4000-8000-000000000000";
    matches(examination, ("ds_name", name), |row| {
        let name_of_row = row["metadata"]["ds_name"].as_str();
        name_of_row.is_some_and(|it| it.contains(name))
    })
    .await
}

/// A status that the newest batch has not: where it is ignored, that batch comes.
pub(super) async fn status(examination: &mut Examination) -> Findings {
    let newest = examination.newest_rows().first();
    let of_newest = newest.and_then(|row| row["status"].as_str());
    let mut known = BatchStatus::KNOWN.iter().rev().map(BatchStatus::as_str);
    let Some(asked) = known.find(|status| Some(*status) != of_newest) else {
        return Err(Inconclusive::new("there is no other status"));
    };
    matches(examination, ("status", asked), |row| {
        // A status that the contract does not list may stand for any.
        let status = row["status"].as_str().unwrap_or(asked);
        status == asked || !BatchStatus::from(status).is_known()
    })
    .await
}

/// Whether all rows under a filter match it.
async fn matches(
    examination: &mut Examination,
    (name, value): (&str, &str),
    does_match: impl Fn(&Value) -> bool,
) -> Findings {
    if examination.newest_rows().is_empty() {
        // Asked all the same, for the shape of an empty page.
        examination.ask(&[(name, value)]).await?;
        return Err(Inconclusive::new("there are no batches"));
    }
    let response = examination.ask(&[(name, value)]).await?;
    let Some(rows) = response.rows() else {
        return Err(Inconclusive::new(response.describe()));
    };
    let others = rows.iter().filter(|row| !does_match(row)).count();
    Ok(if others == 0 {
        Found::ok("applied")
    } else {
        let all = count(rows.len(), "batch");
        Found::violation(format!("ignored: {others} of {all} do not match it"))
    })
}

/// Whether names are compared letter by letter.
pub(super) async fn name_case(examination: &mut Examination) -> Findings {
    let Some((id, piece)) = examination.newest_rows().iter().find_map(named) else {
        return Err(Inconclusive::new(
            "no batch has a name with letters of one case",
        ));
    };
    if !examination.ask(&[("ds_name", &piece)]).await?.contains(&id) {
        let text = "unknown: a batch is not found by a piece of its name";
        return Ok(Found::violation(text));
    }
    let swapped = examination.ask(&[("ds_name", &swap(&piece))]).await?;
    let Some(rows) = swapped.rows() else {
        return Err(Inconclusive::new(swapped.describe()));
    };
    let has_piece = |row: &Value| {
        let name = row["metadata"]["ds_name"].as_str().unwrap_or_default();
        name.to_ascii_lowercase()
            .contains(&piece.to_ascii_lowercase())
    };
    if !rows.iter().all(has_piece) {
        return Err(Inconclusive::new("the filter is ignored"));
    }
    Ok(if swapped.contains(&id) {
        examination.settle(Question::NameCase, "no");
        Found::undocumented("ignored")
    } else {
        examination.settle(Question::NameCase, "yes");
        Found::ok("distinguished")
    })
}

/// The id of a batch, and a word of its name that does not stand there in the other case, too.
fn named(row: &Value) -> Option<(String, String)> {
    let name = row["metadata"]["ds_name"].as_str()?;
    let piece = name
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .find(|piece| !piece.is_empty() && !name.contains(&swap(piece)))?;
    Some((row["id"].as_str()?.to_owned(), piece.to_owned()))
}

fn swap(text: &str) -> String {
    let swap = |letter: char| {
        if letter.is_ascii_lowercase() {
            letter.to_ascii_uppercase()
        } else {
            letter.to_ascii_lowercase()
        }
    };
    text.chars().map(swap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_piece_of_a_name_to_ask_for() {
        for (name, expected) in [
            ("nightly eval", Some("nightly")),
            ("夜间 Eval 12", Some("Eval")),
            ("ab AB cd", Some("cd")),
            ("ab AB", None),
            ("2025-03", None),
        ] {
            let row = serde_json::json!({ "id": "batch_1", "metadata": { "ds_name": name } });
            let piece = named(&row).map(|(_, piece)| piece);
            assert_eq!(piece.as_deref(), expected, "{name}");
        }
    }
}
