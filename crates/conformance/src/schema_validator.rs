//! A value against a schema of the contract.

use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::document::{self, COMPOSITIONS, join};
use crate::error::Result;
use crate::finding::Finding;
use crate::json_schema::{Compiler, NULLABLE};

/// A schema of the contract, ready to validate.
#[derive(Clone, Debug)]
pub(crate) struct SchemaValidator {
    contract: Arc<Value>,
    /// Where the schema stands, references followed.
    pub(crate) pointer: String,
    validator: Arc<Validator>,
}

impl SchemaValidator {
    /// The validator by the schema at `pointer`.
    pub(crate) fn new(pointer: &str, compiler: &mut Compiler) -> Result<Self> {
        let (pointer, _) = document::resolve(&compiler.contract, pointer)?;
        let validator = compiler.compile(&pointer)?;
        Ok(Self {
            contract: Arc::clone(&compiler.contract),
            pointer,
            validator,
        })
    }

    /// Whether there is no violation.
    pub(crate) fn allows(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }

    /// The violations of the value that stands at `at` in what is judged.
    pub(crate) fn violations(&self, value: &Value, at: &str) -> Vec<Finding> {
        let errors = self.validator.iter_errors(value);
        errors.flat_map(|error| self.findings(&error, at)).collect()
    }

    fn findings(&self, error: &ValidationError<'_>, judged: &str) -> Vec<Finding> {
        let at = format!("{judged}{}", error.instance_path().as_str());
        let rule = error.schema_path().as_str().replace(NULLABLE, "");
        let rule = rule.as_str();
        let message = error.masked_with("the value").to_string();
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let names = self.contract.pointer(rule).and_then(Value::as_array);
                let index = names.and_then(|names| names.iter().position(|known| known == name));
                let rule = index.map_or_else(|| rule.to_owned(), |it| join(rule, &it.to_string()));
                vec![Finding::violation(
                    join(&at, name),
                    rule,
                    "a required key is missing",
                )]
            }
            ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
                .iter()
                .map(|name| Finding::violation(join(&at, name), rule, "no other keys are allowed"))
                .collect(),
            ValidationErrorKind::OneOfNotValid { context }
            | ValidationErrorKind::AnyOf { context } => {
                let message = "it has none of the allowed shapes";
                self.of_no_shape(
                    error.instance(),
                    Finding::violation(at, rule, message),
                    judged,
                    context,
                )
            }
            _ => vec![Finding::violation(at, rule, message)],
        }
    }

    /// The findings from the shape that documents most keys of the value; `whole` where there is
    /// no such shape.
    fn of_no_shape(
        &self,
        value: &Value,
        whole: Finding,
        judged: &str,
        context: &[Vec<ValidationError<'static>>],
    ) -> Vec<Finding> {
        let documented = |index: usize| {
            let shape = join(&whole.rule, &index.to_string());
            let keys = value
                .as_object()
                .into_iter()
                .flat_map(document::Object::keys);
            keys.filter(|key| documents(&self.contract, &shape, key))
                .count()
        };
        let findings = |errors: &[ValidationError<'static>]| -> Vec<Finding> {
            errors
                .iter()
                .flat_map(|error| self.findings(error, judged))
                .collect()
        };
        let counts: Vec<usize> = (0..context.len()).map(documented).collect();
        let most = counts.iter().copied().max().unwrap_or_default();
        let mut best = counts
            .iter()
            .zip(context)
            .filter(|(count, _)| **count == most);
        match (best.next(), best.next()) {
            (Some((_, errors)), None) => findings(errors),
            _ => vec![Finding {
                causes: context.iter().flat_map(|errors| findings(errors)).collect(),
                ..whole
            }],
        }
    }
}

/// Whether the schema at `pointer` has a property called `key`.
fn documents(contract: &Value, pointer: &str, key: &str) -> bool {
    let Ok((at, schema)) = document::resolve(contract, pointer) else {
        return false;
    };
    let mut parts = COMPOSITIONS
        .iter()
        .flat_map(|keyword| document::items(contract, &join(&at, keyword)).unwrap_or_default());
    schema["properties"].get(key).is_some() || parts.any(|part| documents(contract, &part, key))
}
