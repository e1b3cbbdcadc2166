//! Spans of time as one types them.

use std::time::Duration;

/// Reads a whole number with a unit: `500ms`, `90s`, `5m`, `36h`, `7d`.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let wrong =
        || format!("`{text}` is no span; write a whole number and a unit (90s, 5m, 36h, 7d)");
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    let (number, unit) = text.split_at(end.ok_or_else(wrong)?);
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    let number: u32 = number.parse().map_err(|_| wrong())?;
    Ok(Duration::from_millis(millis * u64::from(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (text, seconds) in [
            ("1500ms", Some(1.5)),
            ("0s", Some(0.0)),
            ("90s", Some(90.0)),
            ("5m", Some(300.0)),
            ("36h", Some(129_600.0)),
            ("4294967295d", Some(371_085_174_288_000.0)),
            ("4294967296d", None),
            ("", None),
            ("s", None),
            ("90", None),
            ("-1s", None),
            ("1.5s", None),
            ("1 s", None),
            ("1w", None),
            ("９s", None),
        ] {
            let span = parse(text).ok().map(|span| span.as_secs_f64());
            assert_eq!(span, seconds, "{text:?}");
        }
    }
}
