//! The floor: the least that lists all batches. No retries, no limits, no checks; what somebody
//! writes in ten minutes on reqwest and serde.

use std::error::Error;

use bench_common::{KEY, ListRun};
use bench_floor::Page;

/// `BASE_URL`: all rows, and a report. `BASE_URL --first-page`: the ids of the first page; with
/// `--no-certificates`, root certificates are not read, which over plain HTTP serve no one.
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let base_url = arguments.next().ok_or("no base URL")?;
    let options: Vec<String> = arguments.collect();
    let has = |option: &str| options.iter().any(|given| given == option);
    let (first_page, no_certificates) = (has("--first-page"), has("--no-certificates"));

    let mut run = ListRun::start();
    let client = if no_certificates {
        reqwest::Client::builder().tls_certs_only([]).build()?
    } else {
        reqwest::Client::new()
    };
    let mut after: Option<String> = None;
    loop {
        let mut request = client
            .get(format!("{base_url}/batches"))
            .bearer_auth(KEY)
            .query(&[("limit", "100")]);
        if let Some(after) = &after {
            request = request.query(&[("after", after)]);
        }
        let page: Page = request.send().await?.error_for_status()?.json().await?;
        if first_page {
            for batch in page.data {
                println!("{}", batch.id);
            }
            return Ok(());
        }
        for batch in &page.data {
            run.row(&batch.id);
        }
        if !page.has_more {
            break;
        }
        after = page.last_id;
    }
    run.report(&[]);
    Ok(())
}
