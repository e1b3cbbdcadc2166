//! Each claim of the contract has a row that says how it is known, and each row has its claim.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::claims::{self, Claim};
use crate::contract;

const TABLE: &str = "openapi/README.md";
const COLUMNS: [&str; 4] = ["pointer", "claim", "known", "source"];

/// The ways in which a claim can be known. What is not known is not claimed.
const KNOWN: [&str; 3] = ["documented", "recorded", "inferred"];

pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let read = |path: &str| {
        fs::read_to_string(root.join(path)).with_context(|| format!("{path} cannot be read"))
    };
    let contract: Value = serde_norway::from_str(&read(contract::PATH)?)
        .with_context(|| format!("{} is not readable as YAML", contract::PATH))?;
    Ok(problems(&contract, &read(TABLE)?))
}

fn problems(contract: &Value, table: &str) -> Vec<String> {
    let claims = claims::of(contract);
    let mut problems = Vec::new();
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for row in rows_of(table) {
        let claim = claims.iter().find(|claim| claim.pointer == row.pointer);
        let mut found = row_problems(&row);
        found.extend(claim.and_then(|claim| name_problem(&row, claim)));
        if contract.pointer(&row.pointer).is_none() {
            let file = contract::PATH;
            found.push(format!(
                "points to nothing in {file}; mend or remove the row"
            ));
        }
        if let Some(first) = rows.get(&row.pointer) {
            found.push(format!("is a second row; the first is line {}", first.line));
        }
        for problem in found {
            problems.push(format!("{TABLE}:{}: `{}` {problem}", row.line, row.pointer));
        }
        rows.insert(row.pointer.clone(), row);
    }
    for Claim { pointer, .. } in claims {
        if !rows.contains_key(&pointer) {
            problems.push(format!(
                "{TABLE}: no row says how `{pointer}` is known; add one, or take the claim out \
                 of {}",
                contract::PATH
            ));
        }
    }
    problems
}

/// One row of a table with the columns [`COLUMNS`].
#[derive(Debug)]
struct Row {
    line: usize,
    pointer: String,
    /// The other cells.
    cells: Vec<String>,
}

fn row_problems(row: &Row) -> Vec<String> {
    let [claim, known, source] = row.cells.as_slice() else {
        return vec![format!("does not have the cells {}", COLUMNS.join(", "))];
    };
    let mut problems = Vec::new();
    if claim.is_empty() || source.is_empty() {
        problems.push("has an empty cell".to_owned());
    }
    if !known.split(',').all(|word| KNOWN.contains(&word.trim())) {
        let words = KNOWN.join(", ");
        problems.push(format!(
            "is known as `{known}`; write one or more of {words}"
        ));
    }
    problems
}

/// A pointer with a number would go on to point to something else when a list changes.
fn name_problem(row: &Row, claim: &Claim) -> Option<String> {
    let name = format!("`{}`", claim.name.as_deref()?);
    let says = row.cells.first()?;
    (!says.contains(&name)).then(|| format!("is {name} in the contract; its claim says `{says}`"))
}

/// The rows of all tables of `text` that have the columns of provenance.
fn rows_of(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut in_table = false;
    for (line, content) in (1..).zip(text.lines()) {
        let Some(cells) = cells(content) else {
            in_table = false;
            continue;
        };
        if cells == COLUMNS {
            in_table = true;
        } else if in_table && !cells.iter().all(|cell| is_rule(cell)) {
            let mut cells = cells.into_iter();
            let pointer = cells.next().unwrap_or_default();
            rows.push(Row {
                line,
                pointer: pointer.trim_matches('`').to_owned(),
                cells: cells.collect(),
            });
        }
    }
    rows
}

/// The cells of a line of a Markdown table.
fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    // An escaped bar belongs to its cell.
    let inner = inner.replace("\\|", "\u{0}");
    let cells = inner.split('|');
    Some(
        cells
            .map(|cell| cell.trim().replace('\u{0}', "|"))
            .collect(),
    )
}

/// Whether `cell` belongs to the line between the head of a table and its rows.
fn is_rule(cell: &str) -> bool {
    !cell.is_empty() && cell.chars().all(|letter| letter == '-' || letter == ':')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems_of(rows: &[&str]) -> Vec<String> {
        let contract = json!({
            "servers": [{ "url": "https://a.example" }],
            "components": { "schemas": { "Id": { "type": "string", "pattern": "a|b" } } },
        });
        let head = "# Title\n\n| pointer | claim | known | source |\n|---|:--|---|---|\n";
        problems(
            &contract,
            &format!("{head}{}\n\n| `/no` | row |\n", rows.join("\n")),
        )
    }

    const SERVER: &str = "| `/servers/0` | `https://a.example` | documented | a page |";
    const ID: &str = "| `/components/schemas/Id` | an id | recorded | traffic |";
    const PATTERN: &str =
        "| `/components/schemas/Id/pattern` | `a\\|b` | documented, inferred | a page |";

    #[test]
    fn a_row_for_each_claim_passes() {
        assert_eq!(problems_of(&[SERVER, ID, PATTERN]), [""; 0]);
    }

    #[test]
    fn a_missing_row_fails() {
        assert_eq!(
            problems_of(&[SERVER, ID]),
            [
                "openapi/README.md: no row says how `/components/schemas/Id/pattern` is known; add \
              one, or take the claim out of openapi/batches.yaml"
            ]
        );
    }

    #[test]
    fn a_stale_row_fails() {
        let stale = "| `/components/schemas/Gone` | gone | recorded | traffic |";
        assert_eq!(
            problems_of(&[SERVER, ID, PATTERN, stale]),
            [
                "openapi/README.md:8: `/components/schemas/Gone` points to nothing in \
              openapi/batches.yaml; mend or remove the row"
            ]
        );
    }

    #[test]
    fn a_bad_row_fails() {
        for (row, problem) in [
            (
                "| `/servers/0` | `https://a.example` | unknown | a page |",
                "is known as `unknown`; write one or more of documented, recorded, inferred",
            ),
            (
                "| `/servers/0` | `https://a.example` | | a page |",
                "is known as ``; write one or more of documented, recorded, inferred",
            ),
            (
                "| `/servers/0` | `https://a.example` | recorded | |",
                "has an empty cell",
            ),
            (
                "| `/servers/0` | `https://a.example` | recorded |",
                "does not have the cells pointer, claim, known, source",
            ),
            (
                "| `/servers/0` | another | recorded | traffic |",
                "is `https://a.example` in the contract; its claim says `another`",
            ),
        ] {
            assert_eq!(
                problems_of(&[row, ID, PATTERN]),
                [format!("openapi/README.md:5: `/servers/0` {problem}")]
            );
        }
    }

    #[test]
    fn a_second_row_fails() {
        assert_eq!(
            problems_of(&[SERVER, ID, PATTERN, SERVER]),
            ["openapi/README.md:8: `/servers/0` is a second row; the first is line 5"]
        );
    }
}
