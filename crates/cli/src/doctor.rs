//! What a service does where the contract is silent, and whether it keeps the rest.

mod contract;
mod examination;
mod finding;
mod probes;
mod question;
mod region;
mod report;
mod response;

use qwen_batches::Client;

use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use examination::Examination;
use finding::{Findings, Found, Inconclusive};
use response::Response;

pub(crate) use finding::Verdict;
pub(crate) use region::other as other_region;
pub(crate) use report::{Format, Report};

/// Asks the service behind `client` all that there is to ask.
pub(crate) async fn examine(client: &Client, dialect: Dialect) -> Result<Report, Failure> {
    let mut examination = Examination::new(client)?;
    let first = examination
        .ask(&[("limit", "100")])
        .await
        .map_err(|inconclusive| first_failure(&examination, dialect, inconclusive))?;
    if first.status >= 500 {
        let message = format!("the service is down: {}", first.describe());
        return Err(Failure::new(Exit::Failure, message));
    }
    examination.add("reachability", "a response", reached(&examination, &first));
    examination.add("key", "accepted", key(&first));
    if first.rows().is_some() {
        examination.first_page = Some(first);
        probes::run(&mut examination).await;
    }
    contract::check(&mut examination);
    Ok(examination.into_report())
}

/// Shows the key of `client` to the region that it asks, since another region refused it.
pub(crate) async fn try_region(client: &Client, report: &mut Report) -> Result<(), Failure> {
    let mut examination = Examination::new(client)?;
    let findings = examination.ask(&[("limit", "1")]).await.map(|response| {
        if response.rows().is_some() {
            Found::new(
                Verdict::Undocumented,
                format!(
                    "{} accepts the key: it is one of that region",
                    client.base_url()
                ),
            )
        } else {
            let response = response.describe();
            Found::ok(format!("{} responds {response}, too", client.base_url()))
        }
    });
    examination.add("other region", "refuses the key, too", findings);
    report.append(examination.into_report());
    Ok(())
}

/// Nothing can be said of a service that cannot be reached, so it is no report but a failure.
fn first_failure(
    examination: &Examination,
    dialect: Dialect,
    inconclusive: Inconclusive,
) -> Failure {
    match &examination.failure {
        Some(error) => Failure::of(error, dialect),
        None => Failure::new(Exit::Failure, inconclusive.0),
    }
}

fn reached(examination: &Examination, first: &Response) -> Findings {
    let latency = examination.latencies.first().copied().unwrap_or_default();
    let status = first.status;
    Ok(Found::ok(format!(
        "{status} after {} ms",
        latency.as_millis()
    )))
}

fn key(first: &Response) -> Findings {
    match first.status {
        200 if first.rows().is_some() => Ok(Found::ok("accepted")),
        401 => Err(Inconclusive::new(format!(
            "{}: the key is wrong, or it is a good key of another region",
            first.describe()
        ))),
        403 => Err(Inconclusive::new(format!(
            "{}: the key may not list batches",
            first.describe()
        ))),
        _ => Err(Inconclusive::new(format!("no page: {}", first.describe()))),
    }
}

#[cfg(test)]
mod tests {
    use qwen_batches_sandbox::Sandbox;

    use super::*;

    #[test]
    fn a_key_of_the_other_region_is_reported() {
        let client = |sandbox: &Sandbox| {
            let builder = Client::builder().api_key("good there");
            builder
                .base_url(sandbox.base_url())
                .build()
                .expect("a client")
        };
        let run = async {
            let here = Sandbox::builder().api_key("another").start().await;
            let there = Sandbox::builder().api_key("good there").start().await;
            let (here, there) = (here.expect("it starts"), there.expect("it starts"));
            let mut report = examine(&client(&here), Dialect::Qwen)
                .await
                .expect("a report");
            assert_eq!(report.refused, Some(401));
            let calls = report.calls;
            for (region, verdict) in [(&there, Verdict::Undocumented), (&here, Verdict::Ok)] {
                let tried = try_region(&client(region), &mut report).await;
                tried.expect("a report");
                let last = report.findings.last().expect("a row");
                assert_eq!(
                    (last.check.as_str(), last.verdict),
                    ("other region", verdict)
                );
            }
            assert_eq!(report.calls, calls + 2);
            assert_eq!(there.request_count(), 1);
        };
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(run);
    }
}
