//! The picture of the front page: what the binary shows on a terminal, against a sandbox.
//!
//! `cargo xtask screenshot` writes it anew; without it, it must be as it is.

use std::fs;
use std::path::Path;

use qwen_batches_sandbox::{BatchLifecycle, Clock, Fault, Lifecycle, Sandbox, Script, row};
use tokio::time::timeout;

use crate::pty::Terminal;
use crate::support::{NOW, PATIENCE, Served, with_key};
use crate::svg;

/// Set by `cargo xtask screenshot`.
const WRITE: &str = "QWEN_BATCHES_SCREENSHOT";

const COLUMNS: u16 = 100;

#[test]
fn watch() {
    // Two minutes pass with each poll. From the second on they are held back, so that the screen
    // stands still while it is pictured.
    let sandbox = Served::new(
        Sandbox::builder()
            .lifecycles(lives())
            .clock(Clock::PerRequest { seconds: 120 })
            .script(Script::new().on(2.., Fault::stall())),
    );
    let mut command = with_key(&["watch", "--created-after", "2d", "--interval", "10ms"]);
    command
        .args(["--base-url", sandbox.base_url()])
        .env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
    let mut terminal = Terminal::start(command, 20, COLUMNS);
    for polls in 1..=POLLS {
        wait_for_poll(&sandbox, polls + 1);
        terminal.wait_for_text(&format!(
            "{polls} call{}; polling",
            if polls == 1 { "" } else { "s" }
        ));
        if polls < POLLS {
            assert_eq!(sandbox.release(), 1);
        }
    }
    let command = "qwen-batches watch --created-after 2d";
    let picture = svg::render(command, terminal.screen());
    check("watch", without_seconds(&picture));
}

/// By then some batches have ended, and others are under way.
const POLLS: usize = 4;

/// Batches of which each is under way, and comes to another end.
fn lives() -> Vec<BatchLifecycle> {
    let minutes = |n: u32| 60 * n;
    [
        (
            1,
            "bad lines.jsonl",
            Lifecycle::is_rejected().validating(minutes(4)),
        ),
        (
            2,
            "nightly eval",
            Lifecycle::completes(500)
                .validating(minutes(4))
                .running(minutes(10))
                .finalizing(minutes(1)),
        ),
        (
            50,
            "classify tickets",
            Lifecycle::is_cancelled(2_000, 1_800)
                .validating(minutes(5))
                .running(minutes(49))
                .finalizing(minutes(4)),
        ),
        (
            185,
            "translate reviews",
            Lifecycle::completes(40_000)
                .failing(127)
                .validating(minutes(5))
                .running(minutes(190))
                .finalizing(minutes(4)),
        ),
        (
            24 * 60 - 5,
            "embed the archive",
            Lifecycle::expires(1_000_000, 831_207)
                .validating(minutes(15))
                .running(minutes(24 * 60 - 15)),
        ),
    ]
    .into_iter()
    .zip(1..)
    .map(|((age, name, life), n)| {
        row(format!("batch_{n}"))
            .created_at(NOW - 60 * age)
            .name(name)
            .lifecycle(life)
    })
    .collect()
}

/// Waits until so many polls have come: all that those before have brought is on its way.
fn wait_for_poll(sandbox: &Sandbox, n: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let held = async { timeout(PATIENCE, sandbox.stalled(1)).await };
    let held = runtime.expect("a runtime").block_on(held);
    assert_eq!(held.expect("another poll"), [n]);
}

/// How long ago a poll was depends on the machine.
fn without_seconds(picture: &str) -> String {
    const MARK: &str = "; polled ";

    let mut pieces = picture.split(MARK);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit());
        text.extend([MARK, "0", rest]);
    }
    text
}

/// Compares a picture with the file of this name, or writes the file.
fn check(name: &str, picture: String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let path = folder.join(name).with_extension("svg");
    if std::env::var_os(WRITE).is_some() {
        fs::create_dir_all(folder).expect("a folder");
        fs::write(&path, picture).expect("a file");
        return;
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == picture,
        "docs/{name}.svg shows another screen; to write it anew: `cargo xtask screenshot`",
    );
}
