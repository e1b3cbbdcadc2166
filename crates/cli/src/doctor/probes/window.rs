//! Intervals of time, as the service takes them.

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::doctor::Inconclusive;
use crate::doctor::examination::Examination;
use crate::doctor::reply::Answer;

/// Asks for the batches between two seconds, each as a clock shows it in its zone.
pub(super) async fn ask(
    examination: &mut Examination,
    after: (i64, Offset),
    before: (i64, Offset),
    limit: &str,
) -> Result<Answer, Inconclusive> {
    let (after, before) = (wall_clock(after)?, wall_clock(before)?);
    let query = [
        ("create_after", after.as_str()),
        ("create_before", before.as_str()),
        ("limit", limit),
    ];
    let answer = examination.ask(&query).await?;
    match answer.rows() {
        Some(_) => Ok(answer),
        None => Err(Inconclusive::new(answer.describe())),
    }
}

/// `yyyyMMddHHmmss`
fn wall_clock((second, zone): (i64, Offset)) -> Result<String, Inconclusive> {
    let instant = Timestamp::from_second(second)
        .map_err(|_| Inconclusive::new("the newest batch has an impossible time"))?;
    let time = zone.to_datetime(instant);
    Ok(time.strftime("%Y%m%d%H%M%S").to_string())
}
