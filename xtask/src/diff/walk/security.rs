//! Security: a set of alternatives, each a set of schemes that a call needs all of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Pair, Walk};
use crate::diff::change::{Effect, Side, Within};
use crate::diff::document::{Site, join};
use crate::diff::rules::Kind;

const SIDE: Side = Side::Document;
pub(super) const SCHEMES: &str = "/components/securitySchemes";

/// The schemes that a call needs, each with its scopes.
type Needs = BTreeMap<String, BTreeSet<String>>;

struct Alternative<'a> {
    needs: Needs,
    /// Where it stands; nowhere if it goes without saying.
    site: Option<Site<'a>>,
}

impl<'a> Walk<'a> {
    /// Compares the security that `holder` has, wherever it has it from.
    pub(super) fn security(
        &mut self,
        holder: &Pair<'a>,
        old: Option<Site<'a>>,
        new: Option<Site<'a>>,
    ) {
        let old_place = old.clone().unwrap_or_else(|| holder.old.clone());
        let new_place = new.clone().unwrap_or_else(|| holder.new.clone());
        let lists = (alternatives(old.as_ref()), alternatives(new.as_ref()));
        let (Some(mut from), Some(to)) = lists else {
            if old.map(|site| site.value) != new.map(|site| site.value) {
                let what = "`security` changed; not a list of schemes, so no rule applies";
                self.changed(SIDE, Effect::Different, &new_place, what.to_owned());
            }
            return;
        };
        self.schemes(&from, &to);
        self.follow_renamed_schemes(&mut from, &to);

        let before = self.changes.len();
        for alternative in &from {
            if to
                .iter()
                .any(|other| is_enough(&other.needs, &alternative.needs))
            {
                continue;
            }
            let what = format!("{} is not enough any more", name(&alternative.needs));
            match &alternative.site {
                Some(site) => {
                    self.report(SIDE, Effect::Different, Within::Old, &site.pointer, what);
                }
                None => self.changed(SIDE, Effect::Different, &new_place, what),
            }
        }
        for alternative in &to {
            if from
                .iter()
                .any(|other| is_enough(&other.needs, &alternative.needs))
            {
                continue;
            }
            let what = format!("{} is enough now", name(&alternative.needs));
            match &alternative.site {
                Some(site) => self.changed(SIDE, Effect::News, site, what),
                None => {
                    self.report(SIDE, Effect::News, Within::Old, &old_place.pointer, what);
                }
            }
        }
        let set = |list: &[Alternative<'_>]| -> BTreeSet<Needs> {
            list.iter().map(|one| one.needs.clone()).collect()
        };
        if self.changes.len() == before && set(&from) != set(&to) {
            let what = "the same calls are let in, by other alternatives".to_owned();
            self.changed(SIDE, Effect::News, &new_place, what);
        }
    }

    /// A scheme that only got another name is the same scheme.
    fn follow_renamed_schemes(&self, from: &mut [Alternative<'_>], to: &[Alternative<'_>]) {
        let all = |document: &'a Value| document.pointer(SCHEMES).and_then(Value::as_object);
        let (Some(old), Some(new)) = (all(self.old), all(self.new)) else {
            return;
        };
        for alternative in from {
            let renamed = alternative.needs.clone().into_iter().map(|(name, scopes)| {
                let gone = old.get(&name).filter(|_| !new.contains_key(&name));
                let mut names = to.iter().flat_map(|other| other.needs.keys());
                let same = gone.and_then(|scheme| {
                    names.find(|other| !old.contains_key(*other) && new.get(*other) == Some(scheme))
                });
                (same.cloned().unwrap_or(name), scopes)
            });
            alternative.needs = renamed.collect();
        }
    }

    /// Compares the schemes that are needed before and after.
    fn schemes(&mut self, from: &[Alternative<'_>], to: &[Alternative<'_>]) {
        let names = |list: &[Alternative<'_>]| -> BTreeSet<String> {
            let names = list.iter().flat_map(|one| one.needs.keys().cloned());
            names.collect()
        };
        for name in names(from).intersection(&names(to)) {
            let pointer = join(SCHEMES, name);
            let site = |document: &'a Value| {
                let value = document.pointer(&pointer)?;
                let pointer = pointer.clone();
                Some(Site { pointer, value })
            };
            match (site(self.old), site(self.new)) {
                (Some(old), Some(new)) => {
                    if let Some(pair) = self.enter(Kind::SecurityScheme, SIDE, Pair { old, new }) {
                        self.keywords(Kind::SecurityScheme, SIDE, &pair);
                    }
                }
                (None, Some(new)) => {
                    let what = format!("security scheme `{name}`, which was needed before,");
                    self.added(SIDE, Effect::Different, &new, &what);
                }
                (Some(old), None) => {
                    let what = format!("security scheme `{name}`, which is still needed,");
                    self.removed(SIDE, Effect::Different, &old, &what);
                }
                (None, None) => {}
            }
        }
    }
}

/// The alternatives; where there is none, a call needs nothing. Nothing for what is no such list.
fn alternatives<'a>(security: Option<&Site<'a>>) -> Option<Vec<Alternative<'a>>> {
    let anybody = Alternative {
        needs: Needs::new(),
        site: None,
    };
    let Some(security) = security else {
        return Some(vec![anybody]);
    };
    if security.value.as_array()?.is_empty() {
        return Some(vec![anybody]);
    }
    let alternative = |site: Site<'a>| {
        let mut needs = Needs::new();
        for (name, scopes) in site.value.as_object()? {
            let scopes = scopes.as_array()?.iter().map(ToString::to_string);
            needs.insert(name.clone(), scopes.collect());
        }
        let site = Some(site);
        Some(Alternative { needs, site })
    };
    security.items().into_iter().map(alternative).collect()
}

/// Whether a call that has all of `has` has all of `needs`.
fn is_enough(needs: &Needs, has: &Needs) -> bool {
    let mut needs = needs.iter();
    needs.all(|(name, scopes)| has.get(name).is_some_and(|has| scopes.is_subset(has)))
}

fn name(needs: &Needs) -> String {
    if needs.is_empty() {
        return "a call without a key".to_owned();
    }
    let one = |(name, scopes): (&String, &BTreeSet<String>)| match scopes.len() {
        0 => format!("`{name}`"),
        _ => {
            let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
            format!("`{name}` with {}", scopes.join(" "))
        }
    };
    needs.iter().map(one).collect::<Vec<_>>().join(" and ")
}
