//! Which server is asked, and how.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use jiff::tz::Offset;
use qwen_batches::Region;

use crate::dialect::Dialect;
use crate::number_arg::within;
use crate::{duration_arg, zone_arg};

/// Which server is asked, and how.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Server (with every command)")]
pub(crate) struct Target {
    /// Made-up batches from this process: no key, no network
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,
    /// Base URL, which ends before /batches
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// singapore (default) or beijing; a key belongs to one region
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<Region>,
    /// Use the host of this workspace, in its region
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) workspace: Option<String>,
    /// Kind of server: qwen (default), openai or azure
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "DIALECT",
        default_value_t,
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub(crate) dialect: Dialect,
    /// API version of Azure OpenAI, such as 2024-10-21
    #[arg(long, global = true, value_name = "VERSION")]
    pub(crate) api_version: Option<String>,
    /// Header to send with every request, never printed; repeatable
    #[arg(long = "header", global = true, value_name = "NAME:VALUE")]
    pub(crate) headers: Vec<Header>,
    /// Time zone in which the server reads time filters: UTC, UTC+8
    #[arg(
        long,
        global = true,
        value_name = "ZONE",
        allow_hyphen_values = true,
        value_parser = zone_arg::parse
    )]
    pub(crate) filter_zone: Option<Offset>,
    /// Time limit of one request, such as 90s [default: 60s]
    #[arg(
        long,
        global = true,
        value_name = "DURATION",
        value_parser = duration_arg::parse
    )]
    pub(crate) request_timeout: Option<Duration>,
    /// Size limit of one response in bytes [default: 33554432]
    #[arg(
        long,
        global = true,
        value_name = "N",
        value_parser = within::<usize>(1..=1 << 32)
    )]
    pub(crate) max_response_bytes: Option<usize>,
    /// Maximum number of retries of a failed request [default: 4]
    #[arg(
        long,
        global = true,
        value_name = "N",
        value_parser = within::<u32>(0..=100)
    )]
    pub(crate) max_retries: Option<u32>,
}

impl Target {
    /// The options that were given, by their names.
    pub(super) fn given(&self) -> Vec<&'static str> {
        let given = [
            ("--sandbox", self.sandbox),
            ("--base-url", self.base_url.is_some()),
            ("--region", self.region.is_some()),
            ("--workspace", self.workspace.is_some()),
            ("--api-version", self.api_version.is_some()),
            ("--header", !self.headers.is_empty()),
            ("--filter-zone", self.filter_zone.is_some()),
            ("--request-timeout", self.request_timeout.is_some()),
            ("--max-response-bytes", self.max_response_bytes.is_some()),
            ("--max-retries", self.max_retries.is_some()),
        ];
        let given = given.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(name, _)| name).collect()
    }
}

/// A header as it was typed. It is read later: what refuses an argument also prints it.
#[derive(Clone)]
pub(crate) struct Header(String);

impl Header {
    /// Name and value, if it has both.
    pub(crate) fn parts(&self) -> Option<(&str, &str)> {
        let (name, value) = self.0.split_once(':')?;
        Some((name.trim(), value.trim()))
    }
}

impl FromStr for Header {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Header")
    }
}
