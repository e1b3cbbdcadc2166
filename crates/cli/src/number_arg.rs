//! Whole numbers as arguments.

use std::ops::RangeInclusive;

/// A parser of whole numbers within a range.
pub(crate) fn within<T: TryFrom<u64>>(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let number = is_number.then(|| text.parse().ok()).flatten();
        let number = number.filter(|number| range.contains(number));
        number
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| match (range.start(), range.end()) {
                (least, &u64::MAX) => format!("write a whole number, {least} or more"),
                (least, most) => format!("write a whole number from {least} to {most}"),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let small = within::<u16>(1..=100);
        for (text, expected) in [
            ("1", Some(1)),
            ("100", Some(100)),
            ("007", Some(7)),
            ("0", None),
            ("101", None),
            ("99999999999999999999", None),
            ("+1", None),
            ("-1", None),
            ("1.0", None),
            ("ten", None),
            ("", None),
            ("１", None),
        ] {
            let number = small(text);
            assert_eq!(number.clone().ok(), expected, "{text:?}");
            if let Err(message) = number {
                assert_eq!(message, "write a whole number from 1 to 100");
            }
        }
        assert_eq!(
            within::<u64>(0..=u64::MAX)(&u64::MAX.to_string()),
            Ok(u64::MAX)
        );
    }
}
