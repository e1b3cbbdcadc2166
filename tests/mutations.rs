//! Wrong contracts, made from the right one by systematic changes: each is noticed by a check
//! that compares a contract with the generated client, the client, the sandbox or the examples.
//!
//! `cargo test -p contract-tests mutations -- --nocapture` shows which check notices which.

mod mutants;

use std::fmt::Write as _;
use std::io::Write as _;

use qwen_batches_conformance::Contract;

use self::mutants::Mutant;
use crate::checks::{self, Evidence};

/// Mutants that mean the same as the contract, each with the reason.
const ALIKE: &[(&str, &str)] = &[
    (
        "/paths/~1batches/get/parameters/1/schema/format: int64",
        "the bounds of `limit`, 1 to 100, lie within either format",
    ),
    (
        "/paths/~1batches/get/parameters/1/schema/format: taken away",
        "the bounds of `limit`, 1 to 100, lie within the format",
    ),
    (
        "/components/schemas/BatchErrors/nullable: true",
        "its one reference takes null already",
    ),
    (
        "/components/schemas/BatchMetadata/nullable: true",
        "its one reference takes null already",
    ),
];

/// Fewer would mean that a kind of change has got lost.
const AT_LEAST: usize = 600;

#[test]
fn every_wrong_contract_is_found() {
    let right = Contract::published().expect("the published contract");
    let evidence = Evidence::recorded();
    let mutants = mutants::of(right.document());
    let half = mutants.len().div_ceil(2);
    let verdicts: Vec<Option<&str>> = std::thread::scope(|scope| {
        let threads: Vec<_> = mutants
            .chunks(half)
            .map(|chunk| {
                scope.spawn(|| {
                    chunk
                        .iter()
                        .map(|it| killer(it, evidence))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("a thread that ends"))
            .collect()
    });

    let mut shown = String::new();
    let mut survivors = Vec::new();
    let (mut killed, mut alike_count) = (0, 0);
    for (Mutant { name, .. }, killer) in mutants.iter().zip(&verdicts) {
        let alike = ALIKE.iter().find(|(alike, _)| alike == name);
        let verdict = match (killer, alike) {
            (Some(check), None) => {
                killed += 1;
                format!("killed by {check}")
            }
            (None, Some((_, reason))) => {
                alike_count += 1;
                format!("alike: {reason}")
            }
            (None, None) => {
                survivors.push(name.clone());
                "SURVIVED".to_owned()
            }
            (Some(check), Some(_)) => {
                survivors.push(format!("{name}: killed by {check}, so not alike"));
                "in the list of those alike by mistake".to_owned()
            }
        };
        let _ = writeln!(shown, "{name}: {verdict}");
    }
    for (alike, _) in ALIKE {
        if mutants.iter().all(|mutant| mutant.name != *alike) {
            survivors.push(format!("{alike}: no such mutant any more"));
        }
    }
    let wrong = mutants.len() - alike_count;
    let sum = format!("killed {killed} of {wrong}; {alike_count} more change nothing");
    show(&shown, &sum);

    assert!(
        survivors.is_empty(),
        "no check notices these:\n{}",
        survivors.join("\n")
    );
    assert!(mutants.len() >= AT_LEAST, "only {} mutants", mutants.len());
}

/// Shows the sum always, and the rest where the output of tests is shown.
#[allow(
    clippy::print_stdout,
    reason = "only what is printed is captured by the test harness"
)]
fn show(rest: &str, sum: &str) {
    println!("{rest}{sum}");
    let _ = writeln!(std::io::stderr(), "mutations of the contract: {sum}");
}

/// The first check that notices the mutant.
fn killer(mutant: &Mutant, evidence: &Evidence) -> Option<&'static str> {
    let contract = match Contract::from_document(mutant.document.clone()) {
        Ok(contract) => contract,
        Err(_) => return Some("reading it: it is no contract"),
    };
    let first = checks::ALL
        .iter()
        .find(|check| !(check.problems)(&contract, evidence).is_empty());
    first.map(|check| check.name)
}
