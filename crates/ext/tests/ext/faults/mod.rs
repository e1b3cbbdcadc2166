//! Whatever goes wrong: a list is whole, or an error says where to go on from. There is no third
//! outcome.
//!
//! Any rows, crowded or not, with members that are wrong, missing or no JSON; any filter, any script
//! of faults, any page size, cap and policy; a server that filters or ignores filters, in any zone,
//! known or not, and in any order, whose cursors are the ids of its rows or not; with one worker, one
//! page ahead or several workers, over real HTTP. A run without an error must have listed everything,
//! in order. Any other run is resumed from its error's checkpoint, against the same server without
//! the script; both together must have listed everything. What could not be read at all is named by
//! the error in the end. Without faults, several workers make few calls more than one.
//!
//! Left out is what no client can see through, each with its reason: see [`Case::consistent`], and a
//! page that lies about the list as a whole (`has_more` false before the end, or an empty page whose
//! cursor leads on, twice). `PROPTEST_CASES` sets how many cases are run, `PROPTEST_SEED` which.

mod case;
mod checks;
mod examples;
mod expected;
mod histogram;
mod reading;
mod server;
mod troubles;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use case::cases;
use checks::check;
use histogram::{Histogram, NO_WAY_ON};

/// When a [`FakeClock`] starts.
const NOW: i64 = 1_775_001_600;
const CASES: u32 = 400;

#[test]
fn a_list_is_whole_or_says_where_to_go_on() {
    let cases_by_default = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let config = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config {
            failure_persistence: None,
            ..Config::default()
        },
        None => cases_by_default,
    };
    let count = config.cases as usize;
    let seed = std::env::var("PROPTEST_SEED").ok();
    let seed: u8 = seed.map_or(0, |seed| seed.parse().expect("a seed from 0 to 255"));
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let one_thread = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtimes = (one_thread.expect("a runtime"), threads.expect("a runtime"));
    let histogram = Histogram::default();
    let result = runner.run(&cases(), |case| {
        let runtime = match case.threads {
            false => &runtimes.0,
            true => &runtimes.1,
        };
        runtime.block_on(check(&case, &histogram))
    });

    let histogram = histogram.0.into_inner().expect("no panic while locked");
    let lines: Vec<String> = histogram
        .iter()
        .map(|(what, times)| format!("{times:7} {what}"))
        .collect();
    eprintln!("{}", lines.join("\n"));
    if let Err(failure) = result {
        panic!("{failure}");
    }
    // Each fault and each outcome has been there often enough to say something.
    assert!(histogram.len() >= 28, "{histogram:?}");
    for (what, times) in &histogram {
        // Windows take a service that lists the newest first and filters by time.
        let one_in = if what.starts_with("windows on") {
            400
        } else {
            100
        };
        let enough = *times >= count / one_in || what == NO_WAY_ON;
        assert!(enough, "{what}: only {times}");
    }
}
