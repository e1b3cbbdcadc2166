//! The reviewed output for whole contracts.

use std::fs;
use std::path::Path;

use similar::TextDiff;

/// The folders in `snapshots/`, with the contract of each.
const SNAPSHOTS: [(&str, &str); 2] = [
    ("batches", "../../openapi/batches.yaml"),
    ("library", "snapshots/library/contract.yaml"),
];

#[test]
fn output_is_as_reviewed() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut stale = String::new();
    for (name, contract) in SNAPSHOTS {
        let contract = fs::read_to_string(package.join(contract)).unwrap();
        let generated = qwen_batches_codegen::generate(&contract).unwrap();
        for (file, text) in [
            ("client.rs", generated.client),
            ("generator-view.yaml", generated.view),
        ] {
            let path = format!("snapshots/{name}/{file}");
            let reviewed = fs::read_to_string(package.join(&path)).unwrap_or_default();
            if reviewed != text {
                let diff = TextDiff::from_lines(&reviewed, &text);
                stale += &diff
                    .unified_diff()
                    .header(&format!("{path} (reviewed)"), "generated now")
                    .to_string();
            }
        }
    }
    assert!(
        stale.is_empty(),
        "{stale}\nThe reviewed output is not what is generated. Run `cargo xtask regen`, and review \
         its diff."
    );
}

#[test]
fn every_folder_is_in_the_table() {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots")).unwrap();
    let mut names: Vec<_> = folders
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, SNAPSHOTS.map(|(name, _)| name));
}
