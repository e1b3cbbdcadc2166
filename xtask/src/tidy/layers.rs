//! Who may know whom: the table of ARCHITECTURE.md, as data.

/// What one package may depend on.
pub(crate) struct Row {
    /// The package, without `qwen-batches-`.
    pub(crate) package: &'static str,
    /// The members that it may use.
    pub(crate) uses: &'static [&'static str],
    /// The members that its build script may use.
    pub(crate) build_uses: &'static [&'static str],
    /// The members that only its own tests may use.
    pub(crate) tests_use: &'static [&'static str],
    /// The packages from elsewhere that it must not use.
    pub(crate) outside: Outside,
    /// Why the row is as it is; completes "because ...".
    pub(crate) because: &'static str,
}

/// A rule about packages from elsewhere.
pub(crate) enum Outside {
    /// Any will do.
    Any,
    /// All but these, by the beginning of their names. Its own tests may use them even so: what
    /// a test needs does not get into what is built.
    Without(&'static [&'static str]),
    /// None, not even in its own tests.
    Nothing,
}

pub(crate) const ROWS: [Row; 9] = [
    Row {
        package: "openapi",
        uses: &[],
        build_uses: &[],
        tests_use: &[],
        outside: Outside::Nothing,
        because: "a contract has no opinions",
    },
    Row {
        package: "codegen",
        uses: &[],
        build_uses: &[],
        tests_use: &[],
        outside: Outside::Without(&["tokio"]),
        because: "a pure function cannot drift",
    },
    Row {
        package: "api",
        uses: &[],
        build_uses: &["openapi", "codegen"],
        tests_use: &[],
        outside: Outside::Any,
        because: "generated code is a leaf",
    },
    Row {
        package: "ext",
        uses: &["api"],
        build_uses: &[],
        tests_use: &["sandbox"],
        outside: Outside::Any,
        because: "behaviour stands on the client alone",
    },
    Row {
        package: "sandbox",
        uses: &[],
        build_uses: &[],
        tests_use: &[],
        outside: Outside::Without(&["progenitor", "reqwest"]),
        because: "it is the independent witness: shared types would let both sides agree on one mistake",
    },
    Row {
        package: "conformance",
        uses: &["openapi"],
        build_uses: &[],
        tests_use: &[],
        outside: Outside::Any,
        because: "it judges raw traffic, not what a client made of it",
    },
    Row {
        package: "cli",
        uses: &["ext", "sandbox", "conformance"],
        build_uses: &[],
        tests_use: &[],
        outside: Outside::Any,
        because: "it proves that ext is enough",
    },
    Row {
        package: "contract-tests",
        uses: &["openapi", "api", "ext", "sandbox", "conformance"],
        build_uses: &[],
        tests_use: &[],
        outside: Outside::Any,
        because: "it is the only place that sees both ends",
    },
    Row {
        package: "xtask",
        uses: &["openapi", "codegen", "conformance"],
        build_uses: &[],
        tests_use: &[],
        outside: Outside::Any,
        because: "it must run when the generated client does not compile",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_for_people_says_the_same() {
        let text = std::fs::read_to_string(crate::root().join("ARCHITECTURE.md")).unwrap();
        let table = text.split_once("| package |").unwrap().1;
        let lines: Vec<&str> = table
            .lines()
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .collect();
        assert_eq!(lines.len(), ROWS.len());
        for (line, row) in lines.iter().zip(&ROWS) {
            assert!(line.starts_with(&format!("| {} |", row.package)), "{line}");
            assert!(line.ends_with(&format!("| {} |", row.because)), "{line}");
            let outside: &[&str] = match row.outside {
                Outside::Without(names) => names,
                Outside::Any | Outside::Nothing => &[],
            };
            for name in [row.uses, row.build_uses, row.tests_use, outside].concat() {
                assert!(line.contains(name), "{name}: {line}");
            }
        }
    }
}
