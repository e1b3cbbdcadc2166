//! Paths, operations, parameters, bodies and responses.

use serde_json::Value;

use super::{Pair, Presence, Walk, matched};
use crate::diff::change::{Effect, Side};
use crate::diff::document::Site;
use crate::diff::rules::Kind;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Who sends what: the service makes the requests of its callbacks.
#[derive(Clone, Copy)]
struct Roles {
    asks: Side,
    answers: Side,
}

const CALL: Roles = Roles {
    asks: Side::Request,
    answers: Side::Reply,
};

impl Roles {
    fn turned(self) -> Self {
        Self {
            asks: self.answers,
            answers: self.asks,
        }
    }
}

impl<'a> Walk<'a> {
    pub(super) fn paths(&mut self, root: &Pair<'a>) {
        self.path_items(root, "paths", "path", CALL);
    }

    /// Paths, or the callbacks under one name.
    fn path_items(&mut self, holder: &Pair<'a>, key: &str, noun: &str, roles: Roles) {
        for (path, presence) in self.entries(Side::Document, holder, key, str::to_owned) {
            if path.starts_with("x-") {
                self.extension(&path, &presence);
                continue;
            }
            let what = format!("{noun} `{path}`");
            match presence {
                Presence::Both(pair) => self.path_item(pair, roles),
                Presence::Added(new) => self.added(Side::Document, Effect::News, &new, &what),
                Presence::Removed(old) => {
                    self.removed(Side::Document, Effect::Different, &old, &what);
                }
            }
        }
    }

    fn path_item(&mut self, pair: Pair<'a>, roles: Roles) {
        let Some(item) = self.enter(Kind::PathItem, roles.asks, pair) else {
            return;
        };
        self.keywords(Kind::PathItem, roles.asks, &item);
        for method in METHODS {
            let what = format!("operation `{method}`");
            match Presence::of(item.old.get(method), item.new.get(method)) {
                Some(Presence::Both(pair)) => self.operation(&item, pair, roles),
                Some(Presence::Added(new)) => {
                    self.added(Side::Document, Effect::News, &new, &what);
                }
                Some(Presence::Removed(old)) => {
                    self.removed(Side::Document, Effect::Different, &old, &what);
                }
                None => {}
            }
        }
    }

    fn operation(&mut self, item: &Pair<'a>, pair: Pair<'a>, roles: Roles) {
        let Some(pair) = self.enter(Kind::Operation, roles.asks, pair) else {
            return;
        };
        self.keywords(Kind::Operation, Side::Document, &pair);
        self.parameters(item, &pair, roles.asks);
        self.request_body(&pair, roles.asks);
        self.responses(&pair, roles.answers);
        for (name, presence) in self.entries(Side::Document, &pair, "callbacks", str::to_owned) {
            let what = format!("callback `{name}`");
            match presence {
                _ if name.starts_with("x-") => self.extension(&name, &presence),
                Presence::Both(pair) => self.callback(pair, roles.turned()),
                Presence::Added(new) => self.added(Side::Document, Effect::News, &new, &what),
                Presence::Removed(old) => {
                    self.removed(Side::Document, Effect::Different, &old, &what);
                }
            }
        }
        let root = Pair {
            old: Site::root(self.old),
            new: Site::root(self.new),
        };
        // An operation has what its path or the document says, unless it says something itself.
        let says = |holder: &Pair<'a>, key: &str| {
            holder.old.get(key).is_some() || holder.new.get(key).is_some()
        };
        if says(&pair, "security") {
            let or_root = |site: &Site<'a>, root: &Site<'a>| {
                site.get("security").or_else(|| root.get("security"))
            };
            let old = or_root(&pair.old, &root.old);
            let new = or_root(&pair.new, &root.new);
            self.security(&pair, old, new);
        }
        if says(&pair, "servers") || says(item, "servers") {
            let effective = |operation: &Site<'a>, item: &Site<'a>, root: &Site<'a>| {
                [operation, item, root]
                    .into_iter()
                    .find_map(|holder| holder.get("servers"))
            };
            let old = effective(&pair.old, &item.old, &root.old);
            let new = effective(&pair.new, &item.new, &root.new);
            self.servers(&pair, old, new);
        }
    }

    fn callback(&mut self, pair: Pair<'a>, roles: Roles) {
        let pair = Pair {
            old: pair.old.resolve(self.old).site,
            new: pair.new.resolve(self.new).site,
        };
        if !self.both(Side::Document, &pair, Value::is_object, "an object") {
            return;
        }
        for entry in super::named(Some(&pair.old), Some(&pair.new)) {
            let what = format!("callback to `{}`", entry.name);
            match Presence::of(entry.old, entry.new) {
                Some(presence) if entry.name.starts_with("x-") => {
                    self.extension(&entry.name, &presence);
                }
                Some(Presence::Both(pair)) => self.path_item(pair, roles),
                Some(Presence::Added(new)) => {
                    self.added(Side::Document, Effect::News, &new, &what);
                }
                Some(Presence::Removed(old)) => {
                    self.removed(Side::Document, Effect::Different, &old, &what);
                }
                None => {}
            }
        }
    }

    /// The parameters with which an operation is called: its own, and those of its path that it
    /// does not override, by place and name.
    fn parameters(&mut self, item: &Pair<'a>, pair: &Pair<'a>, side: Side) {
        let fit = [item, pair]
            .map(|holder| self.form(side, holder, "parameters", Value::is_array, "a list"));
        if fit != [true, true] {
            return;
        }
        let list = |document, item: &Site<'a>, operation: &Site<'a>| {
            let sites = [item, operation].into_iter();
            let sites = sites.filter_map(|holder| holder.get("parameters"));
            let sites = sites.flat_map(|list| list.items());
            // Later ones, which are the operation's, override.
            let sites = sites.map(|site| (parameter_name(document, &site), site));
            sites.collect::<Vec<_>>()
        };
        let old = list(self.old, &item.old, &pair.old);
        let new = list(self.new, &item.new, &pair.new);
        for entry in matched(old, new) {
            let what = format!("parameter {}", entry.name);
            match Presence::of(entry.old, entry.new) {
                Some(Presence::Both(pair)) => self.value(Kind::Parameter, side, pair),
                Some(Presence::Added(new)) => self.demand(side, self.new, &new, &what),
                Some(Presence::Removed(old)) => {
                    self.removed(side, Effect::Different, &old, &what);
                }
                None => {}
            }
        }
    }

    /// Something new in a message: a burden only if whoever sends it is a caller, and must.
    fn demand(&mut self, side: Side, document: &'a Value, new: &Site<'a>, what: &str) {
        let resolved = new.clone().resolve(document).site;
        let is_required = resolved.value.get("required") == Some(&Value::Bool(true));
        if is_required && side != Side::Reply {
            self.added(side, Effect::Different, new, &format!("required {what}"));
        } else {
            self.added(side, Effect::News, new, what);
        }
    }

    /// A parameter or a header.
    fn value(&mut self, kind: Kind, side: Side, pair: Pair<'a>) {
        let Some(pair) = self.enter(kind, side, pair) else {
            return;
        };
        self.keywords(kind, side, &pair);
        self.schema_below(side, &pair, "schema");
        for (media, presence) in self.entries(side, &pair, "content", media_type) {
            match presence {
                Presence::Both(pair) => self.media_type(side, pair),
                // The one type of a parameter: another one is another way to write the value.
                Presence::Added(new) => {
                    let what = format!("media type `{media}`");
                    self.added(side, Effect::Different, &new, &what);
                }
                Presence::Removed(old) => {
                    let what = format!("media type `{media}`");
                    self.removed(side, Effect::Different, &old, &what);
                }
            }
        }
    }

    fn request_body(&mut self, pair: &Pair<'a>, side: Side) {
        let key = "requestBody";
        match Presence::of(pair.old.get(key), pair.new.get(key)) {
            Some(Presence::Both(pair)) => {
                if let Some(pair) = self.enter(Kind::RequestBody, side, pair) {
                    self.keywords(Kind::RequestBody, side, &pair);
                    self.content(side, &pair);
                }
            }
            Some(Presence::Added(new)) => self.demand(side, self.new, &new, "body"),
            Some(Presence::Removed(old)) => self.removed(side, Effect::Different, &old, "body"),
            None => {}
        }
    }

    fn responses(&mut self, pair: &Pair<'a>, side: Side) {
        let lists = (pair.old.get("responses"), pair.new.get("responses"));
        for (status, presence) in self.entries(side, pair, "responses", str::to_uppercase) {
            let what = format!("status `{status}`");
            match presence {
                _ if status.starts_with("X-") => self.extension(&status, &presence),
                Presence::Both(pair) => self.response(side, pair),
                Presence::Added(new) => match covering(lists.0.as_ref(), &status) {
                    Some(old) => {
                        let how = format!("{what}, described by `{}` before,", last(&old));
                        self.added(side, Effect::News, &new, &how);
                        self.response(side, Pair { old, new });
                    }
                    // Callers meet errors of any status anyway; a success that they do not know
                    // they take for something else.
                    None if is_error(&status) => self.added(side, Effect::News, &new, &what),
                    None => self.added(side, Effect::Wider, &new, &what),
                },
                Presence::Removed(old) => match covering(lists.1.as_ref(), &status) {
                    Some(new) => {
                        let how = format!("{what}, described by `{}` now,", last(&new));
                        self.removed(side, Effect::News, &old, &how);
                        self.response(side, Pair { old, new });
                    }
                    // The service may still answer so, but nothing is said of the body any more.
                    None => self.removed(side, Effect::Different, &old, &what),
                },
            }
        }
    }

    fn response(&mut self, side: Side, pair: Pair<'a>) {
        let Some(pair) = self.enter(Kind::Response, side, pair) else {
            return;
        };
        self.keywords(Kind::Response, side, &pair);
        self.headers(side, &pair);
        self.content(side, &pair);
    }

    fn headers(&mut self, side: Side, pair: &Pair<'a>) {
        for (name, presence) in self.entries(side, pair, "headers", str::to_lowercase) {
            let what = format!("header `{name}`");
            match presence {
                Presence::Both(pair) => self.value(Kind::Header, side, pair),
                Presence::Added(new) => self.demand(side, self.new, &new, &what),
                Presence::Removed(old) => self.removed(side, Effect::Different, &old, &what),
            }
        }
    }

    fn content(&mut self, side: Side, pair: &Pair<'a>) {
        for (media, presence) in self.entries(side, pair, "content", media_type) {
            let what = format!("media type `{media}`");
            match presence {
                Presence::Both(pair) => self.media_type(side, pair),
                Presence::Added(new) => self.added(side, Effect::News, &new, &what),
                Presence::Removed(old) => self.removed(side, Effect::Different, &old, &what),
            }
        }
    }

    fn media_type(&mut self, side: Side, pair: Pair<'a>) {
        let Some(pair) = self.enter(Kind::MediaType, side, pair) else {
            return;
        };
        self.keywords(Kind::MediaType, side, &pair);
        self.schema_below(side, &pair, "schema");
        for (name, presence) in self.entries(side, &pair, "encoding", str::to_owned) {
            let what = format!("encoding of `{name}`");
            match presence {
                Presence::Both(pair) => {
                    if let Some(pair) = self.enter(Kind::Encoding, side, pair) {
                        self.keywords(Kind::Encoding, side, &pair);
                        self.headers(side, &pair);
                    }
                }
                Presence::Added(new) => self.added(side, Effect::Different, &new, &what),
                Presence::Removed(old) => self.removed(side, Effect::Different, &old, &what),
            }
        }
    }
}

/// What tells a parameter from others.
fn parameter_name<'a>(document: &'a Value, site: &Site<'a>) -> String {
    let resolved = site.clone().resolve(document).site;
    let (place, name) = (resolved.text("in"), resolved.text("name"));
    if name.is_empty() {
        // Malformed, or a reference that leads nowhere: told apart by what it says.
        return resolved.value.to_string();
    }
    match place {
        "header" => format!("`{}` in header", name.to_lowercase()),
        _ => format!("`{name}` in {place}"),
    }
}

/// `Application/JSON; charset=utf-8` is `application/json;charset=utf-8`.
fn media_type(name: &str) -> String {
    let plain = name.chars().filter(|character| !character.is_whitespace());
    plain.collect::<String>().to_lowercase()
}

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5']) || status == "DEFAULT"
}

/// The response that describes `status` where it has none of its own: its range or the default.
fn covering<'a>(responses: Option<&Site<'a>>, status: &str) -> Option<Site<'a>> {
    let responses = responses?.members();
    let range = status.chars().next().map(|digit| format!("{digit}XX"));
    let names = [range.unwrap_or_default(), "DEFAULT".to_owned()];
    let others = names.iter().filter(|name| *name != status);
    let mut found = others.filter_map(|wanted| {
        let mut responses = responses.iter();
        responses.find(|(name, _)| name.to_uppercase() == *wanted)
    });
    found.next().map(|(_, site)| site.clone())
}

fn last<'s>(site: &'s Site<'_>) -> &'s str {
    site.pointer.rsplit('/').next().unwrap_or_default()
}
