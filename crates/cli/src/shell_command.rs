//! A command of this program, written out for a shell.

use jiff::Timestamp;
use qwen_batches::InputFileId;

use crate::args::{Filters, Target};
use crate::dialect::Dialect;
use crate::terminal::shell_word;
use crate::time_arg::TimeArg;
use crate::words::value_name;
use crate::zone_arg;

/// A command that asks the same server.
#[derive(Debug)]
pub(crate) struct ShellCommand {
    pub(crate) text: String,
    /// Whether it has `***` in the place of a secret, so that it does not work as it stands.
    pub(crate) is_masked: bool,
}

impl ShellCommand {
    /// `qwen-batches NAME`, with all that decides which server is asked, and how.
    pub(crate) fn new(name: &str, target: &Target) -> Self {
        let mut words = Self {
            text: format!("qwen-batches {name}"),
            is_masked: !target.headers.is_empty(),
        };
        words.flag("sandbox", target.sandbox);
        words.option("base-url", target.base_url.as_ref());
        words.option("region", target.region);
        words.option("workspace", target.workspace.as_ref());
        let dialect = target.dialect;
        words.option(
            "dialect",
            (dialect != Dialect::default()).then(|| value_name(&dialect)),
        );
        words.option("api-version", target.api_version.as_ref());
        for header in &target.headers {
            let name = header.parts().map_or("", |(name, _)| name);
            words.option("header", Some(format!("{name}:***")));
        }
        words.option("filter-zone", target.filter_zone.map(zone_arg::name));
        let limit = target.request_timeout;
        words.option(
            "request-timeout",
            limit.map(|limit| format!("{}ms", limit.as_millis())),
        );
        words.option("max-response-bytes", target.max_response_bytes);
        words.option("max-retries", target.max_retries);
        words
    }

    /// How it is shown to somebody who is to run it: what to do about secrets, a colon, the command.
    pub(crate) fn to_run(&self) -> String {
        let unmask = match self.is_masked {
            true => " this, with the secrets in the place of ***",
            false => "",
        };
        format!("{unmask}: {}", self.text)
    }

    /// The filters, with ages as the instants that they meant at `now`.
    pub(crate) fn filters(&mut self, filters: &Filters, now: Timestamp, show_secrets: bool) {
        let statuses = filters.status.iter().map(|status| status.as_str());
        let statuses = statuses.collect::<Vec<_>>().join(",");
        self.option("status", (!statuses.is_empty()).then_some(statuses));
        self.option("name", filters.name.as_ref());
        for file in &filters.input_file {
            let shown = match show_secrets {
                true => file.to_owned(),
                false => InputFileId::from(file.to_owned()).to_string(),
            };
            self.is_masked |= shown != *file;
            self.option("input-file", Some(shown));
        }
        let instant = |when: Option<TimeArg>| when.map(|when| when.instant(now));
        self.option("created-after", instant(filters.created_after));
        self.option("created-before", instant(filters.created_before));
    }

    /// Ids of batches, behind all options.
    pub(crate) fn ids(&mut self, ids: &[&str]) {
        // Servers make ids: none is to be an option.
        if ids.iter().any(|id| id.starts_with('-')) {
            self.text.push_str(" --");
        }
        for id in ids {
            self.text.push_str(&format!(" {}", shell_word(id)));
        }
    }

    pub(crate) fn flag(&mut self, name: &str, given: bool) {
        if given {
            self.text.push_str(&format!(" --{name}"));
        }
    }

    pub(crate) fn option(&mut self, name: &str, value: Option<impl ToString>) {
        let Some(value) = value.map(|value| value.to_string()) else {
            return;
        };
        // Behind a space, what starts with a hyphen would be an option of its own.
        let separator = if value.starts_with('-') { '=' } else { ' ' };
        let word = shell_word(&value);
        self.text.push_str(&format!(" --{name}{separator}{word}"));
    }
}
