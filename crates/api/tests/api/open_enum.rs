//! The open enum that is generated.

use std::collections::{BTreeSet, HashSet};

use qwen_batches_api::types::BatchStatus;
use serde_json::json;

#[test]
fn an_open_enum_knows_what_is_listed_and_takes_the_rest() {
    let listed: Vec<String> = BatchStatus::KNOWN.iter().map(ToString::to_string).collect();
    assert_eq!((listed.len(), listed[0].as_str()), (8, "validating"));
    let others = ["Validating", "validating ", "", "paused"].map(str::to_owned);
    for text in listed.iter().chain(&others) {
        let status = BatchStatus::from(text.as_str());
        assert_eq!(status.as_str(), text);
        assert_eq!(status.is_known(), listed.contains(text), "{text}");
        assert_eq!(text.parse(), Ok(status.clone()));
        assert_eq!(BatchStatus::from(text.to_owned()), status);
        assert_eq!(
            serde_json::to_value(&status).expect("a string"),
            json!(text)
        );
        assert_eq!(
            serde_json::from_value::<BatchStatus>(json!(text)).expect("a string"),
            status
        );
    }
    assert!(serde_json::from_value::<BatchStatus>(json!(1)).is_err());
    assert!(serde_json::from_value::<BatchStatus>(json!(null)).is_err());
    assert_eq!(
        serde_json::from_str::<BatchStatus>(r#""\u0061""#).expect("a string"),
        BatchStatus::from("a")
    );
}

#[test]
fn an_open_enum_is_a_plain_value() {
    assert_eq!(format!("[{:>8}]", BatchStatus::Failed), "[  failed]");
    assert_eq!(format!("[{:<4}]", BatchStatus::from("a")), "[a   ]");
    assert_eq!(BatchStatus::default().to_string(), "unknown");
    let statuses = || ["b", "failed", "completed", "a", "completed"].map(BatchStatus::from);
    let sorted: Vec<_> = BTreeSet::from(statuses())
        .iter()
        .map(BatchStatus::to_string)
        .collect();
    assert_eq!(sorted, ["completed", "failed", "a", "b"]);
    assert_eq!(HashSet::from(statuses()).len(), 4);
}
