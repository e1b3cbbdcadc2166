//! The machine and the versions that the figures belong to.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use anyhow::{Context as _, Result};

use crate::bench_run::output;

/// Crates of `bench/Cargo.lock` that a figure may depend on.
const CRATES: [&str; 8] = [
    "async-openai",
    "divan",
    "hyper",
    "progenitor",
    "reqwest",
    "rustls",
    "serde_json",
    "tokio",
];

/// Names and values, for a table.
pub(crate) fn facts(root: &Path) -> Result<Vec<(&'static str, String)>> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let print = |program: &str, arguments: &[&str]| {
        let text = output(Command::new(program).current_dir(root).args(arguments));
        text.map_or("unknown".to_owned(), |text| text.trim().to_owned())
    };
    let threads = thread::available_parallelism().map_or(0, usize::from);
    let processor = after(&read("/proc/cpuinfo"), "model name");
    let memory = after(&read("/proc/meminfo"), "MemTotal");
    let memory = memory.trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
    let distribution = after(&read("/etc/os-release"), "PRETTY_NAME");
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    let load: Vec<&str> = load.split(' ').take(3).collect();
    let pins = root.join("tests/interop/clients/requirements.txt");
    let pins = fs::read_to_string(pins)?;
    let openai = version(&pins, "openai==").context("openai is not pinned")?;
    let mut facts = vec![
        ("processor", format!("{processor}, {threads} threads")),
        ("memory", format!("{:.1} GiB", memory / 1024.0 / 1024.0)),
        (
            "system",
            format!("{distribution}, {} {}", std::env::consts::OS, kernel.trim()),
        ),
        ("load before the end (1, 5, 15 min)", load.join(", ")),
        ("commit", print("git", &["describe", "--always", "--dirty"])),
        ("Rust", print("rustc", &["--version"])),
        ("Python", print("python3", &["--version"])),
        ("openai-python", openai),
    ];
    let lock = fs::read_to_string(root.join("bench/Cargo.lock"))?;
    for name in CRATES {
        let start = format!("name = \"{name}\"\nversion = \"");
        let version = version(&lock, &start).context("bench/Cargo.lock")?;
        facts.push((name, version));
    }
    Ok(facts)
}

/// The value on the first line that starts with `name`.
fn after(text: &str, name: &str) -> String {
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_once([':', '=']));
    let value = value.map_or("unknown", |(_, value)| value);
    value.trim().trim_matches('"').to_owned()
}

/// The version after the first line that starts with `start`.
fn version(text: &str, start: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("\n{start}"))?;
    let end = rest.find(|c: char| c.is_whitespace() || c == '"')?;
    Some(rest[..end].to_owned())
}
