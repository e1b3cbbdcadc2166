//! Times as our command line and as the service's query write them. Written out here: the zone
//! of the query is what the SDKs are to prove, so it is not taken from the client's code.

/// Seconds since 1970 began in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(pub(super) i64);

impl Moment {
    /// `2025-03-04T00:00:00Z`.
    pub(super) fn rfc3339(self) -> String {
        let [year, month, day, hour, minute, second] = fields(self.0);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// `20250304080000`, on a clock of UTC+8.
    pub(super) fn wall_clock(self) -> String {
        let [year, month, day, hour, minute, second] = fields(self.0 + 8 * 60 * 60);
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
    }
}

/// Year, month, day, hour, minute and second. The calendar goes in eras of 400 years, and its
/// years are taken to begin in March, so that a leap day is the last of its year.
fn fields(seconds: i64) -> [i64; 6] {
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march_month = (5 * day + 2) / 153;
    let month = (march_month + 2) % 12 + 1;
    let year = era * 400 + year + i64::from(month <= 2);
    let day = day - (153 * march_month + 2) / 5 + 1;
    [
        year,
        month,
        day,
        second / 3_600,
        second / 60 % 60,
        second % 60,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (seconds, rfc3339, wall_clock) in [
            (0, "1970-01-01T00:00:00Z", "19700101080000"),
            (951_782_400, "2000-02-29T00:00:00Z", "20000229080000"),
            (1_735_113_344, "2024-12-25T07:55:44Z", "20241225155544"),
            (1_767_225_599, "2025-12-31T23:59:59Z", "20260101075959"),
            (4_107_542_400, "2100-03-01T00:00:00Z", "21000301080000"),
        ] {
            assert_eq!(Moment(seconds).rfc3339(), rfc3339);
            assert_eq!(Moment(seconds).wall_clock(), wall_clock);
        }
    }
}
