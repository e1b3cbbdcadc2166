//! Contract, generated client and sandbox agree. `mutations` shows that the checks can fail, but for
//! two that no mutation reaches first.

use qwen_batches_conformance::Contract;
use serde_json::{Value, json};

use crate::checks::{self, Evidence};

fn published() -> Contract {
    Contract::published().expect("the published contract")
}

#[test]
fn all_checks_pass_on_the_contract() {
    for check in checks::ALL {
        let problems = (check.problems)(&published(), Evidence::recorded());
        let problems = problems.join("\n");
        assert!(problems.is_empty(), "{}:\n{problems}", check.name);
    }
}

#[test]
fn checks_that_no_mutation_reaches_first_fail_on_a_wrong_contract() {
    let wrong = |pointer: &str, key: &str, value: Value| {
        let mut document = published().document().clone();
        document
            .pointer_mut(pointer)
            .expect("a place in the contract")[key] = value;
        Contract::from_document(document).expect("a contract, though a wrong one")
    };
    let object = "/components/schemas/BatchPage/properties/object";
    let errors = "/components/schemas/BatchErrors/properties/data";
    for (name, contract) in [
        (
            "listed values",
            wrong(object, "enum", json!(["list", "pages"])),
        ),
        ("instances", wrong(errors, "nullable", json!(true))),
    ] {
        let check = checks::ALL.iter().find(|check| check.name == name);
        let check = check.expect("a check of this name");
        let problems = (check.problems)(&contract, Evidence::recorded());
        assert!(!problems.is_empty(), "{name}");
    }
}
