//! References: each leads, without a circle, to a component of the kind that belongs in its place.

use serde_json::Value;

use crate::document::{self, Role, join, resolve, schema_ref};
use crate::error::{Error, Result};

pub(super) fn check(contract: &Value) -> Result<()> {
    document::walk("", Role::Node, contract, &mut |pointer, role, place| {
        // In a map by name, `$ref` is a name.
        if !matches!(role, Role::Node | Role::Schema) {
            return Ok(());
        }
        let Some(reference) = place.get("$ref") else {
            return Ok(());
        };
        let at = join(pointer, "$ref");
        let Some(target) = reference.as_str() else {
            return Err(Error::new(at, "a reference must be a string"));
        };
        if place.get("nullable").is_some() {
            return Err(Error::new(
                join(pointer, "nullable"),
                "ignored beside `$ref`; make the schema that it refers to nullable",
            ));
        }
        resolve(contract, pointer.to_owned(), place)?;
        let fits = match (role, kind(pointer)) {
            (Role::Schema, _) => schema_ref(place).is_some(),
            (_, Some(kind)) => document::ref_pointer(target)
                .and_then(|target| target.strip_prefix(&format!("/components/{kind}/")))
                .is_some_and(|name| !name.contains('/')),
            (_, None) => true,
        };
        if !fits {
            let kind = kind(pointer).filter(|_| role == Role::Node);
            let kind = kind.unwrap_or("schemas");
            let reason = format!("`{target}` does not refer to `#/components/{kind}`");
            return Err(Error::new(at, reason));
        }
        Ok(())
    })
}

/// The kind of component that belongs at `pointer`, so far as the generator follows references
/// there.
fn kind(pointer: &str) -> Option<&str> {
    let (parent, last) = pointer.rsplit_once('/')?;
    match (parent.rsplit('/').next()?, last) {
        (_, "requestBody") => Some("requestBodies"),
        (kind @ ("parameters" | "responses" | "headers" | "requestBodies"), _) => Some(kind),
        _ => None,
    }
}
