//! Times as one types them.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

const ACCEPTED: &str = "write RFC 3339 with a zone (2025-03-04T00:00:00Z, \
     2025-03-04T08:00:00+08:00), an age (90m, 36h, 7d, 1w), a date (2025-03-04, midnight UTC), \
     today or yesterday";

/// A time as it was typed: an instant, or what becomes one once it is known what "now" is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeArg {
    Instant(Timestamp),
    Age(SignedDuration),
    /// The start of the day so many days ago, in UTC, as dates are.
    DaysAgo(u8),
}

impl TimeArg {
    /// The instant that is meant. An age from before all calendars is the start of them.
    pub(crate) fn instant(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Instant(instant) => instant,
            Self::Age(age) => now.checked_sub(age).unwrap_or(Timestamp::MIN),
            Self::DaysAgo(days) => {
                let today = TimeZone::UTC.to_datetime(now).date();
                let day = today.checked_sub(i64::from(days).days()).unwrap_or(today);
                midnight(day).unwrap_or(now)
            }
        }
    }

    /// Whether it means another instant in each run.
    pub(crate) fn is_relative(self) -> bool {
        !matches!(self, Self::Instant(_))
    }
}

impl FromStr for TimeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "today" => return Ok(Self::DaysAgo(0)),
            "yesterday" => return Ok(Self::DaysAgo(1)),
            _ => {}
        }
        if let Some(age) = age(text) {
            return Ok(Self::Age(age));
        }
        if let Some(instant) = date(text) {
            return Ok(Self::Instant(instant));
        }
        match text.parse() {
            Ok(instant) => Ok(Self::Instant(instant)),
            // Anything else that is a time of day would be one of an unknown zone.
            Err(_) if text.parse::<jiff::civil::DateTime>().is_ok() => {
                Err(format!("not clear without a zone; {ACCEPTED}"))
            }
            Err(_) => Err(format!("not a time; {ACCEPTED}")),
        }
    }
}

/// A whole number of minutes, hours, days or weeks.
fn age(text: &str) -> Option<SignedDuration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds: i64 = match unit {
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        "w" => 7 * 24 * 60 * 60,
        _ => return None,
    };
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u32 = number.parse().ok()?;
    Some(SignedDuration::from_secs(seconds * i64::from(number)))
}

/// `yyyy-mm-dd`, and nothing of what else reads as a date.
fn date(text: &str) -> Option<Timestamp> {
    if text.len() != "yyyy-mm-dd".len() {
        return None;
    }
    midnight(text.parse().ok()?)
}

fn midnight(date: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(date.into()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted() {
        let now: Timestamp = "2025-03-07T00:00:00Z".parse().expect("an instant");
        let noon: Timestamp = "2025-03-07T12:34:56Z".parse().expect("an instant");
        for (text, expected) in [
            ("2025-03-04T00:00:00Z", "2025-03-04T00:00:00Z"),
            ("2025-03-06T20:30:00+08:00", "2025-03-06T12:30:00Z"),
            ("2025-03-04T00:00:00.25Z", "2025-03-04T00:00:00.25Z"),
            ("2025-03-04t00:00:00z", "2025-03-04T00:00:00Z"),
            ("2025-03-04", "2025-03-04T00:00:00Z"),
            ("90m", "2025-03-06T22:30:00Z"),
            ("36h", "2025-03-05T12:00:00Z"),
            ("7d", "2025-02-28T00:00:00Z"),
            ("1w", "2025-02-28T00:00:00Z"),
            ("0d", "2025-03-07T00:00:00Z"),
            ("today", "2025-03-07T00:00:00Z"),
            ("yesterday", "2025-03-06T00:00:00Z"),
        ] {
            let when: TimeArg = text.parse().expect(text);
            assert_eq!(when.instant(now).to_string(), expected, "{text}");
            if matches!(when, TimeArg::DaysAgo(_)) {
                assert_eq!(when.instant(noon).to_string(), expected, "{text}");
            }
        }
        let when: TimeArg = "4294967295w".parse().expect("an age");
        assert_eq!(when.instant(now), Timestamp::MIN);
        for now in [Timestamp::MIN, Timestamp::MAX] {
            // There is a day before the first of all calendars in no calendar.
            assert!(TimeArg::DaysAgo(1).instant(now) <= now);
        }
    }

    #[test]
    fn what_is_not() {
        for text in [
            "",
            "d",
            "+7d",
            "-7d",
            "1.5h",
            "7 d",
            "7y",
            "99999999999d",
            "７d",
            "tomorrow",
            "Today",
            "2025-13-01",
            "2025-02-30",
            "2025-3-4",
            "20250304",
            "20250304000000",
            "1741046400",
            "2025-03-04T25:00:00Z",
        ] {
            let error = text.parse::<TimeArg>().expect_err(text);
            assert!(error.contains("RFC 3339"), "{text}: {error}");
        }
        for text in ["2025-03-04T00:00:00", "2025-03-04 08:00"] {
            let error = text.parse::<TimeArg>().expect_err(text);
            assert!(error.contains("without a zone"), "{text}: {error}");
        }
    }
}
