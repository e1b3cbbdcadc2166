//! What is wrong with a request or a response, or undocumented in it.

use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The contract is broken.
    Violation,
    /// The service has grown: a response holds a value or a field that the contract does not list,
    /// where it says or implies that there may be more.
    Undocumented,
}

/// One place in which a request or a response is not what the contract says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Violation, or undocumented.
    pub kind: Kind,
    /// The place in the judged request or response, as a JSON pointer such as `/body/data/3/status`.
    pub at: String,
    /// The rule in the contract, as a JSON pointer.
    pub rule: String,
    /// What is wrong, for people. It holds no value that was sent or received.
    pub message: String,
    /// Why each shape was refused, where several are allowed and none fits.
    pub causes: Vec<Self>,
}

impl Finding {
    pub(crate) fn violation(
        at: impl Into<String>,
        rule: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind: Kind::Violation,
            at: at.into(),
            rule: rule.into(),
            message: message.into(),
            causes: Vec::new(),
        }
    }

    pub(crate) fn undocumented(
        at: impl Into<String>,
        rule: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind: Kind::Undocumented,
            ..Self::violation(at, rule, message)
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Violation => "violation",
            Kind::Undocumented => "undocumented",
        };
        write!(f, "{kind} at {}: {} ({})", self.at, self.message, self.rule)
    }
}

/// All findings about one request or one response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Report {
    /// The findings: those about the envelope first, then those about the body, in its order as far
    /// as possible.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn of(finding: Finding) -> Self {
        Self {
            findings: vec![finding],
        }
    }

    /// Whether there is no violation; there may be something undocumented.
    pub fn conforms(&self) -> bool {
        self.violations().next().is_none()
    }

    /// Where the contract is broken.
    pub fn violations(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.kind == Kind::Violation)
    }

    /// What the contract does not list yet.
    pub fn undocumented(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.kind == Kind::Undocumented)
    }
}

/// One finding a line; nothing if there are none.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.findings
            .iter()
            .try_for_each(|finding| writeln!(f, "{finding}"))
    }
}
