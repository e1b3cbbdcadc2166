//! The accepted contracts: one file a version, as it was when it was accepted.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::change::worst;
use super::contract::Contract;
use super::version;
use super::walk::changes;
use crate::CONTRACT;

/// The folder, from the root of the workspace.
pub(crate) const FOLDER: &str = "openapi/published";

/// The accepted contract of the highest version.
pub(crate) fn newest(root: &Path) -> Result<Contract> {
    let mut contracts = Vec::new();
    for entry in fs::read_dir(root.join(FOLDER)).context(FOLDER)? {
        let file = entry.context(FOLDER)?.file_name();
        let name = format!("{FOLDER}/{}", file.to_string_lossy());
        if name.ends_with(".yaml") {
            let text = fs::read_to_string(root.join(&name)).with_context(|| name.clone())?;
            let contract = Contract::read(name, text)?;
            ensure!(
                file.to_string_lossy() == format!("{}.yaml", contract.version),
                "{} holds version {}: a file of {FOLDER} is named after its version",
                contract.name,
                contract.version
            );
            contracts.push(contract);
        }
    }
    contracts.sort_by(|one, other| one.version.cmp(&other.version));
    contracts
        .pop()
        .with_context(|| format!("{FOLDER} holds no accepted version"))
}

/// Keeps the contract as the accepted one of its version.
///
/// The version has to follow from what changed; under an accepted one only words may change.
pub(crate) fn accept(root: &Path, out: &mut dyn Write) -> Result<()> {
    let newest = newest(root)?;
    let current = Contract::current(root)?;
    let name = format!("{FOLDER}/{}.yaml", current.version);
    let worst = worst(&changes(&newest.document, &current.document));
    version::check(&newest.version, &current.version, worst)
        .with_context(|| format!("{CONTRACT} cannot be accepted"))?;
    fs::write(root.join(&name), &current.text).with_context(|| name.clone())?;
    writeln!(out, "accepted {name}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{check, run};

    /// A contract; a greater maximum is a compatible change.
    fn contract(version: &str, title: &str, maximum: u32) -> String {
        format!(
            "openapi: 3.0.3\ninfo: {{ title: {title}, version: {version} }}\npaths:\n  /a:\n    \
             get:\n      operationId: a\n      parameters:\n        - {{ name: n, in: query, \
             schema: {{ type: integer, maximum: {maximum} }} }}\n      responses: {{}}\n"
        )
    }

    #[test]
    fn exit_code_check_and_acceptance_follow_the_gravest_change() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join(FOLDER)).unwrap();
        let accepted = |version: &str| root.join(FOLDER).join(format!("{version}.yaml"));
        fs::write(accepted("1.0.0"), contract("1.0.0", "A", 9)).unwrap();
        for (version, title, maximum, code, passes) in [
            ("1.0.0", "A", 9, 0, true),
            ("1.0.0", "B", 9, 0, true),
            ("1.0.1", "A", 10, 10, false),
            ("1.1.0", "A", 10, 10, true),
            ("1.1.0", "A", 8, 20, false),
            ("2.0.0", "A", 8, 20, true),
            ("0.9.0", "A", 9, 0, false),
        ] {
            let text = contract(version, title, maximum);
            fs::write(root.join(CONTRACT), &text).unwrap();
            let mut out = Vec::new();
            assert_eq!(run(root, None, &mut out).unwrap(), code);
            let out = String::from_utf8(out).unwrap();
            assert_eq!(check(root, &mut Vec::new()).is_ok(), passes, "{out}");
            assert_eq!(accept(root, &mut Vec::new()).is_ok(), passes, "{out}");
            if passes {
                assert_eq!(fs::read_to_string(accepted(version)).unwrap(), text);
                fs::remove_file(accepted(version)).unwrap();
            }
            fs::write(accepted("1.0.0"), contract("1.0.0", "A", 9)).unwrap();
        }
        // The newest by version, not by name; and the name is the version.
        fs::write(accepted("1.10.0"), contract("1.10.0", "A", 9)).unwrap();
        fs::write(accepted("1.9.0"), contract("1.9.0", "A", 9)).unwrap();
        assert_eq!(newest(root).unwrap().name, "openapi/published/1.10.0.yaml");
        fs::write(accepted("1.11.0"), contract("1.9.0", "A", 9)).unwrap();
        assert!(newest(root).is_err());
    }
}
