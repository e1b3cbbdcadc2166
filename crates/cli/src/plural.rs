//! Counts in words.

/// `1 batch`, `2 batches`: a count and its noun.
pub(crate) fn count(n: impl TryInto<u64>, noun: &str) -> String {
    match n.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {noun}"),
        n if noun.ends_with("ch") => format!("{n} {noun}es"),
        n => format!("{n} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        for (n, noun, expected) in [
            (0_u32, "row", "0 rows"),
            (1, "batch", "1 batch"),
            (2, "batch", "2 batches"),
        ] {
            assert_eq!(count(n, noun), expected);
        }
    }
}
