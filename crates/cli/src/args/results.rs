//! The options of the commands that go from batches to their results.

use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueEnum};
use qwen_batches::{Batch, BatchExt as _};

use super::filters::Filters;
use crate::batch::OUTCOMES;
use crate::number_arg::within;
use crate::times::TimesArgs;

/// Show one batch: what came of it, times, errors, files
#[derive(Args, Debug)]
#[command(after_help = below!("  qwen-batches show batch_9f1d5c52-8f0e-4c7b-a3d6-2b7a90e41c65
  qwen-batches show 9f1d -o json | jq .request_counts"))]
pub(crate) struct ShowArgs {
    /// Id of a batch, or its first characters, with or without batch_
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) id: String,

    /// text (default) or json
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
    pub(crate) output: ShowFormat,
    #[command(flatten)]
    pub(crate) times: TimesArgs,
    /// Print callback URLs and signatures of input URLs instead of ***
    #[arg(long, help_heading = "Output")]
    pub(crate) show_secrets: bool,
}

/// How a batch is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowFormat {
    // A line for each thing to know.
    #[default]
    Text,
    // The batch as an object on one line.
    Json,
}

/// What came of the batches that are meant.
#[derive(Args, Debug)]
pub(crate) struct Outcomes {
    /// Comma-separated or repeated: under_way, succeeded, succeeded_in_part, all_failed,
    /// refused, expired, cancelled, unknown
    #[arg(
        id = "outcome",
        long = "outcome",
        value_name = "OUTCOME",
        value_delimiter = ',',
        hide_possible_values = true,
        value_parser = PossibleValuesParser::new(OUTCOMES).map(|name| name.to_ascii_lowercase()),
        help_heading = "Filters"
    )]
    pub(crate) names: Vec<String>,
}

impl Outcomes {
    /// Whether a batch has one of these outcomes; without any, all are wanted.
    pub(crate) fn want(&self, batch: &Batch) -> bool {
        let outcome = batch.outcome();
        self.names.is_empty() || self.names.iter().any(|name| name == outcome.name())
    }
}

/// Fetch the results of batches that have ended
#[derive(Args, Debug)]
#[command(after_help = below!("  qwen-batches results 9f1d > results.jsonl   # custom_id, ok, status, error, body
  qwen-batches results --created-after 1d --dir results   # and again, for what is missing
  qwen-batches results 9f1d --retry-input input.jsonl > again.jsonl

Exit codes: 0 all requests succeeded, 8 some did not, 9 results are missing."))]
pub(crate) struct ResultsArgs {
    /// Ids of batches, or their first characters, with or without batch_
    #[arg(
        value_name = "ID",
        help_heading = "Filters",
        value_parser = NonEmptyStringValueParser::new(),
        conflicts_with_all = ["Filters", "outcome", "max_items"]
    )]
    pub(crate) ids: Vec<String>,

    #[command(flatten)]
    pub(crate) filters: Filters,
    #[command(flatten)]
    pub(crate) outcomes: Outcomes,
    /// Stop after N batches
    #[arg(
        long,
        short = 'n',
        value_name = "N",
        value_parser = within::<u64>(1..=u64::MAX),
        help_heading = "Filters"
    )]
    pub(crate) max_items: Option<u64>,

    /// jsonl (default): a line for each request; raw: the files, to the byte
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
    pub(crate) output: ResultsFormat,
    /// Print only requests that failed, and why
    #[arg(long, help_heading = "Output", conflicts_with = "dir")]
    pub(crate) failed: bool,
    /// Write files into DIR, each when it is whole; what is there is not fetched again
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(crate) dir: Option<PathBuf>,
    /// Print the lines of the input FILE whose requests did not succeed
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Output",
        conflicts_with_all = ["dir", "failed"]
    )]
    pub(crate) retry_input: Option<PathBuf>,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ResultsFormat {
    // A JSON object on a line for each request.
    #[default]
    Jsonl,
    // The files of a batch as the service sends them.
    Raw,
}
