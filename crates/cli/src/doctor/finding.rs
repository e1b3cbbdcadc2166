//! What a probe comes to.

/// What is to be thought of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As expected.
    Ok,
    /// Not against the contract, and not in it.
    Undocumented,
    /// Against the contract.
    Violation,
    /// It could not be found out.
    Inconclusive,
}

/// A probe returns what it found, or why it could not find out.
pub(super) type Findings = Result<Found, Inconclusive>;

/// What a probe found.
pub(super) struct Found {
    pub(super) verdict: Verdict,
    pub(super) text: String,
}

/// Why a probe found nothing.
#[derive(Debug)]
pub(super) struct Inconclusive(pub(super) String);

impl Found {
    pub(super) fn ok(text: impl Into<String>) -> Self {
        Self::new(Verdict::Ok, text)
    }

    pub(super) fn undocumented(text: impl Into<String>) -> Self {
        Self::new(Verdict::Undocumented, text)
    }

    pub(super) fn violation(text: impl Into<String>) -> Self {
        Self::new(Verdict::Violation, text)
    }

    pub(super) fn new(verdict: Verdict, text: impl Into<String>) -> Self {
        Self {
            verdict,
            text: text.into(),
        }
    }
}

impl Inconclusive {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}
