//! Wrong inputs for the checks: `deny.toml`, each time spoilt in one place.

use anyhow::{Context as _, Result};
use toml_edit::{Document, Item};

/// One way to spoil the configuration, and what must come of it.
pub(super) struct Control {
    pub(super) name: &'static str,
    /// What cargo-deny prints.
    pub(super) error: &'static str,
    /// Section and key of a list, and what becomes of its text.
    list: (&'static str, &'static str),
    change: fn(&str) -> String,
}

pub(super) const CONTROLS: [Control; 5] = [
    Control {
        name: "a licence that is not allowed",
        error: "error[rejected]",
        list: ("licenses", "allow"),
        change: |list| list.replace("\"MIT\",", ""),
    },
    Control {
        name: "an exception that is not made",
        error: "error[rejected]",
        list: ("licenses", "exceptions"),
        change: empty,
    },
    Control {
        name: "a crate that is banned",
        error: "error[banned]",
        list: ("bans", "deny"),
        change: |list| list.replacen('[', "[{ crate = \"serde\" },", 1),
    },
    Control {
        name: "a second version without a reason",
        error: "error[duplicate]",
        list: ("bans", "skip"),
        change: empty,
    },
    Control {
        name: "a crate from elsewhere",
        error: "error[source-not-allowed]",
        list: ("sources", "allow-registry"),
        change: empty,
    },
];

impl Control {
    /// `config`, spoilt.
    pub(super) fn spoil(&self, config: &str) -> Result<String> {
        let document = Document::parse(config).context("not readable as TOML")?;
        let (section, key) = self.list;
        let list = document
            .get(section)
            .and_then(|section| section.get(key))
            .and_then(Item::as_array)
            .and_then(|list| list.span())
            .with_context(|| format!("[{section}] has no list `{key}`"))?;
        let mut spoilt = config.to_owned();
        spoilt.replace_range(list.clone(), &(self.change)(&config[list]));
        Ok(spoilt)
    }
}

fn empty(_: &str) -> String {
    "[]".to_owned()
}
