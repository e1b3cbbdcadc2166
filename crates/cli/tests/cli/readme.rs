//! The commands of each README, as a reader would type them: its blocks marked `sh`, in a shell.
//!
//! There, `qwen-batches` and `cargo run --` are the binary, and the environment leads it to a
//! sandbox. All must succeed, but for `--sandbox watch`, which takes a minute: it is stopped after a
//! second.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use qwen_batches_sandbox::{Sandbox, row};

use crate::support::{Served, clean};

/// Notes the call and whether it failed.
const QWEN_BATCHES: &str = r#"#!/bin/sh
case " $* " in
    *" --region "* | *" --workspace "* | *" --base-url "*)
        echo "FAILED: $*: would ask another server" >> "$CALLS"
        exit 1 ;;
    *" --sandbox watch "*)
        "$BINARY" "$@" --timeout 1s
        [ $? -eq 7 ] ;;
    *) "$BINARY" "$@" ;;
esac
code=$?
[ $code -eq 0 ] && echo "$*" >> "$CALLS" || echo "FAILED: $*" >> "$CALLS"
exit $code
"#;

/// The tests of the workspace are under way.
const CARGO: &str = r#"#!/bin/sh
[ "$*" = "test --workspace" ] && exit 0
[ "$1 $2" = "run --" ] || { echo "FAILED: cargo $*: this test cannot run it" >> "$CALLS"; exit 1; }
shift 2
exec qwen-batches "$@"
"#;

#[test]
fn the_commands_of_each_readme_succeed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readmes = readmes(&root);
    let with_commands: Vec<&PathBuf> = readmes
        .iter()
        .filter(|path| run_blocks(&root.join(path)) > 0)
        .collect();
    let expected = ["README.md", "crates/cli/README.md"].map(PathBuf::from);
    assert_eq!(with_commands, expected.iter().collect::<Vec<_>>());
}

/// That of the workspace and those of its crates.
fn readmes(root: &Path) -> Vec<PathBuf> {
    let crates = fs::read_dir(root.join("crates")).expect("crates");
    let crates = crates.map(|entry| Path::new("crates").join(entry.expect("a crate").file_name()));
    let mut readmes: Vec<PathBuf> = crates.map(|path| path.join("README.md")).collect();
    readmes.push("README.md".into());
    readmes.sort();
    readmes
}

/// Runs the shell blocks of a document, one after the other; gives how many commands that were.
fn run_blocks(document: &Path) -> usize {
    let text = fs::read_to_string(document).expect("a README");
    let blocks = shell_blocks(&text);
    // Batches that are done: a watch has nothing to wait for.
    let now = jiff::Timestamp::now().as_second();
    let rows = [("completed", 1), ("failed", 2)].map(|(status, n)| {
        let row = row(format!("batch_{n}")).created_at(now - 60 * n);
        let row = row.status(status).name("nightly eval");
        match status {
            "completed" => row.request_counts(2, 2, 0).set("output_file_id", "file-1"),
            _ => row,
        }
    });
    let sandbox = Served::start(Sandbox::builder().now(now).rows(rows));
    let mut count = 0;
    for block in &blocks {
        let commands = block
            .lines()
            .filter(|line| line.starts_with("qwen-batches ") || line.starts_with("cargo run "));
        let calls = run(block, sandbox.base_url());
        assert_eq!(calls.len(), commands.count(), "{block}\nwas {calls:#?}");
        count += calls.len();
    }
    count
}

/// Runs a block; gives the arguments of each call of the binary.
fn run(block: &str, base_url: &str) -> Vec<String> {
    let programs = tempfile::tempdir().expect("a folder");
    for (name, script) in [("qwen-batches", QWEN_BATCHES), ("cargo", CARGO)] {
        let program = programs.path().join(name);
        fs::write(&program, script).expect("a script");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("leave");
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let calls = programs.path().join("calls");
    let folder = tempfile::tempdir().expect("a folder");
    let mut shell = Command::new("sh");
    clean(&mut shell);
    let output = shell
        .args(["-euc", block])
        .env("PATH", format!("{}:{path}", programs.path().display()))
        .env("BINARY", env!("CARGO_BIN_EXE_qwen-batches"))
        .env("CALLS", &calls)
        .env("DASHSCOPE_HTTP_BASE_URL", base_url)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    let calls = fs::read_to_string(calls).unwrap_or_default();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && !calls.contains("FAILED"),
        "{block}\ncame to {}\n{calls}{stderr}",
        output.status
    );
    calls.lines().map(str::to_owned).collect()
}

/// The blocks of a document that are marked `sh`.
fn shell_blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(mark) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match mark {
            "sh" => blocks.push(block.join("\n")),
            "bash" | "console" | "shell" => panic!("mark it `sh`, so that it is run: {block:#?}"),
            _ => {}
        }
    }
    blocks
}
