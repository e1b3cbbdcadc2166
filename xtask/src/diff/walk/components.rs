//! Components: they count where they are used. Here is what nobody uses, or the walk passes by.

use std::collections::BTreeSet;

use serde_json::Value;

use super::security::SCHEMES;
use super::{Pair, Presence, Walk, named};
use crate::diff::change::{Effect, Side};
use crate::diff::document::{Site, join};
use crate::diff::rules::{Kind, Rule};

const SIDE: Side = Side::Document;

impl<'a> Walk<'a> {
    pub(super) fn components(&mut self, root: &Pair<'a>) {
        let key = "components";
        if !self.form(SIDE, root, key, Value::is_object, "an object") {
            return;
        }
        let (old, new) = (root.old.get(key), root.new.get(key));
        let sections = |site: &Option<Site<'a>>| site.as_ref().map_or(&Value::Null, |s| s.value);
        let used = (used(self.old), used(self.new));
        for section in named(old.as_ref(), new.as_ref()) {
            let name = section.name;
            let Some(presence) = Presence::of(section.old.clone(), section.new.clone()) else {
                continue;
            };
            match Kind::Components.row(&name) {
                Some(row) if matches!(row.rule, Rule::Walked) => {
                    self.unused(section.old.as_ref(), section.new.as_ref(), &used);
                    if let Presence::Both(pair) = &presence {
                        self.both(SIDE, pair, Value::is_object, "an object");
                    }
                }
                Some(row) => {
                    let effect = row.rule.effect(&name, SIDE, sections(&old), sections(&new));
                    self.section(&name, &presence, effect, "");
                }
                None => {
                    let same = matches!(&presence, Presence::Both(p) if p.old.value == p.new.value);
                    let effect = (!same).then_some(Effect::Different);
                    self.section(&name, &presence, effect, "; there is no rule for it");
                }
            }
        }
    }

    fn section(
        &mut self,
        name: &str,
        presence: &Presence<'a>,
        effect: Option<Effect>,
        remark: &str,
    ) {
        let Some(effect) = effect else { return };
        match presence {
            Presence::Both(pair) => {
                self.changed(SIDE, effect, &pair.new, format!("`{name}` changed{remark}"));
            }
            Presence::Added(new) => {
                self.changed(SIDE, effect, new, format!("`{name}` added{remark}"));
            }
            Presence::Removed(old) => {
                self.removed(SIDE, effect, old, &format!("`{name}`"));
            }
        }
    }

    /// Components that neither document uses; to nobody on the wire does it matter what they say.
    fn unused(
        &mut self,
        old: Option<&Site<'a>>,
        new: Option<&Site<'a>>,
        used: &(BTreeSet<String>, BTreeSet<String>),
    ) {
        for entry in named(old, new) {
            let what = format!("component `{}`, which nobody uses,", entry.name);
            let is_used = entry
                .old
                .as_ref()
                .is_some_and(|site| used.0.contains(&site.pointer))
                || entry
                    .new
                    .as_ref()
                    .is_some_and(|site| used.1.contains(&site.pointer));
            match Presence::of(entry.old, entry.new) {
                Some(_) if is_used => {}
                Some(Presence::Both(pair)) if pair.old.value == pair.new.value => {}
                Some(Presence::Both(pair)) => {
                    self.changed(SIDE, Effect::Words, &pair.new, format!("{what} changed"));
                }
                Some(Presence::Added(new)) => self.added(SIDE, Effect::Words, &new, &what),
                Some(Presence::Removed(old)) => self.removed(SIDE, Effect::Words, &old, &what),
                None => {}
            }
        }
    }
}

/// Pointers of all that is referred to, from outside the components or from one that is.
fn used(document: &Value) -> BTreeSet<String> {
    let members = document.as_object().into_iter().flatten();
    let mut open: Vec<(&str, &Value)> = members
        .filter(|(key, _)| *key != "components")
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    let mut used = BTreeSet::new();
    while let Some((key, value)) = open.pop() {
        for pointer in named_by(key, value) {
            if let Some(target) = document.pointer(&pointer)
                && used.insert(pointer)
            {
                open.push(("", target));
            }
        }
        match value {
            Value::Object(members) => {
                open.extend(members.iter().map(|(key, member)| (key.as_str(), member)));
            }
            Value::Array(items) => open.extend(items.iter().map(|item| ("", item))),
            _ => {}
        }
    }
    used
}

/// Pointers of the components that `value` names, which stands under `key`.
fn named_by(key: &str, value: &Value) -> Vec<String> {
    match (key, value) {
        ("$ref", Value::String(reference)) => target(reference).into_iter().collect(),
        ("mapping", Value::Object(names)) => {
            let names = names.values().filter_map(Value::as_str);
            names.map(variant).collect()
        }
        ("security", Value::Array(alternatives)) => {
            let alternatives = alternatives.iter().filter_map(Value::as_object);
            let names = alternatives.flat_map(|one| one.keys());
            names.map(|name| join(SCHEMES, name)).collect()
        }
        _ => Vec::new(),
    }
}

fn target(reference: &str) -> Option<String> {
    reference.strip_prefix('#').map(str::to_owned)
}

/// A variant of a discriminator goes by a reference or by the name of a schema.
pub(super) fn variant(name: &str) -> String {
    target(name).unwrap_or_else(|| join("/components/schemas", name))
}
