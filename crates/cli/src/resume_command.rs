//! The command that goes on with a list, written out for a shell.

use jiff::Timestamp;
use qwen_batches::{Checkpoint, InputFileId};

use crate::args::{ListArgs, Target};
use crate::dialect::Dialect;
use crate::output::Format;
use crate::screen::Color;
use crate::terminal::shell_word;
use crate::time_arg::TimeArg;
use crate::words::value_name;
use crate::zone_arg;

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
    pub(crate) fn resume(&self, checkpoint: &Checkpoint) -> String {
        self.go_on(checkpoint, self.args.max_items)
    }

    /// The command for all that is left behind `checkpoint`, of a list that had a cap.
    pub(crate) fn rest(&self, checkpoint: &Checkpoint) -> String {
        self.go_on(checkpoint, None)
    }

    fn go_on(&self, checkpoint: &Checkpoint, max_items: Option<u64>) -> String {
        let mut words = Words("qwen-batches list".to_owned());
        self.add_server(&mut words);
        let filters = &self.args.filters;
        let statuses: Vec<&str> = filters
            .status
            .iter()
            .map(|status| status.as_str())
            .collect();
        words.option("status", (!statuses.is_empty()).then(|| statuses.join(",")));
        words.option("name", filters.name.as_ref());
        for file in &filters.input_file {
            words.option("input-file", Some(shown(file, self.args.show_secrets)));
        }
        let instant = |when: Option<TimeArg>| when.map(|when| when.instant(self.now));
        words.option("created-after", instant(filters.created_after));
        words.option("created-before", instant(filters.created_before));
        let outcomes = &self.args.outcome;
        words.option(
            "outcome",
            (!outcomes.is_empty()).then(|| outcomes.join(",")),
        );
        words.option("page-size", self.args.page_size);
        let concurrency = self.args.concurrency;
        words.option("concurrency", (concurrency != 1).then_some(concurrency));
        words.option("max-items", max_items);
        let output = self.args.output;
        words.option(
            "output",
            (output != Format::default()).then(|| value_name(&output)),
        );
        let columns: Vec<String> = self.args.columns.iter().map(value_name).collect();
        words.option("columns", (!columns.is_empty()).then(|| columns.join(",")));
        words.flag("no-headers", self.args.no_headers);
        words.flag("utc", self.args.times.utc);
        words.flag("local", self.args.times.local);
        let color = self.color;
        words.option(
            "color",
            (color != Color::default()).then(|| value_name(&color)),
        );
        words.flag("show-secrets", self.args.show_secrets);
        match &self.args.checkpoint {
            Some(file) => words.option("checkpoint", Some(file.display())),
            None => words.option("resume", Some(checkpoint)),
        }
        words.0
    }

    fn add_server(&self, words: &mut Words) {
        words.flag("sandbox", self.target.sandbox);
        words.option("base-url", self.target.base_url.as_ref());
        words.option("region", self.target.region);
        words.option("workspace", self.target.workspace.as_ref());
        let dialect = self.target.dialect;
        words.option(
            "dialect",
            (dialect != Dialect::default()).then(|| value_name(&dialect)),
        );
        words.option("api-version", self.target.api_version.as_ref());
        for header in &self.target.headers {
            let name = header.parts().map_or("", |(name, _)| name);
            words.option("header", Some(format!("{name}:***")));
        }
        words.option("filter-zone", self.target.filter_zone.map(zone_arg::name));
        let limit = self.target.request_timeout;
        words.option(
            "request-timeout",
            limit.map(|limit| format!("{}ms", limit.as_millis())),
        );
        words.option("max-response-bytes", self.target.max_response_bytes);
        words.option("max-retries", self.target.max_retries);
    }

    /// Whether the command has `***` in the place of a secret, so that it does not work as it
    /// stands.
    pub(crate) fn is_masked(&self) -> bool {
        let mut files = self.args.filters.input_file.iter();
        !self.target.headers.is_empty()
            || files.any(|file| shown(file, self.args.show_secrets) != *file)
    }
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
        let command = line(&args, &target).resume(&checkpoint());
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
            let command = line(&args, &target).resume(&checkpoint());
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
        assert!(
            command.contains(" --created-after 2025-03-05T12:00:00Z "),
            "{command}"
        );
        assert!(
            !command.contains("hush") && line(&args, &target).is_masked(),
            "{command}"
        );
        args.show_secrets = true;
        let command = line(&args, &target).resume(&checkpoint());
        assert!(command.contains(&format!("'{secret}'")), "{command}");
        assert!(!line(&args, &target).is_masked());
    }
}
