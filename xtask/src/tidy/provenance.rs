//! Each claim of the contract has a line in a table of openapi/README.md that says how it is known,
//! and each line has its claim.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::claims::{self, Claim};
use crate::CONTRACT;

const TABLE: &str = "openapi/README.md";
const COLUMNS: [&str; 4] = ["pointer", "claim", "known", "source"];

/// The ways in which a claim can be known. What is not known is not claimed.
const KNOWN: [&str; 3] = ["documented", "recorded", "inferred"];

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let read = |path: &str| fs::read_to_string(root.join(path)).context(path.to_owned());
    let contract = serde_norway::from_str(&read(CONTRACT)?).context(CONTRACT)?;
    Ok(problems(&contract, &read(TABLE)?))
}

fn problems(contract: &Value, text: &str) -> Vec<String> {
    let claims = claims::of(contract);
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for (line, cells) in lines(text) {
        let pointer = cells[0].trim_matches('`').to_owned();
        let claim = claims.iter().find(|claim| claim.pointer == pointer);
        let mut problem = line_problem(&cells, claim);
        if contract.pointer(&pointer).is_none() {
            problem = Some(format!(
                "points to nothing in {CONTRACT}; fix or remove the line"
            ));
        }
        if !seen.insert(pointer.clone()) {
            problem = Some("is there twice".to_owned());
        }
        problems.extend(problem.map(|text| format!("{TABLE}:{line}: `{pointer}` {text}")));
    }
    for Claim { pointer, .. } in claims {
        if !seen.contains(&pointer) {
            problems.push(format!(
                "{TABLE}: nothing says how `{pointer}` is known; add it, or remove the claim from \
                 {CONTRACT}"
            ));
        }
    }
    problems
}

fn line_problem(cells: &[String], claim: Option<&Claim>) -> Option<String> {
    let [_, text, known, source] = cells else {
        return Some(format!("does not have the cells {}", COLUMNS.join(", ")));
    };
    if text.is_empty() || source.is_empty() {
        return Some("has an empty cell".to_owned());
    }
    if !known.split(',').all(|word| KNOWN.contains(&word.trim())) {
        let words = KNOWN.join(", ");
        return Some(format!("is known as `{known}`, not as any of {words}"));
    }
    // A pointer with a number points to something else once the list changes.
    let name = format!("`{}`", claim?.name.as_deref()?);
    (!text.contains(&name)).then(|| format!("is {name} in the contract, not {text}"))
}

/// The lines of all tables of `text` that have these columns: line number, cells.
fn lines(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut lines = Vec::new();
    let mut in_table = false;
    for (number, line) in (1..).zip(text.lines()) {
        let inner = line.strip_prefix('|').and_then(|it| it.strip_suffix('|'));
        let Some(inner) = inner else {
            in_table = false;
            continue;
        };
        // An escaped bar belongs to its cell.
        let cells = inner.replace("\\|", "\0");
        let cells = cells.split('|').map(|it| it.trim().replace('\0', "|"));
        let cells: Vec<String> = cells.collect();
        if cells == COLUMNS {
            in_table = true;
        } else if in_table && !cells[0].starts_with('-') {
            lines.push((number, cells));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SERVER: &str = "| `/servers/0` | `https://a.example` | documented | a page |";
    const PATTERN: &str = "| `/components/schemas/Id/pattern` | `a\\|b` | recorded, inferred | b |";

    #[test]
    fn lines_and_claims_match() {
        for (first, problem) in [
            (
                "| `/components/schemas/Id` | an id | recorded | traffic |",
                "",
            ),
            ("", "nothing says how `/components/schemas/Id` is known"),
            (
                "| `/gone` | an id | recorded | traffic |",
                "points to nothing",
            ),
            (SERVER, "is there twice"),
            (
                "| `/components/schemas/Id` | an id | unknown | a |",
                "is known as `unknown`",
            ),
            (
                "| `/components/schemas/Id` | an id | recorded | |",
                "has an empty cell",
            ),
            (
                "| `/components/schemas/Id` | an id | recorded |",
                "does not have the cells",
            ),
        ] {
            let contract = json!({
                "servers": [{ "url": "https://a.example" }],
                "components": { "schemas": { "Id": { "type": "string", "pattern": "a|b" } } },
            });
            let head = "# Title\n\n| pointer | claim | known | source |\n|---|---|---|---|";
            let text = format!("{head}\n{SERVER}\n{PATTERN}\n{first}\n\n| `/no` | line |\n");
            let problems = problems(&contract, &text);
            assert_eq!(problems.is_empty(), problem.is_empty(), "{problems:?}");
            assert!(
                problem.is_empty() || problems[0].contains(problem),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn a_place_in_a_list_is_named() {
        let contract = json!({ "servers": [{ "url": "https://b.example" }] });
        let text = format!("| pointer | claim | known | source |\n|---|---|---|---|\n{SERVER}\n");
        assert_eq!(
            problems(&contract, &text),
            [
                "openapi/README.md:3: `/servers/0` is `https://b.example` in the contract, not \
              `https://a.example`"
            ]
        );
    }
}
