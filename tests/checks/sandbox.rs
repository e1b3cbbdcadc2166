//! The responses of the sandbox, by the contract.

use contract_tests::{KEY, NOW};
use qwen_batches_conformance::{Contract, Request, Response};
use qwen_batches_sandbox::{Clock, STATUSES, Sandbox, generate_lifecycles};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::cases::PATH;
use super::evidence::Evidence;

/// A request to the sandbox, and its response.
#[derive(Debug)]
pub(crate) struct Exchange {
    target: String,
    request: Request,
    status: u16,
    response: Response,
    pub(super) body: Value,
    /// The contract is silent on this request: only the response is judged.
    is_own_choice: bool,
}

/// Every response conforms.
pub(super) fn responses_conform(contract: &Contract, evidence: &Evidence) -> Vec<String> {
    let exchanges = evidence.exchanges.iter();
    let reports = exchanges.map(|it| (it, contract.check_response(&it.request, &it.response)));
    // The sandbox knows no field and no status that the contract does not.
    reports
        .filter(|(_, report)| !report.findings.is_empty())
        .map(|(exchange, report)| format!("response to `{}`: {report}", exchange.target))
        .collect()
}

/// A request that the contract allows gets what it asks for, and no other does; one without a key
/// gets a 401.
pub(super) fn judges_alike(contract: &Contract, evidence: &Evidence) -> Vec<String> {
    let mut problems = Vec::new();
    for exchange in evidence
        .exchanges
        .iter()
        .filter(|exchange| !exchange.is_own_choice)
    {
        let report = contract.check_request(&exchange.request);
        let lacks_key = report
            .violations()
            .any(|it| it.at == "/headers/authorization");
        if report.conforms() != (exchange.status == 200) || lacks_key != (exchange.status == 401) {
            let Exchange { target, status, .. } = exchange;
            problems.push(format!("`{target}` gets {status}, but: {report}"));
        }
    }
    problems
}

/// Asks a sandbox everything: each parameter good and bad, alone and together, with and without a
/// key.
pub(super) async fn record() -> Vec<Exchange> {
    let sandbox = Sandbox::builder()
        .batches(60)
        .seed(11)
        .now(NOW)
        .start()
        .await
        .expect("a sandbox");
    let rows = sandbox.rows();
    let text = |index: usize, key: &str| rows[index][key].as_str().unwrap_or_default().to_owned();
    let files = |count: usize, separator: &str| {
        let ids: Vec<String> = (0..count)
            .map(|index| percent(&text(index, "input_file_id")))
            .collect();
        format!("input_file_ids={}", ids.join(separator))
    };
    let key = [("authorization", format!("Bearer {KEY}"))];

    let mut queries: Vec<String> = vec![
        String::new(),
        files(1, ","),
        files(20, ","),
        files(20, "%2C"),
        files(21, ","),
        files(21, "%2C"),
        format!("after={}", text(3, "id")),
        format!("after={}&limit=100", text(59, "id")),
        format!("status={}", STATUSES.join(",")),
        format!("status={}", STATUSES.join("%2C")),
        format!("status={},paused", STATUSES[0]),
    ];
    queries.extend(STATUSES.map(|status| format!("limit=5&status={status}")));
    let good = [
        "limit=1",
        "limit=20",
        "limit=99",
        "limit=100",
        "ds_name=a",
        "ds_name=%E5%A4%9C",
        "ds_name=no+such",
        "create_after=20260201000000",
        "create_before=20260228000000",
        "create_after=20260210000000&create_before=20260220000000",
        "status=completed%2Cfailed&create_after=20260201000000&limit=7&ds_name=n",
    ];
    let bad = [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=ten",
        "limit=1.5",
        "limit=",
        "limit=1&limit=1",
        "after=",
        "status=paused",
        "status=Completed",
        "status=",
        "status=completed,",
        "status=completed|failed",
        "status=completed+failed",
        "status=completed&status=failed",
        "input_file_ids=",
        "ds_name=%E5",
        "ds_name=a&ds_name=b",
        "create_after=2026020100000",
        "create_after=202602010000000",
        "create_after=2026-02-01",
        "create_after=",
        "create_before=2026022800000",
        "create_before=20260228T0000",
        "create_before=202602280000000",
    ];
    queries.extend(
        [&good[..], &bad[..]]
            .concat()
            .into_iter()
            .map(str::to_owned),
    );
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..40 {
        let mut pick = |from: &[&str]| from[random.usize(..from.len())].to_owned();
        let parts = [
            pick(&["limit=3", "limit=50", "limit=1000"]),
            pick(&["status=failed", "status=completed,expired", "status=done"]),
            pick(&["create_after=20260205120000", "create_after=yesterday", ""]),
            pick(&["ds_name=e", ""]),
        ];
        queries.push(parts.join("&"));
    }

    let mut exchanges = Vec::new();
    for query in queries {
        exchanges.push(exchange(&sandbox, listed(&query), &key, false).await);
    }
    let own_choices = [
        "after=no-such-batch",
        "input_file_ids=a,,b",
        "create_after=20261399000000",
        "page=2",
        "ds_name=",
        "create_before=20260230000000",
    ];
    for query in own_choices {
        exchanges.push(exchange(&sandbox, listed(query), &key, true).await);
    }
    for value in ["", "Bearer ", "Basic a2V5", "Token x"] {
        let header = [("authorization", value.to_owned())];
        exchanges.push(exchange(&sandbox, listed("limit=1"), &header, false).await);
    }
    exchanges.push(exchange(&sandbox, PATH.to_owned(), &[], false).await);
    let is_small = |row: &&Value| row["request_counts"]["total"].as_u64() <= Some(200);
    for row in rows.iter().filter(is_small).take(20) {
        let id = |key: &str| Some(percent(row[key].as_str()?));
        let batch = id("id").map(|id| format!("{PATH}/{id}"));
        let files = ["output_file_id", "error_file_id"].map(|key| id(key).map(content));
        for target in [batch].into_iter().chain(files).flatten() {
            exchanges.push(exchange(&sandbox, target.clone(), &[], false).await);
            exchanges.push(exchange(&sandbox, target, &key, false).await);
        }
        let input = id("input_file_id").map(content).unwrap_or_default();
        exchanges.push(exchange(&sandbox, input, &key, true).await);
    }
    for target in [format!("{PATH}/no-such"), content("no-such".to_owned())] {
        exchanges.push(exchange(&sandbox, target, &key, true).await);
    }

    // The lives of batches, minute by minute, until all are over.
    let sandbox = Sandbox::builder()
        .lifecycles(generate_lifecycles(24, 11, NOW))
        .now(NOW)
        .clock(Clock::PerRequest { seconds: 60 })
        .start()
        .await
        .expect("a sandbox");
    for minute in 0..=60 {
        // The query is what a problem is reported by.
        let target = listed(&format!("limit=100&minute={minute}"));
        exchanges.push(exchange(&sandbox, target, &key, true).await);
    }
    exchanges
}

fn listed(query: &str) -> String {
    format!("{PATH}?{query}")
}

/// Where the content of a file is, whose id is encoded.
fn content(id: String) -> String {
    format!("/compatible-mode/v1/files/{id}/content")
}

/// Sends a request as it stands, and reads the raw response.
async fn exchange(
    sandbox: &Sandbox,
    target: String,
    headers: &[(&str, String)],
    is_own_choice: bool,
) -> Exchange {
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut request = Request::new("GET", path).query(query);
    let mut text = format!("GET {target} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
        request = request.header(*name, value);
    }
    text.push_str("\r\n");
    let mut stream = TcpStream::connect(sandbox.address())
        .await
        .expect("a connection");
    stream
        .write_all(text.as_bytes())
        .await
        .expect("a request sent");
    let mut received = Vec::new();
    stream
        .read_to_end(&mut received)
        .await
        .expect("a whole response");

    let head_end = received
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8_lossy(&received[..head_end]).into_owned();
    let body = received.split_off(head_end + 4);
    let mut lines = head.lines();
    let status_line = lines.next().unwrap_or_default();
    let status = status_line
        .split(' ')
        .nth(1)
        .and_then(|it| it.parse().ok())
        .expect("a status");
    let mut response = Response::new(status);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        response = response.header(name, value.trim());
    }
    Exchange {
        target,
        request,
        status,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        response: response.body(body),
        is_own_choice,
    }
}

/// A value as a query holds it.
fn percent(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    value
        .bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
