//! The bodies of the fuzz targets, each over its corpus, without a fuzzer. A crash that a fuzzer
//! finds becomes a file of the corpus.

mod bodies;

use std::fs;
use std::path::Path;

fn each_input_of(target: &str, body: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let folder = corpus.join(target);
    let mut inputs: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "no input for {target}");
    for path in inputs {
        // Shown if the body panics.
        eprintln!("{}", path.display());
        body(&fs::read(&path).expect("an input"));
    }
}

#[test]
fn response() {
    each_input_of("response", bodies::response);
}

#[test]
fn checkpoint() {
    each_input_of("checkpoint", bodies::checkpoint);
}

#[test]
fn filter() {
    each_input_of("filter", bodies::filter);
}
