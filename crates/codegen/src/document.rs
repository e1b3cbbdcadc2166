//! The contract as a tree of values that can be walked, pointed into and rewritten.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Operations that a path item can hold.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

const SCHEMAS: &str = "/components/schemas";

/// More references in a row than anybody writes.
const MAX_REFERENCES: usize = 16;

/// A JSON object, in the order in which it was written.
pub(crate) type Object = Map<String, Value>;

/// Reads the text of a contract.
pub(crate) fn parse(text: &str) -> Result<Value> {
    let unreadable =
        |error: serde_norway::Error| Error::new("", format!("not readable as YAML: {error}"));
    // Of two equal keys JSON takes the last one in silence; YAML refuses them.
    serde_norway::from_str::<serde_norway::Value>(text).map_err(unreadable)?;
    let value: Value = serde_norway::from_str(text).map_err(unreadable)?;
    if !value.is_object() {
        return Err(Error::new("", "the top level is not an object"));
    }
    Ok(value)
}

/// `pointer` with one more step.
pub(crate) fn join(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// The component schema that stands at `pointer`, by name; nothing for any other place.
pub(crate) fn component_at(pointer: &str) -> Option<&str> {
    let name = pointer.strip_prefix(SCHEMAS)?.strip_prefix('/')?;
    (!name.contains('/')).then_some(name)
}

/// The name of the component schema that `schema` refers to.
pub(crate) fn schema_ref(schema: &Value) -> Option<&str> {
    component_at(schema.get("$ref")?.as_str()?.strip_prefix('#')?)
}

/// A reference to the component schema `name`.
pub(crate) fn schema_ref_to(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#{SCHEMAS}/{name}") })
}

/// The pointer of the component schema `name`.
pub(crate) fn schema_pointer(name: &str) -> String {
    join(SCHEMAS, name)
}

/// The members of the object at `pointer`; none where there is no object.
pub(crate) fn members<'a>(
    document: &'a Value,
    pointer: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let object = document.pointer(pointer).and_then(Value::as_object);
    let members = object.into_iter().flatten();
    members.map(|(name, member)| (name.as_str(), member))
}

/// The component schemas.
pub(crate) fn schemas(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    members(document, SCHEMAS)
}

/// Adds a component schema under a name that no other has.
pub(crate) fn add_schema(document: &mut Value, name: &str, schema: Value) -> Result<()> {
    let schemas = document.pointer_mut(SCHEMAS).and_then(Value::as_object_mut);
    let schemas = schemas.ok_or_else(|| Error::new(SCHEMAS, "missing"))?;
    match schemas.insert(name.to_owned(), schema) {
        None => Ok(()),
        Some(_) => Err(Error::new(
            schema_pointer(name),
            "a generated type takes this name; rename the schema",
        )),
    }
}

/// What stands at `pointer`, or what it refers to, with the pointer of that.
pub(crate) fn resolve<'a>(document: &'a Value, pointer: &str) -> Result<(String, &'a Value)> {
    let mut at = pointer.to_owned();
    for _ in 0..MAX_REFERENCES {
        let value = document
            .pointer(&at)
            .ok_or_else(|| Error::new(&at, "nothing stands here"))?;
        match value.get("$ref").and_then(Value::as_str) {
            None => return Ok((at, value)),
            Some(reference) => match reference.strip_prefix('#') {
                Some(target) => at = target.to_owned(),
                None => return Err(Error::new(join(&at, "$ref"), "not inside this document")),
            },
        }
    }
    Err(Error::new(pointer, "a circle of references"))
}

/// An operation of the contract.
pub(crate) struct Operation<'a> {
    pub(crate) pointer: String,
    /// Its path, with the names of its parameters in braces.
    pub(crate) path: &'a str,
    /// Its id; empty where it has none, which the generator refuses.
    pub(crate) id: &'a str,
}

/// Every operation, in the order of the document.
pub(crate) fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = members(document, "/paths");
    let operations = paths.flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| {
            Some(Operation {
                pointer: join(&join("/paths", path), method),
                path,
                id: text(item.get(*method)?, "operationId"),
            })
        })
    });
    operations.collect()
}

/// A parameter that is written out.
pub(crate) struct Parameter<'a> {
    pub(crate) pointer: String,
    pub(crate) value: &'a Value,
    /// The id of the operation that lists it.
    pub(crate) operation: &'a str,
}

impl<'a> Parameter<'a> {
    pub(crate) fn name(&self) -> &'a str {
        text(self.value, "name")
    }

    /// Where it goes: `query`, `path`, `header`.
    pub(crate) fn place(&self) -> &'a str {
        text(self.value, "in")
    }

    /// Its schema and where that stands, references followed.
    pub(crate) fn schema(&self, document: &'a Value) -> Result<(String, &'a Value)> {
        resolve(document, &join(&self.pointer, "schema"))
    }
}

/// Every parameter of every operation, references followed.
pub(crate) fn parameters(document: &Value) -> Result<Vec<Parameter<'_>>> {
    let mut found = Vec::new();
    for operation in operations(document) {
        let list = join(&operation.pointer, "parameters");
        let count = document.pointer(&list).and_then(Value::as_array);
        for index in 0..count.map_or(0, Vec::len) {
            let (pointer, value) = resolve(document, &join(&list, &index.to_string()))?;
            found.push(Parameter {
                pointer,
                value,
                operation: operation.id,
            });
        }
    }
    Ok(found)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// What a place in the document is, which decides how its keys are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// An object of OpenAPI, or a list of such.
    Node,
    /// A schema, or a list of such.
    Schema,
    /// A map whose keys are names that somebody chose, or a list, of objects of OpenAPI.
    NodesByName,
    /// A map whose keys are names that somebody chose, with schemas below them.
    SchemasByName,
}

impl Role {
    /// The role of the items, where the place is a list.
    fn of_items(self) -> Self {
        match self {
            Self::NodesByName => Self::Node,
            Self::SchemasByName => Self::Schema,
            role => role,
        }
    }

    /// The role of what stands under `key`; nothing where that is plain data.
    fn below(self, key: &str) -> Option<Self> {
        match (self, key) {
            (Self::NodesByName, _) => Some(Self::Node),
            (Self::SchemasByName, _) => Some(Self::Schema),
            (Self::Schema, "properties") => Some(Self::SchemasByName),
            (Self::Schema, "items" | "not" | "additionalProperties") => Some(Self::Schema),
            (Self::Schema, "allOf" | "anyOf" | "oneOf") => Some(Self::Schema),
            (Self::Schema, _) => None,
            (Self::Node, "schema") => Some(Self::Schema),
            (Self::Node, "schemas") => Some(Self::SchemasByName),
            (
                Self::Node,
                "paths" | "parameters" | "headers" | "responses" | "content" | "callbacks"
                | "links" | "encoding" | "variables" | "securitySchemes" | "requestBodies",
            ) => Some(Self::NodesByName),
            (Self::Node, "example" | "examples" | "default" | "enum" | "mapping") => None,
            (Self::Node, key) if key.starts_with("x-") => None,
            (Self::Node, _) => Some(Self::Node),
        }
    }
}

/// Every object of the document that is not plain data: where it stands and what it is, parents
/// first.
pub(crate) fn places(document: &Value) -> Vec<(String, Role)> {
    let mut found = Vec::new();
    collect(String::new(), Role::Node, document, &mut found);
    found
}

fn collect(pointer: String, role: Role, value: &Value, found: &mut Vec<(String, Role)>) {
    match value {
        Value::Object(members) => {
            found.push((pointer.clone(), role));
            for (key, member) in members {
                if let Some(role) = role.below(key) {
                    collect(join(&pointer, key), role, member, found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let at = join(&pointer, &index.to_string());
                collect(at, role.of_items(), item, found);
            }
        }
        _ => {}
    }
}

/// The names of the component schemas that a successful response can hold.
pub(crate) fn success_schemas(document: &Value) -> BTreeSet<String> {
    let places = places(document);
    let mut seen = BTreeSet::new();
    let mut open = Vec::new();
    for operation in operations(document) {
        let responses = join(&operation.pointer, "responses");
        let statuses = members(document, &responses).map(|(status, _)| status);
        open.extend(
            statuses
                .filter(|status| status.starts_with('2'))
                .map(|status| join(&responses, status)),
        );
    }
    while let Some(root) = open.pop() {
        let below = places
            .iter()
            .filter(|(pointer, _)| pointer.strip_prefix(&root).is_some_and(is_path));
        for (pointer, _) in below {
            let reference = document.pointer(&join(pointer, "$ref"));
            let target = reference.and_then(|it| it.as_str()?.strip_prefix('#'));
            if let Some(target) = target.filter(|target| seen.insert((*target).to_owned())) {
                open.push(target.to_owned());
            }
        }
    }
    let names = seen.iter().filter_map(|pointer| component_at(pointer));
    names.map(str::to_owned).collect()
}

/// Whether `rest` is what follows a pointer in one to the same place or one below it.
fn is_path(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

/// Rewrites every schema whose pointer passes `wanted`, children first.
pub(crate) fn rewrite_schemas(
    document: &mut Value,
    wanted: impl Fn(&str) -> bool,
    mut rewrite: impl FnMut(&mut Object),
) {
    let places = places(document).into_iter().rev();
    for (pointer, role) in places.filter(|(pointer, _)| wanted(pointer)) {
        if let (Role::Schema, Some(Value::Object(schema))) = (role, document.pointer_mut(&pointer))
        {
            rewrite(schema);
        }
    }
}

/// Whether a schema can be part of a response: it is a component, or stands in a response.
pub(crate) fn is_in_response(pointer: &str) -> bool {
    pointer.starts_with(SCHEMAS) || pointer.contains("/responses/")
}
