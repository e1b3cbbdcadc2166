//! Times as one reads them.

use std::time::Duration;

use clap::Args;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;

/// How times are shown.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct TimesArgs {
    /// Show times in UTC instead of as ages (always so in a file or pipe)
    #[arg(long, help_heading = "Output", conflicts_with = "local")]
    pub(crate) utc: bool,
    /// Show times in the zone of this machine (TZ)
    #[arg(long, help_heading = "Output")]
    pub(crate) local: bool,
}

impl TimesArgs {
    pub(crate) fn is_given(self) -> bool {
        self.utc || self.local
    }
}

/// How times are written.
#[derive(Clone, Debug)]
pub(crate) enum Times {
    /// As the distance from this instant: `3h ago`, `in 5d`.
    Relative(Timestamp),
    /// `2025-03-04 00:00:00`, in UTC.
    Utc,
    /// `2025-03-04 08:00:00+08:00`, in this zone.
    Local(TimeZone),
}

impl Times {
    pub(crate) fn new(args: TimesArgs, screen: &Screen, now: Timestamp) -> Result<Self, Failure> {
        if args.local {
            let zone = TimeZone::try_system().map_err(|_| {
                let message = "--local: the time zone of this machine is unknown; set TZ, as in \
                               TZ=Asia/Shanghai";
                Failure::new(Exit::Usage, message)
            })?;
            return Ok(Self::Local(zone));
        }
        Ok(match screen.width {
            Some(_) if !args.utc => Self::Relative(now),
            _ => Self::Utc,
        })
    }

    pub(crate) fn show(&self, time: Timestamp) -> String {
        match self {
            Self::Relative(now) => relative(time, *now),
            Self::Utc => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            Self::Local(zone) => {
                let time = ZonedDateTime::new(time, zone.clone());
                time.strftime("%Y-%m-%d %H:%M:%S%:z").to_string()
            }
        }
    }

    /// How many columns a time takes, but for one that is centuries away.
    pub(crate) fn width(&self) -> usize {
        match self {
            Self::Relative(_) => "59m ago".len(),
            Self::Utc => "2025-03-04 00:00:00".len(),
            Self::Local(_) => "2025-03-04 08:00:00+08:00".len(),
        }
    }

    /// The title of a column of such times.
    pub(crate) fn title(&self, what: &str) -> String {
        match self {
            Self::Utc => format!("{what} (UTC)"),
            Self::Relative(_) | Self::Local(_) => what.to_owned(),
        }
    }
}

/// How far `time` is from `now`, in the largest unit of which it is at least one, but that up to
/// two days are hours.
pub(crate) fn relative(time: Timestamp, now: Timestamp) -> String {
    let seconds = time.as_second().saturating_sub(now.as_second());
    let distance = match seconds.unsigned_abs() {
        0 => return "now".to_owned(),
        s @ ..60 => format!("{s}s"),
        s @ ..3_600 => format!("{}m", s / 60),
        s @ ..172_800 => format!("{}h", s / 3_600),
        s => format!("{}d", s / 86_400),
    };
    if seconds < 0 {
        format!("{distance} ago")
    } else {
        format!("in {distance}")
    }
}

/// A span in the two largest units of which it is at least one: `2h 32m`.
pub(crate) fn span(span: Duration) -> String {
    match span.as_secs() {
        s @ ..60 => format!("{s}s"),
        s @ ..3_600 => format!("{}m {}s", s / 60, s % 60),
        s @ ..86_400 => format!("{}h {}m", s / 3_600, s % 3_600 / 60),
        s => format!("{}d {}h", s / 86_400, s % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (seconds, expected) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1m 0s"),
            (9_120, "2h 32m"),
            (86_399, "23h 59m"),
            (14 * 86_400 + 3_600, "14d 1h"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn distances() {
        let now = Timestamp::from_second(1_741_305_600).expect("a time");
        for (seconds, expected) in [
            (0, "now"),
            (-1, "1s ago"),
            (-59, "59s ago"),
            (-60, "1m ago"),
            (-3_599, "59m ago"),
            (-3_600, "1h ago"),
            (-2 * 86_400 + 1, "47h ago"),
            (-2 * 86_400, "2d ago"),
            (-1_741_305_600, "20154d ago"),
            (1, "in 1s"),
            (119, "in 1m"),
            (47 * 3_600, "in 47h"),
            (14 * 86_400, "in 14d"),
        ] {
            let time = Timestamp::from_second(now.as_second() + seconds).expect("a time");
            assert_eq!(relative(time, now), expected, "{seconds}");
        }
        assert!(relative(Timestamp::MIN, Timestamp::MAX).ends_with("d ago"));
    }

    #[test]
    fn each_kind_keeps_to_its_width() {
        let time: Timestamp = "2025-03-04T23:30:00Z".parse().expect("a time");
        let now: Timestamp = "2025-03-05T00:29:59Z".parse().expect("a time");
        let east = TimeZone::posix("EAST-8").expect("a zone");
        for (times, expected) in [
            (Times::Relative(now), "59m ago"),
            (Times::Utc, "2025-03-04 23:30:00"),
            (Times::Local(east), "2025-03-05 07:30:00+08:00"),
        ] {
            assert_eq!(times.show(time), expected);
            assert_eq!(times.width(), expected.len());
        }
    }
}
