//! Fails on a dependency that [`layers`](super::layers) does not allow.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use cargo_metadata::DependencyKind;

use super::layers::{Outside, ROWS, Row};
use super::members::{self, Dependency, Member};
/// What the names of this workspace's published packages begin with.
const PREFIX: &str = "qwen-batches";

const TABLE: &str = "xtask/src/tidy/layers.rs";

pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    Ok(problems(&members::read(root)?))
}

fn problems(members: &[Member]) -> Vec<String> {
    let names: BTreeSet<&str> = members.iter().map(|member| short(&member.name)).collect();
    let mut problems = Vec::new();
    for member in members {
        let package = short(&member.name);
        let Some(row) = ROWS.iter().find(|row| row.package == package) else {
            problems.push(format!("`{package}` has no row: add one to {TABLE}"));
            continue;
        };
        for dependency in &member.dependencies {
            let inside = names.contains(short(&dependency.name));
            if let Some(rule) = broken_rule(row, dependency, inside) {
                problems.push(message(row, dependency, &rule));
            }
        }
    }
    problems
}

/// The rule of `row` that `dependency` breaks, if it does.
fn broken_rule(row: &Row, dependency: &Dependency, inside: bool) -> Option<String> {
    let name = short(&dependency.name);
    let is_dev = dependency.kind == DependencyKind::Development;
    if inside {
        let allowed = allowed_members(row, dependency.kind);
        return (!allowed.contains(&name)).then(|| match allowed.as_slice() {
            [] => "allows no member here".to_owned(),
            list => format!("allows only {} here", list.join(", ")),
        });
    }
    match row.outside {
        Outside::Any => None,
        Outside::Nothing => Some("allows no dependency at all".to_owned()),
        Outside::Without(list) => list
            .iter()
            .find(|start| !is_dev && name.starts_with(**start))
            .map(|start| format!("forbids {start} but for its own tests")),
    }
}

fn allowed_members(row: &Row, kind: DependencyKind) -> Vec<&'static str> {
    match kind {
        DependencyKind::Build => row.build_uses.to_vec(),
        DependencyKind::Development => [row.uses, row.tests_use].concat(),
        _ => row.uses.to_vec(),
    }
}

fn message(row: &Row, dependency: &Dependency, rule: &str) -> String {
    let section = match dependency.kind {
        DependencyKind::Build => "build-dependencies",
        DependencyKind::Development => "dev-dependencies",
        _ => "dependencies",
    };
    format!(
        "`{}` has `{}` in its [{section}]: the row `{}` of {TABLE} {rule}, because {}",
        row.package, dependency.name, row.package, row.because
    )
}

fn short(name: &str) -> &str {
    name.strip_prefix(PREFIX).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const NORMAL: DependencyKind = DependencyKind::Normal;
    const BUILD: DependencyKind = DependencyKind::Build;
    const DEV: DependencyKind = DependencyKind::Development;

    /// Members with their edges, all of one small workspace.
    fn problems_of(edges: &[(&str, DependencyKind, &str)]) -> Vec<String> {
        let mut members = Vec::new();
        for row in &ROWS {
            let own = edges.iter().filter(|(from, ..)| *from == row.package);
            let dependency = |(_, kind, to): &(&str, DependencyKind, &str)| {
                let inside = ROWS.iter().any(|row| row.package == *to);
                let is_prefixed = inside && !["contract-tests", "xtask"].contains(to);
                let prefix = if is_prefixed { PREFIX } else { "" };
                Dependency {
                    name: format!("{prefix}{to}"),
                    kind: *kind,
                }
            };
            members.push(Member {
                name: row.package.to_owned(),
                folder: PathBuf::new(),
                dependencies: own.map(dependency).collect(),
            });
        }
        problems(&members)
    }

    #[test]
    fn the_table_of_the_architecture_passes() {
        let edges = [
            ("api", BUILD, "openapi"),
            ("api", BUILD, "codegen"),
            ("ext", NORMAL, "api"),
            ("ext", DEV, "sandbox"),
            ("cli", NORMAL, "ext"),
            ("cli", NORMAL, "sandbox"),
            ("contract-tests", DEV, "api"),
            ("xtask", NORMAL, "codegen"),
            ("codegen", DEV, "tokio"),
            ("codegen", DEV, "httpmock"),
            ("codegen", NORMAL, "progenitor"),
            ("sandbox", DEV, "reqwest"),
            ("sandbox", NORMAL, "tokio"),
        ];
        assert_eq!(problems_of(&edges), [""; 0]);
    }

    #[test]
    fn an_edge_outside_the_table_fails_and_names_row_and_reason() {
        assert_eq!(
            problems_of(&[("cli", NORMAL, "api")]),
            [
                "`cli` has `qwen-batches-api` in its [dependencies]: the row `cli` of \
              xtask/src/tidy/layers.rs allows only ext, sandbox, conformance here, because it \
              proves that ext is enough"
            ]
        );
    }

    #[test]
    fn each_of_these_edges_fails() {
        for edge in [
            ("openapi", NORMAL, "serde"),
            ("openapi", DEV, "serde"),
            ("codegen", NORMAL, "openapi"),
            ("codegen", NORMAL, "tokio"),
            ("codegen", NORMAL, "tokio-util"),
            ("api", NORMAL, "codegen"),
            ("api", BUILD, "ext"),
            ("ext", NORMAL, "sandbox"),
            ("ext", NORMAL, "openapi"),
            ("sandbox", NORMAL, "progenitor-client"),
            ("sandbox", BUILD, "reqwest"),
            ("sandbox", DEV, "ext"),
            ("conformance", NORMAL, "api"),
            ("contract-tests", DEV, "codegen"),
            ("contract-tests", NORMAL, "cli"),
            ("xtask", NORMAL, "ext"),
        ] {
            assert_eq!(problems_of(&[edge]).len(), 1, "{edge:?}");
        }
    }

    #[test]
    fn a_member_without_a_row_fails() {
        let member = Member {
            name: format!("{PREFIX}extra"),
            folder: PathBuf::new(),
            dependencies: Vec::new(),
        };
        assert_eq!(
            problems(&[member]),
            ["`extra` has no row: add one to xtask/src/tidy/layers.rs"]
        );
    }
}
