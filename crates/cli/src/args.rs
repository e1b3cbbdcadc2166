//! The command line, as it is read. Nothing here does anything.

/// What stands below the options of a command: examples, and where the rest is.
macro_rules! below {
    ($examples:literal) => {
        concat!(
            "Examples:\n",
            $examples,
            "\n\nServer options, environment and exit codes: qwen-batches --help"
        )
    };
}

mod commands;
mod filters;
mod results;
mod target;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

pub(crate) use commands::{
    CompletionsArgs, DoctorArgs, ListArgs, ManArgs, SandboxArgs, SummaryArgs, Until, WatchArgs,
    WatchFormat,
};
pub(crate) use filters::Filters;
pub(crate) use results::{ResultsArgs, ResultsFormat, ShowArgs, ShowFormat};
pub(crate) use target::Target;

use crate::exit;
use crate::output::Format;
use crate::screen::Color;
use crate::summary;
use crate::times::TimesArgs;
use crate::words::value_name;

/// List the batch jobs of Qwen Cloud (Alibaba Cloud Model Studio)
#[derive(Debug, Parser)]
#[command(
    name = "qwen-batches",
    version,
    after_help = concat!(environment!(), "\n\n", exit::codes!(), "\n
Examples:
  qwen-batches --sandbox list
  qwen-batches --region beijing summary"),
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Colored output: auto (default), always or never
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub(crate) color: Color,
    /// No notes and no progress on stderr, only warnings and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    List(Box<ListArgs>),
    Show(ShowArgs),
    Results(Box<ResultsArgs>),
    Watch(Box<WatchArgs>),
    Summary(SummaryArgs),
    Doctor(DoctorArgs),
    Sandbox(SandboxArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Reads the command line. Help and version are errors, too, of exit code 0.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(args)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    match conflict(&cli) {
        None => Ok(cli),
        Some(message) => Err(command.error(ErrorKind::ArgumentConflict, message)),
    }
}

/// The command as it is parsed: values in any case, and with a help that shows what all commands
/// have in common once, at the top.
fn command() -> clap::Command {
    let in_any_case = |arg: Arg| {
        let has_value = arg.get_action().takes_values();
        arg.ignore_case(has_value)
    };
    let mut command = Cli::command().mut_args(in_any_case);
    // Until it is built, a command does not have the options from above.
    command.build();
    command.mut_subcommands(|command| {
        command.mut_args(|arg| {
            let is_shared = arg.is_global_set();
            in_any_case(arg).hide(is_shared)
        })
    })
}

/// Options that contradict each other. Clap compares only what stands on the same side of the
/// command's name, and these may stand on either.
fn conflict(cli: &Cli) -> Option<String> {
    conflict_in_command(cli).or_else(|| conflict_over_server(cli))
}

fn conflict_in_command(cli: &Cli) -> Option<String> {
    match &cli.command {
        Command::List(args) if args.checkpoint.is_some() && args.output == Format::Json => {
            let message = "the argument '--checkpoint <FILE>' cannot be used with '--output json': \
                           an array that broke off cannot be continued; use '--output jsonl'";
            Some(message.to_owned())
        }
        Command::List(args)
            if args.max_items.is_some()
                && !args.outcomes.names.is_empty()
                && (args.resume.is_some() || args.checkpoint.is_some()) =>
        {
            let message = "the argument '--max-items <N>' cannot be used with '--outcome <OUTCOME>' \
                           in a list that is resumed: it counts batches of any outcome there";
            Some(message.to_owned())
        }
        Command::Watch(args) if args.state.is_some() && cli.target.sandbox => {
            let message = "the argument '--state <FILE>' cannot be used with '--sandbox': each run \
                           has a sandbox of its own";
            Some(message.to_owned())
        }
        Command::Results(args)
            if args.output == ResultsFormat::Raw && (args.failed || args.retry_input.is_some()) =>
        {
            let option = if args.failed {
                "--failed"
            } else {
                "--retry-input <FILE>"
            };
            Some(format!(
                "the argument '{option}' cannot be used with '--output raw', which passes files on as \
                 they are"
            ))
        }
        Command::List(args) if args.output != Format::Table && args.times.is_given() => {
            Some(no_table(&args.times, &args.output))
        }
        Command::Summary(args)
            if args.output != summary::Format::Table && args.times.is_given() =>
        {
            Some(no_table(&args.times, &args.output))
        }
        Command::Show(args) if args.output == ShowFormat::Json && args.times.is_given() => {
            Some(no_table(&args.times, &args.output))
        }
        Command::List(args)
            if !args.columns.is_empty() && !matches!(args.output, Format::Table | Format::Csv) =>
        {
            let format = value_name(&args.output);
            Some(format!(
                "the argument '--columns <COLUMN>' cannot be used with '--output {format}', which \
                 has no columns"
            ))
        }
        _ => None,
    }
}

fn conflict_over_server(cli: &Cli) -> Option<String> {
    match (&cli.command, cli.target.given().as_slice()) {
        (Command::Sandbox(_) | Command::Completions(_) | Command::Man(_), [name, ..]) => Some(
            format!("the command asks no server and cannot be used with '{name}'"),
        ),
        (
            _,
            [
                first @ ("--sandbox" | "--base-url"),
                second @ ("--base-url" | "--region" | "--workspace"),
                ..,
            ],
        ) => Some(format!(
            "the argument '{first}' cannot be used with '{second}'"
        )),
        _ => None,
    }
}

/// That an option says how a table shows times, where there is none.
fn no_table(times: &TimesArgs, format: &impl ValueEnum) -> String {
    let option = if times.utc { "--utc" } else { "--local" };
    let format = value_name(format);
    format!("the argument '{option}' cannot be used with '--output {format}': it is for tables")
}

/// The environment variables, for the help.
macro_rules! environment {
    () => {
        "Environment (options take precedence):
  DASHSCOPE_API_KEY         key; for the other dialects OPENAI_API_KEY, AZURE_OPENAI_API_KEY
  DASHSCOPE_HTTP_BASE_URL, DASHSCOPE_API_REGION, DASHSCOPE_WORKSPACE_ID   as the options
  NO_COLOR, TZ, RUST_LOG    no colors; zone of --local; log level on stderr [default: warn]
  QWEN_BATCHES_NOW          RFC 3339 time at which the clock stands still, for tests"
    };
}
use environment;

#[cfg(test)]
mod tests {
    use super::commands::COMMANDS;
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
            let help = command.get_after_help().map(ToString::to_string);
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
