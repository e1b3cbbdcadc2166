//! How a request or a reply deviates from the contract.

use std::fmt;

/// How bad a deviation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The contract is broken.
    Violation,
    /// The service has grown: a reply holds a value or a field that the contract does not list,
    /// where it says or implies that there may be more.
    News,
}

/// One place in which a request or a reply is not what the contract says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deviation {
    /// Violation or news.
    pub kind: Kind,
    /// The place in the judged request or reply, as a JSON pointer such as `/body/data/3/status`.
    pub at: String,
    /// The rule in the contract, as a JSON pointer.
    pub rule: String,
    /// What is wrong, for people. It holds no value that was sent or received.
    pub message: String,
    /// Why each shape was refused, where several are allowed and none fits.
    pub causes: Vec<Self>,
}

impl Deviation {
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

    pub(crate) fn news(
        at: impl Into<String>,
        rule: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind: Kind::News,
            ..Self::violation(at, rule, message)
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Violation => "violation",
            Kind::News => "news",
        };
        write!(f, "{kind} at {}: {} ({})", self.at, self.message, self.rule)
    }
}

/// All deviations of one request or one reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Report {
    /// The deviations: those from the envelope first, then those from the body, in its order as far
    /// as possible.
    pub deviations: Vec<Deviation>,
}

impl Report {
    /// Whether there is no violation; news may be.
    pub fn obeys(&self) -> bool {
        self.violations().next().is_none()
    }

    /// Where the contract is broken.
    pub fn violations(&self) -> impl Iterator<Item = &Deviation> {
        self.deviations
            .iter()
            .filter(|deviation| deviation.kind == Kind::Violation)
    }

    /// What the contract does not list yet.
    pub fn news(&self) -> impl Iterator<Item = &Deviation> {
        self.deviations
            .iter()
            .filter(|deviation| deviation.kind == Kind::News)
    }
}

/// One deviation a line; nothing if there are none.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deviations
            .iter()
            .try_for_each(|deviation| writeln!(f, "{deviation}"))
    }
}
