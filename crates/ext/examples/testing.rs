//! Tests code that lists batches against a sandbox, without account or network.
//!
//! ```sh
//! cargo run --example testing
//! ```
//!
//! In a crate of one's own, each case is a `#[tokio::test]`, and `qwen-batches-sandbox` a
//! dev-dependency.

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::error::Error;

use qwen_batches::{BatchExt as _, BatchFilter, Client, ErrorKind, Timestamp};
use qwen_batches_sandbox::{BatchRow, Fault, Sandbox, Script, row};

/// The code to be tested: the ids of batches that are not done although they were due.
async fn late(client: &Client, now: Timestamp) -> Result<Vec<String>, qwen_batches::Error> {
    let mut batches = client.list_batches(BatchFilter::new()).items();
    let mut late = Vec::new();
    while let Some(batch) = batches.try_next().await? {
        if !batch.is_terminal() && batch.due().is_some_and(|due| due < now) {
            late.push(batch.id);
        }
    }
    Ok(late)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    what_is_due_and_not_done_is_late().await?;
    half_a_list_is_no_answer().await?;
    println!("both cases pass");
    Ok(())
}

async fn what_is_due_and_not_done_is_late() -> Result<(), Box<dyn Error>> {
    let rows = [
        hours_old(23).status("in_progress"),
        hours_old(25).status("in_progress"),
        hours_old(26).status("expired"),
    ];
    let sandbox = Sandbox::builder().now(NOW).rows(rows).start().await?;
    let now = Timestamp::from_second(NOW)?;
    assert_eq!(late(&client(&sandbox)?, now).await?, ["batch_25"]);
    // What was asked of the service: all pages of 100, without a filter.
    assert_eq!(sandbox.requests()[0].query, "limit=100");
    Ok(())
}

async fn half_a_list_is_no_answer() -> Result<(), Box<dyn Error>> {
    // There are three pages, and at the second the key is refused.
    let script = Script::new().on(2, Fault::status(401));
    let sandbox = Sandbox::builder().now(NOW).script(script).start().await?;
    let result = late(&client(&sandbox)?, Timestamp::from_second(NOW)?).await;
    assert!(result.is_err_and(|error| error.kind() == ErrorKind::Auth));
    assert_eq!(sandbox.requests()[1].faults, ["response"]);
    Ok(())
}

/// 2025-03-07T00:00:00Z.
const NOW: i64 = 1_741_305_600;

fn client(sandbox: &Sandbox) -> Result<Client, qwen_batches::Error> {
    let builder = Client::builder()
        .api_key("any")
        .base_url(sandbox.base_url());
    builder.build()
}

fn hours_old(hours: i64) -> BatchRow {
    row(format!("batch_{hours}"))
        .created_at(NOW - hours * 3600)
        .completion_window("24h")
}
