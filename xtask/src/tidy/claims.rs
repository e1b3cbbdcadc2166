//! The claims of a contract: the places that state something about the service.

use serde_json::Value;

/// Keys of which each member is a claim: a server, a parameter, a response, a property, ...
const LISTS: [&str; 7] = [
    "headers",
    "parameters",
    "properties",
    "responses",
    "schemas",
    "securitySchemes",
    "servers",
];

/// Keys that are a claim, with more claims below.
const PLACES: [&str; 7] = [
    "additionalProperties",
    "delete",
    "get",
    "patch",
    "post",
    "put",
    "requestBody",
];

/// Keywords that constrain a value, each a claim of its own.
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

/// Keys below which nothing is claimed.
const WORDS: [&str; 5] = ["example", "examples", "info", "tags", "variables"];

/// One place that states something about the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// JSON pointer into the contract.
    pub(super) pointer: String,
    /// What the place is called, where the pointer holds only its number in a list.
    pub(super) name: Option<String>,
}

/// Lists the claims of `contract`, in its order. What a `$ref` leads to is claimed where it is.
pub(super) fn of(contract: &Value) -> Vec<Claim> {
    let mut claims = Vec::new();
    walk("", contract, &mut claims);
    claims
}

fn walk(at: &str, place: &Value, claims: &mut Vec<Claim>) {
    for (key, at, value) in children(at, place) {
        let key = key.as_str();
        if LISTS.contains(&key) {
            for (_, at, member) in children(&at, value) {
                let name = ["url", "name"].iter().find_map(|key| member.get(key));
                let name = name.filter(|_| value.is_array()).and_then(Value::as_str);
                claims.push(Claim {
                    pointer: at.clone(),
                    name: name.map(str::to_owned),
                });
                walk(&at, member, claims);
            }
            continue;
        }
        let is_constraint = CONSTRAINTS.contains(&key);
        if is_constraint || PLACES.contains(&key) {
            let (pointer, name) = (at.clone(), None);
            claims.push(Claim { pointer, name });
        }
        if !is_constraint && !WORDS.contains(&key) {
            walk(&at, value, claims);
        }
    }
}

/// The members of an object or a list: key, JSON pointer (RFC 6901), value.
fn children<'a>(at: &str, place: &'a Value) -> Vec<(String, String, &'a Value)> {
    let step = |(key, value): (String, &'a Value)| {
        let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        (key, pointer, value)
    };
    match place {
        Value::Object(members) => members.iter().map(|(k, v)| step((k.clone(), v))).collect(),
        Value::Array(values) => (0..)
            .zip(values)
            .map(|(number, value): (usize, _)| step((number.to_string(), value)))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_every_kind_of_claim_once() {
        let contract = serde_norway::from_str(
            "
servers: [{ url: https://a.example, variables: { a: { default: b } } }]
paths:
  /a/b:
    get:
      parameters:
        - { name: limit, in: query, required: true, schema: { type: integer, minimum: 1 } }
      responses:
        '200':
          headers: { x-id: { $ref: '#/components/headers/Id' } }
          content: { application/json: { schema: { nullable: true }, example: { enum: 1 } } }
components:
  securitySchemes: { key: { type: http } }
  schemas:
    Thing:
      required: [list]
      properties: { enum: { type: array, maxItems: 2, items: { pattern: a } } }
      additionalProperties: { enum: [a] }
",
        )
        .unwrap();
        let get = "/paths/~1a~1b/get";
        let thing = "/components/schemas/Thing";
        let expected = [
            "/servers/0".to_owned(),
            get.to_owned(),
            format!("{get}/parameters/0"),
            format!("{get}/parameters/0/required"),
            format!("{get}/parameters/0/schema/minimum"),
            format!("{get}/responses/200"),
            format!("{get}/responses/200/headers/x-id"),
            format!("{get}/responses/200/content/application~1json/schema/nullable"),
            "/components/securitySchemes/key".to_owned(),
            thing.to_owned(),
            format!("{thing}/required"),
            format!("{thing}/properties/enum"),
            format!("{thing}/properties/enum/maxItems"),
            format!("{thing}/properties/enum/items/pattern"),
            format!("{thing}/additionalProperties"),
            format!("{thing}/additionalProperties/enum"),
        ];
        let claims = of(&contract);
        let pointers: Vec<&str> = claims.iter().map(|claim| claim.pointer.as_str()).collect();
        assert_eq!(pointers, expected);
        let names: Vec<_> = claims.iter().filter_map(|it| it.name.as_deref()).collect();
        assert_eq!(names, ["https://a.example", "limit"]);
    }
}
