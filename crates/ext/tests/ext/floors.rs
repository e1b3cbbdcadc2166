//! A file of the sources imports its own folder and lower floors, and no two files import each
//! other, in however many steps.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// From below to above; what stands together does not know each other.
const FLOORS: [&[&str]; 8] = [
    &["types"],
    &["policy"],
    &["client"],
    &["transport"],
    &["pagination"],
    &["batch", "list"],
    &["results", "watch"],
    &["blocking", "test_util"],
];

/// What a text imports of its own crate, as paths from the root: `types::page`.
fn imports(text: &str, folder: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for line in text.lines().map(str::trim_start) {
        let line = line
            .trim_start_matches("pub(crate) ")
            .trim_start_matches("pub ");
        let (parent, rest) = match (
            line.strip_prefix("use crate::"),
            line.strip_prefix("use super::"),
        ) {
            (Some(rest), _) => (String::new(), rest),
            (_, Some(rest)) => (format!("{folder}::"), rest),
            _ => continue,
        };
        let (before, list) = rest.split_once('{').unwrap_or(("", rest));
        for name in list
            .split([',', '}', ';'])
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let path = format!("{parent}{before}{name}");
            let modules = path
                .split("::")
                .filter(|part| part.starts_with(char::is_lowercase));
            paths.insert(modules.collect::<Vec<_>>().join("::"));
        }
    }
    paths
}

/// Each file's path from the root, such as `types::page`, and its imports.
fn files(folder: &Path, path: &str, found: &mut BTreeMap<String, BTreeSet<String>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry").path();
        let stem = entry
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("a name");
        let inner = [path, stem].map(str::to_owned).join("::");
        let inner = inner.trim_start_matches("::").to_owned();
        if entry.is_dir() {
            files(&entry, &inner, found);
        } else if stem != "lib" {
            let text = fs::read_to_string(&entry).expect("a file");
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            found.insert(inner, imports(text, path));
        }
    }
}

#[test]
fn no_file_imports_a_higher_floor_or_one_that_imports_it() {
    let mut all = BTreeMap::new();
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        "",
        &mut all,
    );
    let floor = |path: &str| {
        let top = path.split("::").next().unwrap_or_default().to_owned();
        FLOORS
            .iter()
            .position(|names| names.contains(&&*top))
            .map(|floor| (floor, top))
    };
    // Whole files, in place of what is in them.
    let names: BTreeSet<String> = all.keys().cloned().collect();
    let file = |path: &str| {
        let mut path = path;
        while !names.contains(path) {
            path = path.rsplit_once("::")?.0;
        }
        Some(path.to_owned())
    };
    let mut graph = BTreeMap::new();
    for (name, imports) in &all {
        if let Some((own, top)) = floor(name) {
            for (other, import) in imports.iter().filter_map(|path| Some((floor(path)?, path))) {
                assert!(other.0 < own || other.1 == top, "{name} imports {import}");
            }
        }
        let imports = imports.iter().filter_map(|path| file(path));
        graph.insert(
            name.clone(),
            imports
                .filter(|import| import != name)
                .collect::<BTreeSet<_>>(),
        );
    }
    assert!(graph.len() > 40, "{}", graph.len());
    // What imports no file that is left is taken away, until nothing is.
    while let Some(free) = graph.iter().find_map(|(name, imports)| {
        let bound = imports.iter().any(|import| graph.contains_key(import));
        (!bound).then(|| name.clone())
    }) {
        graph.remove(&free);
    }
    assert!(graph.is_empty(), "a circle: {graph:#?}");
}
