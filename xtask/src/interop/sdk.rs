//! The SDKs that people point at this service list what our client lists.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::Exercised;
use super::ours::{KEY, Ours};
use super::utc::Moment;
use super::workshop::Workshop;
use crate::files::{read, write};
use crate::process;

const LIMIT: Duration = Duration::from_secs(120);
/// The base URL in the vendor's sample.
const VENDOR: &str = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1";

/// openai-python.
pub(super) fn python(workshop: &Workshop, ours: &Ours) -> Result<Exercised> {
    let mut command = workshop.python();
    command.arg(workshop.pins.join("list_batches.py"));
    compare(workshop, ours, "openai-python", command)
}

/// openai-node.
pub(super) fn node(workshop: &Workshop, ours: &Ours) -> Result<Exercised> {
    // Node looks for packages beside the script.
    let script = "list_batches.mjs";
    let text = read(&workshop.pins.join(script))?;
    write(&workshop.node_folder().join(script), &text)?;
    compare(workshop, ours, "openai-node", workshop.node(script))
}

/// The program on the vendor's page, which prints two batches.
pub(super) fn vendor_sample(workshop: &Workshop, ours: &Ours) -> Result<Exercised> {
    let folder = workshop.empty_folder("vendor-sample")?;
    let script = "first_two.py";
    let sample = read(&workshop.pins.join(script))?;
    ensure!(sample.contains(VENDOR), "{script} does not ask {VENDOR}");
    let path = folder.join(script);
    write(&path, &sample.replace(VENDOR, &ours.base_url))?;
    let mut command = workshop.python();
    command.arg(path).env("DASHSCOPE_API_KEY", KEY);
    let printed = process::output(&mut command, &workshop.log("vendor-sample"), LIMIT)?;
    let mut expected = String::new();
    for row in ours.rows(workshop)?.iter().take(2) {
        expected.push_str(&format!(
            "{} {}\n",
            text(&row["id"])?,
            text(&row["status"])?
        ));
    }
    ensure!(
        printed == expected,
        "it printed:\n{printed}our first two batches are:\n{expected}"
    );
    Ok(Exercised(vec![(
        printed.lines().count(),
        "batches printed",
    )]))
}

/// One list, as both sides are asked for it.
struct List {
    what: &'static str,
    limit: usize,
    all_pages: bool,
    /// Parameters by their names on the wire.
    filters: Map<String, Value>,
    /// Options of our command line that mean the same.
    options: Vec<String>,
}

fn compare(
    workshop: &Workshop,
    ours: &Ours,
    name: &str,
    mut command: Command,
) -> Result<Exercised> {
    let lists = lists(&ours.rows(workshop)?)?;
    let wanted: Vec<Value> = lists.iter().map(List::to_json).collect();
    let file = workshop.empty_folder(name)?.join("lists.json");
    write(&file, &Value::from(wanted).to_string())?;
    command
        .arg(&file)
        .env("OPENAI_API_KEY", KEY)
        .env("OPENAI_BASE_URL", &ours.base_url);
    let output = process::output(&mut command, &workshop.log(name), LIMIT)?;
    let theirs: Vec<Vec<String>> = output
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .context("its output is not JSON")?;
    ensure!(
        theirs.len() == lists.len(),
        "it made {} lists",
        theirs.len()
    );
    let mut all = 0;
    for (list, theirs) in lists.iter().zip(&theirs) {
        let what = list.what;
        let ours = ours.ids(workshop, &ours.base_url, &list.options)?;
        ensure!(!ours.is_empty(), "{what}: both lists would be empty");
        if let Some(difference) = difference(theirs, &ours) {
            bail!("{what}: {difference}");
        }
        all = all.max(ours.len());
        ensure!(
            list.filters.is_empty() || ours.len() < all,
            "{what}: the filter leaves nothing out"
        );
    }
    Ok(Exercised(vec![
        (lists.len(), "lists"),
        (theirs.iter().map(Vec::len).sum(), "ids equal to ours"),
    ]))
}

/// Where two lists part, if they do.
fn difference(theirs: &[String], ours: &[String]) -> Option<String> {
    if theirs == ours {
        return None;
    }
    let same = theirs.iter().zip(ours).take_while(|(a, b)| a == b).count();
    let at = |ids: &[String]| ids.get(same).map_or("nothing".to_owned(), Clone::clone);
    let (their, our) = (at(theirs), at(ours));
    let (many, few) = (theirs.len(), ours.len());
    Some(format!(
        "it lists {many} ids, our client {few}; after {same} equal ones {their}, our client {our}"
    ))
}

impl List {
    fn new(what: &'static str) -> Self {
        Self {
            what,
            limit: 30,
            all_pages: true,
            filters: Map::new(),
            options: Vec::new(),
        }
    }

    fn filter(mut self, parameter: &str, value: &str, options: &[(&str, &str)]) -> Self {
        self.filters.insert(parameter.to_owned(), value.into());
        for (option, value) in options {
            self.options
                .extend([(*option).to_owned(), (*value).to_owned()]);
        }
        self
    }

    fn to_json(&self) -> Value {
        json!({ "limit": self.limit, "filters": self.filters, "all_pages": self.all_pages })
    }
}

/// All of it, one page of it, and each filter, with values that the rows have.
fn lists(rows: &[Value]) -> Result<Vec<List>> {
    let status = |list: List| {
        list.filter(
            "status",
            "completed,expired",
            &[("--status", "completed,expired")],
        )
    };
    let name = foreign_name(rows)?;
    let named = |list: List| list.filter("ds_name", name, &[("--name", name)]);
    let [first, second] = input_files(rows)?;
    let made_from = |list: List| {
        let options = [("--input-file", first), ("--input-file", second)];
        list.filter("input_file_ids", &format!("{first},{second}"), &options)
    };
    let [after, before] = window(rows)?;
    let between = |list: List| {
        list.filter(
            "create_after",
            &after.wall_clock(),
            &[("--created-after", &after.rfc3339())],
        )
        .filter(
            "create_before",
            &before.wall_clock(),
            &[("--created-before", &before.rfc3339())],
        )
    };
    Ok(vec![
        List::new("all pages"),
        List {
            limit: 20,
            all_pages: false,
            options: vec!["--max-items".to_owned(), "20".to_owned()],
            ..List::new("one page")
        },
        status(List::new("status")),
        named(List::new("ds_name")),
        made_from(List::new("input_file_ids")),
        between(List::new("create_after and create_before")),
        between(status(List::new("status, create_after and create_before"))),
    ])
}

/// A name outside ASCII.
fn foreign_name(rows: &[Value]) -> Result<&str> {
    rows.iter()
        .filter_map(|row| row["metadata"]["ds_name"].as_str())
        .find(|name| !name.is_ascii())
        .context("no batch has a name outside ASCII")
}

/// Two inputs that are files, and not URLs, of which our client does not print all.
fn input_files(rows: &[Value]) -> Result<[&str; 2]> {
    let mut files = rows
        .iter()
        .filter_map(|row| row["input_file_id"].as_str())
        .filter(|id| id.starts_with("file-"));
    let first = files.next().context("no batch is made from a file")?;
    let second = files.find(|id| *id != first);
    Ok([first, second.context("all batches are made from one file")?])
}

/// The middle of the list. No batch was created in the two seconds themselves, about which
/// servers may differ.
fn window(rows: &[Value]) -> Result<[Moment; 2]> {
    let mut times = BTreeSet::new();
    for row in rows {
        times.insert(
            row["created_at"]
                .as_i64()
                .context("a batch without a time")?,
        );
    }
    let gaps: Vec<i64> = times
        .iter()
        .map(|time| time + 1)
        .filter(|time| !times.contains(time))
        .collect();
    let at = |index: usize| gaps.get(index).copied().map(Moment);
    let middle = gaps.len() / 2;
    match (at(gaps.len() / 4), at(middle)) {
        (Some(after), Some(before)) if after != before => Ok([after, before]),
        _ => bail!("all batches were created at one time"),
    }
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().context("a batch lacks a text")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|&id| id.to_owned()).collect()
    }

    #[test]
    fn a_difference_is_named() {
        let ours = ids(&["a", "b"]);
        assert_eq!(difference(&ids(&["a", "b"]), &ours), None);
        assert_eq!(
            difference(&ids(&["a"]), &ours).unwrap(),
            "it lists 1 ids, our client 2; after 1 equal ones nothing, our client b"
        );
        assert!(difference(&ids(&["b", "a"]), &ours).is_some());
    }

    #[test]
    fn values_of_filters_come_from_rows() {
        let row = |file: &str, name: &str, time: i64| {
            json!({
                "input_file_id": file,
                "metadata": { "ds_name": name },
                "created_at": time,
            })
        };
        let rows = [
            row("oss:a", "a", 40),
            row("file-1", "b", 30),
            row("file-1", "\u{591c}", 21),
            row("file-2", "c", 20),
            row("file-3", "d", 10),
        ];
        assert_eq!(foreign_name(&rows).unwrap(), "\u{591c}");
        assert_eq!(input_files(&rows).unwrap(), ["file-1", "file-2"]);
        assert_eq!(window(&rows).unwrap(), [Moment(22), Moment(31)]);
        assert!(foreign_name(&rows[..2]).is_err());
        assert!(input_files(&rows[..3]).is_err());
        assert!(window(&rows[..1]).is_err());
        let lists = lists(&rows).unwrap();
        let filters: BTreeSet<&str> = lists
            .iter()
            .flat_map(|list| list.filters.keys().map(String::as_str))
            .collect();
        let all = [
            "create_after",
            "create_before",
            "ds_name",
            "input_file_ids",
            "status",
        ];
        assert!(filters.into_iter().eq(all));
    }
}
