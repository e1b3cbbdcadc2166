//! Instants as the wall-clock times that the service's filters take.

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// UTC+8: the zone in which Beijing's hosts read time filters (recorded).
pub(crate) const UTC8: Offset = jiff::tz::offset(8);

/// In which zone a server reads its time filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FilterZone {
    /// In this one: stated by the caller, recorded of the host, or seen in its responses.
    Known(Offset),
    /// In UTC+8, or in UTC: Singapore's hosts, of which the first is inferred. Each bound goes out
    /// in the zone that lists more.
    Utc8OrUtc,
    /// Nobody knows, or the server ignores its time filters: none is sent.
    Unknown,
}

impl FilterZone {
    /// In which zone a lower bound goes out, if at all.
    pub(crate) fn of_create_after(self) -> Option<Offset> {
        match self {
            Self::Known(zone) => Some(zone),
            Self::Utc8OrUtc => Some(Offset::UTC),
            Self::Unknown => None,
        }
    }

    /// In which zone an upper bound goes out, if at all.
    pub(crate) fn of_create_before(self) -> Option<Offset> {
        match self {
            Self::Known(zone) => Some(zone),
            Self::Utc8OrUtc => Some(UTC8),
            Self::Unknown => None,
        }
    }
}

/// The first whole second that is not before `instant`.
pub(crate) fn ceil_to_second(instant: Timestamp) -> Option<Timestamp> {
    let whole = Timestamp::from_second(instant.as_second()).ok()?;
    if whole < instant {
        whole.checked_add(SignedDuration::from_secs(1)).ok()
    } else {
        Some(whole)
    }
}

/// `instant` as `yyyyMMddHHmmss` on a clock in `zone`; nothing if its year has not four digits.
pub(crate) fn format(instant: Timestamp, zone: Offset) -> Option<String> {
    // Near the end of time, the clock of another zone may show a year that does not exist.
    instant
        .checked_add(SignedDuration::from_secs(i64::from(zone.seconds())))
        .ok()?;
    let time = zone.to_datetime(instant);
    if time.year() < 1 {
        return None;
    }
    Some(format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    ))
}

/// What `create_after` must say so that nothing created at `instant` or later is missed, whether
/// the service includes its bound or not.
pub(crate) fn create_after(instant: Timestamp, zone: Offset) -> Option<String> {
    let before = ceil_to_second(instant)?
        .checked_sub(SignedDuration::from_secs(1))
        .ok()?;
    format(before, zone)
}

/// What `create_before` must say so that nothing created before `instant` is missed, whether the
/// service includes its bound or not.
pub(crate) fn create_before(instant: Timestamp, zone: Offset) -> Option<String> {
    format(ceil_to_second(instant)?, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_widen_to_whole_seconds() {
        for (instant, after, before) in [
            ("2025-03-04T00:00:00Z", "20250304075959", "20250304080000"),
            (
                "2025-03-04T00:00:00.000000001Z",
                "20250304080000",
                "20250304080001",
            ),
            (
                "2025-03-04T00:00:00.999Z",
                "20250304080000",
                "20250304080001",
            ),
            (
                "2025-03-06T20:30:00+08:00",
                "20250306202959",
                "20250306203000",
            ),
            ("2024-12-31T16:00:00Z", "20241231235959", "20250101000000"),
            ("1969-12-31T23:59:59.5Z", "19700101075959", "19700101080000"),
        ] {
            let instant: Timestamp = instant.parse().expect("an instant");
            assert_eq!(
                create_after(instant, UTC8).as_deref(),
                Some(after),
                "{instant}"
            );
            assert_eq!(
                create_before(instant, UTC8).as_deref(),
                Some(before),
                "{instant}"
            );
        }
    }

    #[test]
    fn ends_of_time_are_refused() {
        for instant in [Timestamp::MIN, Timestamp::MAX] {
            assert_eq!(create_before(instant, UTC8), None, "{instant}");
        }
        let year_zero: Timestamp = "0000-06-01T00:00:00Z".parse().expect("an instant");
        assert_eq!(create_after(year_zero, UTC8), None);
    }
}
