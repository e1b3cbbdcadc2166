//! Which version a change needs.

use anyhow::{Result, bail};
use cargo_metadata::semver::{BuildMetadata, Prerelease, Version};

use super::change::Class;

/// Fails where `new`, which stands at `place`, is too low for something of which the gravest change
/// since `old` is `worst`: a contract, or the API of a crate.
///
/// From 1.0.0 on a breaking change needs a new major version and a compatible one a new minor
/// version. Before, as cargo has it: a breaking change needs a new minor version and a compatible
/// one a new patch version; under 0.0.x both need a new patch version. Words need no new version.
/// A pre-release promises nothing: whatever comes after it has to be newer, no more.
pub(crate) fn check(place: &str, old: &Version, new: &Version, worst: Option<Class>) -> Result<()> {
    if new < old {
        bail!("`{place}` goes back, from {old} to {new}");
    }
    let Some(class) = worst else { return Ok(()) };
    let needed = needed(old, class);
    let enough = match class {
        Class::Documentation => true,
        // `new` may itself be a pre-release of the version that is needed.
        _ if old.pre.is_empty() => core(new) >= needed,
        _ => new > old,
    };
    if !enough {
        bail!("a {class} change since {old} needs `{place}` {needed} or later, not {new}");
    }
    Ok(())
}

/// The lowest version without a suffix that may follow `old`.
fn needed(old: &Version, class: Class) -> Version {
    let Version {
        major,
        minor,
        patch,
        ..
    } = *old;
    let is_released = old.pre.is_empty();
    match (class, major, minor) {
        (Class::Documentation, ..) => core(old),
        (Class::Breaking | Class::Compatible, ..) if !is_released => core(old),
        (Class::Breaking | Class::Compatible, 0, 0) => Version::new(0, 0, patch + 1),
        (Class::Breaking, 0, _) => Version::new(0, minor + 1, 0),
        (Class::Compatible, 0, _) => Version::new(0, minor, patch + 1),
        (Class::Breaking, ..) => Version::new(major + 1, 0, 0),
        (Class::Compatible, ..) => Version::new(major, minor + 1, 0),
    }
}

fn core(version: &Version) -> Version {
    Version {
        pre: Prerelease::EMPTY,
        build: BuildMetadata::EMPTY,
        ..version.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Option<Class> = None;
    const WORDS: Option<Class> = Some(Class::Documentation);
    const COMPATIBLE: Option<Class> = Some(Class::Compatible);
    const BREAKING: Option<Class> = Some(Class::Breaking);

    #[test]
    fn versions_and_changes() {
        for (old, new, worst, expected) in [
            ("1.2.3", "1.2.3", NONE, Ok(())),
            ("1.2.3", "1.2.4", NONE, Ok(())),
            ("1.2.3", "2.0.0", NONE, Ok(())),
            ("1.2.3", "1.2.2", NONE, Err("goes back")),
            ("1.2.3", "1.2.3", WORDS, Ok(())),
            ("1.2.3", "1.2.4", WORDS, Ok(())),
            ("1.2.3", "1.1.9", WORDS, Err("goes back")),
            (
                "1.2.3",
                "1.2.3",
                COMPATIBLE,
                Err("needs `info.version` 1.3.0"),
            ),
            (
                "1.2.3",
                "1.2.4",
                COMPATIBLE,
                Err("needs `info.version` 1.3.0"),
            ),
            ("1.2.3", "1.3.0", COMPATIBLE, Ok(())),
            ("1.2.3", "1.4.1", COMPATIBLE, Ok(())),
            ("1.2.3", "2.0.0", COMPATIBLE, Ok(())),
            (
                "1.2.3",
                "1.2.3",
                BREAKING,
                Err("needs `info.version` 2.0.0"),
            ),
            (
                "1.2.3",
                "1.9.0",
                BREAKING,
                Err("needs `info.version` 2.0.0"),
            ),
            ("1.2.3", "2.0.0", BREAKING, Ok(())),
            ("1.2.3", "3.1.0", BREAKING, Ok(())),
            ("1.2.3", "0.9.0", BREAKING, Err("goes back")),
            // Before 1.0.0.
            ("0.2.3", "0.2.3", WORDS, Ok(())),
            (
                "0.2.3",
                "0.2.3",
                COMPATIBLE,
                Err("needs `info.version` 0.2.4"),
            ),
            ("0.2.3", "0.2.4", COMPATIBLE, Ok(())),
            (
                "0.2.3",
                "0.2.4",
                BREAKING,
                Err("needs `info.version` 0.3.0"),
            ),
            ("0.2.3", "0.3.0", BREAKING, Ok(())),
            ("0.2.3", "1.0.0", BREAKING, Ok(())),
            (
                "0.0.3",
                "0.0.3",
                COMPATIBLE,
                Err("needs `info.version` 0.0.4"),
            ),
            (
                "0.0.3",
                "0.0.3",
                BREAKING,
                Err("needs `info.version` 0.0.4"),
            ),
            ("0.0.3", "0.0.4", BREAKING, Ok(())),
            // Pre-releases.
            ("1.2.3", "2.0.0-rc.1", BREAKING, Ok(())),
            (
                "1.2.3",
                "1.3.0-rc.1",
                BREAKING,
                Err("needs `info.version` 2.0.0"),
            ),
            ("1.2.3", "1.3.0-rc.1", COMPATIBLE, Ok(())),
            (
                "2.0.0-rc.1",
                "2.0.0-rc.1",
                BREAKING,
                Err("needs `info.version` 2.0.0"),
            ),
            ("2.0.0-rc.1", "2.0.0-rc.2", BREAKING, Ok(())),
            ("2.0.0-rc.1", "2.0.0", BREAKING, Ok(())),
            ("2.0.0-rc.1", "2.0.0-rc.1", WORDS, Ok(())),
            ("2.0.0", "2.0.0-rc.2", NONE, Err("goes back")),
        ] {
            let read = |text| Version::parse(text).unwrap();
            let verdict = check("info.version", &read(old), &read(new), worst);
            let context = format!("{old} -> {new}, {worst:?}: {verdict:?}");
            match (verdict, expected) {
                (Ok(()), Ok(())) => {}
                (Err(error), Err(part)) => {
                    assert!(error.to_string().contains(part), "{context}");
                }
                _ => panic!("{context}"),
            }
        }
    }
}
