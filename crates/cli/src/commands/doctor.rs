//! `qwen-batches doctor`

use qwen_batches::Region;

use crate::args::{DoctorArgs, Target};
use crate::connection::{self, Connection};
use crate::dialect::Dialect;
use crate::doctor::{self, Report, Verdict};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::streams::Streams;
use crate::terminal;
use crate::words::count;

pub(super) async fn run(
    args: &DoctorArgs,
    target: &Target,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let connection = Connection::open(target).await?;
    let mut report = doctor::examine(&connection.client, target.dialect).await?;
    if args.try_other_region && report.refused == Some(401) {
        match doctor::other_region(connection.client.base_url()) {
            Some(region) => try_region(target, region, &mut report, streams).await?,
            None => {
                let found = "not asked: the base URL is not that of a region";
                report.add_open("other region", "refuses the key, too", found);
            }
        }
    }
    report.mask(&connection.client);
    report.write(args.output, streams.screen.color, &mut *streams.out)?;
    verdict(&report, target.dialect)
}

async fn try_region(
    target: &Target,
    region: Region,
    report: &mut Report,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    // A region that is set beats the base URL and the workspace of the environment.
    let target = Target {
        base_url: None,
        workspace: None,
        region: Some(region),
        ..target.clone()
    };
    let client = connection::service(&target)?.build();
    let client = client.map_err(|error| Failure::of(&error, target.dialect))?;
    let host = client.base_url();
    terminal::line(streams.err, &format!("note: showing the key to {host}"));
    doctor::try_region(&client, report).await
}

fn verdict(report: &Report, dialect: Dialect) -> Result<Exit, Failure> {
    match (report.refused, report.count(Verdict::Violation)) {
        (Some(401), _) if dialect == Dialect::Qwen => Err(Failure::new(
            Exit::Auth,
            "the service refuses the key: it is wrong, or it is a good key of another region, \
             which looks the same",
        )
        .line(
            "help: the key is that of DASHSCOPE_API_KEY; `--region singapore` and `--region \
             beijing` choose where it is tried; `--try-other-region` shows it to the other one",
        )),
        (Some(401), _) => Err(Failure::new(
            Exit::Auth,
            format!(
                "the service refuses the key, which is that of {}",
                dialect.key_variable()
            ),
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
