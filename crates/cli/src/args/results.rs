//! The options of the commands that go from batches to their results.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

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
