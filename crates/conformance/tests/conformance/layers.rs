//! The files of the crate stand on each other without a circle.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// From below to above: a file imports only what stands before it.
const LAYERS: [&str; 14] = [
    "error",
    "document",
    "finding",
    "request",
    "response",
    "json_schema",
    "schema_validator",
    "undocumented",
    "body",
    "parameter",
    "security",
    "operation",
    "contract",
    "check",
];

#[test]
fn no_file_imports_a_higher_one() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut below = BTreeSet::new();
    for layer in LAYERS {
        let text = fs::read_to_string(sources.join(layer).with_extension("rs")).expect(layer);
        for import in text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("use crate::"))
        {
            let file = import.split([':', ';']).next().unwrap_or_default();
            assert!(below.contains(file), "{layer} imports {file}");
        }
        below.insert(layer);
    }
    let files = fs::read_dir(sources).expect("src").count();
    assert_eq!(files, LAYERS.len() + 1, "a file is missing from the layers");
}
