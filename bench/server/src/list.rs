//! The rows, newest first. The row at a place follows from the place, but for its time.

use std::str::FromStr;

use serde_json::Value;

use crate::query::Query;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
/// A little less than the 30 days that the service lists.
const SPAN: i64 = 29 * DAY;
/// How many different rows there are, beside their ids and times.
const PATTERNS: usize = 100;
const SEED: u64 = 7;

/// How the rows lie in the 30 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// 25 seconds apart, or less where that would be too far.
    Even,
    /// As many on each of 25 days, evenly within nine hours.
    Office,
    /// Bursts of 200 within one second, one a day, or more often where that would be too far.
    Bursts,
}

impl Spread {
    /// How long before the newest of so many rows the row at a place was created, in seconds.
    fn age(self, place: usize, rows: usize) -> i64 {
        let (place, rows) = (place as i64, rows.max(1) as i64);
        match self {
            Self::Even => (place * SPAN / rows).min(place * 25),
            Self::Office => {
                let a_day = (rows / 25).max(1);
                place / a_day * DAY + place % a_day * (9 * HOUR) / a_day
            }
            Self::Bursts => place / 200 * DAY.min(SPAN * 200 / rows),
        }
    }
}

impl FromStr for Spread {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "even" => Ok(Self::Even),
            "office" => Ok(Self::Office),
            "bursts" => Ok(Self::Bursts),
            _ => Err(format!("a spread is even, office or bursts, not {text}")),
        }
    }
}

/// A list of batches, newest first.
pub struct List {
    /// When each row was created, in Unix seconds.
    created: Vec<i64>,
    patterns: Vec<Pattern>,
}

/// A row as JSON, without its id and its time.
struct Pattern([Vec<u8>; 3]);

impl List {
    /// A list of this many rows, the newest a minute before `now` (Unix seconds).
    pub fn new(rows: usize, spread: Spread, now: i64) -> Self {
        let newest = now - 60;
        let created = (0..rows).map(|place| newest - spread.age(place, rows));
        let created: Vec<i64> = created.collect();
        Self {
            created,
            patterns: patterns(now),
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.created.len()
    }

    /// The id of the newest row.
    pub fn newest(&self) -> String {
        id(0)
    }

    /// What all ids come to, in their order: a CRC-32 of their bytes.
    pub fn ids(&self) -> u32 {
        let mut ids = crc32fast::Hasher::new();
        (0..self.rows()).for_each(|place| ids.update(id(place).as_bytes()));
        ids.finalize()
    }

    /// The page that a query asks for, as JSON.
    pub(crate) fn page(&self, query: &Query) -> Result<Vec<u8>, String> {
        // Newest first: both bounds are places in a falling sequence.
        let first = query.create_before.map_or(0, |before| {
            self.created.partition_point(|&time| time > before)
        });
        let end = query.create_after.map_or(self.rows(), |after| {
            self.created.partition_point(|&time| time >= after)
        });
        let first = match &query.after {
            Some(after) => first.max(self.place(after)? + 1),
            None => first,
        };
        let last = (first + query.limit).min(end);
        Ok(self.render(first, last, last < end))
    }

    /// The row of this id.
    pub(crate) fn row(&self, id: &str) -> Result<Value, String> {
        let place = self.place(id)?;
        let page = self.render(place, place + 1, false);
        let mut page: Value = serde_json::from_slice(&page).map_err(|error| error.to_string())?;
        Ok(page["data"][0].take())
    }

    fn place(&self, id: &str) -> Result<usize, String> {
        let digits = id.rsplit_once('-').map(|(_, digits)| digits);
        let place = digits.and_then(|digits| digits.parse().ok());
        place
            .filter(|&place| place < self.rows() && crate::list::id(place) == id)
            .ok_or_else(|| format!("after: no batch {id}"))
    }

    fn render(&self, first: usize, end: usize, has_more: bool) -> Vec<u8> {
        if first >= end {
            let empty =
                r#"{"object":"list","data":null,"first_id":null,"last_id":null,"has_more":false}"#;
            return empty.into();
        }
        let mut page = Vec::with_capacity((end - first) * 1024 + 256);
        page.extend_from_slice(br#"{"object":"list","data":["#);
        for place in first..end {
            if place > first {
                page.push(b',');
            }
            let Pattern([start, middle, rest]) = &self.patterns[place % self.patterns.len()];
            page.extend_from_slice(start);
            page.extend_from_slice(id(place).as_bytes());
            page.extend_from_slice(middle);
            page.extend_from_slice(self.created[place].to_string().as_bytes());
            page.extend_from_slice(rest);
        }
        let (first, last) = (id(first), id(end - 1));
        page.extend_from_slice(
            format!(r#"],"first_id":"{first}","last_id":"{last}","has_more":{has_more}}}"#)
                .as_bytes(),
        );
        page
    }
}

/// The id of the row at this place; as long as one of the service, and as opaque.
fn id(place: usize) -> String {
    format!("batch_0b5c9d7e-3f21-4c8a-9e60-{place:012}")
}

/// Rows of the sandbox, cut open where the id and the time of creation stand.
fn patterns(now: i64) -> Vec<Pattern> {
    let rows = qwen_batches_sandbox::generate(PATTERNS, SEED, now);
    rows.into_iter().map(Pattern::new).collect()
}

impl Pattern {
    fn new(mut row: Value) -> Self {
        const ID: &str = "@id@";
        // A number stands without quotes.
        const CREATED_AT: &str = "\"@created_at@\"";

        row["id"] = ID.into();
        row["created_at"] = CREATED_AT.trim_matches('"').into();
        let text = row.to_string();
        let (start, rest) = text.split_once(ID).unwrap_or_default();
        let (middle, rest) = rest.split_once(CREATED_AT).unwrap_or_default();
        Self([start, middle, rest].map(|part| part.as_bytes().to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_772_000_000;

    fn page(list: &List, query: Query) -> Value {
        serde_json::from_slice(&list.page(&query).unwrap()).unwrap()
    }

    fn times(page: &Value) -> Vec<i64> {
        let rows = page["data"].as_array().map(Vec::as_slice);
        let times = rows.unwrap_or_default().iter();
        times
            .map(|row| row["created_at"].as_i64().unwrap())
            .collect()
    }

    #[test]
    fn rows_are_those_of_the_sandbox_with_another_id_and_time() {
        let list = List::new(2 * PATTERNS, Spread::Even, NOW);
        let limit = 2 * PATTERNS;
        let page = page(
            &list,
            Query {
                limit,
                ..Query::default()
            },
        );
        let rows = page["data"].as_array().unwrap();
        assert_eq!(rows.len(), limit);
        let patterns = qwen_batches_sandbox::generate(PATTERNS, SEED, NOW);
        for (place, row) in rows.iter().enumerate() {
            let mut expected = patterns[place % PATTERNS].clone();
            expected["id"] = id(place).into();
            expected["created_at"] = list.created[place].into();
            assert_eq!(*row, expected);
        }
        assert_eq!(page["first_id"], rows[0]["id"]);
        assert_eq!(page["last_id"], rows[limit - 1]["id"]);
        assert_eq!(page["has_more"], false);
    }

    #[test]
    fn cursors_lead_through_the_whole_list() {
        let list = List::new(250, Spread::Office, NOW);
        let mut ids = crc32fast::Hasher::new();
        let mut query = Query::default();
        let mut sizes = Vec::new();
        loop {
            let page = page(&list, query.clone());
            let rows = page["data"].as_array().unwrap();
            sizes.push(rows.len());
            rows.iter()
                .for_each(|row| ids.update(row["id"].as_str().unwrap().as_bytes()));
            if page["has_more"] == false {
                break;
            }
            query.after = Some(page["last_id"].as_str().unwrap().to_owned());
        }
        assert_eq!(sizes, [100, 100, 50]);
        assert_eq!(ids.finalize(), list.ids());
        query.after = Some(id(249));
        assert_eq!(page(&list, query.clone())["data"], Value::Null);
        for unknown in [id(250), "batch_1".to_owned(), id(7).replace("0b", "0c")] {
            query.after = Some(unknown);
            assert!(list.page(&query).is_err());
        }
    }

    #[test]
    fn both_bounds_are_inclusive() {
        let list = List::new(50, Spread::Even, NOW);
        let all = list.created.clone();
        let between = |after: i64, before: i64| Query {
            create_after: Some(after),
            create_before: Some(before),
            ..Query::default()
        };
        assert_eq!(times(&page(&list, between(all[30], all[20]))), all[20..=30]);
        assert_eq!(
            times(&page(&list, between(all[30] + 1, all[20] - 1))),
            all[21..30]
        );
        assert_eq!(page(&list, between(all[20], all[30]))["has_more"], false);
    }

    #[test]
    fn spreads_are_what_they_are_called() {
        // Rows, and how many are created within a second, an hour and a day at most.
        for (spread, rows, busiest) in [
            (Spread::Even, 3000, [1, 144, 3000]),
            (Spread::Even, 1_000_000, [1, 1436, 34_482]),
            (Spread::Office, 3000, [1, 14, 120]),
            (Spread::Bursts, 3000, [200, 200, 200]),
            (Spread::Bursts, 10_000, [200, 200, 400]),
        ] {
            let list = List::new(rows, spread, NOW);
            assert_eq!(list.rows(), rows);
            assert!(list.created.is_sorted_by(|a, b| a >= b));
            let (first, last) = (list.created[0], list.created[rows - 1]);
            assert!(first <= NOW && last > NOW - 30 * DAY);
            for (most, seconds) in busiest.into_iter().zip([1, HOUR, DAY]) {
                let within = |at: usize| {
                    let end = list.created[at] - seconds;
                    list.created[at..].partition_point(|&time| time > end)
                };
                let found = (0..rows).map(within).max().unwrap();
                assert!(
                    found.abs_diff(most) <= most / 50 + 1,
                    "{spread:?}: {found}, not {most}"
                );
            }
        }
    }
}
