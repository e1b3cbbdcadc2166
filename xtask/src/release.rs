//! The checklist of `RELEASING.md`, as far as a program can walk it.

mod api;
mod changelog;
mod tags;

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use cargo_metadata::semver::Version;

use self::changelog::Strictness;
use crate::cargo::metadata;
use crate::{command, diff, package, tidy};

/// What `RELEASING.md` calls each step, and the step. All are taken, so that one walk tells all that
/// is left to do.
const STEPS: [(&str, Step); 6] = [
    ("clean tree", clean_tree),
    ("versions", versions),
    ("public API", public_api),
    ("contract", contract),
    ("changelog", changelog),
    ("packages", packages),
];

/// A step says what it found.
type Step = fn(&Release<'_>, &mut dyn Write) -> Result<String>;

/// A release that may come.
struct Release<'a> {
    root: &'a Path,
    version: Version,
    /// Whether it is about to come.
    is_now: bool,
}

/// Takes every step, for `version` or, as a rehearsal, for the version of the workspace.
pub(crate) fn run(root: &Path, version: Option<&Version>, out: &mut dyn Write) -> Result<()> {
    let workspace = workspace_version(root)?;
    let release = Release {
        root,
        version: version.cloned().unwrap_or(workspace),
        is_now: version.is_some(),
    };
    let mut failed = Vec::new();
    for (name, step) in STEPS {
        match step(&release, out) {
            Ok(found) => writeln!(out, "ok      {name}: {found}")?,
            Err(error) => {
                writeln!(out, "FAILED  {name}: {error:#}")?;
                failed.push(name);
            }
        }
        out.flush()?;
    }
    ensure!(failed.is_empty(), "not ready: {}", failed.join(", "));
    Ok(())
}

fn clean_tree(release: &Release<'_>, _: &mut dyn Write) -> Result<String> {
    let changed = command::text("git", &["status", "--porcelain"], release.root)?;
    ensure!(changed.is_empty(), "not committed:\n{}", changed.trim_end());
    Ok("nothing uncommitted".to_owned())
}

fn versions(release: &Release<'_>, _: &mut dyn Write) -> Result<String> {
    let workspace = workspace_version(release.root)?;
    let version = &release.version;
    ensure!(
        workspace == *version,
        "`workspace.package.version` is {workspace}, not {version}"
    );
    let problems = tidy::manifest_problems(release.root)?;
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    match tags::previous(release.root, version)? {
        Some(previous) if previous == *version => bail!("{version} is released already"),
        Some(previous) => Ok(format!("{version} everywhere, after {previous}")),
        None => Ok(format!("{version} everywhere, the first")),
    }
}

fn public_api(release: &Release<'_>, out: &mut dyn Write) -> Result<String> {
    let Some(previous) = tags::previous(release.root, &release.version)? else {
        return Ok("nothing is released that it could break".to_owned());
    };
    let changes = api::changes(release.root, &previous)?;
    for (file, change) in &changes {
        writeln!(out, "  {file}: {change}")?;
    }
    let worst = changes.iter().map(|(_, change)| change.class).max();
    let place = "workspace.package.version";
    diff::version::check(place, &previous, &release.version, worst)?;
    Ok(match worst {
        Some(class) => format!("{class} changes since {previous}"),
        None => format!("as in {previous}"),
    })
}

fn contract(release: &Release<'_>, _: &mut dyn Write) -> Result<String> {
    let version = diff::check_accepted(release.root)?;
    Ok(format!("{version} is accepted"))
}

fn changelog(release: &Release<'_>, _: &mut dyn Write) -> Result<String> {
    let strictness = if release.is_now {
        Strictness::Release
    } else {
        Strictness::Rehearsal
    };
    changelog::check(release.root, &release.version, strictness)
}

fn packages(release: &Release<'_>, out: &mut dyn Write) -> Result<String> {
    package::run(release.root, out)?;
    Ok("built from their tarballs, and used from outside".to_owned())
}

fn workspace_version(root: &Path) -> Result<Version> {
    let metadata = metadata(root)?;
    // Each member inherits it, which the tidy check of the manifests proves.
    let member = metadata.packages.first().context("an empty workspace")?;
    Ok(member.version.clone())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn each_step_is_in_the_checklist_in_order() {
        let checklist = fs::read_to_string(crate::root().join("RELEASING.md")).unwrap();
        let places = STEPS.map(|(name, _)| checklist.find(&format!("**{name}**")));
        assert!(places.iter().all(Option::is_some), "{places:?}");
        assert!(places.is_sorted(), "{places:?}");
    }
}
