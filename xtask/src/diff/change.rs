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
    /// Whoever reads replies.
    Reply,
}

/// What a change does to the values that a place allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Fewer than before: requests are refused that were not.
    Narrower,
    /// More than before: replies hold what they did not.
    Wider,
    /// Others than before, or a promise that is taken back; breaking for everybody.
    Different,
    /// As before, and something new to use; compatible for everybody.
    News,
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
    /// The one place where requests and replies are told apart: a request may not lose values that
    /// callers send, a reply may not gain values that callers do not know.
    pub(crate) fn of(side: Side, effect: Effect) -> Self {
        match (effect, side) {
            (Effect::Different, _)
            | (Effect::Narrower, Side::Document | Side::Request)
            | (Effect::Wider, Side::Reply) => Self::Breaking,
            (Effect::News, _)
            | (Effect::Wider, Side::Document | Side::Request)
            | (Effect::Narrower, Side::Reply) => Self::Compatible,
            (Effect::Words, _) => Self::Documentation,
        }
    }
}

impl Effect {
    /// How a sentence ends that tells of this effect.
    pub(crate) fn remark(self) -> &'static str {
        match self {
            Self::Narrower => " (narrower)",
            Self::Wider => " (wider)",
            Self::Different | Self::News | Self::Words => "",
        }
    }
}

impl Change {
    /// The order of a report: the gravest first, then by place.
    pub(crate) fn order(&self) -> impl Ord + use<> {
        (
            Reverse(self.class),
            self.side,
            self.pointer.clone(),
            self.within,
            self.what.clone(),
        )
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Documentation => "documentation",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        })
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Document => "document",
            Self::Request => "request",
            Self::Reply => "reply",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = match self.within {
            Within::Old => "old",
            Within::New => "new",
        };
        write!(
            f,
            "{:13}  {:8}  {within}#{}  {}",
            self.class, self.side, self.pointer, self.what
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_replies_are_judged_in_opposite_ways() {
        for (effect, request, reply) in [
            (Effect::Narrower, Class::Breaking, Class::Compatible),
            (Effect::Wider, Class::Compatible, Class::Breaking),
            (Effect::Different, Class::Breaking, Class::Breaking),
            (Effect::News, Class::Compatible, Class::Compatible),
            (Effect::Words, Class::Documentation, Class::Documentation),
        ] {
            assert_eq!(Class::of(Side::Request, effect), request, "{effect:?}");
            assert_eq!(Class::of(Side::Document, effect), request, "{effect:?}");
            assert_eq!(Class::of(Side::Reply, effect), reply, "{effect:?}");
        }
    }

    #[test]
    fn a_line_tells_class_side_document_pointer_and_what() {
        let change = Change {
            class: Class::Breaking,
            side: Side::Reply,
            within: Within::Old,
            pointer: "/a/b".to_owned(),
            what: "property `b` removed".to_owned(),
        };
        assert_eq!(
            change.to_string(),
            "breaking       reply     old#/a/b  property `b` removed"
        );
    }
}
