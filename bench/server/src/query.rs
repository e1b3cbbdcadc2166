//! What a list is asked for.

use jiff::civil::DateTime;
use jiff::tz;

/// The zone of the time filters, as recorded on the Beijing host.
const ZONE: tz::Offset = tz::offset(8);

/// The query of a request. Times are in Unix seconds; both bounds are inclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) limit: usize,
    pub(crate) after: Option<String>,
    pub(crate) create_after: Option<i64>,
    pub(crate) create_before: Option<i64>,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            limit: 100,
            after: None,
            create_after: None,
            create_before: None,
        }
    }
}

impl Query {
    /// Reads a query as it stands in a URL. No value that is understood here needs an escape.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut query = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=100).contains(limit));
                    query.limit = limit.ok_or_else(|| format!("limit: {value} is not 1 to 100"))?;
                }
                "after" => query.after = Some(value.to_owned()),
                "create_after" => query.create_after = Some(seconds(name, value)?),
                "create_before" => query.create_before = Some(seconds(name, value)?),
                _ => return Err(format!("{name}: unknown here")),
            }
        }
        Ok(query)
    }
}

/// `20250304080000`, a wall clock.
fn seconds(name: &str, text: &str) -> Result<i64, String> {
    let time = DateTime::strptime("%Y%m%d%H%M%S", text)
        .map_err(|error| format!("{name}: {text}: {error}"))?;
    let instant = ZONE.to_timestamp(time);
    instant
        .map(|instant| instant.as_second())
        .map_err(|error| format!("{name}: {text}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_service_s_zone() {
        let query =
            Query::parse("create_before=19700101080001&create_after=20241225155544&limit=7");
        let expected = Query {
            limit: 7,
            after: None,
            create_after: Some(1_735_113_344),
            create_before: Some(1),
        };
        assert_eq!(query, Ok(expected));
        assert_eq!(Query::parse(""), Ok(Query::default()));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in [
            "limit=0",
            "limit=101",
            "limit",
            "status=completed",
            "create_after=yesterday",
            "create_after=20250304",
        ] {
            assert!(Query::parse(text).is_err(), "{text}");
        }
    }
}
