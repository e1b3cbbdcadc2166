//! `results --dir`: a file for each batch, whole or not there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use qwen_batches_sandbox::{Fault, Sandbox, SandboxBuilder, Script, Sent};
use serde_json::{Value, json};

use crate::results::{ended, results};
use crate::support::{Outcome, Served, hours_old};

const IDS: [&str; 2] = ["batch_1", "batch_2"];

fn builder() -> SandboxBuilder {
    Sandbox::builder().rows([
        ended(1, "completed", 30, 28),
        ended(2, "completed", 4, 4),
        hours_old(3).status("in_progress"),
    ])
}

/// The files of a folder, hidden ones included.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.expect("a file").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        (name, fs::read_to_string(path).expect("text"))
    };
    entries.map(file).collect()
}

fn fetch(base_url: &str, folder: &Path, args: &[&str]) -> Outcome {
    let folder = folder.to_str().expect("UTF-8");
    results(base_url, &[&["--dir", folder], args].concat())
}

fn contents_asked_for(served: &Served) -> usize {
    let requests = served.requests().into_iter();
    requests
        .filter(|request| request.path.ends_with("/content"))
        .count()
}

#[test]
fn only_what_is_missing_is_fetched() {
    let folder = tempfile::tempdir().expect("a folder");
    // The folder is made.
    let folder = folder.path().join("a/b");
    for (format, names, code, missing) in [
        (
            "jsonl",
            &["batch_1.jsonl", "batch_2.jsonl"][..],
            8,
            "batch_2.jsonl",
        ),
        (
            "raw",
            &[
                "batch_1.error.jsonl",
                "batch_1.output.jsonl",
                "batch_2.output.jsonl",
            ],
            0,
            "batch_1.error.jsonl",
        ),
    ] {
        let served = Served::new(builder());
        let args = ["-o", format, "--status", "completed"];
        let outcome = fetch(served.base_url(), &folder, &args);
        assert_eq!(outcome.code, code, "{outcome}");
        assert!(
            outcome.stderr.starts_with("note: 2 batches fetched into "),
            "{outcome}"
        );
        let first = files(&folder);
        assert!(first.keys().eq(names), "{first:?}");
        assert_eq!(contents_asked_for(&served), 3);

        let outcome = fetch(served.base_url(), &folder, &args);
        assert_eq!(outcome.code, code, "what is there counts: {outcome}");
        assert!(outcome.stderr.contains(", 2 there before\n"), "{outcome}");
        assert_eq!(contents_asked_for(&served), 3);

        fs::remove_file(folder.join(missing)).expect("it was there");
        fetch(served.base_url(), &folder, &[&["-q"], &args[..]].concat());
        assert!(contents_asked_for(&served) < 6);
        assert_eq!(files(&folder), first);
        names
            .iter()
            .for_each(|name| fs::remove_file(folder.join(name)).expect("it was there"));
    }
}

#[test]
fn the_files_hold_what_stdout_shows() {
    let served = Served::new(builder());
    let folder = tempfile::tempdir().expect("a folder");
    let (url, folder) = (served.base_url(), folder.path());
    for format in ["jsonl", "raw"] {
        fetch(url, folder, &[&["-o", format], &IDS[..]].concat());
    }
    let all = files(folder);
    for id in IDS {
        let printed = results(url, &[id]).stdout;
        assert_eq!(all[&format!("{id}.jsonl")], printed);
    }
    let content = served.content("file-batch_output-1b").expect("a file");
    assert_eq!(all["batch_1.error.jsonl"].as_bytes(), content);
}

/// What there is of a batch whose results do not add up has another name, and is fetched again.
#[test]
fn what_is_not_whole_has_another_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let bad = Fault::BadRow {
        at: 2,
        row: json!("?"),
    };
    let served = Served::new(builder().script(Script::new().on(2, bad)));
    let outcome = fetch(served.base_url(), folder, &["batch_2"]);
    assert_eq!(outcome.code, 9, "{outcome}");
    let first = files(folder);
    assert!(first.keys().eq(["batch_2.incomplete.jsonl"]), "{first:?}");
    assert_eq!(first["batch_2.incomplete.jsonl"].lines().count(), 3);
    let outcome = fetch(served.base_url(), folder, &["batch_2"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    assert!(files(folder).keys().eq(["batch_2.jsonl"]));
}

#[test]
fn nothing_half_written_stays() {
    let cut = |after| Script::new().on(2.., Fault::cut_body(after));
    for format in ["jsonl", "raw"] {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let served = Served::new(builder().script(cut(5_000)));
        let args = ["-o", format, "--max-retries", "0", "batch_1"];
        let outcome = fetch(served.base_url(), folder, &args);
        assert_eq!(outcome.code, 1, "{outcome}");
        assert!(
            outcome.stderr.contains("help: run the same command again"),
            "{outcome}"
        );
        assert!(files(folder).is_empty(), "{:?}", files(folder));
    }
}

#[cfg(unix)]
#[test]
fn nothing_half_written_stays_after_ctrl_c() {
    use std::process::{Command, Stdio};

    use crate::support::with_key;

    for format in ["jsonl", "raw"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_str().expect("UTF-8");
        let stall = Fault::Stall {
            after: Sent::Body(5_000),
            for_ms: None,
        };
        let served = Served::new(builder().script(Script::new().on(2, stall)));
        let url = served.base_url();
        let args = [
            "results",
            "batch_1",
            "-o",
            format,
            "--dir",
            path,
            "--base-url",
            url,
        ];
        let child = with_key(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let child = child.expect("the binary runs");
        served.wait_for_stall();
        let id = child.id().to_string();
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .expect("kill runs");
        let outcome = Outcome::new(&child.wait_with_output().expect("it ends"));
        assert_eq!(outcome.code, 130, "{outcome}");
        assert!(
            files(folder.path()).is_empty(),
            "{:?}",
            files(folder.path())
        );
        // What a killed run left is in nobody's way.
        fs::write(folder.path().join(".batch_1.1.part"), "x").expect("a file");
        let outcome = fetch(served.base_url(), folder.path(), &["-o", format, "batch_1"]);
        assert!(matches!(outcome.code, 0 | 8), "{outcome}");
    }
}

/// A file that is not of ours is left alone, whoever gave it its name.
#[test]
fn no_file_is_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let served = Served::new(builder());
    for name in ["batch_1.jsonl", "batch_2.output.jsonl"] {
        fs::write(folder.join(name), "mine\n").expect("a file");
    }
    let outcome = fetch(served.base_url(), folder, &["batch_1"]);
    assert_eq!(outcome.code, 2, "{outcome}");
    assert!(
        outcome
            .stderr
            .contains("batch_1.jsonl: not a file of results"),
        "{outcome}"
    );
    let outcome = fetch(served.base_url(), folder, &["batch_2", "-o", "raw"]);
    assert_eq!(
        (outcome.code, contents_asked_for(&served)),
        (0, 0),
        "{outcome}"
    );
    assert!(files(folder).values().all(|text| text == "mine\n"));
}

/// Whatever a server calls its batches, their files are in the folder, each under its own name.
#[test]
fn names_lead_nowhere_else() {
    let ids = [
        "../up",
        "/etc/x",
        "batch_A",
        "batch_a",
        "batch_é\u{202e}\n",
        "..",
        ".batch_1.1.part",
    ];
    let long = "batch_".to_owned() + &"x".repeat(300);
    let rows = ids.into_iter().chain([long.as_str()]).zip(1..);
    let rows: Vec<Value> = rows
        .map(|(id, n)| {
            ended(n, "completed", n as u64, n as u64)
                .set("id", id)
                .build()
        })
        .collect();
    let served = Served::rows(rows);
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("results");
    let outcome = fetch(
        served.base_url(),
        &folder,
        &["--created-after", "2025-03-01"],
    );
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(fs::read_dir(parent.path()).expect("a folder").count(), 1);
    let all = files(&folder);
    let mut lengths: Vec<usize> = all.values().map(|text| text.lines().count()).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [1, 2, 3, 4, 5, 6, 7, 8], "{:?}", all.keys());
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_takes_nothing() {
    use std::process::Command;

    use crate::support::{KEY, clean};

    let served = Served::new(builder());
    // Nobody can make a file there.
    let outcome = fetch(
        served.base_url(),
        Path::new("/proc/self/task"),
        &["batch_1"],
    );
    assert_eq!(outcome.code, 1, "{outcome}");
    assert!(
        outcome.stderr.starts_with("error: /proc/self/task: "),
        "{outcome}"
    );
    for format in ["jsonl", "raw"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("sh");
        clean(&mut command);
        // A limit of 512 bytes for each file stands for a full disk.
        let script = "trap '' XFSZ; ulimit -f 1; exec \"$@\"";
        let binary = env!("CARGO_BIN_EXE_qwen-batches");
        command.args(["-c", script, "sh", binary, "results", "1", "-o", format]);
        command
            .args(["--base-url", served.base_url(), "--dir"])
            .arg(folder.path());
        let outcome = Outcome::of({
            command.env("DASHSCOPE_API_KEY", KEY);
            command
        });
        assert_eq!(outcome.code, 1, "{outcome}");
        assert!(outcome.stderr.contains("too large"), "{outcome}");
        assert!(
            files(folder.path()).is_empty(),
            "{:?}",
            files(folder.path())
        );
    }
}
