//! The shape of the document, as the generator reads it.
//!
//! Its reader says what it does not understand, but not where. Where it refuses the document, the
//! parts are tried one by one to name the place.

use openapiv3::{
    Header, OpenAPI, Operation, Parameter, ReferenceOr, RequestBody, Response, Schema,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::document::{self, Role, join};
use crate::error::{Error, Result};

pub(super) fn check(contract: &Value) -> Result<()> {
    let Err(error) = read::<OpenAPI>("", contract) else {
        return Ok(());
    };
    schemas(contract)?;
    components::<Parameter>(contract, "parameters")?;
    components::<Response>(contract, "responses")?;
    components::<Header>(contract, "headers")?;
    components::<RequestBody>(contract, "requestBodies")?;
    document::operations(contract)
        .into_iter()
        .try_for_each(|operation| read::<Operation>(&operation.pointer, operation.value))?;
    Err(error)
}

fn schemas(contract: &Value) -> Result<()> {
    let mut innermost: Option<Error> = None;
    document::walk("", Role::Node, contract, &mut |pointer, role, place| {
        if role == Role::Schema
            && !place.is_array()
            && let Err(error) = read::<ReferenceOr<Schema>>(pointer, place)
        {
            // Parents come first, and are refused for what is below them.
            let is_inside = |known: &Error| pointer.len() > known.pointer().len();
            if innermost.as_ref().is_none_or(is_inside) {
                innermost = Some(error);
            }
        }
        Ok(())
    })?;
    innermost.map_or(Ok(()), Err)
}

fn components<T: DeserializeOwned>(contract: &Value, kind: &str) -> Result<()> {
    let pointer = join("/components", kind);
    let components = contract.pointer(&pointer).and_then(Value::as_object);
    components
        .into_iter()
        .flatten()
        .try_for_each(|(name, value)| read::<ReferenceOr<T>>(&join(&pointer, name), value))
}

fn read<T: DeserializeOwned>(pointer: &str, value: &Value) -> Result<()> {
    serde_json::from_value::<T>(value.clone())
        .map(|_| ())
        .map_err(|error| Error::new(pointer, format!("not OpenAPI 3.0: {error}")))
}
