//! Servers: a set, told apart by their urls.

use serde_json::Value;

use super::{Pair, Presence, Walk, matched};
use crate::diff::change::{Effect, Side, Within};
use crate::diff::document::Site;
use crate::diff::rules::Kind;

const SIDE: Side = Side::Document;

impl<'a> Walk<'a> {
    /// Compares the servers that `holder` has, wherever it has them from.
    pub(super) fn servers(
        &mut self,
        holder: &Pair<'a>,
        old: Option<Site<'a>>,
        new: Option<Site<'a>>,
    ) {
        let (from, to) = (list(old.as_ref()), list(new.as_ref()));
        let (Some(from), Some(to)) = (from, to) else {
            if old.as_ref().map(|site| site.value) != new.as_ref().map(|site| site.value) {
                let place = new.unwrap_or_else(|| holder.new.clone());
                let what = "`servers` changed; not a list, so no rule applies".to_owned();
                self.changed(SIDE, Effect::Different, &place, what);
            }
            return;
        };
        match (from.is_empty(), to.is_empty()) {
            (true, true) => return,
            // Without servers calls go to the host that the document came from.
            (true, false) => {
                let place = new.unwrap_or_else(|| holder.new.clone());
                let what = "the document's own host is no server any more".to_owned();
                self.changed(SIDE, Effect::Different, &place, what);
            }
            (false, true) => {
                let place = old.unwrap_or_else(|| holder.old.clone());
                let what = "the servers are gone, all of them".to_owned();
                self.report(SIDE, Effect::Different, Within::Old, &place.pointer, what);
                return;
            }
            (false, false) => {}
        }
        for entry in matched(from, to) {
            let what = format!("server `{}`", entry.name);
            match Presence::of(entry.old, entry.new) {
                Some(Presence::Both(pair)) => self.server(pair),
                Some(Presence::Added(new)) => self.added(SIDE, Effect::News, &new, &what),
                Some(Presence::Removed(old)) => {
                    self.removed(SIDE, Effect::Different, &old, &what);
                }
                None => {}
            }
        }
    }

    fn server(&mut self, pair: Pair<'a>) {
        let Some(pair) = self.enter(Kind::Server, SIDE, pair) else {
            return;
        };
        self.keywords(Kind::Server, SIDE, &pair);
        for (name, presence) in self.entries(SIDE, &pair, "variables", str::to_owned) {
            let what = format!("variable `{name}`");
            match presence {
                Presence::Both(pair) => {
                    if let Some(pair) = self.enter(Kind::Variable, SIDE, pair) {
                        self.keywords(Kind::Variable, SIDE, &pair);
                        self.listed(SIDE, &pair, false);
                    }
                }
                Presence::Added(new) => self.added(SIDE, Effect::News, &new, &what),
                Presence::Removed(old) => self.removed(SIDE, Effect::Different, &old, &what),
            }
        }
    }
}

/// The servers by url; nothing for what is not a list of them.
fn list<'a>(servers: Option<&Site<'a>>) -> Option<Vec<(String, Site<'a>)>> {
    let Some(servers) = servers else {
        return Some(Vec::new());
    };
    servers.value.as_array()?;
    let by_url = |site: Site<'a>| match site.value.get("url").and_then(Value::as_str) {
        Some(url) => (url.to_owned(), site),
        None => (site.value.to_string(), site),
    };
    Some(servers.items().into_iter().map(by_url).collect())
}
