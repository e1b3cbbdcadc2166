//! A folder of the sources imports lower floors alone, and no two files of a folder import
//! each other, in however many steps.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const FLOORS: [&str; 6] = ["rows", "data", "listing", "script", "faults", "server"];

/// The first name behind `use {root}::`, for each such line; behind `use {root}::{` every name.
fn imports(text: &str, root: &str) -> BTreeSet<String> {
    let start = format!("use {root}::");
    let lines = text
        .lines()
        .map(|line| line.trim_start_matches("pub ").trim_start());
    lines
        .filter_map(|line| line.strip_prefix(&*start))
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list.split(',').collect(),
            None => vec![rest],
        })
        .filter_map(|path| {
            path.split([':', ';', ' ', '}'])
                .find(|name| !name.is_empty())
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_file_imports_a_higher_floor_or_one_that_imports_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (floor, name) in FLOORS.iter().enumerate() {
        let mut siblings = BTreeMap::new();
        for entry in fs::read_dir(src.join(name)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("a file");
            for import in imports(&text, "crate") {
                let higher_or_own = FLOORS[floor..].contains(&&*import);
                assert!(!higher_or_own, "{}: crate::{import}", path.display());
            }
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            siblings.insert(stem.expect("a name").to_owned(), imports(&text, "super"));
        }
        // What imports no file that is left is taken away, until nothing is.
        while let Some(free) = siblings.iter().find_map(|(file, imports)| {
            let bound = imports.iter().any(|import| siblings.contains_key(import));
            (!bound).then(|| file.clone())
        }) {
            siblings.remove(&free);
        }
        assert!(siblings.is_empty(), "a circle in {name}: {siblings:?}");
    }
}
