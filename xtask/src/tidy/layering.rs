//! Who may know whom: the table of ARCHITECTURE.md, and the check that each manifest keeps it.
//!
//! cargo-deny's `wrappers` could say some of these edges. It does not see whether an edge is for
//! tests or for a build script, so the table stands here as a whole.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use cargo_metadata::{Dependency, DependencyKind, Package};

use crate::cargo::metadata;

/// What one package may depend on.
struct Layer {
    package: &'static str,
    /// The members that it may use.
    uses: &'static [&'static str],
    /// The members that its build script may use.
    build_uses: &'static [&'static str],
    /// The members that only its tests may use.
    tests_use: &'static [&'static str],
    /// What the names of packages from elsewhere must not start with, unless only its tests use
    /// them; the empty text forbids all of them.
    forbidden: &'static [&'static str],
    /// Completes "because ...".
    because: &'static str,
}

const OPEN: Layer = Layer {
    package: "",
    uses: &[],
    build_uses: &[],
    tests_use: &[],
    forbidden: &[],
    because: "",
};

const LAYERS: [Layer; 9] = [
    Layer {
        package: "qwen-batches-openapi",
        forbidden: &[""],
        because: "a contract has no opinions",
        ..OPEN
    },
    Layer {
        package: "qwen-batches-codegen",
        forbidden: &["tokio"],
        because: "a pure function cannot drift",
        ..OPEN
    },
    Layer {
        package: "qwen-batches-api",
        build_uses: &["qwen-batches-openapi", "qwen-batches-codegen"],
        because: "generated code is a leaf",
        ..OPEN
    },
    Layer {
        package: "qwen-batches",
        uses: &["qwen-batches-api"],
        tests_use: &["qwen-batches-sandbox"],
        because: "behaviour stands on the client alone",
        ..OPEN
    },
    Layer {
        package: "qwen-batches-sandbox",
        forbidden: &["progenitor", "reqwest"],
        because: "it is the independent witness: shared types would let both sides agree on one mistake",
        ..OPEN
    },
    Layer {
        package: "qwen-batches-conformance",
        uses: &["qwen-batches-openapi"],
        because: "it checks raw traffic, not what a client made of it",
        ..OPEN
    },
    Layer {
        package: "qwen-batches-cli",
        uses: &[
            "qwen-batches",
            "qwen-batches-sandbox",
            "qwen-batches-conformance",
        ],
        because: "it proves that the library is enough",
        ..OPEN
    },
    Layer {
        package: "contract-tests",
        uses: &[
            "qwen-batches-openapi",
            "qwen-batches-api",
            "qwen-batches",
            "qwen-batches-sandbox",
            "qwen-batches-conformance",
        ],
        because: "it is the only place that sees both ends",
        ..OPEN
    },
    Layer {
        package: "xtask",
        uses: &["qwen-batches-openapi", "qwen-batches-codegen"],
        because: "it must run when the generated client does not compile",
        ..OPEN
    },
];

pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    Ok(problems(&metadata(root)?.packages))
}

fn problems(packages: &[Package]) -> Vec<String> {
    let members: BTreeSet<&str> = packages.iter().map(|package| &**package.name).collect();
    let mut problems = Vec::new();
    for package in packages {
        let Some(layer) = LAYERS.iter().find(|layer| **package.name == *layer.package) else {
            problems.push(format!(
                "`{}` has no layer: add it to xtask/src/tidy/layering.rs and ARCHITECTURE.md",
                package.name
            ));
            continue;
        };
        for dependency in &package.dependencies {
            if !layer.allows(dependency, &members) {
                problems.push(format!(
                    "`{}` must not depend on `{}` ({} dependency), because {}",
                    layer.package, dependency.name, dependency.kind, layer.because
                ));
            }
        }
    }
    problems
}

impl Layer {
    fn allows(&self, dependency: &Dependency, members: &BTreeSet<&str>) -> bool {
        let name = dependency.name.as_str();
        let is_dev = dependency.kind == DependencyKind::Development;
        if members.contains(name) {
            return match dependency.kind {
                DependencyKind::Build => self.build_uses.contains(&name),
                _ => self.uses.contains(&name) || is_dev && self.tests_use.contains(&name),
            };
        }
        // What only a test needs does not get into what is built.
        is_dev && !self.forbidden.contains(&"")
            || !self.forbidden.iter().any(|start| name.starts_with(start))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn edges() {
        for (from, kind, to, allowed) in [
            ("qwen-batches-api", "build", "qwen-batches-codegen", true),
            ("qwen-batches-api", "normal", "qwen-batches-codegen", false),
            ("qwen-batches", "dev", "qwen-batches-sandbox", true),
            ("qwen-batches", "normal", "qwen-batches-sandbox", false),
            ("qwen-batches-cli", "normal", "qwen-batches", true),
            ("qwen-batches-cli", "normal", "qwen-batches-api", false),
            ("qwen-batches-sandbox", "dev", "qwen-batches", false),
            ("qwen-batches-sandbox", "dev", "reqwest", true),
            ("qwen-batches-sandbox", "normal", "reqwest", false),
            ("qwen-batches-codegen", "normal", "tokio-util", false),
            ("qwen-batches-openapi", "dev", "serde", false),
            ("xtask", "normal", "qwen-batches-conformance", false),
            ("unknown", "normal", "serde", false),
        ] {
            let package = |name: &str, dependencies| -> Package {
                let package = json!({
                    "name": name, "version": "0.1.0", "id": name, "targets": [], "features": {},
                    "manifest_path": "Cargo.toml", "dependencies": dependencies,
                });
                serde_json::from_value(package).unwrap()
            };
            let dependency = json!({
                "name": to, "req": "*", "kind": kind, "optional": false,
                "uses_default_features": true, "features": [],
            });
            let mut packages = vec![package(from, json!([dependency]))];
            let others = LAYERS.iter().filter(|layer| layer.package != from);
            packages.extend(others.map(|layer| package(layer.package, json!([]))));
            assert_eq!(problems(&packages).is_empty(), allowed, "{from} -> {to}");
        }
    }
}
