//! Nothing of one machine, and nothing unfinished, in the tree.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::command;

/// Folders at the top of one machine's file system.
const MACHINE: [&str; 4] = ["work", "farm", "root", "home"];

/// Marks of unfinished Rust, in two halves so that this file does not hold them.
const UNFINISHED: [(&str, &str); 5] = [
    ("TO", "DO"),
    ("FIX", "ME"),
    ("todo", "!"),
    ("unimplemented", "!"),
    ("#[ig", "nore"),
];

pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for path in files(root)? {
        // Files that are gone but not yet committed, and files that hold no text.
        if let Ok(text) = fs::read_to_string(root.join(&path)) {
            problems.extend(problems_of(&path, &text));
        }
    }
    Ok(problems)
}

/// What git tracks or would track.
fn files(root: &Path) -> Result<Vec<String>> {
    let arguments = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let list = command::text("git", &arguments, root)?;
    let paths = list.split('\0').filter(|path| !path.is_empty());
    Ok(paths.map(str::to_owned).collect())
}

fn problems_of(path: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(folder) = MACHINE.iter().find(|folder| holds_path(line, folder)) {
            problems.push(format!(
                "{path}:{number}: a path of one machine, in /{folder}; write it from the root of \
                 the tree"
            ));
        }
        if !path.ends_with(".rs") {
            continue;
        }
        for (start, end) in UNFINISHED {
            let mark = format!("{start}{end}");
            if holds_word(line, &mark) {
                problems.push(format!(
                    "{path}:{number}: `{mark}`: finish it, or take it out"
                ));
            }
        }
    }
    problems
}

/// Whether `line` holds an absolute path into `folder`, rather than a part of a longer one.
fn holds_path(line: &str, folder: &str) -> bool {
    line.match_indices(&format!("/{folder}/")).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|letter| is_of_word(letter) || letter == '.')
    })
}

fn holds_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let ends = !word.ends_with(is_of_word) || !after.is_some_and(is_of_word);
        !before.is_some_and(is_of_word) && ends
    })
}

fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_one_machine_fail() {
        for folder in MACHINE {
            for line in [
                format!("/{folder}/x"),
                format!("see `/{folder}/x`"),
                format!("file:///{folder}/x"),
            ] {
                assert_eq!(problems_of("a.md", &line).len(), 1, "{line}");
            }
            for line in [
                format!("./{folder}/x"),
                format!("../{folder}/x"),
                format!("https://example.com/{folder}/x"),
                format!("/{folder}bench/x"),
            ] {
                assert_eq!(problems_of("a.md", &line), [""; 0], "{line}");
            }
        }
    }

    #[test]
    fn marks_of_unfinished_rust_fail() {
        for (start, end) in UNFINISHED {
            let line = format!("    {start}{end} later");
            assert_eq!(
                problems_of("a.rs", &line),
                [format!("a.rs:1: `{start}{end}`: finish it, or take it out")]
            );
            assert_eq!(problems_of("a.md", &line), [""; 0]);
        }
        let longer = format!("METH{}{}", "TO", "DOS");
        assert_eq!(problems_of("a.rs", &longer), [""; 0]);
    }

    #[test]
    fn a_reason_does_not_excuse_a_test_that_is_left_out() {
        let line = format!("#[ig{} = \"slow\"]", "nore");
        assert_eq!(problems_of("a.rs", &line).len(), 1);
    }
}
