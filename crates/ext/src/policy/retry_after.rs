//! How long a response asks its caller to wait.

use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;

/// The pause that the headers ask for: `retry-after-ms`, else `retry-after` in seconds (fractions
/// too) or as an HTTP date. What cannot be read asks for nothing; a date in the past asks for a
/// pause of zero.
///
/// A date is judged by the response's own `date`, since the clocks of two machines differ; without
/// one, by `now`.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |name: &str| text(name)?.parse::<f64>().ok();
    if let Some(millis) = number("retry-after-ms") {
        return Duration::try_from_secs_f64(millis / 1000.0).ok();
    }
    if let Some(seconds) = number("retry-after") {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = |name: &str| {
        let date = jiff::fmt::rfc2822::parse(text(name)?).ok()?;
        Some(date.timestamp())
    };
    let pause = date("retry-after")?.duration_since(date("date").unwrap_or(now));
    Some(Duration::try_from(pause).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_read_in_order() {
        let now: Timestamp = "2026-04-01T00:00:00Z".parse().expect("an instant");
        for (headers, millis) in [
            (
                &[("retry-after-ms", "1500"), ("retry-after", "9")][..],
                Some(1500),
            ),
            (&[("retry-after", "2")], Some(2000)),
            (&[("retry-after", " 0.25 ")], Some(250)),
            (&[("retry-after", "0")], Some(0)),
            (
                &[("retry-after", "Wed, 01 Apr 2026 00:00:30 GMT")],
                Some(30_000),
            ),
            (&[("retry-after", "Tue, 31 Mar 2026 23:00:00 GMT")], Some(0)),
            (
                &[
                    ("retry-after", "Wed, 01 Apr 2026 07:00:30 GMT"),
                    ("date", "Wed, 01 Apr 2026 07:00:10 GMT"),
                ],
                Some(20_000),
            ),
            (
                &[
                    ("retry-after", "Wed, 01 Apr 2026 00:00:30 GMT"),
                    ("date", "yesterday"),
                ],
                Some(30_000),
            ),
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
                retry_after(&map, now),
                millis.map(Duration::from_millis),
                "{headers:?}"
            );
        }
    }
}
