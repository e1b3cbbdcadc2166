//! Filters by time: in which zone they are read, and what their bounds include.

use jiff::Timestamp;
use jiff::tz::{Offset, offset};
use qwen_batches::Region;

use crate::doctor::examination::Examination;
use crate::doctor::finding::{Findings, Found, Inconclusive};
use crate::doctor::question::Question;
use crate::doctor::region;
use crate::doctor::response::Response;
use crate::zone_arg::name;

const DOCUMENTED: Offset = offset(8);

/// The clocks of the world, in quarters of an hour east of UTC.
const WESTMOST: i32 = -12 * 4;
const EASTMOST: i32 = 14 * 4;

pub(super) async fn zone(examination: &mut Examination) -> Findings {
    let zone = match (
        finds(examination, 8 * 4, 8 * 4).await?,
        finds(examination, 0, 0).await?,
    ) {
        (true, false) => DOCUMENTED,
        (false, true) => Offset::UTC,
        (true, true) => {
            let text = "cannot be decided: a batch is found both in UTC+8 and in UTC, as if the filters \
                        were ignored";
            return Ok(Found::violation(text));
        }
        (false, false) => match search(examination).await? {
            Some(zone) => zone,
            None => {
                let text = "cannot be decided: a batch is in no window around its time, from UTC-12 to \
                            UTC+14";
                return Ok(Found::violation(text));
            }
        },
    };
    examination.zone = Some(zone);
    if region::of(examination.base_url()) == Some(Region::Singapore) {
        examination.settle(Question::SingaporeZone, name(zone));
    }
    Ok(if zone == DOCUMENTED {
        Found::ok(name(zone))
    } else {
        Found::violation(name(zone))
    })
}

/// Halves the clocks of the world until one is left.
async fn search(examination: &mut Examination) -> Result<Option<Offset>, Inconclusive> {
    let (mut west, mut east) = (WESTMOST, EASTMOST);
    if !finds(examination, west, east).await? {
        return Ok(None);
    }
    while west < east {
        let middle = west + (east - west) / 2;
        if finds(examination, west, middle).await? {
            east = middle;
        } else {
            west = middle + 1;
        }
    }
    Ok(Some(at(west)))
}

/// Whether the clock by which the service reads times is one of these: the window is as narrow as
/// can be around what they show when the newest batch is created.
async fn finds(examination: &mut Examination, west: i32, east: i32) -> Result<bool, Inconclusive> {
    let (id, created) = examination.newest()?;
    let (after, before) = ((created - 1, at(west)), (created + 1, at(east)));
    let response = window(examination, after, before, "100").await?;
    Ok(response.contains(&id))
}

fn at(quarters: i32) -> Offset {
    Offset::from_seconds(quarters * 15 * 60).unwrap_or(Offset::UTC)
}

/// Whether a time filter includes the second that it names.
pub(super) async fn bounds(examination: &mut Examination) -> Findings {
    let Some(zone) = examination.zone else {
        return Err(Inconclusive::new("their zone is not known"));
    };
    let (id, created) = examination.newest()?;
    let after = window(examination, (created, zone), (created + 1, zone), "100").await?;
    let before = window(examination, (created - 1, zone), (created, zone), "100").await?;
    let text = match (after.contains(&id), before.contains(&id)) {
        (true, true) => "both included",
        (false, false) => "both excluded",
        (true, false) => "create_after included, create_before excluded",
        (false, true) => "create_after excluded, create_before included",
    };
    examination.settle(Question::Bounds, text);
    Ok(if text == "both included" {
        Found::ok(text)
    } else {
        Found::undocumented(text)
    })
}

/// Asks for the batches between two seconds, each as a clock shows it in its zone.
pub(super) async fn window(
    examination: &mut Examination,
    after: (i64, Offset),
    before: (i64, Offset),
    limit: &str,
) -> Result<Response, Inconclusive> {
    let (after, before) = (wall_clock(after)?, wall_clock(before)?);
    let query = [
        ("create_after", after.as_str()),
        ("create_before", before.as_str()),
        ("limit", limit),
    ];
    let response = examination.ask(&query).await?;
    match response.rows() {
        Some(_) => Ok(response),
        None => Err(Inconclusive::new(format!(
            "cannot be decided: {}",
            response.describe()
        ))),
    }
}

/// `yyyyMMddHHmmss`
fn wall_clock((second, zone): (i64, Offset)) -> Result<String, Inconclusive> {
    let instant = Timestamp::from_second(second).map_err(|_| {
        Inconclusive::new("cannot be decided: the newest batch has an impossible time")
    })?;
    let time = zone.to_datetime(instant);
    Ok(time.strftime("%Y%m%d%H%M%S").to_string())
}
