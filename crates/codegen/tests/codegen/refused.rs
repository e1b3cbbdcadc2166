//! Contracts that are refused: one file each in `refused/`.

use std::fs;
use std::path::Path;

#[test]
fn each_with_its_place_and_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codegen/refused");
    let mut wrong = String::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let contract = fs::read_to_string(&path).unwrap();
        let pointer = note(&contract, "pointer");
        let reason = note(&contract, "reason").expect("a line `# reason: ...`");
        let pointer = pointer.expect("a line `# pointer: ...`");
        match qwen_batches_codegen::generate(&contract) {
            Ok(_) => wrong += &format!("{name}: not refused\n"),
            Err(error) if error.pointer() != pointer || !error.reason().contains(reason) => {
                wrong += &format!("{name}: {error}\n");
            }
            Err(_) => {}
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 25, "only {count} files found");
}

/// What the leading comment `# key: ...` says.
fn note<'a>(contract: &'a str, key: &str) -> Option<&'a str> {
    contract
        .lines()
        .take_while(|line| line.starts_with('#'))
        .find_map(|line| line.strip_prefix(&format!("# {key}:")))
        .map(str::trim)
}
