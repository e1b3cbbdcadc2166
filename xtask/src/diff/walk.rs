//! The walk: over two documents at once, from the top down, references followed.
//!
//! What a change means is in the table of [`super::rules`]; here is which things of the two
//! documents are the same, and so are compared.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::{Change, Class, Effect, Side, Within};
use super::document::{Others, Pair, Place};
use super::rules::{Kind, Rule};
use super::security::Alternatives;

/// What changed between two documents, the gravest first.
pub(crate) fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut walk = Walk {
        old,
        new,
        changes: Vec::new(),
        seen: BTreeSet::new(),
    };
    walk.object(
        Kind::Root,
        Side::Document,
        &Place::root(old),
        &Place::root(new),
    );
    walk.unused_components();
    let mut changes = walk.changes;
    changes.sort_by_cached_key(Change::order);
    changes.dedup();
    changes
}

struct Walk<'a> {
    old: &'a Value,
    new: &'a Value,
    changes: Vec<Change>,
    /// What was compared already, and by which ways: once is enough, and schemas may hold
    /// themselves.
    seen: BTreeSet<(Kind, Side, Vec<String>, Vec<String>)>,
}

/// A thing with a name, in the documents that have it.
type Named<'a> = (String, Option<Place<'a>>, Option<Place<'a>>);

impl<'a> Walk<'a> {
    fn object(&mut self, kind: Kind, side: Side, old_place: &Place<'a>, new_place: &Place<'a>) {
        let objects = (old_place.object(self.old), new_place.object(self.new));
        let (Some(old), Some(new)) = objects else {
            if old_place.value != new_place.value {
                let what = "not an object, so no rule applies".to_owned();
                self.report(side, Effect::Different, None, Some(new_place), what);
            }
            return;
        };
        let pointers = (old.pointers.clone(), new.pointers.clone());
        if !self.seen.insert((kind, side, pointers.0, pointers.1)) {
            return;
        }
        let pair = Pair { side, old, new };
        let keys: BTreeSet<&str> = pair
            .old
            .keywords
            .keys()
            .chain(pair.new.keywords.keys())
            .copied()
            .collect();
        for key in keys {
            self.keyword(kind, key, &pair);
        }
    }

    fn keyword(&mut self, kind: Kind, key: &str, pair: &Pair<'a>) {
        let (rule, why) = kind.rule(key);
        let (old, new) = (pair.old.keywords.get(key), pair.new.keywords.get(key));
        match rule {
            Rule::Elsewhere => {}
            Rule::Security => self.security(pair),
            Rule::Values => self.values(pair),
            Rule::Properties => self.properties(pair),
            Rule::Required => self.required(pair),
            Rule::OtherProperties => self.other_properties(pair),
            Rule::Parts(more, less) => self.parts(key, pair, more, less),
            Rule::Each(kind, more, less) => {
                let (old, new) = (pair.old.members(key), pair.new.members(key));
                let name = |document, list: Vec<(&str, Place<'a>)>| -> Vec<(String, Place<'a>)> {
                    let named = list
                        .into_iter()
                        .map(|(key, it)| (kind.name(key, it.object(document).as_ref()), it));
                    named.collect()
                };
                for one in matched(name(self.old, old), name(self.new, new)) {
                    self.below(kind, pair.side, one, more, less);
                }
            }
            Rule::Below(kind, more, less) => {
                let one = (format!("`{key}`"), old.cloned(), new.cloned());
                self.below(kind, pair.side, one, more, less);
            }
            rule => {
                let Some(effect) = rule.effect(key, pair) else {
                    return;
                };
                let shown = |place: Option<&Place<'_>>| {
                    place.map_or("none".to_owned(), |it| short(it.value))
                };
                let what = match effect {
                    Effect::Words => format!("`{key}` changed"),
                    _ => format!("`{key}` {} -> {}: {why}", shown(old), shown(new)),
                };
                self.report(pair.side, effect, old, new, what);
            }
        }
    }

    /// An object that is in one of the documents or in both.
    fn below(&mut self, kind: Kind, outer: Side, one: Named<'a>, more: Effect, less: Effect) {
        let side = kind.side(outer);
        match one {
            (_, Some(old), Some(new)) => self.object(kind, side, &old, &new),
            (name, None, Some(new)) => {
                let effect = kind.added(&name, new.object(self.new).as_ref(), more);
                self.added(side, effect, &new, &name);
            }
            (name, Some(old), None) => self.removed(side, less, &old, &name),
            (_, None, None) => {}
        }
    }

    fn security(&mut self, pair: &Pair<'a>) {
        let old = Alternatives::of(self.old, &pair.old);
        let new = Alternatives::of(self.new, &pair.new);
        if let Some((effect, what)) = old.change(&new) {
            let (old, new) = (old.place.as_ref(), new.place.as_ref());
            self.report(Side::Document, effect, old, new, what.to_owned());
        }
    }

    /// The values under `enum`.
    fn values(&mut self, pair: &Pair<'a>) {
        let key = "enum";
        // Readers of an open enum were warned: any value that is not listed would do.
        let is_open = pair.side == Side::Response && pair.old.is("x-open-enum");
        let wider = if is_open {
            Effect::Addition
        } else {
            Effect::Wider
        };
        match (pair.old.keywords.get(key), pair.new.keywords.get(key)) {
            (None, Some(new)) => self.added(pair.side, Effect::Narrower, new, "`enum`"),
            (Some(old), None) => self.removed(pair.side, wider, old, "`enum`"),
            _ => {
                let name = |(_, it): (&str, Place<'a>)| (format!("value {}", short(it.value)), it);
                let [old, new] = [&pair.old, &pair.new]
                    .map(|it| it.members(key).into_iter().map(name).collect());
                for (name, old, new) in matched(old, new) {
                    match (old, new) {
                        (None, Some(new)) => self.added(pair.side, wider, &new, &name),
                        (Some(old), None) => self.removed(pair.side, Effect::Narrower, &old, &name),
                        _ => {}
                    }
                }
            }
        }
    }

    fn properties(&mut self, pair: &Pair<'a>) {
        let side = pair.side;
        let name = |(key, it): (&str, Place<'a>)| (key.to_owned(), it);
        let [old, new] = [&pair.old, &pair.new]
            .map(|it| it.members("properties").into_iter().map(name).collect());
        for (name, old, new) in matched(old, new) {
            let what = format!("property `{name}`");
            match (old, new) {
                (Some(old), Some(new)) => self.object(Kind::Schema, side, &old, &new),
                (Some(old), None) => self.removed(side, Effect::Different, &old, &what),
                (None, Some(new)) => match pair.old.others() {
                    _ if side != Side::Response && pair.new.requires(&name) => {
                        self.added(side, Effect::Different, &new, &format!("required {what}"));
                    }
                    Others::Any => self.added(side, Effect::Addition, &new, &what),
                    Others::None => self.added(side, Effect::Wider, &new, &what),
                    // It was allowed before, as one of the others.
                    Others::These(old) => {
                        self.added(side, Effect::Addition, &new, &what);
                        self.object(Kind::Schema, side, &old, &new);
                    }
                },
                (None, None) => {}
            }
        }
    }

    fn required(&mut self, pair: &Pair<'a>) {
        let name =
            |(_, it): (&str, Place<'a>)| (it.value.as_str().unwrap_or_default().to_owned(), it);
        let [old, new] =
            [&pair.old, &pair.new].map(|it| it.members("required").into_iter().map(name).collect());
        for (name, old, new) in matched(old, new) {
            let (was, is) = (pair.old.has(&name), pair.new.has(&name));
            let what = format!("`{name}` in `required`");
            match (old, new) {
                // Of a property that came or went that is all there is to say.
                (None, Some(_)) if is && !was => {}
                (Some(_), None) if was && !is => {}
                (None, Some(new)) => self.added(pair.side, Effect::Narrower, &new, &what),
                (Some(old), None) => self.removed(pair.side, Effect::Wider, &old, &what),
                _ => {}
            }
        }
    }

    /// The properties that are not listed.
    fn other_properties(&mut self, pair: &Pair<'a>) {
        let effect = match (pair.old.others(), pair.new.others()) {
            (Others::These(old), Others::These(new)) => {
                return self.object(Kind::Schema, pair.side, &old, &new);
            }
            (Others::Any, Others::Any) | (Others::None, Others::None) => return,
            (Others::Any, _) | (_, Others::None) => Effect::Narrower,
            (_, Others::Any) | (Others::None, _) => Effect::Wider,
        };
        let [old, new] = [&pair.old, &pair.new].map(|it| it.keywords.get("additionalProperties"));
        let what = "properties that are not listed".to_owned();
        self.report(pair.side, effect, old, new, what);
    }

    fn parts(&mut self, key: &str, pair: &Pair<'a>, more: Effect, less: Effect) {
        match (pair.old.keywords.get(key), pair.new.keywords.get(key)) {
            (None, Some(new)) => {
                return self.added(pair.side, Effect::Narrower, new, &format!("`{key}`"));
            }
            (Some(old), None) => {
                return self.removed(pair.side, Effect::Wider, old, &format!("`{key}`"));
            }
            _ => {}
        }
        let [mut old, mut new] = [&pair.old, &pair.new].map(|it| it.members(key));
        let mut pairs = Vec::new();
        // Equal schemas; then those that differ in name or words alone; then the others in order.
        for test in [
            |_: &Self, _: Side, old: &Place<'a>, new: &Place<'a>| old.value == new.value,
            Self::is_same,
            |_: &Self, _: Side, _: &Place<'a>, _: &Place<'a>| true,
        ] {
            old.retain(|(_, old)| {
                let found = new
                    .iter()
                    .position(|(_, new)| test(self, pair.side, old, new));
                pairs.extend(found.map(|index| (old.clone(), new.remove(index).1)));
                found.is_none()
            });
        }
        for (old, new) in pairs {
            self.object(Kind::Schema, pair.side, &old, &new);
        }
        for (_, new) in new {
            self.added(pair.side, more, &new, &format!("schema in `{key}`"));
        }
        for (_, old) in old {
            self.removed(pair.side, less, &old, &format!("schema in `{key}`"));
        }
    }

    /// Whether two schemas differ in words alone.
    fn is_same(&self, side: Side, old: &Place<'a>, new: &Place<'a>) -> bool {
        let mut trial = Self {
            changes: Vec::new(),
            seen: self.seen.clone(),
            ..*self
        };
        trial.object(Kind::Schema, side, old, new);
        let mut changes = trial.changes.iter();
        changes.all(|change| change.class == Class::Documentation)
    }

    /// Components that differ, and were not met: nobody uses them, or what uses them came or went.
    fn unused_components(&mut self) {
        let ways = self
            .seen
            .iter()
            .flat_map(|(_, _, old, new)| old.iter().chain(new));
        let met: BTreeSet<String> = ways.cloned().collect();
        let components = |document: &'a Value| -> Vec<(String, Place<'a>)> {
            let value = document.get("components").unwrap_or(&Value::Null);
            let pointer = "/components".to_owned();
            let sections = Place { pointer, value }.members();
            let all = sections
                .into_iter()
                .flat_map(|(_, section)| match section.members() {
                    empty if empty.is_empty() => vec![section],
                    members => members.into_iter().map(|(_, it)| it).collect(),
                });
            all.map(|it| (it.pointer.clone(), it)).collect()
        };
        for (name, old, new) in matched(components(self.old), components(self.new)) {
            let differs = old.as_ref().map(|it| it.value) != new.as_ref().map(|it| it.value);
            if differs && !met.contains(&name) {
                let what = "a component that counts only where it is used".to_owned();
                self.report(
                    Side::Document,
                    Effect::Words,
                    old.as_ref(),
                    new.as_ref(),
                    what,
                );
            }
        }
    }

    fn added(&mut self, side: Side, effect: Effect, new: &Place<'_>, what: &str) {
        self.report(side, effect, None, Some(new), format!("{what} added"));
    }

    fn removed(&mut self, side: Side, effect: Effect, old: &Place<'_>, what: &str) {
        self.report(side, effect, Some(old), None, format!("{what} removed"));
    }

    /// Reports what a change does, with its class on this side, at the new place if there is one.
    fn report(
        &mut self,
        side: Side,
        effect: Effect,
        old: Option<&Place<'_>>,
        new: Option<&Place<'_>>,
        what: String,
    ) {
        let class = Class::of(side, effect);
        let (within, place) = match new {
            Some(new) => (Within::New, Some(new)),
            None => (Within::Old, old),
        };
        self.changes.push(Change {
            class,
            // Whoever reads words, both sides read the same.
            side: if class == Class::Documentation {
                Side::Document
            } else {
                side
            },
            within,
            pointer: place.map(|it| it.pointer.clone()).unwrap_or_default(),
            what,
        });
    }
}

/// Two lists of things with names, matched by name.
fn matched<'a>(old: Vec<(String, Place<'a>)>, new: Vec<(String, Place<'a>)>) -> Vec<Named<'a>> {
    let mut all: BTreeMap<String, (Option<Place<'a>>, Option<Place<'a>>)> = BTreeMap::new();
    for (name, place) in old {
        all.entry(name).or_default().0 = Some(place);
    }
    for (name, place) in new {
        all.entry(name).or_default().1 = Some(place);
    }
    all.into_iter()
        .map(|(name, (old, new))| (name, old, new))
        .collect()
}

/// A value as it stands in a sentence.
fn short(value: &Value) -> String {
    const MAX: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(MAX) {
        None => text,
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}
