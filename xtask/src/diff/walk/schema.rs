//! Schemas.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::components::variant;
use super::{Pair, Presence, Walk};
use crate::diff::change::{Class, Effect, Side, Within};
use crate::diff::document::Site;
use crate::diff::rules::Kind;
use crate::diff::values::{flag, short};

/// Schemas that make up another one, and what one more and one less of them does.
const COMPOSITIONS: [(&str, Effect, Effect); 3] = [
    ("allOf", Effect::Narrower, Effect::Wider),
    ("anyOf", Effect::Wider, Effect::Narrower),
    ("oneOf", Effect::Wider, Effect::Narrower),
];

/// Properties that are not listed.
enum Others<'a> {
    Any,
    None,
    These(Site<'a>),
}

impl<'a> Walk<'a> {
    /// Compares the schemas under `key`; without a schema everything is allowed.
    pub(super) fn schema_below(&mut self, side: Side, pair: &Pair<'a>, key: &str) {
        let what = format!("`{key}`");
        match Presence::of(pair.old.get(key), pair.new.get(key)) {
            Some(Presence::Both(pair)) => self.schema(side, pair),
            Some(Presence::Added(new)) => self.added(side, Effect::Narrower, &new, &what),
            Some(Presence::Removed(old)) => self.removed(side, Effect::Wider, &old, &what),
            None => {}
        }
    }

    fn schema(&mut self, side: Side, pair: Pair<'a>) {
        let Some(pair) = self.enter(Kind::Schema, side, pair) else {
            return;
        };
        self.keywords(Kind::Schema, side, &pair);
        // Its readers were warned: any value that is not listed would do.
        let is_open = side == Side::Reply && flag(pair.old.value.get("x-open-enum")) == Some(true);
        self.listed(side, &pair, is_open);
        self.properties(side, &pair);
        self.required(side, &pair);
        self.other_properties(side, &pair);
        self.schema_below(side, &pair, "items");
        for (key, more, less) in COMPOSITIONS {
            self.composition(side, &pair, key, more, less);
        }
        self.not(side, &pair);
        self.discriminator(side, &pair);
    }

    /// The values under `enum`.
    pub(super) fn listed(&mut self, side: Side, pair: &Pair<'a>, is_open: bool) {
        let key = "enum";
        if !self.form(side, pair, key, Value::is_array, "a list") {
            return;
        }
        let wider = if is_open { Effect::News } else { Effect::Wider };
        let (old, new) = match Presence::of(pair.old.get(key), pair.new.get(key)) {
            Some(Presence::Both(lists)) => (lists.old.items(), lists.new.items()),
            Some(Presence::Added(new)) => {
                return self.added(side, Effect::Narrower, &new, "`enum`");
            }
            Some(Presence::Removed(old)) => return self.removed(side, wider, &old, "`enum`"),
            None => return,
        };
        let holds = |list: &[Site<'_>], value| list.iter().any(|item| item.value == value);
        for value in new.iter().filter(|item| !holds(&old, item.value)) {
            self.added(side, wider, value, &format!("value {}", short(value.value)));
        }
        for value in old.iter().filter(|item| !holds(&new, item.value)) {
            let what = format!("value {}", short(value.value));
            self.removed(side, Effect::Narrower, value, &what);
        }
    }

    fn properties(&mut self, side: Side, pair: &Pair<'a>) {
        let (was_required, is_required) = (required(&pair.old), required(&pair.new));
        for (name, presence) in self.entries(side, pair, "properties", str::to_owned) {
            let what = format!("property `{name}`");
            match presence {
                Presence::Both(pair) => self.schema(side, pair),
                Presence::Removed(old) => self.removed(side, Effect::Different, &old, &what),
                Presence::Added(new) => {
                    let is_demanded =
                        is_required.contains_key(&name) && !was_required.contains_key(&name);
                    match others(&pair.old) {
                        _ if is_demanded && side != Side::Reply => {
                            let what = format!("required {what}");
                            self.added(side, Effect::Different, &new, &what);
                        }
                        Others::Any => self.added(side, Effect::News, &new, &what),
                        Others::None => self.added(side, Effect::Wider, &new, &what),
                        // It was allowed before, as one of the others.
                        Others::These(old) => {
                            self.added(side, Effect::News, &new, &what);
                            self.schema(side, Pair { old, new });
                        }
                    }
                }
            }
        }
    }

    fn required(&mut self, side: Side, pair: &Pair<'a>) {
        if !self.form(side, pair, "required", Value::is_array, "a list") {
            return;
        }
        let (old, new) = (required(&pair.old), required(&pair.new));
        let has = |schema: &Site<'_>, name: &str| {
            let properties = schema.value.get("properties");
            properties.is_some_and(|properties| properties.get(name).is_some())
        };
        // Of a property that came or went that is all there is to say.
        for (name, site) in &new {
            let is_new = has(&pair.new, name) && !has(&pair.old, name);
            if !old.contains_key(name) && !is_new {
                let what = format!("`{name}` is required now");
                self.changed(side, Effect::Narrower, site, what);
            }
        }
        for (name, site) in &old {
            let is_gone = has(&pair.old, name) && !has(&pair.new, name);
            if !new.contains_key(name) && !is_gone {
                let what = format!("`{name}` is not required any more");
                self.report(side, Effect::Wider, Within::Old, &site.pointer, what);
            }
        }
    }

    fn other_properties(&mut self, side: Side, pair: &Pair<'a>) {
        let key = "additionalProperties";
        let is_known: fn(&Value) -> bool = |value| value.is_boolean() || value.is_object();
        if !self.form(side, pair, key, is_known, "a schema, true or false") {
            return;
        }
        let (old, new) = (others(&pair.old), others(&pair.new));
        let effect = match (&old, &new) {
            (Others::Any, Others::Any) | (Others::None, Others::None) => return,
            (Others::These(old), Others::These(new)) => {
                let (old, new) = (old.clone(), new.clone());
                return self.schema(side, Pair { old, new });
            }
            (Others::Any, _) | (_, Others::None) => Effect::Narrower,
            (_, Others::Any) | (Others::None, _) => Effect::Wider,
        };
        let name = |others: &Others<'_>| match others {
            Others::Any => "any".to_owned(),
            Others::None => "none".to_owned(),
            Others::These(site) => short(site.value),
        };
        let what = format!(
            "properties that are not listed: {} -> {}",
            name(&old),
            name(&new)
        );
        match (pair.new.get(key), pair.old.get(key)) {
            (Some(site), _) => self.changed(side, effect, &site, what),
            (None, Some(site)) => self.report(side, effect, Within::Old, &site.pointer, what),
            (None, None) => {}
        }
    }

    fn composition(&mut self, side: Side, pair: &Pair<'a>, key: &str, more: Effect, less: Effect) {
        if !self.form(side, pair, key, Value::is_array, "a list") {
            return;
        }
        let lists = match Presence::of(pair.old.get(key), pair.new.get(key)) {
            Some(Presence::Both(lists)) => lists,
            Some(Presence::Added(new)) => {
                return self.added(side, Effect::Narrower, &new, &format!("`{key}`"));
            }
            Some(Presence::Removed(old)) => {
                return self.removed(side, Effect::Wider, &old, &format!("`{key}`"));
            }
            None => return,
        };
        let (mut old, mut new) = (lists.old.items(), lists.new.items());
        let mut pairs = take_pairs(&mut old, &mut new, |old, new| old.value == new.value);
        // A schema under another name, or written in place, is the same schema.
        pairs.extend(take_pairs(&mut old, &mut new, |old, new| {
            let (old, new) = (old.clone(), new.clone());
            self.is_same(side, Pair { old, new })
        }));
        // The others changed; in their order, for want of names.
        pairs.extend(take_pairs(&mut old, &mut new, |_, _| true));
        for pair in pairs {
            self.schema(side, pair);
        }
        for site in new {
            self.added(side, more, &site, &format!("{} in `{key}`", one(&site)));
        }
        for site in old {
            self.removed(side, less, &site, &format!("{} in `{key}`", one(&site)));
        }
    }

    fn not(&mut self, side: Side, pair: &Pair<'a>) {
        match Presence::of(pair.old.get("not"), pair.new.get("not")) {
            Some(Presence::Both(pair)) => {
                let mut trial = self.trial();
                trial.schema(side, pair.clone());
                let (words, others): (Vec<_>, Vec<_>) = trial
                    .changes
                    .into_iter()
                    .partition(|change| change.class == Class::Documentation);
                self.changes.extend(words);
                if !others.is_empty() {
                    let what = "what is ruled out changed".to_owned();
                    self.changed(side, Effect::Different, &pair.new, what);
                }
            }
            Some(Presence::Added(new)) => self.added(side, Effect::Narrower, &new, "`not`"),
            Some(Presence::Removed(old)) => self.removed(side, Effect::Wider, &old, "`not`"),
            None => {}
        }
    }

    fn discriminator(&mut self, side: Side, schemas: &Pair<'a>) {
        let key = "discriminator";
        let holders = match Presence::of(schemas.old.get(key), schemas.new.get(key)) {
            Some(Presence::Both(pair)) => pair,
            Some(Presence::Added(new)) => {
                return self.added(side, Effect::Different, &new, "`discriminator`");
            }
            Some(Presence::Removed(old)) => {
                return self.removed(side, Effect::Different, &old, "`discriminator`");
            }
            None => return,
        };
        let Some(pair) = self.enter(Kind::Discriminator, side, holders) else {
            return;
        };
        self.keywords(Kind::Discriminator, side, &pair);
        if !self.form(side, &pair, "mapping", Value::is_object, "an object") {
            return;
        }
        let old = variants(self.old, &schemas.old, &pair.old);
        let new = variants(self.new, &schemas.new, &pair.new);
        for (name, presence) in super::matched(old, new)
            .filter_map(|entry| Some((entry.name, Presence::of(entry.old, entry.new)?)))
        {
            match presence {
                Presence::Both(pair) => self.schema(side, pair),
                Presence::Added(_) => {
                    let what = format!("variant `{name}` added");
                    self.changed(side, Effect::Wider, &pair.new, what);
                }
                Presence::Removed(_) => {
                    let what = format!("variant `{name}` removed");
                    let place = pair.old.pointer.clone();
                    self.report(side, Effect::Different, Within::Old, &place, what);
                }
            }
        }
    }

    /// Whether two schemas differ in words alone.
    fn is_same(&self, side: Side, pair: Pair<'a>) -> bool {
        let mut trial = self.trial();
        trial.schema(side, pair);
        let mut changes = trial.changes.iter();
        changes.all(|change| change.class == Class::Documentation)
    }

    /// A walk to try something. It knows what was compared, so that schemas may hold themselves.
    fn trial(&self) -> Self {
        Walk {
            old: self.old,
            new: self.new,
            changes: Vec::new(),
            seen: self.seen.clone(),
        }
    }
}

/// Takes each schema of `old`, with the first one of `new` that `fits` it, out of the lists.
fn take_pairs<'a>(
    old: &mut Vec<Site<'a>>,
    new: &mut Vec<Site<'a>>,
    mut fits: impl FnMut(&Site<'a>, &Site<'a>) -> bool,
) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    old.retain(|site| {
        let Some(index) = new.iter().position(|other| fits(site, other)) else {
            return true;
        };
        let new = new.remove(index);
        let old = site.clone();
        pairs.push(Pair { old, new });
        false
    });
    pairs
}

fn others<'a>(schema: &Site<'a>) -> Others<'a> {
    match schema.get("additionalProperties") {
        Some(site) if site.value == &Value::Bool(false) => Others::None,
        // Without keywords a schema allows everything.
        Some(site)
            if site
                .value
                .as_object()
                .is_some_and(|keywords| !keywords.is_empty()) =>
        {
            Others::These(site)
        }
        _ => Others::Any,
    }
}

/// The names under `required`, and where they stand.
fn required<'a>(schema: &Site<'a>) -> BTreeMap<String, Site<'a>> {
    let names = schema.get("required").map(|list| list.items());
    let names = names.unwrap_or_default().into_iter();
    let name = |site: Site<'a>| match site.value.as_str() {
        Some(name) => (name.to_owned(), site),
        None => (site.value.to_string(), site),
    };
    names.map(name).collect()
}

/// The variants of a discriminator by the names that they go by.
fn variants<'a>(
    document: &'a Value,
    schema: &Site<'a>,
    discriminator: &Site<'a>,
) -> Vec<(String, Site<'a>)> {
    let target = |name: &str| {
        let pointer = variant(name);
        let value = document.pointer(&pointer)?;
        Some(Site { pointer, value })
    };
    let mapping = discriminator.get("mapping");
    let mut variants: Vec<(String, Site<'a>)> = Vec::new();
    let mut named = BTreeSet::new();
    for (name, site) in mapping.iter().flat_map(Site::members) {
        let found = site.value.as_str().and_then(target).unwrap_or(site);
        named.insert(found.pointer.clone());
        variants.push((name.to_owned(), found));
    }
    for key in ["oneOf", "anyOf"] {
        for site in schema.get(key).iter().flat_map(Site::items) {
            let reference = site.value.get("$ref").and_then(Value::as_str);
            let Some(found) = reference.and_then(target) else {
                continue;
            };
            if named.insert(found.pointer.clone()) {
                let name = found.pointer.rsplit('/').next().unwrap_or_default();
                variants.push((name.to_owned(), found));
            }
        }
    }
    variants
}

/// What a part of a composition is called.
fn one(site: &Site<'_>) -> String {
    match site.value.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            let name = reference.rsplit('/').next().unwrap_or_default();
            format!("schema `{name}`")
        }
        None => format!("schema {}", short(site.value)),
    }
}
