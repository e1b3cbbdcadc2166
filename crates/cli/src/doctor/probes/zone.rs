//! The zone in which the service reads times.

use jiff::tz::{Offset, offset};
use qwen_batches::Region;

use super::window;
use crate::doctor::examination::Examination;
use crate::doctor::question::Question;
use crate::doctor::report::Verdict;
use crate::doctor::{Findings, Found, Inconclusive, Probe, region};
use crate::zone_arg::name;

pub(in crate::doctor) const PROBE: Probe = Probe {
    check: "zone of the time filters",
    expected: "UTC+8",
    run: |examination| Box::pin(run(examination)),
};

const DOCUMENTED: Offset = offset(8);

/// The clocks of the world, in quarters of an hour east of UTC.
const WESTMOST: i32 = -12 * 4;
const EASTMOST: i32 = 14 * 4;

async fn run(examination: &mut Examination) -> Findings {
    let zone = match (
        finds(examination, 8 * 4, 8 * 4).await?,
        finds(examination, 0, 0).await?,
    ) {
        (true, false) => DOCUMENTED,
        (false, true) => Offset::UTC,
        (true, true) => {
            let text =
                "none: a batch is found both in UTC+8 and in UTC, as if nothing were filtered";
            return Ok(Found::new(Verdict::Violation, text));
        }
        (false, false) => match search(examination).await? {
            Some(zone) => zone,
            None => {
                let text = "none: a batch is in no window around its time, from UTC-12 to UTC+14";
                return Ok(Found::new(Verdict::Violation, text));
            }
        },
    };
    examination.zone = Some(zone);
    if region::of(examination.base_url()) == Some(Region::Singapore) {
        examination.settle(Question::SingaporeZone, name(zone));
    }
    if zone == DOCUMENTED {
        Ok(Found::ok(name(zone)))
    } else {
        Ok(Found::new(Verdict::Violation, name(zone)))
    }
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
    let answer = window::ask(examination, after, before, "100").await?;
    Ok(answer.contains(&id))
}

fn at(quarters: i32) -> Offset {
    Offset::from_seconds(quarters * 15 * 60).unwrap_or(Offset::UTC)
}
