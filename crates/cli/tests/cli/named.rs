//! Batches that are named by their ids, or by the first characters of them.

use qwen_batches_sandbox::{Lifecycle, Sandbox};

use crate::support::{Outcome, Served, hours_old, list};
use crate::watch::{batch, command, serve};

const IDS: [&str; 5] = [
    "batch_a1",
    "batch_a12",
    "batch_b1",
    "other_1",
    "batch_batch_2",
];

fn five() -> Served {
    let rows = IDS.iter().zip(1..);
    Served::rows(rows.map(|(id, n)| hours_old(n).set("id", *id)))
}

#[test]
fn first_characters_will_do() {
    let sandbox = five();
    for (names, expected) in [
        (&["batch_b1"][..], &["batch_b1"][..]),
        (&["b1"], &["batch_b1"]),
        (&["other"], &["other_1"]),
        (&["batch_batch"], &["batch_batch_2"]),
        // A whole id is that batch, whatever else begins with it.
        (&["batch_a1"], &["batch_a1"]),
        (&["a12"], &["batch_a12"]),
        // In the order of the list, and each once.
        (&["other_1", "b1", "batch_b1"], &["batch_b1", "other_1"]),
    ] {
        let outcome = list(sandbox.base_url(), &[&["-o", "ids"], names].concat());
        assert_eq!(outcome.lines(), expected, "{names:?}");
    }
}

#[test]
fn no_batch_or_several_are_an_error() {
    let sandbox = five();
    for (names, error) in [
        (
            &["c"][..],
            "error: no batch of the last 30 days has an id that begins with `c`",
        ),
        (
            &["A1"],
            "error: no batch of the last 30 days has an id that begins with `A1`",
        ),
        (
            &["a"],
            "error: `a` is ambiguous: 2 ids begin with it: batch_a1, batch_a12",
        ),
        (
            &["b1", "a", "x"],
            "error: `a` is ambiguous: 2 ids begin with it: batch_a1, batch_a12\n\
             error: no batch of the last 30 days has an id that begins with `x`",
        ),
        (
            &["b"],
            "error: `b` is ambiguous: 4 ids begin with it: batch_a1, batch_a12, batch_b1, batch_batch_2",
        ),
    ] {
        let outcome = list(sandbox.base_url(), names);
        let found = (
            outcome.code,
            outcome.stdout.as_str(),
            outcome.stderr.trim_end(),
        );
        assert_eq!(found, (2, "", error), "{names:?}");
        let outcome = Outcome::of(command(sandbox.base_url(), names));
        assert_eq!((outcome.code, outcome.stderr.trim_end()), (2, error));
    }
    let many = Served::rows((1..=9).map(hours_old));
    let outcome = list(many.base_url(), &["batch_"]);
    let end = "9 ids begin with it: batch_1, batch_2, batch_3, batch_4, batch_5 and 4 more\n";
    assert!(outcome.stderr.ends_with(end), "{outcome}");
    assert_eq!(list(many.base_url(), &[""]).code, 2);
}

/// No page is asked for behind the last batch that is named in full.
#[test]
fn a_list_is_read_as_far_as_it_takes() {
    let sandbox = Served::rows((1..=300).map(hours_old));
    list(sandbox.base_url(), &["batch_7", "batch_50", "-o", "ids"]).lines();
    assert!(sandbox.request_count() <= 2, "one, and one ahead");
    list(sandbox.base_url(), &["batch_30", "-o", "ids"]).lines();
}

#[test]
fn a_watch_ends_with_the_batches_that_are_named() {
    let lives = [
        batch(1, "one", Lifecycle::completes(10)),
        batch(2, "two", Lifecycle::is_rejected()),
        batch(3, "three", Lifecycle::completes(10).running(100_000)),
    ];
    let sandbox = serve(Sandbox::builder().lifecycles(lives));
    let outcome = Outcome::of(command(sandbox.base_url(), &["1", "batch_2"]));
    assert_eq!(outcome.code, 6, "{outcome}");
    let error = "error: 1 of 2 batches did not succeed: 1 failed\n";
    assert!(outcome.stderr.ends_with(error), "{outcome}");
    assert!(!outcome.stdout.contains("three"), "{outcome}");
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert!(lines.iter().any(|line| line.contains("-> completed")));
    // One that has ended before is reported all the same.
    let options = ["batch_1", "--filter-zone", "UTC+8"];
    let outcome = Outcome::of(command(sandbox.base_url(), &options));
    assert_eq!(
        (outcome.code, outcome.stdout.lines().count()),
        (0, 1),
        "{outcome}"
    );
    // A poll asks for no more than the time of what is named.
    let last = sandbox.requests().pop().expect("a request");
    let times = [last.param("create_after"), last.param("create_before")];
    let expected = ["20250307075958", "20250307080000"];
    assert_eq!(
        times,
        expected.map(|time| Some(time.to_owned())),
        "{}",
        last.query
    );
}
