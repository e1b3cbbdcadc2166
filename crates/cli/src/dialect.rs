//! Kinds of servers, and what is said and done differently for each.

use clap::ValueEnum;
use jiff::SignedDuration;

/// A kind of server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    #[default]
    Qwen,
    #[value(name = "openai")]
    OpenAi,
    Azure,
}

impl Dialect {
    /// The environment variable that holds the key: one vendor's key never goes to another.
    pub(crate) fn key_variable(self) -> &'static str {
        match self {
            Self::Qwen => "DASHSCOPE_API_KEY",
            Self::OpenAi => "OPENAI_API_KEY",
            Self::Azure => "AZURE_OPENAI_API_KEY",
        }
    }

    /// How old a batch may be that the service lists; none if that is not known.
    pub(crate) fn horizon(self) -> Option<SignedDuration> {
        match self {
            Self::Qwen => Some(SignedDuration::from_hours(30 * 24)),
            Self::OpenAi | Self::Azure => None,
        }
    }

    /// What is said of a list without batches.
    pub(crate) fn no_batches(self) -> &'static str {
        match self {
            Self::Qwen => "note: no batches (the service lists those of the last 30 days)",
            Self::OpenAi | Self::Azure => "note: no batches",
        }
    }
}

impl From<Dialect> for qwen_batches::Dialect {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Qwen => Self::Qwen,
            Dialect::OpenAi => Self::OpenAi,
            Dialect::Azure => Self::AzureOpenAi,
        }
    }
}

impl From<Dialect> for qwen_batches_sandbox::Dialect {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Qwen => Self::Qwen,
            Dialect::OpenAi => Self::OpenAi,
            Dialect::Azure => Self::AzureOpenAi,
        }
    }
}
