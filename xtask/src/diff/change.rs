//! One change of the contract, and whom it concerns.

use std::cmp::Reverse;
use std::fmt;

/// What a change asks of a caller that was written for the old contract. Ordered by gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Nothing: words for people.
    Documentation,
    /// Nothing, but there is something new to use.
    Compatible,
    /// What worked may not work any more.
    Breaking,
}

/// Who meets a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    /// The contract as a whole: servers, security, operations, words.
    Document,
    /// Whoever builds requests.
    Request,
    /// Whoever reads responses.
    Response,
}

/// What a change does to the values that a place allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Fewer than before: requests are rejected that were not.
    Narrower,
    /// More than before: responses hold what they did not.
    Wider,
    /// Others than before, or a promise that is taken back; breaking for everybody.
    Different,
    /// As before, and something new to use; compatible for everybody.
    Addition,
    /// As before: words for people.
    Words,
}

/// The document that a pointer leads into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Within {
    Old,
    New,
}

/// One change. What is gone is pointed at in the old document, all else in the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) class: Class,
    pub(crate) side: Side,
    pub(crate) within: Within,
    pub(crate) pointer: String,
    /// A sentence for people.
    pub(crate) what: String,
}

impl Class {
    /// The one place where requests and responses differ: a request may not lose values
    /// that callers send, a response may not gain values that callers do not know.
    pub(crate) fn of(side: Side, effect: Effect) -> Self {
        match (effect, side) {
            (Effect::Different, _)
            | (Effect::Narrower, Side::Document | Side::Request)
            | (Effect::Wider, Side::Response) => Self::Breaking,
            (Effect::Addition, _)
            | (Effect::Wider, Side::Document | Side::Request)
            | (Effect::Narrower, Side::Response) => Self::Compatible,
            (Effect::Words, _) => Self::Documentation,
        }
    }
}

impl Change {
    /// The order of a report: the gravest first, then by place.
    pub(crate) fn order(&self) -> impl Ord + use<> {
        let (pointer, what) = (self.pointer.clone(), self.what.clone());
        (Reverse(self.class), self.side, pointer, self.within, what)
    }
}

/// The gravest class.
pub(crate) fn worst(changes: &[Change]) -> Option<Class> {
    changes.iter().map(|change| change.class).max()
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{self:?}").to_lowercase())
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{self:?}").to_lowercase())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = format!("{:?}", self.within).to_lowercase();
        write!(f, "{:13}  {:8}  {within}", self.class, self.side)?;
        write!(f, "#{}  {}", self.pointer, self.what)
    }
}
