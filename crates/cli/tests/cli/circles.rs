//! No file of the sources needs another one that needs it, in however many steps: each can be read
//! with what is below it alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The text of each file but its tests, by the path of its module.
fn files(folder: &Path, module: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|it| it.to_str()).expect("a name");
        let name = format!("{module}::{stem}");
        if path.is_dir() {
            self::files(&path, &name, files);
        } else {
            let text = fs::read_to_string(&path).expect("a file");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            files.insert(name, code.to_owned());
        }
    }
}

/// What stands behind each `start`, one level of braces taken apart.
fn paths(text: &str, start: &str) -> Vec<String> {
    let is_path = |letter: char| letter.is_alphanumeric() || "_:".contains(letter);
    let mut paths = Vec::new();
    for rest in text.split(start).skip(1) {
        let end = rest.find(|letter| !is_path(letter)).unwrap_or(rest.len());
        let (path, rest) = rest.split_at(end);
        match rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((list, _)) => {
                paths.extend(list.split(',').map(|it| format!("{path}{}", it.trim())))
            }
            None => paths.push(path.to_owned()),
        }
    }
    paths
}

/// The files that a file needs: those of its `crate::` and `super::` paths, and its own parts that
/// it calls.
fn needs(module: &str, text: &str, files: &BTreeMap<String, String>) -> BTreeSet<String> {
    let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
    let absolute = paths(text, "crate::")
        .into_iter()
        .map(|it| format!("crate::{it}"));
    let relative = paths(text, " super::")
        .into_iter()
        .map(|it| format!("{parent}::{it}"));
    let parts = paths(text, "\nmod ").into_iter().filter_map(|part| {
        let is_called = text.contains(&format!("{part}::"));
        is_called.then(|| format!("{module}::{part}"))
    });
    let known = |mut path: String| {
        while !files.contains_key(&path) {
            path.truncate(path.rfind("::")?);
        }
        (path != module).then_some(path)
    };
    absolute
        .chain(relative)
        .chain(parts)
        .filter_map(known)
        .collect()
}

#[test]
fn no_circle_of_files() {
    let mut known = BTreeMap::new();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    files(&src, "crate", &mut known);
    assert!(known.len() > 50, "{}", known.len());
    let mut left: BTreeMap<&String, BTreeSet<String>> = known
        .iter()
        .map(|(module, text)| (module, needs(module, text, &known)))
        .collect();
    // What needs no file that is left is taken away, until nothing is.
    while let Some(free) = left.iter().find_map(|(module, needs)| {
        let is_bound = needs.iter().any(|it| left.contains_key(it));
        (!is_bound).then_some(*module)
    }) {
        left.remove(free);
    }
    assert!(left.is_empty(), "a circle: {left:#?}");
}
