//! The contract as a tree of values that can be walked, pointed into and rewritten.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Operations that a path item can hold.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Keywords by which a schema is made of others that describe the very same value.
pub(crate) const COMPOSITIONS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

const SCHEMAS: &str = "/components/schemas";

/// More `allOf` of one schema around another than anybody writes.
const MAX_WRAPPERS: usize = 16;

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
        return Err(Error::new(
            "",
            "not an OpenAPI document: the top level is not an object",
        ));
    }
    Ok(value)
}

/// `pointer` with one more step.
pub(crate) fn join(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// The pointer that a local `$ref` stands for.
pub(crate) fn ref_pointer(reference: &str) -> Option<&str> {
    reference
        .strip_prefix('#')
        .filter(|pointer| pointer.starts_with('/'))
}

/// The name of the component schema that `schema` refers to, if it is a plain reference.
pub(crate) fn schema_ref(schema: &Value) -> Option<&str> {
    named_by(schema.as_object()?)
}

/// The name of the component schema that a reference names.
pub(crate) fn named_by(reference: &Object) -> Option<&str> {
    let pointer = ref_pointer(reference.get("$ref")?.as_str()?)?;
    pointer
        .strip_prefix(SCHEMAS)?
        .strip_prefix('/')
        .filter(|name| !name.contains('/'))
}

/// A reference to the component schema `name`.
pub(crate) fn schema_ref_to(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#{SCHEMAS}/{name}") })
}

/// The component schemas, or nothing where there are none.
pub(crate) fn schemas(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    document
        .pointer(SCHEMAS)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name.as_str(), schema))
}

/// The component schemas, for adding to and rewriting.
pub(crate) fn schemas_mut(document: &mut Value) -> Option<&mut Object> {
    document
        .as_object_mut()?
        .entry("components")
        .or_insert_with(|| Value::Object(Object::new()))
        .as_object_mut()?
        .entry("schemas")
        .or_insert_with(|| Value::Object(Object::new()))
        .as_object_mut()
}

/// `value`, or what it refers to, with the pointer at which that stands.
pub(crate) fn resolve<'a>(
    document: &'a Value,
    mut pointer: String,
    mut value: &'a Value,
) -> Result<(String, &'a Value)> {
    let mut seen = BTreeSet::new();
    while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
        let Some(target) = ref_pointer(reference) else {
            return Err(Error::new(
                join(&pointer, "$ref"),
                format!("`{reference}` is not inside this document"),
            ));
        };
        if !seen.insert(target) {
            return Err(Error::new(join(&pointer, "$ref"), "a circle of references"));
        }
        value = document.pointer(target).ok_or_else(|| {
            Error::new(
                join(&pointer, "$ref"),
                format!("`{reference}` points to nothing"),
            )
        })?;
        pointer = target.to_owned();
    }
    Ok((pointer, value))
}

/// `schema`, or what it stands for: references and an `allOf` of one schema are followed.
pub(crate) fn resolve_schema<'a>(
    document: &'a Value,
    pointer: String,
    schema: &'a Value,
) -> Result<(String, &'a Value)> {
    let (mut at, mut schema) = resolve(document, pointer, schema)?;
    // Bounded, since a schema can be an `allOf` of itself.
    for _ in 0..MAX_WRAPPERS {
        let Some([only]) = schema
            .get("allOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        else {
            break;
        };
        (at, schema) = resolve(document, join(&join(&at, "allOf"), "0"), only)?;
    }
    Ok((at, schema))
}

/// An operation of the contract.
pub(crate) struct Operation<'a> {
    pub(crate) pointer: String,
    pub(crate) path: &'a str,
    pub(crate) value: &'a Value,
    /// The path item that holds it.
    item: &'a Value,
}

/// Every operation, in the order of the document.
pub(crate) fn operations(document: &Value) -> Vec<Operation<'_>> {
    let Some(paths) = document.get("paths").and_then(Value::as_object) else {
        return Vec::new();
    };
    paths
        .iter()
        .flat_map(|(path, item)| {
            let pointer = join("/paths", path);
            METHODS.iter().filter_map(move |method| {
                Some(Operation {
                    pointer: join(&pointer, method),
                    path,
                    value: item.get(*method)?,
                    item,
                })
            })
        })
        .collect()
}

impl<'a> Operation<'a> {
    /// The operation's id; empty where it has none, which the lint refuses.
    pub(crate) fn id(&self) -> &'a str {
        text(self.value, "operationId")
    }

    /// The parameters with which the operation is called: its own, and those of its path that it
    /// does not override. References are followed.
    pub(crate) fn parameters(&self, document: &'a Value) -> Result<Vec<Parameter<'a>>> {
        let lists = [
            (&self.pointer, self.value, self.id()),
            (&join("/paths", self.path), self.item, self.path),
        ];
        let mut found: Vec<Parameter<'a>> = Vec::new();
        for (pointer, holder, owner) in lists {
            let overrides = found.len();
            let list = holder.get("parameters").and_then(Value::as_array);
            for (index, value) in list.into_iter().flatten().enumerate() {
                let at = join(&join(pointer, "parameters"), &index.to_string());
                let (pointer, value) = resolve(document, at, value)?;
                let parameter = Parameter {
                    pointer,
                    value,
                    owner: owner.to_owned(),
                };
                let overridden = found[..overrides]
                    .iter()
                    .any(|own| own.name() == parameter.name() && own.place() == parameter.place());
                if !overridden {
                    found.push(parameter);
                }
            }
        }
        Ok(found)
    }
}

/// A parameter that is written out.
pub(crate) struct Parameter<'a> {
    pub(crate) pointer: String,
    pub(crate) value: &'a Value,
    /// The operation or the path that lists it.
    pub(crate) owner: String,
}

impl<'a> Parameter<'a> {
    /// Its name; empty where it has none, which the lint refuses.
    pub(crate) fn name(&self) -> &'a str {
        text(self.value, "name")
    }

    /// Where it goes: `query`, `path`, `header`.
    pub(crate) fn place(&self) -> &'a str {
        text(self.value, "in")
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Every parameter of every operation, each once.
pub(crate) fn parameters(document: &Value) -> Result<Vec<Parameter<'_>>> {
    let mut found: Vec<Parameter<'_>> = Vec::new();
    for operation in operations(document) {
        for parameter in operation.parameters(document)? {
            if found.iter().all(|known| known.pointer != parameter.pointer) {
                found.push(parameter);
            }
        }
    }
    Ok(found)
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

/// Visits `value` and everything below it that is not plain data, parents first.
pub(crate) fn walk<'a>(
    pointer: &str,
    role: Role,
    value: &'a Value,
    visit: &mut impl FnMut(&str, Role, &'a Value) -> Result<()>,
) -> Result<()> {
    visit(pointer, role, value)?;
    match value {
        Value::Object(members) => members.iter().try_for_each(|(key, member)| {
            role.below(key).map_or(Ok(()), |role| {
                walk(&join(pointer, key), role, member, visit)
            })
        }),
        Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            walk(
                &join(pointer, &index.to_string()),
                role.of_items(),
                item,
                visit,
            )
        }),
        _ => Ok(()),
    }
}

/// Rewrites every schema at or below `value`, children first.
pub(crate) fn rewrite_schemas(
    role: Role,
    value: &mut Value,
    rewrite: &mut impl FnMut(&mut Object),
) {
    match value {
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                if let Some(role) = role.below(key) {
                    rewrite_schemas(role, member, rewrite);
                }
            }
            if role == Role::Schema {
                rewrite(members);
            }
        }
        Value::Array(items) => {
            items
                .iter_mut()
                .for_each(|item| rewrite_schemas(role.of_items(), item, rewrite));
        }
        _ => {}
    }
}

/// The names of all component schemas that can be reached from the places `from`.
pub(crate) fn reachable_schemas(document: &Value, from: Vec<(Role, &Value)>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut open = from;
    while let Some((role, value)) = open.pop() {
        let visited = walk("", role, value, &mut |_, role, place| {
            if let Some(pointer) = place
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(ref_pointer)
                && seen.insert(pointer.to_owned())
            {
                names.extend(schema_ref(place).map(str::to_owned));
                open.extend(document.pointer(pointer).map(|target| (role, target)));
            }
            Ok(())
        });
        debug_assert!(visited.is_ok(), "the visitor never refuses");
    }
    names
}
