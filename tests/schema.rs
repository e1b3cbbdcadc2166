//! The JSON Schema of the generated types, as users of the feature `schema` see it.

use qwen_batches_api::types::{BatchPage, ErrorBody};
use schemars::generate::SchemaSettings;

#[test]
fn schemas_of_the_generated_types() {
    let settings = || {
        SchemaSettings::draft2020_12()
            .for_serialize()
            .into_generator()
    };
    insta::assert_json_snapshot!(
        "page_schema",
        settings().into_root_schema_for::<BatchPage>()
    );
    insta::assert_json_snapshot!(
        "error_schema",
        settings().into_root_schema_for::<ErrorBody>()
    );
}
