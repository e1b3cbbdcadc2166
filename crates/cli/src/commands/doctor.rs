//! `qwen-batches doctor`

use qwen_batches::{Client, Region};

use super::Streams;
use crate::args::{DoctorArgs, Target};
use crate::connection::Connection;
use crate::doctor::{self, Report, Verdict};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plural::count;
use crate::terminal;

pub(super) async fn run(
    args: &DoctorArgs,
    target: &Target,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let connection = Connection::open(target).await?;
    let mut report = doctor::examine(&connection.client).await?;
    if args.try_other_region && report.refused == Some(401) {
        match doctor::other_region(connection.client.base_url()) {
            Some(region) => try_region(region, &mut report, streams).await?,
            None => {
                let found = "not asked: the base URL is not that of a region";
                report.add_open("other region", "refuses the key, too", found);
            }
        }
    }
    if let Ok(key) = std::env::var("DASHSCOPE_API_KEY")
        && !target.sandbox
        && !key.trim().is_empty()
    {
        report.mask(key.trim());
    }
    report.write(args.output, streams.screen.color, &mut *streams.out)?;
    verdict(&report)
}

async fn try_region(
    region: Region,
    report: &mut Report,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    // A region that is set beats the base URL and the workspace of the environment.
    let client = Client::builder().from_env().region(region).build();
    let client = client.map_err(|error| Failure::from(&error))?;
    let host = client.base_url();
    terminal::line(streams.err, &format!("note: showing the key to {host}"));
    doctor::try_region(&client, report).await
}

fn verdict(report: &Report) -> Result<Exit, Failure> {
    match (report.refused, report.count(Verdict::Violation)) {
        (Some(401), _) => Err(Failure::new(
            Exit::Auth,
            "the service refuses the key: it is wrong, or it is a good key of another region, \
             which looks the same",
        )
        .line(
            "help: the key is that of DASHSCOPE_API_KEY; `--region singapore` and `--region \
             beijing` choose where it is tried; `--try-other-region` shows it to the other one",
        )),
        (Some(status), _) => Err(Failure::new(
            Exit::Auth,
            format!("the service refuses the key ({status}): it may not list batches"),
        )),
        (None, 0) if report.has_page => Ok(Exit::Ok),
        (None, 0) => Err(Failure::new(
            Exit::Failure,
            "the service gave no page of batches, so there was nothing to examine",
        )),
        (None, some) => Err(Failure::new(
            Exit::Violation,
            format!("{} of the contract", count(some, "violation")),
        )),
    }
}
