//! The command line, as it is read. Nothing here does anything.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use qwen_batches::{BatchFilter, BatchStatus, Checkpoint, Region};

use crate::doctor;
use crate::exit;
use crate::number_arg::within;
use crate::output::{Column, Format};
use crate::screen::Color;
use crate::summary;
use crate::times::TimesArgs;
use crate::when::When;

/// Lists the batch jobs of Qwen Cloud (Alibaba Cloud Model Studio).
///
/// Data goes to stdout, everything else to stderr.
#[derive(Debug, Parser)]
#[command(
    name = "qwen-batches",
    version,
    after_long_help = concat!(
        "Examples:
  qwen-batches --sandbox list     # made-up batches: no key, no network
  qwen-batches list --status in_progress
  qwen-batches --region beijing summary", "\n\n", environment!(), "\n\n", exit::codes!()),
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Colour what is printed: auto (on a terminal, unless NO_COLOR is set), always or never
    #[arg(
        long,
        global = true,
        value_enum,
        ignore_case = true,
        value_name = "WHEN",
        default_value_t,
        help_heading = "Output",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which server is asked.
#[derive(Args, Debug)]
#[command(next_help_heading = "Server")]
pub(crate) struct Target {
    /// Ask a sandbox inside this process: made-up batches, no key, no network, no rate limit
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,
    /// Ask this base URL, which ends before /batches
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Ask this region: singapore (the default) or beijing. A key belongs to one region
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<Region>,
    /// Ask the host of this workspace, in its region
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) workspace: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    List(Box<ListArgs>),
    Watch(Box<WatchArgs>),
    Summary(SummaryArgs),
    Doctor(DoctorArgs),
    Sandbox(SandboxArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// List batches, newest first
///
/// The service lists the batches of the last 30 days. Filters combine with AND. Rows are printed
/// as pages arrive; a list that breaks off, or is stopped by Ctrl-C, says so on stderr, with the
/// command that goes on. Ctrl-C once more ends it at once.
#[derive(Args, Debug)]
#[command(after_long_help = concat!(
    "Examples:
  qwen-batches list --status completed,expired --created-after 7d
  qwen-batches list --name nightly --output jsonl | jq .request_counts
  qwen-batches list --output csv --columns id,name,failed > failed.csv
  qwen-batches list --checkpoint place --output ids >> ids    # run again to go on", "\n\n", environment!(), "\n\n", exit::codes!()))]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) filters: Filters,

    /// Start behind the batch with this id
    #[arg(long, value_name = "ID", help_heading = "Pages")]
    pub(crate) after: Option<String>,
    /// Batches to ask for at a time, 1 to 100 [default: 100]
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u32>(1..=100),
        help_heading = "Pages"
    )]
    pub(crate) page_size: Option<u32>,
    /// Calls to make at a time, 1 to 32: a list of many pages comes sooner, for some calls more
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = within::<usize>(1..=32),
        help_heading = "Pages"
    )]
    pub(crate) concurrency: usize,
    /// Batches to print at most, in all runs together where the list is resumed
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u64>(0..=u64::MAX),
        help_heading = "Pages"
    )]
    pub(crate) max_items: Option<u64>,
    /// Go on where a list was left, with the same filters; no header is printed again
    #[arg(
        long,
        value_name = "TOKEN",
        help_heading = "Pages",
        conflicts_with = "after"
    )]
    pub(crate) resume: Option<Checkpoint>,
    /// Keep in FILE how far the list is, after each page printed; if FILE exists, go on from there
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Pages",
        conflicts_with_all = ["after", "resume"]
    )]
    pub(crate) checkpoint: Option<PathBuf>,

    /// How batches are printed
    #[arg(
        long,
        value_enum,
        ignore_case = true,
        value_name = "FORMAT",
        default_value_t,
        help_heading = "Output"
    )]
    pub(crate) output: Format,
    /// What a table or CSV file shows of a batch, in this order; separated by commas
    #[arg(
        long,
        value_enum,
        ignore_case = true,
        value_name = "COLUMN",
        value_delimiter = ',',
        help_heading = "Output"
    )]
    pub(crate) columns: Vec<Column>,
    #[command(flatten)]
    pub(crate) times: TimesArgs,
    /// Print callback URLs and the signatures of input URLs in full instead of ***
    #[arg(long, help_heading = "Output")]
    pub(crate) show_secrets: bool,
}

/// Follow batches until they are done
///
/// On a terminal, a table is kept up to date; elsewhere, each change is printed as a line. The list
/// is polled, not each batch: every minute, and less often while nothing changes. A poll that fails
/// is made again.
///
/// Without a filter, these are the batches that are not done, and those that are created from now
/// on. With one, these are all that it lets through, for as long as it takes them to be done, in
/// whatever status.
#[derive(Args, Debug)]
#[command(after_long_help = concat!(
    "Examples:
  qwen-batches watch
  qwen-batches watch --name nightly --created-after 1d --timeout 12h
  qwen-batches watch --until any-failed --output jsonl | jq -r .batch.id", "\n\n", environment!(), "\n\n", exit::codes!()))]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    pub(crate) filters: Filters,

    /// When to end: when all batches are done, or also when one of them has failed
    #[arg(
        long,
        value_enum,
        ignore_case = true,
        value_name = "WHEN",
        default_value_t,
        help_heading = "Watch"
    )]
    pub(crate) until: Until,
    /// End after this time, whatever is left: a whole number and a unit (90s, 5m, 36h, 7d)
    #[arg(
        long,
        value_name = "SPAN",
        value_parser = crate::span::parse,
        help_heading = "Watch"
    )]
    pub(crate) timeout: Option<Duration>,
    /// Wait so long between polls, 10s at least but for a server on this machine; longer while
    /// nothing changes [default: 60s; with --sandbox 1s]
    #[arg(
        long,
        value_name = "SPAN",
        value_parser = crate::span::parse,
        help_heading = "Watch"
    )]
    pub(crate) interval: Option<Duration>,

    /// How changes are printed
    #[arg(
        long,
        value_enum,
        ignore_case = true,
        value_name = "FORMAT",
        default_value_t,
        help_heading = "Output"
    )]
    pub(crate) output: WatchFormat,
}

/// When a watch ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Until {
    /// When all batches are done
    #[default]
    Done,
    /// When a batch has failed, expired, been cancelled, or completed with every request failed; or
    /// when all are done
    AnyFailed,
}

/// How changes are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum WatchFormat {
    /// On a terminal a table that is kept up to date, elsewhere as lines
    #[default]
    Table,
    /// A line for each change
    Lines,
    /// A JSON object on a line for each change
    Jsonl,
}

/// Sum batches up: how many of which status, what is due, what failed
///
/// Counts by status, requests, the oldest batch that runs, what is due within a day or overdue, errors
/// by code, and completed batches of which every request failed. The service keeps no due time, so
/// it is creation and completion window added up. A list that breaks off is not summed up.
#[derive(Args, Debug)]
#[command(after_long_help = concat!(
    "Examples:
  qwen-batches summary
  qwen-batches summary --name nightly --created-after 7d
  qwen-batches summary --output json | jq .overdue", "\n\n", environment!(), "\n\n", exit::codes!()))]
pub(crate) struct SummaryArgs {
    #[command(flatten)]
    pub(crate) filters: Filters,

    /// Calls to make at a time, 1 to 32: a list of many pages comes sooner, for some calls more
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = within::<usize>(1..=32),
        help_heading = "Pages"
    )]
    pub(crate) concurrency: usize,

    /// How the summary is printed
    #[arg(
        long,
        value_enum,
        ignore_case = true,
        value_name = "FORMAT",
        default_value_t,
        help_heading = "Output"
    )]
    pub(crate) output: summary::Format,
    #[command(flatten)]
    pub(crate) times: TimesArgs,
}

/// Which batches are meant.
#[derive(Args, Debug)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// Batches in one of these statuses; separated by commas, or given again
    #[arg(
        long,
        value_name = "STATUS",
        value_delimiter = ',',
        ignore_case = true,
        value_parser = status_parser()
    )]
    pub(crate) status: Vec<BatchStatus>,
    /// Batches whose name contains this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// Batches made from this input: a file id, an OSS URL or an oss: identifier; may be given up
    /// to 20 times
    #[arg(long, value_name = "ID")]
    pub(crate) input_file: Vec<String>,
    /// Batches created at this time or later: RFC 3339 (2025-03-04T00:00:00Z), an age (90m, 36h,
    /// 7d) or a date (2025-03-04, midnight UTC)
    #[arg(long, value_name = "TIME")]
    pub(crate) created_after: Option<When>,
    /// Batches created before this time, written as above
    #[arg(long, value_name = "TIME")]
    pub(crate) created_before: Option<When>,
}

/// Examine a service: does it keep the contract, and what does it do where that is silent?
///
/// Makes fewer than 40 calls, one after the other, and changes nothing. A verdict is ok (as
/// expected), news (not against the contract, but worth knowing), violation (of the contract) or
/// open (not to be found out here). Nothing of a batch is printed but its status.
#[derive(Args, Debug)]
#[command(after_long_help = concat!(
    "Examples:
  qwen-batches doctor
  qwen-batches --base-url http://127.0.0.1:4010/v1 doctor --output json", "\n\n", environment!(), "\n\n", exit::codes!()))]
pub(crate) struct DoctorArgs {
    /// If the key is refused, show it to the other region, whose host is printed first
    #[arg(long)]
    pub(crate) try_other_region: bool,
    /// How the report is printed
    #[arg(
        long,
        value_enum,
        ignore_case = true,
        value_name = "FORMAT",
        default_value_t
    )]
    pub(crate) output: doctor::Format,
}

/// Serve made-up batches on this machine, for any client
///
/// Prints the base URL as the first line of stdout, then serves until it is stopped. Any API key
/// will do.
#[derive(Args, Debug)]
#[command(after_long_help = concat!(
    "Examples:
  qwen-batches sandbox --port 4010
  qwen-batches sandbox --batches 10000 --script faults.json
  qwen-batches sandbox --dialect azure
  qwen-batches sandbox --fault required_members_only", "\n\n", exit::codes!()))]
pub(crate) struct SandboxArgs {
    /// Port of 127.0.0.1 to listen on; 0 is any that is free
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = within::<u16>(0..=65_535)
    )]
    pub(crate) port: u16,
    /// How many batches to make up
    #[arg(
        long,
        value_name = "N",
        default_value_t = 250,
        value_parser = within::<u32>(0..=1_000_000)
    )]
    pub(crate) batches: u32,
    /// What the made-up batches depend on
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = within::<u64>(0..=u64::MAX)
    )]
    pub(crate) seed: u64,
    /// Which server to stand in for: qwen (the default), openai or azure
    #[arg(
        long,
        value_enum,
        value_name = "DIALECT",
        default_value_t,
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub(crate) dialect: SandboxDialect,
    /// What goes wrong for which request: a JSON file, see the docs of the crate
    /// qwen-batches-sandbox
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<std::path::PathBuf>,
    /// What goes wrong at every request: a fault of a script, such as sticky_cursor; repeatable
    #[arg(long = "fault", value_name = "FAULT")]
    pub(crate) faults: Vec<qwen_batches_sandbox::Fault>,
}

/// Which server the sandbox stands in for.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum SandboxDialect {
    /// Qwen Cloud
    #[default]
    Qwen,
    /// OpenAI
    #[value(name = "openai")]
    OpenAi,
    /// Azure OpenAI
    Azure,
}

/// Print a script that completes this command's words in a shell
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  qwen-batches completions bash > ~/.local/share/bash-completion/completions/qwen-batches
  qwen-batches completions zsh > ~/.zfunc/_qwen-batches    # with ~/.zfunc in fpath
  qwen-batches completions fish > ~/.config/fish/completions/qwen-batches.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, ignore_case = true)]
    pub(crate) shell: clap_complete::Shell,
}

/// Print a page of the manual, for man(1)
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  qwen-batches man | man -l -
  qwen-batches man list > ~/.local/share/man/man1/qwen-batches-list.1")]
pub(crate) struct ManArgs {
    /// The command that the page is about; all of them in short, if none is named
    #[arg(ignore_case = true, value_parser = PossibleValuesParser::new(COMMANDS))]
    pub(crate) command: Option<String>,
}

/// The names of the commands.
const COMMANDS: [&str; 7] = [
    "list",
    "watch",
    "summary",
    "doctor",
    "sandbox",
    "completions",
    "man",
];

impl Filters {
    /// Whether there is any.
    pub(crate) fn any(&self) -> bool {
        !self.status.is_empty()
            || self.name.is_some()
            || !self.input_file.is_empty()
            || self.created_after.is_some()
            || self.created_before.is_some()
    }

    /// The filter, in which ages count from `now`.
    pub(crate) fn at(&self, now: Timestamp) -> BatchFilter {
        let mut filter = BatchFilter::new();
        if !self.status.is_empty() {
            filter = filter.statuses(self.status.iter().cloned());
        }
        if let Some(name) = &self.name {
            filter = filter.name_contains(name);
        }
        if !self.input_file.is_empty() {
            filter = filter.input_files(self.input_file.iter().map(String::as_str));
        }
        if let Some(when) = self.created_after {
            filter = filter.created_after(when.instant(now));
        }
        if let Some(when) = self.created_before {
            filter = filter.created_before(when.instant(now));
        }
        filter
    }
}

/// Reads the command line. Help and version are errors, too, of exit code 0.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let cli = Cli::try_parse_from(args)?;
    match conflict(&cli) {
        None => Ok(cli),
        Some(message) => Err(Cli::command().error(ErrorKind::ArgumentConflict, message)),
    }
}

/// Options that contradict each other. Clap compares only what stands on the same side of the
/// command's name, and these may stand on either.
fn conflict(cli: &Cli) -> Option<String> {
    let target = &cli.target;
    let given = [
        ("--sandbox", target.sandbox),
        ("--base-url", target.base_url.is_some()),
        ("--region", target.region.is_some()),
        ("--workspace", target.workspace.is_some()),
    ];
    let given: Vec<&str> = given
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect();
    match (&cli.command, given.as_slice()) {
        (Command::List(args), _) if args.checkpoint.is_some() && args.output == Format::Json => {
            let message = "the argument '--checkpoint <FILE>' cannot be used with '--output json': \
                           an array that broke off cannot be continued; use '--output jsonl'";
            Some(message.to_owned())
        }
        (Command::List(args), _) if args.output != Format::Table && args.times.is_given() => {
            Some(no_table(&args.times, &args.output))
        }
        (Command::Summary(args), _)
            if args.output != summary::Format::Table && args.times.is_given() =>
        {
            Some(no_table(&args.times, &args.output))
        }
        (Command::List(args), _)
            if !args.columns.is_empty() && !matches!(args.output, Format::Table | Format::Csv) =>
        {
            let format = name(&args.output);
            Some(format!(
                "the argument '--columns <COLUMN>' cannot be used with '--output {format}', which \
                 has no columns"
            ))
        }
        (Command::Sandbox(_) | Command::Completions(_) | Command::Man(_), [name, ..]) => Some(
            format!("the command asks no server and cannot be used with '{name}'"),
        ),
        (_, [first @ ("--sandbox" | "--base-url"), second, ..]) => Some(format!(
            "the argument '{first}' cannot be used with '{second}'"
        )),
        _ => None,
    }
}

/// That an option says how a table shows times, where there is none.
fn no_table(times: &TimesArgs, format: &impl ValueEnum) -> String {
    let option = if times.utc { "--utc" } else { "--local" };
    let format = name(format);
    format!("the argument '{option}' cannot be used with '--output {format}': it is for tables")
}

/// A value, as one types it.
pub(crate) fn name(value: &impl ValueEnum) -> String {
    let value = value.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

fn status_parser() -> impl TypedValueParser<Value = BatchStatus> {
    let known = BatchStatus::KNOWN.iter().map(BatchStatus::as_str);
    PossibleValuesParser::new(known).map(|status| BatchStatus::from(status.to_ascii_lowercase()))
}

/// What the environment says, for the help.
macro_rules! environment {
    () => {
        "Environment:
  DASHSCOPE_API_KEY        the key, which no option takes
  DASHSCOPE_HTTP_BASE_URL  as --base-url
  DASHSCOPE_API_REGION     as --region
  DASHSCOPE_WORKSPACE_ID   as --workspace
  NO_COLOR                 if it is set: no colours, as --color never
  RUST_LOG                 what is logged to stderr [default: warn]
  QWEN_BATCHES_NOW         an instant in RFC 3339 at which time stands still, for tests
An option beats a variable, and a base URL beats a region; --sandbox ignores DASHSCOPE_*."
    };
}
use environment;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_finds_no_contradiction() {
        Cli::command().debug_assert();
    }

    #[test]
    fn each_command_has_its_page() {
        let command = Cli::command();
        let names: Vec<&str> = command.get_subcommands().map(|it| it.get_name()).collect();
        assert_eq!(names, COMMANDS);
    }

    /// What the help shows can be typed.
    #[test]
    fn examples_are_read() {
        let mut command = Cli::command();
        command.build();
        let commands = [&command].into_iter().chain(command.get_subcommands());
        for command in commands {
            let help = command.get_after_long_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            let lines = help.lines().map(str::trim_start);
            let examples = lines.filter(|line| line.starts_with("qwen-batches "));
            let mut count = 0;
            for example in examples {
                count += 1;
                let end = example.find(['>', '|', '#']).unwrap_or(example.len());
                let words = example[..end].split_whitespace().map(OsString::from);
                if let Err(error) = parse(words) {
                    panic!("{example}: {error}");
                }
            }
            assert!(count > 0, "{}", command.get_name());
        }
    }
}
