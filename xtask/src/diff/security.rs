//! The alternatives of `security`, any one of which a call needs.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change::Effect;
use super::document::{Object, Place};

/// The schemes that a call needs, with their scopes: identified by how they are sent, not by name.
type Needs = BTreeSet<String>;

pub(crate) struct Alternatives<'a> {
    needs: Vec<Needs>,
    /// Where they are, if anywhere.
    pub(crate) place: Option<Place<'a>>,
}

impl<'a> Alternatives<'a> {
    /// Those of an operation, which has those of the document if it has none of its own.
    pub(crate) fn of(document: &'a Value, holder: &Object<'a>) -> Self {
        let root = Place::root(document).members();
        let of_root = root.into_iter().find(|(key, _)| *key == "security");
        let place = holder
            .keywords
            .get("security")
            .cloned()
            .or(of_root.map(|(_, it)| it));
        let scheme = |(name, scopes): (&str, Place<'_>)| {
            let scheme = document.pointer(&format!("/components/securitySchemes/{name}"));
            let mut scheme = scheme.cloned().unwrap_or_else(|| name.into());
            for words in ["description", "bearerFormat"] {
                scheme.as_object_mut().map(|it| it.shift_remove(words));
            }
            format!("{scheme} {}", scopes.value)
        };
        let list = place.as_ref().map(Place::members).unwrap_or_default();
        let mut needs: Vec<Needs> = list
            .iter()
            .map(|(_, it)| it.members().into_iter().map(scheme).collect())
            .collect();
        if needs.is_empty() {
            needs.push(Needs::new());
        }
        needs.sort();
        Self { needs, place }
    }

    /// What it does to callers that `new` takes the place of these.
    pub(crate) fn change(&self, new: &Self) -> Option<(Effect, &'static str)> {
        // A call that has all of one alternative is let in if that is all of another.
        let lets_in = |them: &Self, has: &Needs| them.needs.iter().any(|it| it.is_subset(has));
        if !self.needs.iter().all(|has| lets_in(new, has)) {
            Some((Effect::Different, "calls that were let in are not any more"))
        } else if self.needs != new.needs {
            Some((Effect::Addition, "more calls are let in than before"))
        } else {
            None
        }
    }
}
