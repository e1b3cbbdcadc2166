//! Schemathesis makes requests from the contract, right ones and wrong ones, and checks what the
//! sandbox replies.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::Exercised;
use super::ours::{KEY, Ours, SANDBOX_KEY};
use super::workshop::Workshop;
use crate::files::{read, write};
use crate::process;

const LIMIT: Duration = Duration::from_secs(180);

/// These and no others are run.
const CHECKS: [&str; 5] = [
    "content_type_conformance",
    "ignored_auth",
    "negative_data_rejection",
    "response_schema_conformance",
    "status_code_conformance",
];

pub(super) fn run(workshop: &Workshop, ours: &Ours) -> Result<Exercised> {
    let folder = workshop.empty_folder("schemathesis")?;
    let settings = read(&workshop.pins.join("schemathesis.toml"))?;
    write(&folder.join("schemathesis.toml"), &settings)?;
    let ids = ours.ids(workshop, &ours.base_url, &[])?;
    let cursors: String = ids.iter().map(|id| format!("{id:?}\n")).collect();
    write(&folder.join("cursors.txt"), &cursors)?;
    let cursor = ids.first().context("the sandbox has no batch")?;
    let contract = folder.join("contract.json");
    write(
        &contract,
        &with_cursor(&read(&workshop.contract())?, cursor)?,
    )?;
    let mut command = workshop.python_tool("schemathesis");
    command
        .current_dir(&folder)
        .env(SANDBOX_KEY, KEY)
        .args(["--config-file", "schemathesis.toml", "run"])
        .args(["--url", &ours.base_url, "--checks", &CHECKS.join(",")])
        .arg(contract);
    process::output(&mut command, &workshop.log("schemathesis"), LIMIT)?;
    exercised(&read(&folder.join("events.ndjson"))?)
}

/// The contract, as JSON, with a cursor that the sandbox has for an example: another would be
/// refused whatever is right or wrong in the request around it.
fn with_cursor(contract: &str, cursor: &str) -> Result<String> {
    let mut contract: Value = serde_norway::from_str(contract).context("the contract")?;
    let parameters = contract["paths"]["/batches"]["get"]["parameters"].as_array_mut();
    let example = parameters
        .into_iter()
        .flatten()
        .find(|parameter| parameter["name"] == "after")
        .and_then(|after| after.get_mut("example"));
    *example.context("the contract has no example of a cursor")? = cursor.into();
    Ok(contract.to_string())
}

/// What the events of a run say: one JSON object a line, named by its only key.
fn exercised(events: &str) -> Result<Exercised> {
    let mut replies: BTreeMap<u64, usize> = BTreeMap::new();
    let mut checks: BTreeMap<String, usize> = BTreeMap::new();
    for line in events.lines() {
        let event: Value = serde_json::from_str(line).context("an event is not JSON")?;
        let recorder = &event["ScenarioFinished"]["recorder"];
        for interaction in members(&recorder["interactions"]) {
            let status = &interaction["response"]["status_code"];
            *replies
                .entry(status.as_u64().context("a request got no reply")?)
                .or_default() += 1;
        }
        for check in members(&recorder["checks"])
            .flat_map(|list| list.as_array())
            .flatten()
        {
            let name = check["name"].as_str().context("a check has no name")?;
            if check["status"] != "success" {
                bail!("{check}");
            }
            *checks.entry(name.to_owned()).or_default() += 1;
        }
    }
    ensure!(
        checks.keys().map(String::as_str).eq(CHECKS),
        "the checks that ran are {checks:?}"
    );
    let of = |status| replies.get(&status).copied().unwrap_or_default();
    Ok(Exercised(vec![
        (replies.values().sum(), "requests"),
        (checks.len(), "checks"),
        (of(200), "pages"),
        (of(400), "values refused"),
        (of(401), "keys refused"),
    ]))
}

fn members(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_object().into_iter().flat_map(|map| map.values())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(checks: &[&str], verdict: &str) -> String {
        let check = |name: &&str| json!({ "name": name, "status": verdict });
        let checks: Vec<Value> = checks.iter().map(check).collect();
        let reply = |status: u16| json!({ "response": { "status_code": status } });
        let recorder = json!({
            "interactions": { "a": reply(200), "b": reply(400), "c": reply(405) },
            "checks": { "a": checks },
        });
        let event = json!({ "ScenarioFinished": { "recorder": recorder } });
        format!("{{\"EngineStarted\":{{}}}}\n{event}\n")
    }

    #[test]
    fn replies_and_checks_are_counted() {
        let events = event(&CHECKS, "success");
        assert_eq!(
            exercised(&events.repeat(2)).unwrap(),
            Exercised(vec![
                (6, "requests"),
                (5, "checks"),
                (2, "pages"),
                (2, "values refused"),
                (0, "keys refused"),
            ])
        );
    }

    #[test]
    fn the_example_of_a_cursor_is_exchanged() {
        let contract = |after| {
            let parameters = json!([{ "name": "limit", "example": 1 }, after]);
            json!({ "paths": { "/batches": { "get": { "parameters": parameters } } } }).to_string()
        };
        let after = |cursor| json!({ "name": "after", "example": cursor });
        let exchanged = with_cursor(&contract(after("a")), "b").unwrap();
        assert_eq!(exchanged, contract(after("b")));
        assert!(with_cursor(&contract(json!({ "name": "after" })), "b").is_err());
    }

    #[test]
    fn a_check_that_failed_or_did_not_run_fails() {
        assert!(exercised(&event(&CHECKS, "failure")).is_err());
        assert!(exercised(&event(&CHECKS[1..], "success")).is_err());
        assert!(exercised("").is_err());
    }
}
