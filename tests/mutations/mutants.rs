//! Changes of a contract, each of which makes it wrong. Annotations are left alone: a description,
//! an example or a title promises nothing.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::checks::{join, schemas};

/// A wrong contract.
pub(super) struct Mutant {
    /// The place and the change.
    pub(super) name: String,
    pub(super) document: Value,
}

/// Every mutant of a contract, each once.
pub(super) fn of(document: &Value) -> Vec<Mutant> {
    let mut mutants = Mutants {
        right: document,
        seen: HashSet::from([document.clone()]),
        found: Vec::new(),
    };
    mutants.of_servers();
    mutants.of_security();
    mutants.of_operations();
    mutants.of_headers();
    for (place, _) in schemas(document) {
        mutants.of_schema(&place.pointer, place.of_text);
    }
    mutants.of_references();
    mutants.found
}

struct Mutants<'a> {
    right: &'a Value,
    /// The documents of all below, and the right one.
    seen: HashSet<Value>,
    found: Vec<Mutant>,
}

/// What becomes of a place.
enum Change {
    Set(Value),
    TakeAway,
    /// The key gets another name, in its place.
    Rename(String),
    /// One more item of a list.
    Add(Value),
}

impl Mutants<'_> {
    fn change(&mut self, pointer: &str, change: Change) {
        self.changes(pointer, vec![(pointer.to_owned(), change)]);
    }

    fn set(&mut self, pointer: &str, value: Value) {
        self.change(pointer, Change::Set(value));
    }

    fn take_away(&mut self, pointer: &str) {
        self.change(pointer, Change::TakeAway);
    }

    /// One mutant of several changes, named after the first.
    fn changes(&mut self, pointer: &str, changes: Vec<(String, Change)>) {
        let mut document = self.right.clone();
        let mut name = String::new();
        for (at, change) in changes {
            if name.is_empty() {
                name = format!("{pointer}: {}", describe(&change));
            }
            apply(&mut document, &at, change);
        }
        if self.seen.insert(document.clone()) {
            self.found.push(Mutant { name, document });
        }
    }

    fn items(&self, pointer: &str) -> Vec<Value> {
        self.right
            .pointer(pointer)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    }

    fn members(&self, pointer: &str) -> Map<String, Value> {
        self.right
            .pointer(pointer)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    }

    fn of_servers(&mut self) {
        for (index, server) in self.items("/servers").iter().enumerate() {
            let at = join("/servers", &index.to_string());
            self.take_away(&at);
            let url = server["url"].as_str().unwrap_or_default();
            for other in [
                url.replace("https", "http"),
                url.replace("aliyuncs", "aliyun"),
                url.replace("/compatible-mode/v1", "/api/v1"),
                format!("{url}/"),
                url.replace("{workspace_id}", "{workspace}"),
            ] {
                self.set(&join(&at, "url"), other.into());
            }
        }
        self.change(
            "/servers",
            Change::Add(json!({ "url": "https://dashscope-us.aliyuncs.com/compatible-mode/v1" })),
        );
        self.take_away("/servers");
    }

    fn of_security(&mut self) {
        self.take_away("/security");
        self.set("/security", json!([]));
        self.change("/security", Change::Add(json!({})));
        for name in self.members("/components/securitySchemes").keys() {
            let at = join("/components/securitySchemes", name);
            self.take_away(&at);
            self.set(&join(&at, "scheme"), "basic".into());
            self.set(
                &at,
                json!({ "type": "apiKey", "in": "query", "name": "key" }),
            );
        }
    }

    fn of_operations(&mut self) {
        for (path, item) in self.members("/paths") {
            let at_path = join("/paths", &path);
            self.change(&at_path, Change::Rename(format!("{path}/all")));
            for method in item.as_object().into_iter().flat_map(Map::keys) {
                let at = join(&at_path, method);
                self.change(&at, Change::Rename("post".to_owned()));
                self.set(&join(&at, "operationId"), "list_jobs".into());
                self.set(&join(&at, "security"), json!([]));
                self.of_parameters(&join(&at, "parameters"));
                self.of_responses(&join(&at, "responses"));
            }
        }
    }

    fn of_parameters(&mut self, list: &str) {
        let unknown = json!({ "name": "page", "in": "query", "required": true, "schema": { "type": "integer" } });
        self.change(list, Change::Add(unknown));
        for (index, parameter) in self.items(list).iter().enumerate() {
            let at = join(list, &index.to_string());
            self.take_away(&at);
            let name = parameter["name"].as_str().unwrap_or_default();
            self.set(&join(&at, "name"), format!("{name}_other").into());
            self.set(
                &join(&at, "required"),
                (parameter["required"] != true).into(),
            );
            self.set(&join(&at, "in"), "header".into());
            if parameter.get("style").is_some() {
                for style in ["pipeDelimited", "spaceDelimited"] {
                    self.set(&join(&at, "style"), style.into());
                }
            }
            if parameter.get("explode").is_some() {
                self.set(&join(&at, "explode"), true.into());
            }
            let next = join(list, &((index + 1) % self.items(list).len()).to_string());
            let schema = self
                .right
                .pointer(&join(&next, "schema"))
                .cloned()
                .unwrap_or_default();
            self.set(&join(&at, "schema"), schema);
        }
    }

    fn of_responses(&mut self, list: &str) {
        for (status, response) in self.members(list) {
            let at = join(list, &status);
            self.take_away(&at);
            self.change(&at, Change::Rename("418".to_owned()));
            self.change(&at, Change::Rename(format!("{}XX", &status[..1])));
            if response.get("$ref").is_none() {
                self.of_response(&at);
            }
        }
        self.set(
            &join(list, "default"),
            json!({ "description": "Anything." }),
        );
        self.set(&join(list, "202"), json!({ "description": "Accepted." }));
        for name in self.members("/components/responses").keys() {
            self.of_response(&join("/components/responses", name));
        }
    }

    fn of_response(&mut self, at: &str) {
        self.take_away(&join(at, "content"));
        self.take_away(&join(at, "headers"));
        for name in self.members(&join(at, "headers")).keys() {
            self.change(
                &join(&join(at, "headers"), name),
                Change::Rename(format!("{name}-other")),
            );
        }
        for name in self.members(&join(at, "content")).keys() {
            let at = join(&join(at, "content"), name);
            self.change(&at, Change::Rename("text/html".to_owned()));
            self.take_away(&join(&at, "schema"));
        }
    }

    fn of_headers(&mut self) {
        for (name, header) in self.members("/components/headers") {
            let at = join("/components/headers", &name);
            self.set(&join(&at, "required"), (header["required"] != true).into());
        }
    }

    fn of_schema(&mut self, at: &str, of_text: bool) {
        let schema = self.members(at);
        self.of_type(at, &schema, of_text);
        self.of_keys(at, &schema);
        self.of_values(at, &schema);
        self.of_bounds(at, &schema, of_text);
        self.of_shapes(at, &schema);
    }

    fn of_type(&mut self, at: &str, schema: &Map<String, Value>, of_text: bool) {
        let Some(kind) = schema.get("type").and_then(Value::as_str) else {
            return;
        };
        let others: &[&str] = match kind {
            "string" => &["integer", "boolean"],
            "integer" => &["string", "number"],
            "boolean" => &["string"],
            _ => &["string", "integer"],
        };
        for other in others {
            self.set(&join(at, "type"), (*other).into());
        }
        // No text is null.
        if !of_text {
            match schema.get("nullable") {
                Some(_) => self.take_away(&join(at, "nullable")),
                None => self.set(&join(at, "nullable"), true.into()),
            }
        }
        match schema.get("format").and_then(Value::as_str) {
            Some("int64") => self.set(&join(at, "format"), "int32".into()),
            Some("int32") => self.set(&join(at, "format"), "int64".into()),
            _ => {}
        }
        if schema.contains_key("format") {
            self.take_away(&join(at, "format"));
        }
    }

    fn of_keys(&mut self, at: &str, schema: &Map<String, Value>) {
        let properties = join(at, "properties");
        let names: Vec<String> = self.members(&properties).keys().cloned().collect();
        let required = self.items(&join(at, "required"));
        // A list of required keys is never empty.
        let at_required = |index: usize| match required.len() {
            1 => join(at, "required"),
            _ => join(&join(at, "required"), &index.to_string()),
        };
        for (index, name) in names.iter().enumerate() {
            let property = join(&properties, name);
            let other = format!("{name}_other");
            let mut drop = vec![(property.clone(), Change::TakeAway)];
            let mut rename = vec![(property.clone(), Change::Rename(other.clone()))];
            match required.iter().position(|it| it == name) {
                Some(place) => {
                    self.take_away(&at_required(place));
                    drop.push((at_required(place), Change::TakeAway));
                    let place = join(&join(at, "required"), &place.to_string());
                    rename.push((place, Change::Set(other.into())));
                }
                None if required.is_empty() => self.set(&join(at, "required"), json!([name])),
                None => self.changes(
                    &format!("{property} (required)"),
                    vec![(join(at, "required"), Change::Add(name.as_str().into()))],
                ),
            }
            self.changes(&property, drop);
            self.changes(&property, rename);
            let next = &names[(index + 1) % names.len()];
            let swapped = self
                .right
                .pointer(&join(&properties, next))
                .cloned()
                .unwrap_or_default();
            let same = self.right.pointer(&property).map(rules) == Some(rules(&swapped));
            if !same {
                self.set(&property, swapped);
            }
        }
        let additional = join(at, "additionalProperties");
        match schema.get("additionalProperties") {
            Some(_) => {
                self.take_away(&additional);
                self.set(&additional, true.into());
                self.set(&additional, false.into());
            }
            None if !names.is_empty() => self.set(&additional, false.into()),
            None => {}
        }
    }

    fn of_values(&mut self, at: &str, schema: &Map<String, Value>) {
        let list = join(at, "enum");
        let values = self.items(&list);
        for (index, value) in values.iter().enumerate() {
            let value_at = join(&list, &index.to_string());
            if values.len() > 1 {
                self.take_away(&value_at);
            }
            let renamed = format!("{}_other", value.as_str().unwrap_or_default());
            self.set(&value_at, renamed.into());
        }
        if !values.is_empty() {
            self.change(&list, Change::Add("paused".into()));
            self.take_away(&list);
            let extension = join(at, "x-open-enum");
            match schema.get("x-open-enum") {
                Some(_) => self.take_away(&extension),
                None => self.set(&extension, true.into()),
            }
        }
        if schema.get("x-identity").is_some() {
            self.take_away(&join(at, "x-identity"));
        }
        if let Some(extension) = schema.get("x-secret") {
            let at = join(at, "x-secret");
            self.take_away(&at);
            self.set(
                &at,
                if *extension == true {
                    "url-query".into()
                } else {
                    true.into()
                },
            );
        }
    }

    fn of_bounds(&mut self, at: &str, schema: &Map<String, Value>, of_text: bool) {
        for word in [
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "default",
        ] {
            if let Some(value) = schema.get(word).and_then(Value::as_i64) {
                let word = join(at, word);
                self.take_away(&word);
                self.set(&word, (value + 1).into());
                self.set(&word, (value - 1).into());
            }
        }
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
            let word = join(at, "pattern");
            self.take_away(&word);
            let changed = [
                pattern.trim_start_matches('^').to_owned(),
                pattern.trim_end_matches('$').to_owned(),
                pattern.replace("{14}", "{13,14}"),
                pattern.replace("{14}", "+"),
                pattern.replace("[1-9]", "[0-9]"),
                pattern.replace("[hd]", "[hdm]"),
                pattern.replace("[hd]", "h"),
                pattern.replace("[0-9]*", ""),
                pattern.replace("[0-9]", "[0-5]"),
            ];
            for changed in changed {
                self.set(&word, changed.into());
            }
        }
        // Bounds where there are none. What is listed is bound by its list.
        let is_bound = |words: &[&str]| words.iter().any(|word| schema.contains_key(*word));
        let nested = at.ends_with("/items") || at.ends_with("/additionalProperties");
        match schema.get("type").and_then(Value::as_str) {
            Some("string") if !nested && !is_bound(&["maxLength", "pattern", "enum"]) => {
                self.set(&join(at, "maxLength"), 6.into());
                self.set(&join(at, "pattern"), "^[0-9]+$".into());
            }
            Some("integer") if !is_bound(&["minimum"]) => {
                self.set(&join(at, "minimum"), 1_900_000_000.into());
            }
            Some("array") if !of_text => self.set(&join(at, "maxItems"), 1.into()),
            _ => {}
        }
    }

    fn of_shapes(&mut self, at: &str, schema: &Map<String, Value>) {
        for word in ["oneOf", "anyOf", "allOf"] {
            let list = join(at, word);
            for index in 0..self.items(&list).len() {
                self.take_away(&join(&list, &index.to_string()));
            }
            for other in ["oneOf", "anyOf", "allOf"] {
                if schema.contains_key(word) && other != word {
                    self.change(&list, Change::Rename(other.to_owned()));
                }
            }
        }
    }

    /// Each reference to a schema leads to another schema.
    fn of_references(&mut self) {
        let names: Vec<String> = self
            .members("/components/schemas")
            .keys()
            .cloned()
            .collect();
        let mut references = Vec::new();
        find_references("", self.right, &mut references);
        for (at, name) in references {
            let place = names
                .iter()
                .position(|known| *known == name)
                .unwrap_or_default();
            for step in [1, names.len() - 1] {
                let other = &names[(place + step) % names.len()];
                self.set(&at, format!("#/components/schemas/{other}").into());
            }
        }
    }
}

fn find_references(pointer: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let at = join(pointer, key);
                let target = member
                    .as_str()
                    .and_then(|it| it.strip_prefix("#/components/schemas/"));
                match target.filter(|_| key == "$ref") {
                    Some(name) => found.push((at, name.to_owned())),
                    None => find_references(&at, member, found),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_references(&join(pointer, &index.to_string()), item, found);
            }
        }
        _ => {}
    }
}

/// A schema without its annotations.
fn rules(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(words) = schema.as_object_mut() {
        words.retain(|word, _| word != "description" && word != "example");
    }
    schema
}

fn apply(document: &mut Value, pointer: &str, change: Change) {
    if let Change::Add(item) = change {
        let list = document.pointer_mut(pointer).and_then(Value::as_array_mut);
        return list.expect("a list in the contract").push(item);
    }
    let (parent, key) = pointer.rsplit_once('/').expect("a place below the top");
    let key = key.replace("~1", "/").replace("~0", "~");
    let parent = document
        .pointer_mut(parent)
        .expect("a place in the contract");
    match (parent, change) {
        (Value::Object(members), Change::Set(value)) => drop(members.insert(key, value)),
        (Value::Object(members), Change::TakeAway) => drop(members.shift_remove(&key)),
        (Value::Object(members), Change::Rename(name)) => {
            let renamed = std::mem::take(members).into_iter();
            *members = renamed
                .map(|(old, value)| (if old == key { name.clone() } else { old }, value))
                .collect();
        }
        (Value::Array(items), Change::Set(value)) => items[index(&key)] = value,
        (Value::Array(items), Change::TakeAway) => drop(items.remove(index(&key))),
        _ => panic!("{pointer}: not a change of this place"),
    }
}

fn index(key: &str) -> usize {
    key.parse().expect("an index")
}

fn describe(change: &Change) -> String {
    match change {
        Change::Set(Value::String(text)) => text.clone(),
        Change::Set(value) => value.to_string(),
        Change::TakeAway => "taken away".to_owned(),
        Change::Rename(name) => format!("called {name}"),
        Change::Add(value) => format!("and {value}"),
    }
}
