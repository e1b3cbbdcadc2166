//! async-openai with its feature `batch`. It has no pages beyond the one it is asked for, so the
//! loop is its user's.

use std::error::Error;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::traits::RequestOptionsBuilder as _;
use bench_common::{KEY, ListRun};

/// `BASE_URL`: all rows, and a report.
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = std::env::args().nth(1).ok_or("no base URL")?;

    let mut run = ListRun::start();
    let config = OpenAIConfig::new()
        .with_api_base(base_url)
        .with_api_key(KEY);
    let client = Client::with_config(config);
    let mut after: Option<String> = None;
    loop {
        let mut query = vec![("limit", "100")];
        if let Some(after) = &after {
            query.push(("after", after));
        }
        let page = client.batches().query(&query)?.list().await?;
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
