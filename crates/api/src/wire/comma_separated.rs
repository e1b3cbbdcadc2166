//! A list that goes out as one value.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// A list that goes out as one value, its items separated by commas.
///
/// `try_from` makes it of a `Vec` or an array. It refuses an empty list, and an item that holds a
/// comma, is empty or is not a plain value: what goes out would mean something else.
#[derive(Clone, PartialEq)]
pub struct CommaSeparated<T>(Vec<T>);

/// Why something is no [`CommaSeparated`] list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidList(String);

impl<T> CommaSeparated<T> {
    /// The items of the list.
    pub fn items(&self) -> &[T] {
        &self.0
    }
}

impl<T: Serialize> TryFrom<Vec<T>> for CommaSeparated<T> {
    type Error = InvalidList;

    fn try_from(items: Vec<T>) -> Result<Self, InvalidList> {
        if items.is_empty() {
            return Err(InvalidList("the list is empty".to_owned()));
        }
        for (index, item) in items.iter().enumerate() {
            let reason = match plain(item) {
                Some(text) if text.is_empty() => "is empty",
                Some(text) if text.contains(',') => "holds a comma",
                Some(_) => continue,
                None => "is not a plain value",
            };
            return Err(InvalidList(format!("item {index} of the list {reason}")));
        }
        Ok(Self(items))
    }
}

impl<T: Serialize, const N: usize> TryFrom<[T; N]> for CommaSeparated<T> {
    type Error = InvalidList;

    fn try_from(items: [T; N]) -> Result<Self, InvalidList> {
        Self::try_from(Vec::from(items))
    }
}

impl<T: Serialize> Serialize for CommaSeparated<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let items: Vec<String> = self.0.iter().filter_map(plain).collect();
        serializer.serialize_str(&items.join(","))
    }
}

impl<T: fmt::Debug> fmt::Debug for CommaSeparated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl fmt::Display for InvalidList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidList {}

/// An item as it goes out; nothing if it is not a plain value.
fn plain<T: Serialize>(item: &T) -> Option<String> {
    match serde_json::to_value(item).ok()? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_holds_only_what_it_can_send() {
        let list = CommaSeparated::try_from(["a b", "c%2Cd", "ü"]).expect("a list");
        assert_eq!(
            serde_json::to_value(&list).expect("JSON"),
            json!("a b,c%2Cd,ü")
        );
        assert_eq!(list.items(), ["a b", "c%2Cd", "ü"]);
        assert_eq!(format!("{list:?}"), r#"["a b", "c%2Cd", "ü"]"#);
        let numbers = CommaSeparated::try_from(vec![1, -2]).expect("a list");
        assert_eq!(serde_json::to_value(&numbers).expect("JSON"), json!("1,-2"));

        for (items, reason) in [
            (vec![], "the list is empty"),
            (vec![""], "item 0 of the list is empty"),
            (vec!["a", "b,c"], "item 1 of the list holds a comma"),
        ] {
            let error = CommaSeparated::try_from(items).expect_err(reason);
            assert_eq!(error.to_string(), reason);
        }
        let error = CommaSeparated::try_from([Some(1), None]).expect_err("a null");
        assert_eq!(error.to_string(), "item 1 of the list is not a plain value");
    }
}
