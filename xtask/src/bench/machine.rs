//! On what, and of what, the figures are.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use anyhow::{Context as _, Result};
use toml_edit::{Document, Item};

use crate::files;

/// What of `bench/Cargo.lock` a figure may depend on.
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
pub(super) fn facts(root: &Path) -> Result<Vec<(String, String)>> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let threads = thread::available_parallelism().map_or(0, usize::from);
    let processor = field(&read("/proc/cpuinfo"), "model name", ':');
    let memory = field(&read("/proc/meminfo"), "MemTotal", ':');
    let mut facts = vec![
        (
            "processor".to_owned(),
            format!("{processor}, {threads} threads"),
        ),
        ("memory".to_owned(), gibibytes(&memory)),
        (
            "system".to_owned(),
            format!(
                "{}, {} {}",
                field(&read("/etc/os-release"), "PRETTY_NAME", '=').trim_matches('"'),
                std::env::consts::OS,
                read("/proc/sys/kernel/osrelease").trim()
            ),
        ),
        (
            "load before the end (1, 5, 15 min)".to_owned(),
            load(&read("/proc/loadavg")),
        ),
        (
            "commit".to_owned(),
            said("git", &["describe", "--always", "--dirty"], root),
        ),
        ("Rust".to_owned(), said("rustc", &["--version"], root)),
        ("Python".to_owned(), said("python3", &["--version"], root)),
        ("openai-python".to_owned(), python_pin(root)?),
    ];
    facts.extend(versions(&files::read(&root.join("bench/Cargo.lock"))?)?);
    Ok(facts)
}

/// What stands behind `name`, on the first line that begins with it.
fn field(text: &str, name: &str, separator: char) -> String {
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_once(separator));
    value
        .map_or("unknown", |(_, value)| value.trim())
        .to_owned()
}

fn gibibytes(text: &str) -> String {
    let kib = text
        .strip_suffix(" kB")
        .and_then(|kib| kib.parse::<f64>().ok());
    kib.map_or("unknown".to_owned(), |kib| {
        format!("{:.1} GiB", kib / 1024.0 / 1024.0)
    })
}

fn load(text: &str) -> String {
    let loads: Vec<&str> = text.split(' ').take(3).collect();
    loads.join(", ")
}

fn said(program: &str, arguments: &[&str], root: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .output();
    let text = output.ok().filter(|output| output.status.success());
    text.map_or("unknown".to_owned(), |output| {
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    })
}

fn python_pin(root: &Path) -> Result<String> {
    let path = "xtask/interop/requirements.txt";
    let pins = fs::read_to_string(root.join(path)).context(path)?;
    let pin = pins.lines().find_map(|line| line.strip_prefix("openai=="));
    Ok(pin
        .with_context(|| format!("{path} does not pin openai"))?
        .to_owned())
}

fn versions(lock: &str) -> Result<Vec<(String, String)>> {
    let lock = Document::parse(lock).context("bench/Cargo.lock")?;
    let packages = lock.get("package").and_then(Item::as_array_of_tables);
    let packages = packages.context("bench/Cargo.lock holds no package")?;
    let facts = packages.iter().filter_map(|package| {
        let name = package.get("name")?.as_str()?;
        let version = package.get("version")?.as_str()?;
        CRATES
            .contains(&name)
            .then(|| (name.to_owned(), version.to_owned()))
    });
    Ok(facts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read() {
        let text = "processor : 0\nmodel name\t: A Processor: fast\n";
        assert_eq!(field(text, "model name", ':'), "A Processor: fast");
        assert_eq!(field(text, "PRETTY_NAME", '='), "unknown");
        assert_eq!(gibibytes("25165824 kB"), "24.0 GiB");
        assert_eq!(gibibytes("unknown"), "unknown");
        assert_eq!(load("0.50 0.40 0.30 1/200 7"), "0.50, 0.40, 0.30");
    }

    #[test]
    fn every_crate_has_one_version_in_the_lock_file() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let lock = fs::read_to_string(root.join("bench/Cargo.lock")).unwrap();
        let names: Vec<String> = versions(&lock)
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, CRATES);
    }
}
