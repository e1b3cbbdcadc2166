//! The generator view: the contract, rewritten in memory so that progenitor generates the right
//! client from it.
//!
//! The published contract stays honest; what the generator gets wrong about it is mended here, by
//! named rewrites. Each is driven by what the contract says, never by the names of one operation.

mod comma_separated;
mod error_bodies;
mod notes;
mod nullable_references;
mod open_enums;
mod plain_strings;
mod reply_limits;
mod secrets;
mod unknown_fields;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use serde_json::Value;

use crate::document::{self, Role};
use crate::error::{Error, Result};
use crate::names::pascal;

pub(crate) use open_enums::MARK as OPEN_ENUM_MARK;
pub(crate) use secrets::MARK as SECRET_MARK;
pub(crate) use unknown_fields::{EXTRA, EXTRA_PROPERTY};

/// A contract on its way to becoming the view.
pub(crate) struct View {
    /// The document that the generator reads.
    pub(crate) document: Value,
    /// Component schemas (by name) for which a type of ours stands in.
    pub(crate) replacements: BTreeMap<String, Replacement>,
    /// Schemas that replies can hold, by name. Taken before any rewrite hides them.
    reply_schemas: BTreeSet<String>,
}

/// A type of ours that the generated code uses in place of one that it would generate.
pub(crate) struct Replacement {
    /// The type, written so that it means the same in every module of the generated code.
    pub(crate) rust_type: String,
    /// Its definition, if it needs one of its own.
    pub(crate) definition: Option<TokenStream>,
}

/// The path of a type of the generated module `types`, as every generated module can write it.
pub(crate) fn types_path(name: &str) -> String {
    format!("super::types::{name}")
}

/// The rewrites, in the order in which they are applied.
const REWRITES: &[fn(&mut View) -> Result<()>] = &[
    error_bodies::rewrite,
    notes::rewrite,
    plain_strings::rewrite,
    reply_limits::rewrite,
    unknown_fields::rewrite,
    open_enums::rewrite,
    secrets::rewrite,
    comma_separated::rewrite,
    nullable_references::rewrite,
];

/// Derives the view from a contract that has passed the lint.
pub(crate) fn derive(contract: &Value) -> Result<View> {
    let replies = document::operations(contract)
        .into_iter()
        .filter_map(|operation| Some((Role::NodesByName, operation.value.get("responses")?)))
        .collect();
    let mut view = View {
        document: contract.clone(),
        replacements: BTreeMap::new(),
        reply_schemas: document::reachable_schemas(contract, replies),
    };
    REWRITES.iter().try_for_each(|rewrite| rewrite(&mut view))?;
    Ok(view)
}

impl View {
    /// Lets a type of ours stand in for the component schema `name`.
    fn replace(&mut self, pointer: &str, name: &str, replacement: Replacement) -> Result<()> {
        let taken = self
            .replacements
            .keys()
            .find(|known| pascal(known) == pascal(name));
        if let Some(taken) = taken {
            return Err(Error::new(
                pointer,
                format!(
                    "the generated type `{}` is already taken by `{taken}`",
                    pascal(name)
                ),
            ));
        }
        self.replacements.insert(name.to_owned(), replacement);
        Ok(())
    }

    /// Adds a component schema of the view's own.
    fn add_schema(&mut self, pointer: &str, name: &str, schema: Value) -> Result<()> {
        let schemas = document::schemas_mut(&mut self.document)
            .ok_or_else(|| Error::new("/components/schemas", "not an object"))?;
        if let Some(taken) = schemas.keys().find(|known| pascal(known) == pascal(name)) {
            return Err(Error::new(
                pointer,
                format!(
                    "needs a generated type `{name}`, but `#/components/schemas/{taken}` takes \
                     that name; rename the schema"
                ),
            ));
        }
        schemas.insert(name.to_owned(), schema);
        Ok(())
    }

    /// Rewrites every schema that a reply can hold: inline in a response, and in components that
    /// a response reaches.
    fn rewrite_reply_schemas(&mut self, mut rewrite: impl FnMut(&mut document::Object)) {
        let reply_schemas = &self.reply_schemas;
        for (name, schema) in document::schemas_mut(&mut self.document)
            .into_iter()
            .flatten()
        {
            if reply_schemas.contains(name) {
                document::rewrite_schemas(Role::Schema, schema, &mut rewrite);
            }
        }
        let paths = self
            .document
            .get_mut("paths")
            .and_then(Value::as_object_mut);
        for (_, item) in paths.into_iter().flatten() {
            for method in document::METHODS {
                if let Some(responses) = item.pointer_mut(&format!("/{method}/responses")) {
                    document::rewrite_schemas(Role::NodesByName, responses, &mut rewrite);
                }
            }
        }
        if let Some(responses) = self.document.pointer_mut("/components/responses") {
            document::rewrite_schemas(Role::NodesByName, responses, &mut rewrite);
        }
    }
}
