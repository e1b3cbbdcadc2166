//! The generator view: the contract, rewritten in memory so that progenitor generates the right
//! client from it. The published contract stays honest.

mod comma_separated;
mod open_enums;
mod optional_objects;
mod response_limits;
mod secrets;
mod success_only;
mod unknown_fields;

use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) use optional_objects::{is_object, is_required};
pub(crate) use secrets::type_of as secret_type;

use crate::error::Result;

/// A contract on its way to becoming the view.
pub(crate) struct View {
    /// The document that the generator reads.
    pub(crate) document: Value,
    /// The Rust types that stand in for component schemas, by the name of the schema.
    pub(crate) replacements: BTreeMap<String, String>,
}

/// The steps, in the order in which they are taken.
const STEPS: &[fn(&mut View) -> Result<()>] = &[
    success_only::apply,
    optional_objects::apply,
    response_limits::apply,
    unknown_fields::apply,
    open_enums::apply,
    secrets::apply,
    comma_separated::apply,
];

/// Derives the view from a contract that has passed the lint.
pub(crate) fn view(contract: &Value) -> Result<View> {
    let mut view = View {
        document: contract.clone(),
        replacements: BTreeMap::new(),
    };
    STEPS.iter().try_for_each(|step| step(&mut view))?;
    Ok(view)
}
