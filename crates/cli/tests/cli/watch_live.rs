//! `watch` on a terminal: what is on its screen, step by step, and what is left there.
//!
//! Each response of the sandbox is held back until the test lets it go, so that the screen stands still
//! between two polls.

use insta::assert_snapshot;
use qwen_batches_sandbox::{Fault, Lifecycle, Sandbox, Script};

use tokio::time::timeout;

use crate::pty::{Left, Terminal};
use crate::support::{PATIENCE, Served};
use crate::watch::{batch, command, lives, serve};

/// By then all batches are done.
const POLLS: usize = 6;

/// A watch whose every response from the second on is held back.
struct Held {
    sandbox: Served,
    terminal: Terminal,
    polls: usize,
}

impl Held {
    fn start(script: Script, args: &[&str], rows: u16, columns: u16) -> Self {
        let script = script.on(2.., Fault::stall());
        let sandbox = serve(Sandbox::builder().lifecycles(lives()).script(script));
        let mut command = command(sandbox.base_url(), args);
        command.env_remove("RUST_LOG");
        let terminal = Terminal::start(command, rows, columns);
        Self {
            sandbox,
            terminal,
            polls: 1,
        }
    }

    /// Waits until the next poll has been sent: all that the one before it has brought is on the
    /// screen.
    fn wait(&mut self) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let held = async { timeout(PATIENCE, self.sandbox.stalled(1)).await };
        let held = runtime.expect("a runtime").block_on(held);
        self.polls += 1;
        assert_eq!(held.expect("another poll"), [self.polls]);
        let calls = match self.polls - 1 {
            1 => "1 call; polling".to_owned(),
            calls => format!("{calls} calls; polling"),
        };
        self.terminal.wait_for_text(&calls);
    }

    /// Lets the response go.
    fn step(&mut self) {
        assert_eq!(self.sandbox.release(), 1);
    }

    /// The lines of the table, without that of how polling goes.
    fn table(&self) -> String {
        let contents = self.terminal.contents();
        let lines = contents.lines().filter(|line| !line.contains("; poll"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Lets all responses go, to the end.
    fn finish(mut self) -> Left {
        while self.polls < POLLS {
            self.step();
            self.wait();
        }
        self.step();
        self.terminal.finish()
    }
}

/// No mode of the terminal was changed, and what is printed next starts a line.
fn is_clean(left: &Left) {
    for mode in [
        "\u{1b}[?25",
        "\u{1b}[?1049",
        "\u{1b}[?47",
        "\u{1b}7",
        "\u{1b}=",
    ] {
        assert!(!left.raw.contains(mode), "{mode:?}: {left}");
    }
    assert!(left.raw.ends_with("\r\n"), "{left}");
}

#[test]
fn a_table_that_is_kept_up_to_date() {
    let mut held = Held::start(Script::new(), &[], 20, 110);
    let mut steps = Vec::new();
    held.wait();
    while held.polls < POLLS {
        steps.push(held.table());
        assert!(!held.terminal.screen().hide_cursor());
        assert!(!held.terminal.screen().alternate_screen());
        held.step();
        held.wait();
    }
    steps.push(held.table());
    assert_snapshot!("live_steps", steps.join("\n\n"));
    let left = held.finish();
    is_clean(&left);
    assert_snapshot!("live_left", left);
}

#[test]
fn it_fits_its_terminal_whatever_becomes_of_that() {
    let mut held = Held::start(Script::new(), &[], 20, 160);
    held.wait();
    held.step();
    held.wait();
    let mut sizes = Vec::new();
    // How many lines there are then, and what shows that they are of this size.
    for (rows, columns, lines, sign) in [
        (5, 60, 4, "... and 3 more"),
        (4, 30, 1, "not done; polle…"),
        (3, 80, 1, "polling"),
        (2, 20, 1, "4 batches, 3 not d…"),
        (1, 10, 0, ""),
        (12, 70, 6, "all in vain"),
    ] {
        held.terminal.resize(rows, columns);
        let fits = format!("{rows} x {columns}");
        held.terminal.wait_for(&fits, |screen| {
            let drawn: Vec<String> = screen.rows(0, columns).collect();
            let drawn = drawn.iter().take_while(|line| !line.is_empty()).count();
            // The cursor is behind the table.
            screen.cursor_position() == (lines, 0)
                && drawn == usize::from(lines)
                && screen.contents().contains(sign)
        });
        sizes.push(format!("{fits}\n{}", held.terminal.contents()));
    }
    let shown = sizes.join("\n");
    let shown = shown.lines().map(|line| match line.split_once("; poll") {
        Some((start, _)) => format!("{start}; poll..."),
        None => line.to_owned(),
    });
    assert_snapshot!("live_sizes", shown.collect::<Vec<_>>().join("\n"));
    is_clean(&held.finish());
}

#[test]
fn a_poll_that_fails_is_shown_until_one_succeeds() {
    let script = Script::new().on(2..=3, Fault::ErrorAsSuccess);
    let mut held = Held::start(script, &[], 20, 110);
    held.wait();
    held.step();
    held.wait();
    held.terminal
        .wait_for_text("error: the poll failed: the service returned 200 OK, but with an error");
    held.step();
    held.wait();
    held.terminal
        .wait_for_text("error: the poll failed 2 times");
    held.step();
    held.wait();
    assert!(!held.table().contains("error"), "{}", held.table());
    is_clean(&held.finish());
}

#[test]
fn what_is_logged_stands_above_the_table() {
    let script = Script::new().on(
        2,
        Fault::from(Fault::status(503).header("retry-after", "0")),
    );
    let mut held = Held::start(script, &[], 20, 160);
    held.wait();
    held.step();
    held.polls += 1;
    held.terminal
        .wait_for("a warning above the table", |screen| {
            let contents = screen.contents();
            contents.starts_with("warning: attempt 1") && contents.contains("\nSTATUS")
        });
    assert_eq!(held.terminal.contents().matches("STATUS").count(), 1);
    held.terminal.send("\u{3}");
    assert_eq!(held.terminal.finish().code, 130);
}

#[test]
fn ctrl_c_leaves_the_table_and_a_clean_screen() {
    let mut held = Held::start(Script::new(), &[], 20, 110);
    held.wait();
    held.step();
    held.wait();
    held.terminal.send("\u{3}");
    let left = held.terminal.finish();
    is_clean(&left);
    assert_snapshot!("live_interrupted", left);
}

#[test]
fn a_kill_leaves_the_table_and_a_clean_screen() {
    let mut held = Held::start(Script::new(), &[], 20, 110);
    held.wait();
    held.terminal.kill();
    let left = held.terminal.finish();
    assert_eq!(left.code, 128 + 9, "{left}");
    assert!(left.raw.ends_with("\r\n\u{1b}[J"), "{left}");
    assert!(!left.raw.contains("\u{1b}[?"), "{left}");
}

#[test]
fn a_table_taller_than_its_terminal_is_left_whole() {
    let lives = (1..=30).map(|n| batch(n, &format!("run {n}"), Lifecycle::completes(10)));
    let sandbox = serve(Sandbox::builder().lifecycles(lives));
    let terminal = Terminal::start(command(sandbox.base_url(), &[]), 10, 100);
    let left = terminal.finish();
    is_clean(&left);
    assert_eq!(left.code, 0, "{left}");
    let runs = left.lines.iter().filter(|line| line.contains("run "));
    assert_eq!(runs.count(), 30, "{left}");
}

#[test]
fn a_terminal_that_cannot_draw_anew_gets_lines() {
    let sandbox = serve(Sandbox::builder().lifecycles(lives()));
    let mut command = command(sandbox.base_url(), &[]);
    command.env("TERM", "dumb");
    let left = Terminal::start(command, 60, 120).finish();
    assert!(!left.raw.contains('\u{1b}'), "{left}");
    assert!(left.lines[0].contains("+ validating"), "{left}");
}

#[test]
fn the_sandboxs_batches_live_before_ones_eyes() {
    let mut terminal = Terminal::start(crate::support::bare(&["--sandbox", "watch"]), 30, 120);
    // In a minute all of them are done; here, it is enough that one has come.
    terminal.wait_for_text("in_progress");
    terminal.wait_for_text("validating");
    terminal.send("\u{3}");
    let left = terminal.finish();
    is_clean(&left);
    assert_eq!(left.code, 130, "{left}");
}

#[test]
fn what_is_overdue_is_red_until_it_is_over() {
    let day = 24 * 3600;
    let old = |id: &str, status: &str| {
        let row = qwen_batches_sandbox::row(id).created_at(crate::support::NOW - 2 * day);
        row.status(status).request_counts(9, 3, 0)
    };
    let rows = [
        old("batch_late", "in_progress"),
        old("batch_over", "expired"),
    ];
    let script = Script::new().on(2.., Fault::stall());
    let sandbox = Served::new(Sandbox::builder().rows(rows).script(script));
    let mut terminal = Terminal::start(command(sandbox.base_url(), &[]), 20, 110);
    terminal.wait_for_text("polling");
    terminal.send("\u{3}");
    let raw = terminal.finish().raw;
    assert!(raw.contains("\u{1b}[31m24h ago\u{1b}[0m"), "{raw:?}");
    assert!(!raw.contains("\u{1b}[31m-\u{1b}[0m"), "{raw:?}");
}
