//! Which version of the contract a change needs.

use anyhow::{Result, ensure};
use cargo_metadata::semver::Version;

use super::change::Class;

/// Fails where `new` is too low for a contract of which the gravest change since `old` is `worst`.
///
/// From 1.0.0 on a breaking change needs a new major version and a compatible one a new minor
/// version. Before, as cargo has it: a breaking change needs a new minor version and a compatible
/// one a new patch version. Words need no new version.
pub(crate) fn check(old: &Version, new: &Version, worst: Option<Class>) -> Result<()> {
    ensure!(new >= old, "`info.version` goes back, from {old} to {new}");
    let Version {
        major,
        minor,
        patch,
        ..
    } = *old;
    let needed = match (worst, major) {
        (None | Some(Class::Documentation), _) => return Ok(()),
        (Some(Class::Breaking), 0) => Version::new(0, minor + 1, 0),
        (Some(Class::Compatible), 0) => Version::new(0, minor, patch + 1),
        (Some(Class::Breaking), _) => Version::new(major + 1, 0, 0),
        (Some(Class::Compatible), _) => Version::new(major, minor + 1, 0),
    };
    let class = worst.map(|class| class.to_string()).unwrap_or_default();
    ensure!(
        new >= &needed,
        "a {class} change since {old} needs `info.version` {needed} or later, not {new}"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_version_that_will_do() {
        for (old, class, lowest) in [
            ("1.2.3", None, "1.2.3"),
            ("1.2.3", Some(Class::Documentation), "1.2.3"),
            ("1.2.3", Some(Class::Compatible), "1.3.0"),
            ("1.2.3", Some(Class::Breaking), "2.0.0"),
            ("0.2.3", Some(Class::Documentation), "0.2.3"),
            ("0.2.3", Some(Class::Compatible), "0.2.4"),
            ("0.2.3", Some(Class::Breaking), "0.3.0"),
        ] {
            let read = |text| Version::parse(text).unwrap();
            for new in [
                "0.2.2", "0.2.3", "0.2.4", "0.3.0", "1.2.4", "1.3.0", "2.0.0",
            ]
            .map(read)
            {
                let verdict = check(&read(old), &new, class);
                assert_eq!(
                    verdict.is_ok(),
                    new >= read(lowest),
                    "{old} -> {new}: {class:?}"
                );
            }
        }
    }
}
