//! The walk: over two documents at once, from the top down, references followed.
//!
//! What a change of a keyword means stands in the table of [`super::rules`]; here stands which
//! things of the two documents are one and the same, and so are compared.

mod components;
mod operation;
mod schema;
mod security;
mod servers;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::{Change, Class, Effect, Side, Within};
use super::document::{Resolved, Site};
use super::rules::{Kind, Rule};
use super::values::short;

/// What changed between two documents, the gravest first.
pub(crate) fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut walk = Walk {
        old,
        new,
        changes: Vec::new(),
        seen: BTreeSet::new(),
    };
    walk.document();
    let mut changes = walk.changes;
    changes.sort_by_cached_key(Change::order);
    changes.dedup();
    changes
}

struct Walk<'a> {
    old: &'a Value,
    new: &'a Value,
    changes: Vec<Change>,
    /// What was compared already: once is enough, and schemas may hold themselves.
    seen: BTreeSet<(Kind, Side, String, String)>,
}

/// The same thing in both documents.
#[derive(Clone, Debug)]
struct Pair<'a> {
    old: Site<'a>,
    new: Site<'a>,
}

/// A thing that has a name, in either document or in both.
struct Named<'a> {
    name: String,
    old: Option<Site<'a>>,
    new: Option<Site<'a>>,
}

/// A thing with a name, by the documents that have it.
enum Presence<'a> {
    Both(Pair<'a>),
    Removed(Site<'a>),
    Added(Site<'a>),
}

impl<'a> Walk<'a> {
    fn document(&mut self) {
        let pair = Pair {
            old: Site::root(self.old),
            new: Site::root(self.new),
        };
        self.keywords(Kind::Root, Side::Document, &pair);
        self.below(Kind::Info, Side::Document, &pair, "info");
        self.servers(&pair, pair.old.get("servers"), pair.new.get("servers"));
        self.security(&pair, pair.old.get("security"), pair.new.get("security"));
        self.paths(&pair);
        self.components(&pair);
    }

    /// Reports what a change does, with its class on this side.
    fn report(&mut self, side: Side, effect: Effect, within: Within, pointer: &str, what: String) {
        let what = format!("{what}{}", effect.remark());
        self.push(side, effect, within, pointer, what);
    }

    fn push(&mut self, side: Side, effect: Effect, within: Within, pointer: &str, what: String) {
        let class = Class::of(side, effect);
        self.changes.push(Change {
            class,
            // Whoever reads words, both sides read the same.
            side: match class {
                Class::Documentation => Side::Document,
                Class::Compatible | Class::Breaking => side,
            },
            within,
            pointer: pointer.to_owned(),
            what,
        });
    }

    fn changed(&mut self, side: Side, effect: Effect, new: &Site<'_>, what: String) {
        self.report(side, effect, Within::New, &new.pointer, what);
    }

    fn added(&mut self, side: Side, effect: Effect, new: &Site<'_>, what: &str) {
        self.report(
            side,
            effect,
            Within::New,
            &new.pointer,
            format!("{what} added"),
        );
    }

    fn removed(&mut self, side: Side, effect: Effect, old: &Site<'_>, what: &str) {
        self.report(
            side,
            effect,
            Within::Old,
            &old.pointer,
            format!("{what} removed"),
        );
    }

    /// Compares the keywords of one object that need no look inside.
    fn keywords(&mut self, kind: Kind, side: Side, pair: &Pair<'a>) {
        for entry in named(Some(&pair.old), Some(&pair.new)) {
            let (keyword, old, new) = (entry.name, entry.old, entry.new);
            let row = kind.row(&keyword);
            let effect = match row {
                Some(row) => row
                    .rule
                    .effect(&keyword, side, pair.old.value, pair.new.value),
                None if pair.old.value.get(&keyword) == pair.new.value.get(&keyword) => None,
                None => Some(Effect::Different),
            };
            let Some(effect) = effect else { continue };
            // Texts are long, and people will read them anyway.
            let is_text = matches!(row.map(|row| row.rule), Some(Rule::Always(Effect::Words)));
            let shown = |site: &Site<'_>| match is_text {
                true => String::new(),
                false => format!(" {}", short(site.value)),
            };
            let mut what = format!("`{keyword}`");
            what += &match (&old, &new) {
                (Some(_), Some(_)) if is_text => " changed".to_owned(),
                (Some(old), Some(new)) => format!("{} ->{}", shown(old), shown(new)),
                (None, Some(new)) => format!("{} added", shown(new)),
                (Some(old), None) => format!("{} removed", shown(old)),
                (None, None) => continue,
            };
            what += effect.remark();
            what += &match row {
                _ if is_text => String::new(),
                Some(row) => format!(": {}", row.why),
                None => ": there is no rule for it".to_owned(),
            };
            match (old, new) {
                (_, Some(new)) => self.push(side, effect, Within::New, &new.pointer, what),
                (Some(old), None) => self.push(side, effect, Within::Old, &old.pointer, what),
                (None, None) => {}
            }
        }
    }

    /// Compares an object under `key` of which all keywords are in the table.
    fn below(&mut self, kind: Kind, side: Side, pair: &Pair<'a>, key: &str) {
        let old = pair.old.get(key);
        let new = pair.new.get(key);
        match Presence::of(old, new) {
            Some(Presence::Both(pair)) => {
                if let Some(pair) = self.enter(kind, side, pair) {
                    self.keywords(kind, side, &pair);
                }
            }
            Some(Presence::Added(new)) => {
                self.added(side, Effect::Different, &new, &format!("`{key}`"));
            }
            Some(Presence::Removed(old)) => {
                self.removed(side, Effect::Different, &old, &format!("`{key}`"));
            }
            None => {}
        }
    }

    /// The pair with references followed, where it is worth a look: two objects that were not
    /// compared before. What cannot be looked into, and differs, is reported.
    fn enter(&mut self, kind: Kind, side: Side, pair: Pair<'a>) -> Option<Pair<'a>> {
        let resolve = |site: Site<'a>, document: &'a Value| match kind {
            Kind::Schema => site.resolve_schema(document),
            // The specification leaves open what stands beside the reference of a path.
            Kind::PathItem => Resolved {
                site,
                beside: serde_json::Map::new(),
            },
            _ => site.resolve(document),
        };
        let (old, new) = (
            resolve(pair.old, self.old),
            resolve(pair.new.clone(), self.new),
        );
        if old.beside != new.beside {
            let what = "what stands beside `$ref`, and is ignored, changed".to_owned();
            self.changed(side, Effect::Words, &pair.new, what);
        }
        let pair = Pair {
            old: old.site,
            new: new.site,
        };
        let places = (pair.old.pointer.clone(), pair.new.pointer.clone());
        if !self.seen.insert((kind, side, places.0, places.1)) {
            return None;
        }
        let leads_somewhere: fn(&Value) -> bool =
            |value| value.is_object() && value.get("$ref").is_none();
        self.both(
            side,
            &pair,
            leads_somewhere,
            "an object, or a reference to one",
        )
        .then_some(pair)
    }

    /// Whether both values have the form that they should have. If not, equal ones are passed over
    /// and different ones are reported.
    fn both(&mut self, side: Side, pair: &Pair<'_>, test: fn(&Value) -> bool, form: &str) -> bool {
        let fit = test(pair.old.value) && test(pair.new.value);
        if !fit && pair.old.value != pair.new.value {
            let (old, new) = (short(pair.old.value), short(pair.new.value));
            let what = format!("{old} -> {new}; not {form}, so no rule applies");
            self.changed(side, Effect::Different, &pair.new, what);
        }
        fit
    }

    /// The things with names under `key`, matched by name as `normal` writes it.
    fn entries(
        &mut self,
        side: Side,
        pair: &Pair<'a>,
        key: &str,
        normal: fn(&str) -> String,
    ) -> Vec<(String, Presence<'a>)> {
        let (old, new) = (pair.old.get(key), pair.new.get(key));
        if !self.form(side, pair, key, Value::is_object, "an object") {
            return Vec::new();
        }
        named_as(old.as_ref(), new.as_ref(), normal)
            .filter_map(|entry| Some((entry.name, Presence::of(entry.old, entry.new)?)))
            .collect()
    }

    /// Whether what stands under `key` has the form that it should have; where it is absent it has.
    fn form(
        &mut self,
        side: Side,
        pair: &Pair<'a>,
        key: &str,
        test: fn(&Value) -> bool,
        form: &str,
    ) -> bool {
        let sites = (pair.old.get(key), pair.new.get(key));
        let unfit = |site: &Option<Site<'_>>| site.as_ref().is_some_and(|site| !test(site.value));
        if !unfit(&sites.0) && !unfit(&sites.1) {
            return true;
        }
        match sites {
            (Some(old), Some(new)) => {
                self.both(side, &Pair { old, new }, test, form);
            }
            (None, Some(new)) => {
                self.added(
                    side,
                    Effect::Different,
                    &new,
                    &format!("`{key}`, which is not {form},"),
                );
            }
            (Some(old), None) => {
                let what = format!("`{key}`, which is not {form},");
                self.removed(side, Effect::Different, &old, &what);
            }
            (None, None) => {}
        }
        false
    }

    /// An extension that stands among things with names.
    fn extension(&mut self, name: &str, presence: &Presence<'a>) {
        let what = format!("`{name}`");
        match presence {
            Presence::Both(pair) if pair.old.value == pair.new.value => {}
            Presence::Both(pair) => {
                self.changed(
                    Side::Document,
                    Effect::Words,
                    &pair.new,
                    format!("{what} changed"),
                );
            }
            Presence::Added(new) => self.added(Side::Document, Effect::Words, new, &what),
            Presence::Removed(old) => self.removed(Side::Document, Effect::Words, old, &what),
        }
    }
}

impl<'a> Presence<'a> {
    fn of(old: Option<Site<'a>>, new: Option<Site<'a>>) -> Option<Self> {
        match (old, new) {
            (Some(old), Some(new)) => Some(Self::Both(Pair { old, new })),
            (Some(old), None) => Some(Self::Removed(old)),
            (None, Some(new)) => Some(Self::Added(new)),
            (None, None) => None,
        }
    }
}

/// The members of two objects, matched by name.
fn named<'a>(
    old: Option<&Site<'a>>,
    new: Option<&Site<'a>>,
) -> impl Iterator<Item = Named<'a>> + use<'a> {
    named_as(old, new, str::to_owned)
}

fn named_as<'a>(
    old: Option<&Site<'a>>,
    new: Option<&Site<'a>>,
    normal: fn(&str) -> String,
) -> impl Iterator<Item = Named<'a>> + use<'a> {
    let members = |site: Option<&Site<'a>>| site.map(Site::members).unwrap_or_default();
    let by_name = |(name, site): (&str, Site<'a>)| (normal(name), site);
    matched(
        members(old).into_iter().map(by_name).collect(),
        members(new).into_iter().map(by_name).collect(),
    )
}

/// Two lists of things with names, matched by name. Of equal names the last one counts.
fn matched<'a>(
    old: Vec<(String, Site<'a>)>,
    new: Vec<(String, Site<'a>)>,
) -> impl Iterator<Item = Named<'a>> + use<'a> {
    let mut all: BTreeMap<String, (Option<Site<'a>>, Option<Site<'a>>)> = BTreeMap::new();
    for (name, site) in old {
        all.entry(name).or_default().0 = Some(site);
    }
    for (name, site) in new {
        all.entry(name).or_default().1 = Some(site);
    }
    all.into_iter()
        .map(|(name, (old, new))| Named { name, old, new })
}
