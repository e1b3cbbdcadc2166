//! What was released, as git's tags tell: `v` and the version.

use std::path::Path;

use anyhow::Result;
use cargo_metadata::semver::Version;

use crate::command;

/// The tag of `version`.
pub(super) fn name(version: &Version) -> String {
    format!("v{version}")
}

/// The release that `version` comes after: the highest that is not higher. That may be `version`
/// itself, unless what stands here is that release.
pub(super) fn previous(root: &Path, version: &Version) -> Result<Option<Version>> {
    let all = command::text("git", &["tag", "--list", "v*"], root)?;
    let here = command::text("git", &["tag", "--points-at", "HEAD"], root)?;
    let here = versions(&here).any(|tagged| tagged == *version);
    let released = versions(&all).filter(|tagged| tagged < version || (tagged == version && !here));
    Ok(released.max())
}

/// The versions that `tags` name; other tags are not ours to read.
fn versions(tags: &str) -> impl Iterator<Item = Version> {
    let names = tags.lines().filter_map(|tag| tag.trim().strip_prefix('v'));
    names.filter_map(|name| Version::parse(name).ok())
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    /// A repository in a folder of its own.
    pub(in crate::release) struct Repository(TempDir);

    impl Repository {
        pub(in crate::release) fn new() -> Self {
            let repository = Self(tempfile::tempdir().unwrap());
            repository.git(&["init", "--quiet"]);
            repository
        }

        pub(in crate::release) fn root(&self) -> &Path {
            self.0.path()
        }

        pub(in crate::release) fn write(&self, path: &str, text: &str) {
            let path = self.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        pub(in crate::release) fn commit(&self) {
            self.git(&["add", "--all"]);
            let who = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
            let what = ["-c", "commit.gpgsign=false", "commit", "--quiet"];
            let rest = ["--allow-empty", "--no-verify", "--message", "A change"];
            self.git(&[&who[..], &what, &rest].concat());
        }

        pub(in crate::release) fn tag(&self, name: &str) {
            self.git(&["-c", "tag.gpgsign=false", "tag", name]);
        }

        fn git(&self, arguments: &[&str]) {
            command::text("git", arguments, self.root()).unwrap();
        }
    }

    #[test]
    fn a_release_comes_after_the_highest_that_is_not_higher() {
        let repository = Repository::new();
        repository.commit();
        let previous = |version: &str| {
            let version = Version::parse(version).unwrap();
            let previous = previous(repository.root(), &version).unwrap();
            previous.map(|version| version.to_string())
        };
        assert_eq!(previous("0.1.0"), None);
        for tag in ["v0.9.0", "v0.10.0", "v1.0.0-rc.1", "v2", "vendor", "0.11.0"] {
            repository.tag(tag);
        }
        repository.commit();
        for (version, expected) in [
            ("0.8.0", None),
            ("0.9.1", Some("0.9.0")),
            ("0.11.0", Some("0.10.0")),
            ("0.10.0", Some("0.10.0")),
            ("1.0.0", Some("1.0.0-rc.1")),
        ] {
            assert_eq!(previous(version).as_deref(), expected, "{version}");
        }
        // What is tagged here is this release.
        repository.tag("v1.0.0");
        assert_eq!(previous("1.0.0").as_deref(), Some("1.0.0-rc.1"));
    }
}
