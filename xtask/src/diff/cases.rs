//! The cases: files of `xtask/cases/diff/`, described in the README there.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::change::{Change, Within};
use super::document::parse;
use super::walk::changes;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/diff")
}

/// The base document `name`.
pub(super) fn base(name: &str) -> Value {
    let path = folder().join("bases").join(name).with_extension("yaml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    parse(&text).unwrap()
}

fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

struct Case {
    old: Value,
    new: Value,
    there: Vec<String>,
    back: Vec<String>,
}

impl Case {
    fn read(text: &str) -> Self {
        let case = parse(text).unwrap();
        for key in case.as_object().unwrap().keys() {
            assert!(
                ["base", "before", "change", "there", "back"].contains(&key.as_str()),
                "unknown key `{key}`"
            );
        }
        let mut old = base(case["base"].as_str().expect("no `base`"));
        patch(&mut old, case.get("before"));
        let mut new = old.clone();
        patch(&mut new, case.get("change"));
        let lines = |key: &str| -> Vec<String> {
            let lines = case[key].as_array().unwrap_or_else(|| panic!("no `{key}`"));
            lines
                .iter()
                .map(|line| line.as_str().unwrap().to_owned())
                .collect()
        };
        Self {
            there: lines("there"),
            back: lines("back"),
            old,
            new,
        }
    }
}

fn patch(document: &mut Value, steps: Option<&Value>) {
    for step in steps.and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| {
            step[key]
                .as_str()
                .unwrap_or_else(|| panic!("{key} of {step}"))
        };
        match text("op") {
            "add" => add(document, text("pointer"), step["value"].clone()),
            "remove" => {
                remove(document, text("pointer"));
            }
            "replace" => {
                let place = document.pointer_mut(text("pointer"));
                *place.unwrap_or_else(|| panic!("{step}")) = step["value"].clone();
            }
            "move" => {
                let value = remove(document, text("from"));
                add(document, text("pointer"), value);
            }
            other => panic!("unknown op `{other}`"),
        }
    }
}

fn add(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = split(pointer);
    match document
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{pointer}"))
    {
        Value::Object(members) => {
            assert!(members.insert(key, value).is_none(), "{pointer} is there");
        }
        Value::Array(items) if key == "-" => items.push(value),
        Value::Array(items) => items.insert(key.parse().unwrap(), value),
        _ => panic!("{pointer} has no parent"),
    }
}

/// Takes a place out of `document`.
pub(super) fn remove(document: &mut Value, pointer: &str) -> Value {
    let (parent, key) = split(pointer);
    match document
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{pointer}"))
    {
        Value::Object(members) => members
            .shift_remove(&key)
            .unwrap_or_else(|| panic!("{pointer}")),
        Value::Array(items) => items.remove(key.parse().unwrap()),
        _ => panic!("{pointer} has no parent"),
    }
}

fn split(pointer: &str) -> (&str, String) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    (parent, key.replace("~1", "/").replace("~0", "~"))
}

/// A change as the cases write it.
fn line(change: &Change) -> String {
    let within = match change.within {
        Within::Old => "old",
        Within::New => "new",
    };
    let Change {
        class,
        side,
        pointer,
        ..
    } = change;
    format!("{class} {side} {within}#{pointer}")
}

fn judge(old: &Value, new: &Value, expected: &[String]) -> Result<(), String> {
    let changes = changes(old, new);
    let mut found: Vec<String> = changes.iter().map(line).collect();
    let mut expected = expected.to_vec();
    found.sort();
    expected.sort();
    if found == expected {
        return Ok(());
    }
    let report: String = changes
        .iter()
        .map(|change| format!("\n    {change}"))
        .collect();
    Err(format!("expected {expected:#?}, found{report}"))
}

#[test]
fn each_case_gives_its_changes_and_no_others_there_and_back() {
    let cases = files();
    let mut problems = String::new();
    for (name, text) in &cases {
        let case = Case::read(text);
        let there = judge(&case.old, &case.new, &case.there);
        let back = judge(&case.new, &case.old, &case.back);
        for (way, verdict) in [("there", there), ("back", back)] {
            if let Err(problem) = verdict {
                problems += &format!("{name}, {way}: {problem}\n");
            }
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
    assert!(cases.len() >= 45, "only {} cases", cases.len());
}
