//! The command that goes on with a list, written out for a shell.

use jiff::Timestamp;
use qwen_batches::Checkpoint;

use crate::args::{ListArgs, Target};
use crate::output::Format;
use crate::screen::Color;
use crate::shell_command::ShellCommand;
use crate::words::value_name;

/// All that decides what a list is and how it looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResumeCommand<'a> {
    pub(crate) args: &'a ListArgs,
    pub(crate) target: &'a Target,
    pub(crate) color: Color,
    /// What ages count from.
    pub(crate) now: Timestamp,
}

impl ResumeCommand<'_> {
    /// The command that goes on behind `checkpoint`: all options of the list that was left, with
    /// ages as the instants that they meant.
    pub(crate) fn resume(&self, checkpoint: &Checkpoint) -> ShellCommand {
        self.go_on(checkpoint, self.args.max_items)
    }

    /// The command for all that is left behind `checkpoint`, of a list that had a cap.
    pub(crate) fn rest(&self, checkpoint: &Checkpoint) -> ShellCommand {
        self.go_on(checkpoint, None)
    }

    fn go_on(&self, checkpoint: &Checkpoint, max_items: Option<u64>) -> ShellCommand {
        let args = self.args;
        let mut words = ShellCommand::new("list", self.target);
        words.filters(&args.filters, self.now, args.show_secrets);
        let outcomes = args.outcomes.names.join(",");
        words.option("outcome", (!outcomes.is_empty()).then_some(outcomes));
        words.option("page-size", args.page_size);
        let concurrency = args.concurrency;
        words.option("concurrency", (concurrency != 1).then_some(concurrency));
        words.option("max-items", max_items);
        let output = args.output;
        words.option(
            "output",
            (output != Format::default()).then(|| value_name(&output)),
        );
        let columns: Vec<String> = args.columns.iter().map(value_name).collect();
        words.option("columns", (!columns.is_empty()).then(|| columns.join(",")));
        words.flag("no-headers", args.no_headers);
        words.flag("utc", args.times.utc);
        words.flag("local", args.times.local);
        let color = self.color;
        words.option(
            "color",
            (color != Color::default()).then(|| value_name(&color)),
        );
        words.flag("show-secrets", args.show_secrets);
        match &args.checkpoint {
            Some(file) => words.option("checkpoint", Some(file.display())),
            None => words.option("resume", Some(checkpoint)),
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{self, Command};

    /// A checkpoint of no filter, at the start of the list.
    fn checkpoint() -> Checkpoint {
        let json = serde_json::json!({
            "v": 1, "server": "https://h.example", "filter": {}, "delivered": 0, "by_time": true,
            "ended": false,
        });
        serde_json::from_value(json).expect("a checkpoint")
    }

    fn line<'a>(args: &'a ListArgs, target: &'a Target) -> ResumeCommand<'a> {
        ResumeCommand {
            args,
            target,
            color: Color::Never,
            now: "2025-03-07T00:00:00Z".parse().expect("an instant"),
        }
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
            "--outcome",
            "expired,all_failed",
            "--page-size",
            "7",
            "--concurrency",
            "4",
            "--output",
            "csv",
            "--columns",
            "id,due_at",
            "--no-headers",
            "--show-secrets",
        ];
        let (args, target) = parse(&words);
        let command = line(&args, &target).resume(&checkpoint()).text;
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

        for options in [
            "--region beijing --workspace ws-1 --max-items 9",
            "--base-url http://localhost:1/v1 --dialect azure --api-version v --header 'X-Tenant:***' \
             --filter-zone UTC-3:30 --request-timeout 90000ms --max-response-bytes 9 --max-retries 0",
        ] {
            let words = format!("qwen-batches list {options}")
                .replace('\'', "")
                .replace("***", "hush");
            let words: Vec<&str> = words.split(' ').collect();
            let (args, target) = parse(&words);
            let command = line(&args, &target).resume(&checkpoint()).text;
            let start = format!("qwen-batches list {options} --color never --resume ");
            assert!(command.starts_with(&start), "{command}");
        }
    }

    #[test]
    fn ages_become_instants_and_secrets_stay_hidden() {
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
        let command = line(&args, &target).resume(&checkpoint());
        let after = " --created-after 2025-03-05T12:00:00Z ";
        assert!(command.text.contains(after), "{command:?}");
        assert!(
            !command.text.contains("hush") && command.is_masked,
            "{command:?}"
        );
        args.show_secrets = true;
        let command = line(&args, &target).resume(&checkpoint());
        let whole = format!("'{secret}'");
        assert!(command.text.contains(&whole), "{command:?}");
        assert!(!command.is_masked);
    }
}
