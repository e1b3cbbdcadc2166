//! How long a reply asks its caller to wait.

use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;

/// The pause that the headers ask for: `retry-after-ms`, else `retry-after` in seconds (fractions
/// too) or as an HTTP date. What cannot be read is no wish; a date in the past is a wish for none.
pub(crate) fn hint(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |name: &str| text(name)?.parse::<f64>().ok();
    if let Some(millis) = number("retry-after-ms") {
        return Duration::try_from_secs_f64(millis / 1000.0).ok();
    }
    if let Some(seconds) = number("retry-after") {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = jiff::fmt::rfc2822::parse(text("retry-after")?)
        .ok()?
        .timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_in_order() {
        let now: Timestamp = "2026-04-01T00:00:00Z".parse().expect("an instant");
        for (headers, millis) in [
            (
                &[("retry-after-ms", "1500"), ("retry-after", "9")][..],
                Some(1500),
            ),
            (&[("retry-after", "2")], Some(2000)),
            (&[("retry-after", " 0.25 ")], Some(250)),
            (
                &[("retry-after", "Wed, 01 Apr 2026 00:00:30 GMT")],
                Some(30_000),
            ),
            (&[("retry-after", "Tue, 31 Mar 2026 23:00:00 GMT")], Some(0)),
            (
                &[("retry-after-ms", "soon"), ("retry-after", "3")],
                Some(3000),
            ),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "inf")], None),
            (&[("retry-after", "NaN")], None),
            (&[("retry-after", "1e300")], None),
            (&[("retry-after", "later")], None),
            (&[("retry-after", "")], None),
            (&[], None),
        ] {
            let map = headers
                .iter()
                .map(|(name, value)| {
                    (
                        http::HeaderName::from_static(name),
                        http::HeaderValue::from_static(value),
                    )
                })
                .collect();
            assert_eq!(
                hint(&map, now),
                millis.map(Duration::from_millis),
                "{headers:?}"
            );
        }
    }
}
