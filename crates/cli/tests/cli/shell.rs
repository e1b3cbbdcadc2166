//! What a shell and a reader of manuals are given.

use std::process::Command;

use insta::assert_snapshot;

use crate::support::{Outcome, bare};

#[test]
fn completions_know_commands_options_and_values() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let outcome = Outcome::of(bare(&["completions", shell]));
        let script = outcome.lines().join("\n");
        for word in ["summary", "created-after", "columns", "sandbox", "region"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        // The scripts for these two shells complete no values.
        if !["powershell", "elvish"].contains(&shell) {
            for word in ["in_progress", "jsonl", "error_file_id"] {
                assert!(script.contains(word), "{shell}: {word}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_completes() {
    let script = Outcome::of(bare(&["completions", "bash"])).stdout;
    let mut words = script.split_whitespace().skip_while(|word| *word != "-F");
    let function = words.nth(1).expect("a function");
    for (words, expected) in [
        (&["qwen-batches", "su"][..], "summary"),
        (&["qwen-batches", "list", "--inp"], "--input-file"),
        (&["qwen-batches", "list", "--output", "js"], "json jsonl"),
        (
            &["qwen-batches", "list", "--status", "cancell"],
            "cancelling cancelled",
        ),
    ] {
        let last = words.len() - 1;
        let (this, before) = (words[last], words[last - 1]);
        let list = words.join(" ");
        let ask = format!(
            "{script}\nCOMP_WORDS=({list}); COMP_CWORD={last}\n\
             {function} qwen-batches '{this}' '{before}'; echo \"${{COMPREPLY[*]}}\""
        );
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", &ask]);
        assert_eq!(Outcome::of(bash).lines(), [expected], "{words:?}");
    }
}

#[test]
fn manual() {
    assert_snapshot!("man", Outcome::of(bare(&["man"])));
    assert_snapshot!("man_summary", Outcome::of(bare(&["man", "summary"])));
    for command in ["list", "doctor", "sandbox", "completions", "man"] {
        let outcome = Outcome::of(bare(&["man", command]));
        let title = format!(".TH qwen-batches-{command} 1 ");
        assert!(
            outcome.lines().iter().any(|line| line.starts_with(&title)),
            "{outcome}"
        );
    }
}
