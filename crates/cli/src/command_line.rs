//! The command that goes on with a list, written out for a shell.

use jiff::Timestamp;
use qwen_batches_ext::{Checkpoint, InputFileId};

use crate::args::{ListArgs, Target};
use crate::output::Format;
use crate::terminal::shell_word;
use crate::time::When;

/// The command that goes on behind `checkpoint`: all options of the list that was left, with ages
/// as the instants that they meant at `now`.
pub(crate) fn resume(
    args: &ListArgs,
    target: &Target,
    now: Timestamp,
    checkpoint: &Checkpoint,
) -> String {
    let mut words = Words("qwen-batches list".to_owned());
    words.flag("sandbox", target.sandbox);
    words.option("base-url", target.base_url.as_ref());
    words.option("region", target.region);
    words.option("workspace", target.workspace.as_ref());
    let statuses: Vec<&str> = args.status.iter().map(|status| status.as_str()).collect();
    words.option("status", (!statuses.is_empty()).then(|| statuses.join(",")));
    words.option("name", args.name.as_ref());
    for file in &args.input_file {
        words.option("input-file", Some(shown(file, args.show_secrets)));
    }
    let instant = |when: Option<When>| when.map(|when| when.instant(now));
    words.option("created-after", instant(args.created_after));
    words.option("created-before", instant(args.created_before));
    words.option("page-size", args.page_size);
    words.option("max-items", args.max_items);
    let format = clap::ValueEnum::to_possible_value(&args.output);
    let format = format.filter(|_| args.output != Format::default());
    words.option("output", format.as_ref().map(|format| format.get_name()));
    words.flag("show-secrets", args.show_secrets);
    match &args.checkpoint {
        Some(file) => words.option("checkpoint", Some(file.display())),
        None => words.option("resume", Some(checkpoint)),
    }
    words.0
}

/// Whether the command has `***` in the place of a secret, so that it does not work as it stands.
pub(crate) fn is_masked(args: &ListArgs) -> bool {
    let mut files = args.input_file.iter();
    files.any(|file| shown(file, args.show_secrets) != *file)
}

fn shown(file: &str, show_secrets: bool) -> String {
    if show_secrets {
        file.to_owned()
    } else {
        InputFileId::from(file.to_owned()).to_string()
    }
}

struct Words(String);

impl Words {
    fn flag(&mut self, name: &str, given: bool) {
        if given {
            self.0.push_str(&format!(" --{name}"));
        }
    }

    fn option(&mut self, name: &str, value: Option<impl ToString>) {
        let Some(value) = value.map(|value| value.to_string()) else {
            return;
        };
        // Behind a space, what starts with a hyphen would be an option of its own.
        let separator = if value.starts_with('-') { '=' } else { ' ' };
        let word = shell_word(&value);
        self.0.push_str(&format!(" --{name}{separator}{word}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{self, Command};

    /// A checkpoint of no filter, at the start of the list.
    fn checkpoint() -> Checkpoint {
        let json = serde_json::json!({
            "fingerprint": "", "cursor": null, "delivered": 0, "last_created_at": null,
            "last_ids": [], "unreadable": [], "ended": false,
        });
        serde_json::from_value(json).expect("a checkpoint")
    }

    fn parse(words: &[&str]) -> (ListArgs, Target) {
        let words = words.iter().map(std::ffi::OsString::from);
        let cli = args::parse(words).expect("a command line");
        match cli.command {
            Command::List(args) => (*args, cli.target),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_is_forgotten() {
        let now: Timestamp = "2025-03-07T00:00:00Z".parse().expect("an instant");
        let words = [
            "qwen-batches",
            "list",
            "--sandbox",
            "--status",
            "completed,expired",
            "--name=-夜间",
            "--input-file",
            "file-1",
            "--input-file",
            "oss:r:b/p",
            "--created-after",
            "2025-03-01",
            "--created-before",
            "2025-03-04T08:00:00Z",
            "--page-size",
            "7",
            "--max-items",
            "9",
            "--output",
            "csv",
            "--show-secrets",
        ];
        let (args, target) = parse(&words);
        let command = resume(&args, &target, now, &checkpoint());
        // Nothing in it is quoted but the name.
        let again: Vec<String> = command
            .split(' ')
            .map(|word| word.replace('\'', ""))
            .collect();
        let again: Vec<&str> = again.iter().map(String::as_str).collect();
        let (mut args_again, target_again) = parse(&again);
        assert_eq!(args_again.resume.take(), Some(checkpoint()));
        let shown = |args: &ListArgs, target: &Target| format!("{args:?} {target:?}");
        assert_eq!(shown(&args_again, &target_again), shown(&args, &target));

        let servers = ["--region", "beijing", "--workspace", "ws-1"];
        let (args, target) = parse(&[&words[..2], &servers].concat());
        let command = resume(&args, &target, now, &checkpoint());
        assert!(
            command.starts_with("qwen-batches list --region beijing --workspace ws-1 --resume "),
            "{command}"
        );
    }

    #[test]
    fn ages_become_instants_and_secrets_stay_hidden() {
        let now: Timestamp = "2025-03-07T00:00:00Z".parse().expect("an instant");
        let secret = "https://h.example/in?Signature=hush";
        let words = [
            "qwen-batches",
            "list",
            "--created-after",
            "36h",
            "--input-file",
            secret,
        ];
        let (mut args, target) = parse(&words);
        let command = resume(&args, &target, now, &checkpoint());
        assert!(
            command.contains(" --created-after 2025-03-05T12:00:00Z "),
            "{command}"
        );
        assert!(!command.contains("hush") && is_masked(&args), "{command}");
        args.show_secrets = true;
        let command = resume(&args, &target, now, &checkpoint());
        assert!(command.contains(&format!("'{secret}'")), "{command}");
        assert!(!is_masked(&args));
    }
}
