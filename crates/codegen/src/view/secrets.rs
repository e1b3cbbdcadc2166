//! Secrets masked.
//!
//! Every generated type derives a plain `Debug`. A string marked `x-secret: true` (all of it is
//! secret) or `x-secret: url-query` (the query of a URL is) gets a type that shows itself masked
//! and travels unmasked. A component keeps its name; strings marked in place share one type.

use serde_json::{Value, json};

use super::{Replacement, View, types_path};
use crate::document::{self, Object, Role, join, schema_ref_to};
use crate::emit::{self, Secret};
use crate::error::Result;
use crate::names::pascal;

/// The mark in the contract.
pub(crate) const MARK: &str = "x-secret";

/// The name of the type that strings marked in place share.
fn shared_name(secret: Secret) -> &'static str {
    match secret {
        Secret::Whole => "SecretString",
        Secret::UrlQuery => "SecretUrl",
    }
}

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    let components: Vec<(String, Value, Secret)> = document::schemas(&view.document)
        .filter_map(|(name, schema)| {
            Some((
                name.to_owned(),
                schema.clone(),
                Secret::of_mark(schema.get(MARK)?)?,
            ))
        })
        .collect();
    for (name, schema, secret) in components {
        let pointer = join("/components/schemas", &name);
        let description = schema
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let definition = emit::secret(&pascal(&name), description, secret);
        let rust_type = types_path(&pascal(&name));
        view.replace(
            &pointer,
            &name,
            Replacement {
                rust_type,
                definition: Some(definition),
            },
        )?;
    }

    let mut used = Vec::new();
    let names: Vec<String> = document::schemas(&view.document)
        .map(|(name, _)| name.to_owned())
        .collect();
    for name in names {
        let pointer = join("/components/schemas", &name);
        if let Some(schema) = view.document.pointer_mut(&pointer) {
            // The component itself has been dealt with; only what stands below it is marked in place.
            let mark = schema
                .as_object_mut()
                .and_then(|schema| schema.shift_remove(MARK));
            hoist(Role::Schema, schema, &mut used);
            if let (Some(mark), Some(schema)) = (mark, schema.as_object_mut()) {
                schema.insert(MARK.to_owned(), mark);
            }
        }
    }
    if let Some(paths) = view.document.get_mut("paths") {
        hoist(Role::NodesByName, paths, &mut used);
    }
    for part in ["parameters", "responses", "requestBodies", "headers"] {
        if let Some(part) = view.document.pointer_mut(&format!("/components/{part}")) {
            hoist(Role::NodesByName, part, &mut used);
        }
    }
    for secret in used {
        let name = shared_name(secret);
        let pointer = "/components/schemas";
        view.add_schema(
            pointer,
            name,
            json!({ "type": "string", MARK: secret.mark() }),
        )?;
        let definition = Some(emit::secret(name, secret.shared_description(), secret));
        view.replace(
            pointer,
            name,
            Replacement {
                rust_type: types_path(name),
                definition,
            },
        )?;
    }
    Ok(())
}

/// Turns each string that is marked at or below `value` into a reference to the shared type.
fn hoist(role: Role, value: &mut Value, used: &mut Vec<Secret>) {
    document::rewrite_schemas(role, value, &mut |schema| {
        let Some(secret) = schema.get(MARK).and_then(Secret::of_mark) else {
            return;
        };
        if !used.contains(&secret) {
            used.push(secret);
        }
        let mut hoisted = Object::new();
        for keyword in ["description", "nullable"] {
            hoisted.extend(
                schema
                    .shift_remove(keyword)
                    .map(|kept| (keyword.to_owned(), kept)),
            );
        }
        hoisted.insert(
            "allOf".to_owned(),
            json!([schema_ref_to(shared_name(secret))]),
        );
        *schema = hoisted;
    });
}
