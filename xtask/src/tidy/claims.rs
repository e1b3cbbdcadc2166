//! The claims of a contract: the places that say something about the service.

use serde_json::Value;

/// Keywords of a schema that constrain a value, each a claim of its own.
const CONSTRAINTS: [&str; 15] = [
    "default",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "nullable",
    "pattern",
    "required",
];

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// One place that says something about the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    /// JSON pointer into the contract.
    pub(crate) pointer: String,
    /// What the place is called, where the pointer holds only its number in a list.
    pub(crate) name: Option<String>,
}

/// Lists the claims of `contract`, in the order in which it makes them.
///
/// A claim is: a server; an operation; a parameter; the answer to one status; a header of an
/// answer; a security scheme; a parameter, answer, header or schema under `components`; a
/// property, or the rule for properties without a name; and on each of these, any of
/// [`CONSTRAINTS`]. Descriptions, formats, examples and `x-` marks belong to the place that holds
/// them; what a `$ref` leads to is claimed where it stands.
pub(crate) fn of(contract: &Value) -> Vec<Claim> {
    let mut claims = Claims::default();
    for (pointer, server) in children("", contract, "servers") {
        claims.add_named(pointer, server, "url");
    }
    for (path, item) in children("", contract, "paths") {
        claims.parameters(&path, item);
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                claims.operation(&join(&path, method), operation);
            }
        }
    }
    if let Some(components) = contract.get("components") {
        claims.components("/components", components);
    }
    claims.0
}

#[derive(Default)]
struct Claims(Vec<Claim>);

impl Claims {
    fn add(&mut self, pointer: impl Into<String>) {
        self.0.push(Claim {
            pointer: pointer.into(),
            name: None,
        });
    }

    fn add_named(&mut self, pointer: String, place: &Value, key: &str) {
        let name = place.get(key).and_then(Value::as_str).map(str::to_owned);
        self.0.push(Claim { pointer, name });
    }

    fn operation(&mut self, at: &str, operation: &Value) {
        self.add(at);
        self.parameters(at, operation);
        if let Some(body) = operation.get("requestBody") {
            let at = join(at, "requestBody");
            self.add(at.as_str());
            self.constraints(&at, body);
            self.content(&at, body);
        }
        for (at, response) in children(at, operation, "responses") {
            self.add(at.as_str());
            self.response(&at, response);
        }
    }

    fn parameters(&mut self, at: &str, place: &Value) {
        for (at, parameter) in children(at, place, "parameters") {
            self.add_named(at.clone(), parameter, "name");
            self.parameter(&at, parameter);
        }
    }

    /// What a parameter or a header claims beyond its own existence.
    fn parameter(&mut self, at: &str, parameter: &Value) {
        self.constraints(at, parameter);
        self.schema_of(at, parameter);
        self.content(at, parameter);
    }

    fn response(&mut self, at: &str, response: &Value) {
        for (at, header) in children(at, response, "headers") {
            self.add(at.as_str());
            self.parameter(&at, header);
        }
        self.content(at, response);
    }

    fn content(&mut self, at: &str, place: &Value) {
        for (at, media) in children(at, place, "content") {
            self.schema_of(&at, media);
        }
    }

    fn components(&mut self, at: &str, components: &Value) {
        for (at, _) in children(at, components, "securitySchemes") {
            self.add(at);
        }
        for list in ["parameters", "headers"] {
            for (at, place) in children(at, components, list) {
                self.add(at.as_str());
                self.parameter(&at, place);
            }
        }
        for (at, response) in children(at, components, "responses") {
            self.add(at.as_str());
            self.response(&at, response);
        }
        for (at, schema) in children(at, components, "schemas") {
            self.add(at.as_str());
            self.schema(&at, schema);
        }
    }

    fn schema_of(&mut self, at: &str, place: &Value) {
        if let Some(schema) = place.get("schema") {
            self.schema(&join(at, "schema"), schema);
        }
    }

    fn schema(&mut self, at: &str, schema: &Value) {
        self.constraints(at, schema);
        for (at, property) in children(at, schema, "properties") {
            self.add(at.as_str());
            self.schema(&at, property);
        }
        if let Some(rest) = schema.get("additionalProperties") {
            let at = join(at, "additionalProperties");
            self.add(at.as_str());
            self.schema(&at, rest);
        }
        for key in ["items", "not"] {
            if let Some(inner) = schema.get(key) {
                self.schema(&join(at, key), inner);
            }
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            for (at, inner) in children(at, schema, key) {
                self.schema(&at, inner);
            }
        }
    }

    fn constraints(&mut self, at: &str, place: &Value) {
        for key in CONSTRAINTS {
            if place.get(key).is_some() {
                self.add(join(at, key));
            }
        }
    }
}

/// The members of the object or list `place.key`, with their pointers.
fn children<'a>(at: &str, place: &'a Value, key: &str) -> Vec<(String, &'a Value)> {
    let list = join(at, key);
    match place.get(key) {
        Some(Value::Object(map)) => map
            .iter()
            .map(|(name, value)| (join(&list, name), value))
            .collect(),
        Some(Value::Array(values)) => (0..)
            .zip(values)
            .map(|(number, value)| (format!("{list}/{number}"), value))
            .collect(),
        _ => Vec::new(),
    }
}

/// `pointer` with one more step (RFC 6901).
fn join(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_every_kind_of_claim_once() {
        let contract = serde_norway::from_str(
            "
servers: [{ url: https://a.example }]
paths:
  /a/b:
    get:
      parameters:
        - { name: limit, in: query, required: true, schema: { type: integer, minimum: 1, default: 2 } }
      responses:
        '200':
          headers: { x-id: { $ref: '#/components/headers/Id' } }
          content: { application/json: { schema: { type: object, nullable: true } } }
        '400': { $ref: '#/components/responses/No' }
components:
  securitySchemes: { key: { type: http } }
  headers: { Id: { required: true, schema: { type: string } } }
  responses: { No: { description: No. } }
  schemas:
    Thing:
      type: object
      required: [list]
      properties:
        list: { type: array, maxItems: 3, items: { type: string, enum: [a], x-secret: true } }
        required: { $ref: '#/components/schemas/Other' }
      additionalProperties: { type: string, maxLength: 9 }
    Other: { oneOf: [{ type: string, pattern: a }, { type: integer }] }
",
        )
        .unwrap();
        let claims = of(&contract);
        let pointers: Vec<&str> = claims.iter().map(|claim| claim.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/servers/0",
                "/paths/~1a~1b/get",
                "/paths/~1a~1b/get/parameters/0",
                "/paths/~1a~1b/get/parameters/0/required",
                "/paths/~1a~1b/get/parameters/0/schema/default",
                "/paths/~1a~1b/get/parameters/0/schema/minimum",
                "/paths/~1a~1b/get/responses/200",
                "/paths/~1a~1b/get/responses/200/headers/x-id",
                "/paths/~1a~1b/get/responses/200/content/application~1json/schema/nullable",
                "/paths/~1a~1b/get/responses/400",
                "/components/securitySchemes/key",
                "/components/headers/Id",
                "/components/headers/Id/required",
                "/components/responses/No",
                "/components/schemas/Thing",
                "/components/schemas/Thing/required",
                "/components/schemas/Thing/properties/list",
                "/components/schemas/Thing/properties/list/maxItems",
                "/components/schemas/Thing/properties/list/items/enum",
                "/components/schemas/Thing/properties/required",
                "/components/schemas/Thing/additionalProperties",
                "/components/schemas/Thing/additionalProperties/maxLength",
                "/components/schemas/Other",
                "/components/schemas/Other/oneOf/0/pattern",
            ]
        );
        assert_eq!(claims[0].name.as_deref(), Some("https://a.example"));
        assert_eq!(claims[2].name.as_deref(), Some("limit"));
        assert!(
            pointers
                .iter()
                .all(|pointer| contract.pointer(pointer).is_some())
        );
    }
}
