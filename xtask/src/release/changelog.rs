//! Whether the changelog has an entry for a release.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use cargo_metadata::semver::Version;

const FILE: &str = "CHANGELOG.md";
const UNRELEASED: &str = "Unreleased";

/// What an entry has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Under the version and its day, with nothing above.
    Release,
    /// Under the version, or still under `Unreleased`.
    Rehearsal,
}

/// Says where the entry of `version` is, or what is wrong with it.
pub(super) fn check(root: &Path, version: &Version, strictness: Strictness) -> Result<String> {
    let text = fs::read_to_string(root.join(FILE)).context(FILE)?;
    entry(&text, version, strictness).context(FILE)
}

fn entry(text: &str, version: &Version, strictness: Strictness) -> Result<String> {
    let sections = sections(text)?;
    let first = sections.first().context("it has no section")?;
    if first.version.is_none() && first.holds_something {
        ensure!(
            strictness == Strictness::Rehearsal,
            "what is new stands under `{UNRELEASED}`; write `## {version} - ` and the day"
        );
        return Ok(format!("what is new stands under `{UNRELEASED}`"));
    }
    let newest = sections.iter().find(|section| section.version.is_some());
    let Some(newest) = newest.filter(|section| section.version.as_ref() == Some(version)) else {
        bail!("the newest section is not that of {version}");
    };
    ensure!(newest.holds_something, "the section of {version} is empty");
    Ok(format!("`{}`", newest.heading))
}

/// What stands under one heading.
struct Section<'a> {
    heading: &'a str,
    /// None for what is not released.
    version: Option<Version>,
    holds_something: bool,
}

/// The sections, newest first.
fn sections(text: &str) -> Result<Vec<Section<'_>>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let version = version(heading)?;
            let is_in_order = match (sections.last(), &version) {
                (None, _) => true,
                (Some(last), Some(version)) => {
                    last.version.as_ref().is_none_or(|last| version < last)
                }
                (Some(_), None) => false,
            };
            ensure!(
                is_in_order,
                "`{heading}` is out of order: the newest stands first"
            );
            sections.push(Section {
                heading,
                version,
                holds_something: false,
            });
        } else if let Some(section) = sections.last_mut() {
            section.holds_something |= line.starts_with("- ");
        }
    }
    Ok(sections)
}

fn version(heading: &str) -> Result<Option<Version>> {
    if heading == UNRELEASED {
        return Ok(None);
    }
    let parts = heading.split_once(" - ");
    let parts = parts.and_then(|(version, day)| Some((Version::parse(version).ok()?, day)));
    match parts {
        Some((version, day)) if is_day(day) => Ok(Some(version)),
        _ => bail!(
            "`{heading}` is neither `{UNRELEASED}` nor a version and its day, `1.2.3 - 2026-01-31`"
        ),
    }
}

fn is_day(text: &str) -> bool {
    let mut parts = text.split('-').zip([(4, 9999), (2, 12), (2, 31)]);
    let are_numbers = parts.all(|(part, (digits, most))| {
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
        let number = part.parse().unwrap_or(0);
        is_number && part.len() == digits && (1..=most).contains(&number)
    });
    are_numbers && text.split('-').count() == 3
}

#[cfg(test)]
mod tests {
    use super::Strictness::{Rehearsal, Release};
    use super::*;

    #[test]
    fn entries() {
        for (text, strictness, expected) in [
            (
                "## 0.2.0 - 2026-01-31\n\n- New.",
                Release,
                "`0.2.0 - 2026-01-31`",
            ),
            (
                "## 0.2.0 - 2026-01-31\n\n- New.",
                Rehearsal,
                "`0.2.0 - 2026-01-31`",
            ),
            (
                "# Changelog\n\nWords.\n\n## Unreleased\n\n## 0.2.0 - 2026-01-31\n- New.\n\n## 0.1.0 - 2025-12-31\n",
                Release,
                "`0.2.0 - 2026-01-31`",
            ),
            (
                "## Unreleased\n### Added\n- New.",
                Rehearsal,
                "what is new stands under `Unreleased`",
            ),
            (
                "## Unreleased\n- New.",
                Release,
                "what is new stands under `Unreleased`; write `## 0.2.0 - ` and the day",
            ),
            (
                "## Unreleased\n- More.\n## 0.2.0 - 2026-01-31\n- New.",
                Release,
                "what is new stands under `Unreleased`; write `## 0.2.0 - ` and the day",
            ),
            (
                "## Unreleased\n",
                Rehearsal,
                "the newest section is not that of 0.2.0",
            ),
            (
                "## 0.2.0 - 2026-01-31\n\nWords.",
                Release,
                "the section of 0.2.0 is empty",
            ),
            (
                "## 0.1.0 - 2026-01-31\n- New.",
                Rehearsal,
                "the newest section is not that of 0.2.0",
            ),
            (
                "## 0.3.0 - 2026-01-31\n- New.\n## 0.2.0 - 2026-01-30\n- New.",
                Release,
                "the newest section is not that of 0.2.0",
            ),
            ("# Changelog", Rehearsal, "it has no section"),
            (
                "## 0.1.0 - 2026-01-31\n## 0.2.0 - 2026-02-01\n- New.",
                Release,
                "`0.2.0 - 2026-02-01` is out of order: the newest stands first",
            ),
            (
                "## 0.2.0 - 2026-01-31\n- New.\n## Unreleased",
                Release,
                "`Unreleased` is out of order: the newest stands first",
            ),
        ] {
            let found = entry(text, &Version::new(0, 2, 0), strictness);
            let found = found.unwrap_or_else(|error| format!("{error:#}"));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn headings_of_another_form_are_refused() {
        for heading in [
            "0.2.0",
            "[0.2.0] - 2026-01-31",
            "v0.2.0 - 2026-01-31",
            "0.2 - 2026-01-31",
            "0.2.0 - soon",
            "0.2.0 - 2026-1-31",
            "0.2.0 - 2026-13-01",
            "0.2.0 - 2026-00-10",
            "0.2.0 - 2026-01-32",
            "0.2.0 - 2026-01",
            "0.2.0 - 2026-01-31-01",
            "0.2.0 - +026-01-31",
            "unreleased",
            "",
        ] {
            let error = entry(
                &format!("## {heading}\n- New."),
                &Version::new(0, 2, 0),
                Release,
            );
            let error = error.unwrap_err().to_string();
            assert!(error.contains("is neither"), "{heading}: {error}");
        }
    }
}
