//! The options of each command.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Args, ValueEnum};
use qwen_batches::Checkpoint;

use super::filters::Filters;
use super::results::Outcomes;
use crate::number_arg::within;
use crate::output::{Column, Format};
use crate::times::TimesArgs;
use crate::{doctor, duration_arg, summary};

/// List batches, newest first
#[derive(Args, Debug)]
#[command(after_help = below!("  qwen-batches list --outcome all_failed,refused --created-after yesterday
  qwen-batches list --checkpoint place -o ids >> ids    # run again to resume"))]
pub(crate) struct ListArgs {
    /// Ids of batches, or their first characters, with or without batch_
    #[arg(
        value_name = "ID",
        help_heading = "Filters",
        value_parser = NonEmptyStringValueParser::new(),
        conflicts_with_all = ["after", "resume", "checkpoint", "max_items"]
    )]
    pub(crate) ids: Vec<String>,

    #[command(flatten)]
    pub(crate) filters: Filters,
    #[command(flatten)]
    pub(crate) outcomes: Outcomes,

    /// Start after the batch with this id
    #[arg(long, value_name = "ID", help_heading = "Pages")]
    pub(crate) after: Option<String>,
    /// Batches per request, 1 to 100 [default: 100]
    #[arg(
        long,
        value_name = "N",
        value_parser = within::<u32>(1..=100),
        help_heading = "Pages"
    )]
    pub(crate) page_size: Option<u32>,
    /// Parallel requests (faster on long lists, a few more calls), 1 to 32
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        hide_default_value = true,
        value_parser = within::<usize>(1..=32),
        help_heading = "Pages"
    )]
    pub(crate) concurrency: usize,
    /// Stop after N batches, including those of earlier runs when resuming
    #[arg(
        long,
        short = 'n',
        value_name = "N",
        value_parser = within::<u64>(0..=u64::MAX),
        help_heading = "Pages"
    )]
    pub(crate) max_items: Option<u64>,
    /// Resume an interrupted list; the filters must be the same
    #[arg(
        long,
        value_name = "TOKEN",
        help_heading = "Pages",
        conflicts_with = "after"
    )]
    pub(crate) resume: Option<Checkpoint>,
    /// Save progress in FILE after each page, and resume from it if it exists
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Pages",
        conflicts_with_all = ["after", "resume"]
    )]
    pub(crate) checkpoint: Option<PathBuf>,

    /// table (default), json, jsonl, csv or ids
    #[arg(
        long,
        short,
        value_enum,
        hide_possible_values = true,
        hide_default_value = true,
        value_name = "FORMAT",
        default_value_t,
        help_heading = "Output"
    )]
    pub(crate) output: Format,
    /// Columns of a table or CSV file, such as id,name,reason; an unknown one lists all
    #[arg(
        long,
        value_enum,
        hide_possible_values = true,
        value_name = "COLUMN",
        value_delimiter = ',',
        help_heading = "Output"
    )]
    pub(crate) columns: Vec<Column>,
    /// Leave out the header of a table or CSV file
    #[arg(long, help_heading = "Output")]
    pub(crate) no_headers: bool,
    #[command(flatten)]
    pub(crate) times: TimesArgs,
    /// Print callback URLs and signatures of input URLs instead of ***
    #[arg(long, help_heading = "Output")]
    pub(crate) show_secrets: bool,
}

/// Follow batches until they are done
#[derive(Args, Debug)]
#[command(after_help = below!("  qwen-batches watch                    # batches that are not done, and new ones
  qwen-batches watch --name nightly --created-after 1d --timeout 12h
  qwen-batches watch --until any-failed --output jsonl | jq -r .batch.id
  qwen-batches watch --until polled --state watch.json --on-change notify    # from cron"))]
pub(crate) struct WatchArgs {
    /// Ids of batches, or their first characters, with or without batch_
    #[arg(
        value_name = "ID",
        help_heading = "Filters",
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub(crate) ids: Vec<String>,

    #[command(flatten)]
    pub(crate) filters: Filters,

    /// done (default): all batches are done; any-failed: also when one has failed; polled:
    /// after one poll
    #[arg(
        long,
        hide_possible_values = true,
        hide_default_value = true,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        help_heading = "Watch"
    )]
    pub(crate) until: Until,
    /// End after this time, whatever is left: 90s, 5m, 36h, 7d
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = duration_arg::parse,
        help_heading = "Watch"
    )]
    pub(crate) timeout: Option<Duration>,
    /// Time between polls, longer while nothing changes [default: 60s]
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = duration_arg::parse,
        help_heading = "Watch"
    )]
    pub(crate) interval: Option<Duration>,
    /// Run CMD for each event, as JSON on its stdin (no shell unless named)
    #[arg(long, value_name = "CMD", help_heading = "Watch")]
    pub(crate) on_change: Option<String>,
    /// Keep in FILE what was reported; the next run reports what was missed
    #[arg(long, value_name = "FILE", help_heading = "Watch")]
    pub(crate) state: Option<PathBuf>,

    /// table (default; lines where there is no terminal), lines or jsonl
    #[arg(
        long,
        short,
        hide_possible_values = true,
        hide_default_value = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        help_heading = "Output"
    )]
    pub(crate) output: WatchFormat,
}

/// When a watch ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Until {
    // When all batches are done.
    #[default]
    Done,
    // When a batch has failed, expired, been cancelled, or completed with every request failed; or
    // when all are done.
    AnyFailed,
    // When a poll has succeeded.
    Polled,
}

/// How changes are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum WatchFormat {
    // On a terminal a table that is kept up to date, elsewhere as lines.
    #[default]
    Table,
    // A line for each change.
    Lines,
    // A JSON object on a line for each change.
    Jsonl,
}

/// Summarize batches: what needs attention, then totals
#[derive(Args, Debug)]
#[command(after_help = below!("  qwen-batches summary
  qwen-batches summary --name nightly --created-after 1w
  qwen-batches summary -o json | jq .overdue
  qwen-batches summary -o html > report.html"))]
pub(crate) struct SummaryArgs {
    #[command(flatten)]
    pub(crate) filters: Filters,

    /// Parallel requests (faster on long lists, a few more calls), 1 to 32
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        hide_default_value = true,
        value_parser = within::<usize>(1..=32),
        help_heading = "Pages"
    )]
    pub(crate) concurrency: usize,

    /// table (default), json, or html: one file to open in a browser
    #[arg(
        long,
        short,
        value_enum,
        hide_possible_values = true,
        hide_default_value = true,
        value_name = "FORMAT",
        default_value_t,
        help_heading = "Output"
    )]
    pub(crate) output: summary::Format,
    #[command(flatten)]
    pub(crate) times: TimesArgs,
}

/// Check whether a server follows the API contract
#[derive(Args, Debug)]
#[command(after_help = below!("  qwen-batches doctor
  qwen-batches --base-url http://127.0.0.1:4010/v1 doctor --output json

Makes fewer than 40 calls and changes nothing. Prints only the status of each batch.
Verdicts: ok, undocumented (allowed, but the contract does not list it), violation (of the
contract), inconclusive (it could not be found out)."))]
pub(crate) struct DoctorArgs {
    /// If the key is refused, try it in the other region, whose host is printed first
    #[arg(long)]
    pub(crate) try_other_region: bool,
    /// Output format
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) output: doctor::Format,
}

/// Serve made-up batches on this machine, for any client
#[derive(Args, Debug)]
#[command(after_help = below!("  qwen-batches sandbox --port 4010
  qwen-batches sandbox --batches 10000 --script faults.json
  qwen-batches sandbox --dialect azure
  qwen-batches sandbox --fault required_members_only

Prints the base URL as the first line of stdout, then serves until it is stopped. Any API key
works, unless QWEN_BATCHES_SANDBOX_KEY is set: then only that one does."))]
pub(crate) struct SandboxArgs {
    /// Port of 127.0.0.1; 0 is any that is free
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = within::<u16>(0..=65_535)
    )]
    pub(crate) port: u16,
    /// Number of batches
    #[arg(
        long,
        value_name = "N",
        default_value_t = 250,
        value_parser = within::<u32>(0..=1_000_000)
    )]
    pub(crate) batches: u32,
    /// Seed of the made-up batches
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = within::<u64>(0..=u64::MAX)
    )]
    pub(crate) seed: u64,
    /// JSON file of faults, see the docs of the crate qwen-batches-sandbox
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// Fault at every request, such as sticky_cursor; repeatable
    #[arg(long = "fault", value_name = "FAULT")]
    pub(crate) faults: Vec<qwen_batches_sandbox::Fault>,
}

/// Print a shell completion script
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  qwen-batches completions bash > ~/.local/share/bash-completion/completions/qwen-batches
  qwen-batches completions zsh > ~/.zfunc/_qwen-batches    # with ~/.zfunc in fpath
  qwen-batches completions fish > ~/.config/fish/completions/qwen-batches.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// Print a manual page
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  qwen-batches man | man -l -
  qwen-batches man list > ~/.local/share/man/man1/qwen-batches-list.1")]
pub(crate) struct ManArgs {
    /// The command; without one, an overview
    #[arg(value_parser = PossibleValuesParser::new(COMMANDS))]
    pub(crate) command: Option<String>,
}

/// The names of the commands.
pub(super) const COMMANDS: [&str; 9] = [
    "list",
    "show",
    "results",
    "watch",
    "summary",
    "doctor",
    "sandbox",
    "completions",
    "man",
];
