//! Whether names are compared letter by letter.

use serde_json::Value;

use crate::doctor::examination::Examination;
use crate::doctor::question::Question;
use crate::doctor::reply::Answer;
use crate::doctor::report::Verdict;
use crate::doctor::{Findings, Found, Inconclusive, Probe};

pub(in crate::doctor) const PROBE: Probe = Probe {
    check: "case of ds_name",
    expected: "distinguished",
    run: |examination| Box::pin(run(examination)),
};

async fn run(examination: &mut Examination) -> Findings {
    let rows = examination.first_page.as_ref().and_then(Answer::rows);
    let row = rows.into_iter().flatten().find_map(named);
    let Some((id, piece)) = row else {
        return Err(Inconclusive::new(
            "no batch has a name with letters of one case",
        ));
    };
    if !examination.ask(&[("ds_name", &piece)]).await?.contains(&id) {
        let text = "unknown: a batch is not found by a piece of its name";
        return Ok(Found::new(Verdict::Violation, text));
    }
    let swapped = examination.ask(&[("ds_name", &swap(&piece))]).await?;
    let (verdict, text, answer) = match swapped.rows() {
        Some(_) if swapped.contains(&id) => (Verdict::News, "ignored", "no"),
        Some(_) => (Verdict::Ok, "distinguished", "yes"),
        None => return Err(Inconclusive::new(swapped.describe())),
    };
    examination.settle(Question::NameCase, answer);
    Ok(Found::new(verdict, text))
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
