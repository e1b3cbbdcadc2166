//! A batch without the values that stand in for what is not known.

use qwen_batches_api::shapes;
use qwen_batches_api::types::Batch;
use qwen_batches_api::wire::{Kind, Shape};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// A view of a [`Batch`] to serialise, without what is not known of it: see
/// [`BatchExt::known`](crate::BatchExt::known).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known<'a>(pub(crate) &'a Batch);

impl Serialize for Known<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if is_complete(self.0) {
            return self.0.serialize(serializer);
        }
        let mut value = serde_json::to_value(self.0).map_err(serde::ser::Error::custom)?;
        leave_out_unknown(&mut value);
        value.serialize(serializer)
    }
}

/// Leaves out of a batch what is not known of it.
pub(super) fn leave_out_unknown(batch: &mut Value) {
    leave_out(batch, &shapes::BATCH);
}

/// Whether all is known that the contract promises. Nearly every batch is: it needs no copy.
fn is_complete(batch: &Batch) -> bool {
    let texts = [
        batch.object.as_str(),
        &batch.endpoint,
        batch.input_file_id.expose(),
        &batch.completion_window,
        batch.status.as_str(),
    ];
    batch.request_counts.is_some() && batch.errors.is_none() && !texts.contains(&"")
}

/// Leaves out members that the contract promises and that are empty.
fn leave_out(value: &mut Value, shape: &'static Shape) {
    let Value::Object(members) = value else {
        return;
    };
    members.retain(|name, value| {
        let Some(member) = shape.member(name) else {
            return true;
        };
        match (&member.kind, &mut *value) {
            (Kind::Array(Kind::Object(shape)), Value::Array(items)) => {
                items.iter_mut().for_each(|item| leave_out(item, shape));
            }
            (Kind::Object(shape), value) => leave_out(value, shape),
            _ => {}
        }
        member.nullable || member.empty().as_ref() != Some(value)
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_known_is_left_out() {
        let row = qwen_batches_sandbox::row("batch_1").set("errors", Value::Null);
        let row = row.build();
        let known = |row: &Value| {
            let batch: Batch = serde_json::from_value(row.clone()).expect("a batch");
            serde_json::to_value(Known(&batch)).expect("JSON")
        };
        assert_eq!(known(&row), row);
        for member in shapes::BATCH.members {
            let Some(empty) = member.empty() else {
                continue;
            };
            let mut row = row.clone();
            row[member.name] = empty;
            let known = known(&row);
            let is_kept = known.get(member.name).is_some();
            assert_eq!(is_kept, member.nullable, "{}", member.name);
        }
        let mut failed = row.clone();
        failed["errors"] = json!({ "object": "", "data": [{ "code": null, "message": "m" }] });
        let expected =
            json!({ "data": [{ "code": null, "message": "m", "param": null, "line": null }] });
        assert_eq!(known(&failed)["errors"], expected);
    }
}
