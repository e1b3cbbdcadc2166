//! Prism serves a mock from the contract's first example, and our client lists it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::Exercised;
use super::ours::Ours;
use super::workshop::Workshop;
use crate::files::read;
use crate::process::Child;

const LIMIT: Duration = Duration::from_secs(60);

pub(super) fn run(workshop: &Workshop, ours: &Ours) -> Result<Exercised> {
    let expected = ids_of_example(&read(&workshop.contract())?)?;
    let mut command = workshop.node("node_modules/@stoplight/prism-cli/dist/index.js");
    command
        .args(["mock", "--host", "127.0.0.1", "--port", "0", "--errors"])
        .arg(workshop.contract());
    let mut mock = Child::start(&mut command, &workshop.log("prism"))?;
    let base_url = mock.wait_for(LIMIT, listening)?;
    let listed = ours.ids(workshop, &base_url, &[])?;
    ensure!(
        listed == expected,
        "our client lists {listed:?}, the example holds {expected:?}"
    );
    Ok(Exercised(vec![
        (1, "mock"),
        (listed.len(), "batches of the contract's first example"),
    ]))
}

fn listening(output: &str) -> Option<String> {
    let (_, rest) = output.split_once("Prism is listening on ")?;
    rest.split_whitespace().next().map(str::to_owned)
}

/// The ids of the first example of a page, which has to be a whole list.
fn ids_of_example(contract: &str) -> Result<Vec<String>> {
    let contract: Value = serde_norway::from_str(contract).context("the contract")?;
    let media = &contract["paths"]["/batches"]["get"]["responses"]["200"]["content"];
    let examples = media["application/json"]["examples"].as_object();
    let first = examples.and_then(|examples| examples.values().next());
    let page = &first.context("the contract has no examples of a page")?["value"];
    ensure!(
        page["has_more"] == false,
        "the contract's first example of a page promises more pages"
    );
    let rows = page["data"].as_array();
    let rows = rows.filter(|rows| !rows.is_empty());
    rows.context("the contract's first example of a page is empty")?
        .iter()
        .map(|row| {
            Ok(row["id"]
                .as_str()
                .context("a batch without an id")?
                .to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_address_is_read_from_the_log() {
        let log = "[1] awaiting  Starting Prism\n[1] start  Prism is listening on http://a:1\n";
        assert_eq!(listening(log).unwrap(), "http://a:1");
        assert_eq!(listening("[1] awaiting  Starting Prism\n"), None);
    }

    #[test]
    fn the_first_example_is_a_whole_list() {
        let ids = |examples: Value| {
            let content = json!({ "application/json": { "examples": examples } });
            let responses = json!({ "200": { "content": content } });
            let paths = json!({ "/batches": { "get": { "responses": responses } } });
            ids_of_example(&json!({ "paths": paths }).to_string())
        };
        let page = |rows: Value, more: bool| json!({ "value": { "data": rows, "has_more": more } });
        let whole = page(json!([{ "id": "b" }, { "id": "a" }]), false);
        let empty = page(Value::Null, false);
        let cut = page(json!([{ "id": "a" }]), true);
        assert_eq!(ids(json!({ "z": whole, "a": empty })).unwrap(), ["b", "a"]);
        assert!(ids(json!({ "z": empty, "a": whole })).is_err());
        assert!(ids(json!({ "z": cut })).is_err());
        assert!(ids(Value::Null).is_err());
    }
}
