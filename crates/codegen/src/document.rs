//! The contract as a tree of values that can be walked, pointed into and rewritten.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Operations that a path item can hold.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

const SCHEMAS: &str = "/components/schemas";

/// A JSON object, in the order in which it was written.
pub(crate) type Object = Map<String, Value>;

/// Reads the text of a contract.
pub(crate) fn parse(text: &str) -> Result<Value> {
    let value: Value = serde_norway::from_str(text)
        .map_err(|error| Error::new("", format!("not readable as YAML: {error}")))?;
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
    let pointer = ref_pointer(schema.get("$ref")?.as_str()?)?;
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

/// An operation of the contract.
pub(crate) struct Operation<'a> {
    pub(crate) pointer: String,
    pub(crate) path: &'a str,
    pub(crate) value: &'a Value,
    /// The path item that holds it.
    pub(crate) item: &'a Value,
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

/// Pointers to every parameter that is written out (references are followed to their target):
/// of operations, of path items, and of the components.
pub(crate) fn parameters(document: &Value) -> Result<Vec<(String, &Value)>> {
    let mut found: Vec<(String, &Value)> = Vec::new();
    let lists = operations(document).into_iter().flat_map(|operation| {
        let item = operation
            .pointer
            .rsplit_once('/')
            .map_or("", |(item, _)| item)
            .to_owned();
        [
            (join(&item, "parameters"), operation.item.get("parameters")),
            (
                join(&operation.pointer, "parameters"),
                operation.value.get("parameters"),
            ),
        ]
    });
    for (pointer, list) in lists {
        for (index, parameter) in list
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            let resolved = resolve(document, join(&pointer, &index.to_string()), parameter)?;
            if found.iter().all(|(known, _)| *known != resolved.0) {
                found.push(resolved);
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
