//! The query string: read, decoded and checked as a whole before a row is looked at.

use std::borrow::Cow;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use percent_encoding::percent_decode_str;

use super::error_response::ErrorResponse;
use super::filter::{Filter, FilterParam, STATUSES};
use super::rules::Rules;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;
const MAX_INPUT_FILES: usize = 20;

/// The parameters of a listing, checked.
pub(crate) struct ListQuery {
    pub(crate) after: Option<String>,
    pub(crate) limit: usize,
    pub(super) filter: Filter,
}

impl ListQuery {
    pub(crate) fn parse(raw: &str, rules: &Rules) -> Result<Self, ErrorResponse> {
        let params = Params::parse(raw, rules)?;
        let zone = rules.zone;
        Ok(Self {
            after: params.read("after", cursor)?,
            limit: params.read("limit", limit)?.unwrap_or(DEFAULT_LIMIT),
            filter: Filter {
                name: params.read("ds_name", |name| Ok(name.to_owned()))?,
                input_files: params.read("input_file_ids", input_files)?,
                statuses: params.read("status", statuses)?,
                created_after: params.read("create_after", |value| instant(value, zone))?,
                created_before: params.read("create_before", |value| instant(value, zone))?,
            },
        })
    }
}

/// The still encoded names and values of a query string, in the order sent.
pub(crate) fn pairs(raw: &str) -> impl Iterator<Item = (&str, &str)> {
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Decodes `%XX` and `+`; bytes that are not UTF-8 are replaced.
pub(crate) fn decode_lossy(encoded: &str) -> String {
    percent_decode_str(&spaces(encoded))
        .decode_utf8_lossy()
        .into_owned()
}

fn decode(encoded: &str) -> Option<String> {
    let spaced = spaces(encoded);
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// The common HTTP clients write a space as `+`.
fn spaces(encoded: &str) -> Cow<'_, str> {
    if encoded.contains('+') {
        encoded.replace('+', " ").into()
    } else {
        encoded.into()
    }
}

/// The known parameters that were sent, each once, decoded.
struct Params {
    values: Vec<(&'static str, String)>,
    lenient: bool,
}

impl Params {
    fn parse(raw: &str, rules: &Rules) -> Result<Self, ErrorResponse> {
        let filters = FilterParam::ALL.into_iter();
        let heeded = filters.filter(|filter| !rules.ignored.contains(filter));
        let names: Vec<_> = ["after", "limit"]
            .into_iter()
            .chain(heeded.map(FilterParam::name))
            .collect();
        let mut known: Vec<(&'static str, String)> = Vec::new();
        for (name, value) in pairs(raw) {
            let name = decode_lossy(name);
            let Some(name) = names.iter().copied().find(|known| *known == name) else {
                continue;
            };
            let Some(value) = decode(value) else {
                return Err(ErrorResponse::parameter(name, value, "it is not UTF-8"));
            };
            if known.iter().any(|(earlier, _)| *earlier == name) {
                return Err(ErrorResponse::parameter(name, &value, "it was sent twice"));
            }
            known.push((name, value));
        }
        Ok(Self {
            values: known,
            lenient: rules.lenient_parameters,
        })
    }

    fn read<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ErrorResponse> {
        let Some((_, value)) = self.values.iter().find(|(known, _)| *known == name) else {
            return Ok(None);
        };
        match parse(value) {
            Ok(parsed) => Ok(Some(parsed)),
            Err(_) if self.lenient => Ok(None),
            Err(problem) => Err(ErrorResponse::parameter(name, value, &problem)),
        }
    }
}

fn cursor(value: &str) -> Result<String, String> {
    if value.is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(value.to_owned())
}

fn limit(value: &str) -> Result<usize, String> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse() {
        Ok(limit @ 1..=MAX_LIMIT) if digits => Ok(limit),
        _ => Err(format!("it must be a whole number from 1 to {MAX_LIMIT}")),
    }
}

fn input_files(value: &str) -> Result<Vec<String>, String> {
    let ids: Vec<_> = value.split(',').map(str::to_owned).collect();
    if ids.iter().any(String::is_empty) {
        return Err("an id is empty".to_owned());
    }
    if ids.len() > MAX_INPUT_FILES {
        return Err(format!(
            "it holds {} ids, and at most {MAX_INPUT_FILES} are allowed",
            ids.len()
        ));
    }
    Ok(ids)
}

fn statuses(value: &str) -> Result<Vec<String>, String> {
    value
        .split(',')
        .map(|status| {
            if STATUSES.contains(&status) {
                Ok(status.to_owned())
            } else {
                Err(format!("{status:?} is none of {}", STATUSES.join(", ")))
            }
        })
        .collect()
}

/// `yyyyMMddHHmmss` as Unix seconds.
fn instant(value: &str, zone: Offset) -> Result<i64, String> {
    wall_clock(value)
        .and_then(|time| zone.to_timestamp(time).ok())
        .map(|timestamp| timestamp.as_second())
        .ok_or_else(|| "it must be a time of the form yyyyMMddHHmmss".to_owned())
}

fn wall_clock(value: &str) -> Option<DateTime> {
    if value.len() != 14 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| value.get(at..at + 2)?.parse::<i8>().ok();
    let year = value.get(..4)?.parse().ok()?;
    DateTime::new(year, two(4)?, two(6)?, two(8)?, two(10)?, two(12)?, 0).ok()
}
