//! Time zones as one types and reads them: a distance from UTC.

use jiff::tz::Offset;

/// Reads `UTC`, `UTC+8`, `+08:00` and the like.
pub(crate) fn parse(text: &str) -> Result<Offset, String> {
    offset(text).ok_or_else(|| "write a distance from UTC: UTC, UTC+8, -03:30".to_owned())
}

fn offset(text: &str) -> Option<Offset> {
    let distance = text.strip_prefix("UTC").unwrap_or(text);
    if distance.is_empty() {
        return text.starts_with("UTC").then_some(Offset::UTC);
    }
    let (sign, digits) = match distance.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let number = |text: &str, most: i32| {
        let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number: i32 = is_number.then(|| text.parse().ok()).flatten()?;
        (number <= most).then_some(number)
    };
    let minutes = number(hours, 14)? * 60 + number(minutes, 59)?;
    Offset::from_seconds(sign * minutes * 60).ok()
}

/// As people write it: UTC+8, UTC-3:30.
pub(crate) fn name(zone: Offset) -> String {
    let minutes = zone.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones() {
        for (text, expected) in [
            ("UTC", Some("UTC")),
            ("UTC+8", Some("UTC+8")),
            ("+08:00", Some("UTC+8")),
            ("-3:30", Some("UTC-3:30")),
            ("UTC+0", Some("UTC")),
            ("+14", Some("UTC+14")),
            ("", None),
            ("8", None),
            ("+15", None),
            ("+8:60", None),
            ("+008", None),
            ("UTC+", None),
            ("Asia/Shanghai", None),
        ] {
            let zone = parse(text).ok().map(name);
            assert_eq!(zone.as_deref(), expected, "{text:?}");
        }
    }
}
