//! What came of a batch, from a row as a server sends it.

use qwen_batches::{Batch, BatchExt as _, BatchFilter, Outcome};
use serde_json::Value;

use crate::support::{Response, Server, client, page, row};

/// Lines of these parts: the case, a change of a row that is validating (`"absent"` takes a member
/// out), what came of it, whether it has results, and how long it took, if that is known.
const CASES: &str = include_str!("outcomes.txt");

#[tokio::test]
async fn what_came_of_a_batch() {
    let cases: Vec<Vec<&str>> = CASES
        .lines()
        .map(|line| line.split(" | ").collect())
        .collect();
    let rows: Vec<Value> = cases
        .iter()
        .enumerate()
        .map(|(n, case)| changed(n, case[1]))
        .collect();
    let server = Server::start([Response::json(&page(&rows, false))]).await;
    let list = client(&server.base_url()).list_batches(BatchFilter::new());
    let page = list.page().await.expect("a page");
    assert_eq!(page.rows.len(), cases.len());
    for (batch, case) in page.rows.iter().zip(&cases) {
        let mut expected = case[2..].to_vec();
        expected.resize(3, "unknown");
        assert_eq!(shown(batch).as_slice(), expected, "{}", case[0]);
    }
}

fn changed(n: usize, change: &str) -> Value {
    let mut row = row(&format!("batch_{n}"));
    let change: Value = serde_json::from_str(change).expect("JSON");
    for (name, value) in change.as_object().expect("members") {
        let members = row.as_object_mut().expect("a row");
        match value.as_str() {
            Some("absent") => drop(members.shift_remove(name)),
            _ => drop(members.insert(name.clone(), value.clone())),
        }
    }
    row
}

fn shown(batch: &Batch) -> [String; 3] {
    let outcome = batch.outcome();
    let detail = match &outcome {
        Outcome::SucceededInPart {
            counts: Some(counts),
            ..
        } => format!(
            " {}/{}, {} failed",
            counts.completed, counts.total, counts.failed
        ),
        Outcome::Refused { errors, .. } if !errors.is_empty() => {
            let codes = errors.iter().map(|it| it.code.as_deref().unwrap_or("-"));
            format!(" {}", codes.collect::<Vec<_>>().join(", "))
        }
        Outcome::Expired { finished, .. } | Outcome::Cancelled { finished, .. } => match finished {
            Some(true) => " with rows".to_owned(),
            Some(false) => " without rows".to_owned(),
            None => String::new(),
        },
        _ => String::new(),
    };
    let results = match batch.has_results() {
        true => "results",
        false => "no results",
    };
    let duration = match batch.duration() {
        Some(duration) => format!("{} s", duration.as_secs()),
        None => "unknown".to_owned(),
    };
    [
        format!("{}{detail}", outcome.name()),
        results.to_owned(),
        duration,
    ]
}
