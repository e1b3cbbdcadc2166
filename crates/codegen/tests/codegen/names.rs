//! Names in Rust of odd names in the contract.

/// A type of ours takes the place of a generated one by its name, so both must come to the same.
#[test]
fn odd_names_of_components_still_meet_their_replacements() {
    let names = [
        "ISBN",
        "HTTPServer2xx",
        "v1.Status",
        "24h",
        "in_progress",
        "a--b",
        "_x_",
        "Self",
        "type",
        "ABCDef",
        "aB1c2D",
        "9",
    ];
    let schemas: serde_json::Map<_, _> = names
        .into_iter()
        .map(|name| {
            let schema =
                serde_json::json!({ "type": "string", "enum": ["a", "b"], "x-extensible-enum": true });
            (name.to_owned(), schema)
        })
        .collect();
    let contract = serde_json::json!({
        "openapi": "3.0.3",
        "info": { "title": "Names", "version": "1" },
        "paths": {
            "/": { "get": { "operationId": "get", "responses": { "204": { "description": "" } } } }
        },
        "components": { "schemas": schemas }
    });
    let client = qwen_batches_codegen::generate(&contract.to_string())
        .unwrap()
        .client;
    assert_eq!(client.matches("Unknown(UnknownValue)").count(), names.len());
    assert_eq!(client.matches("pub enum ").count(), names.len(), "{client}");
}
