//! Single parts of our client, each through the smallest public door that it has.

use bench_common::KEY;
use bench_server::{List, Server, Spread};
use divan::{Bencher, black_box};
use jiff::Timestamp;
use qwen_batches::{BatchFilter, BatchStatus, Client, RateLimit};
use qwen_batches_api::types::BatchPage;
use serde_json::json;
use tokio::runtime::Runtime;

const ROWS: usize = 100;
const NOW: i64 = 1_775_000_000;

fn main() {
    divan::main();
}

/// A page of 100 batches as the generated client decodes it: text first, then its types.
#[divan::bench]
fn decode_page_of_100(bencher: Bencher) {
    let page = page();
    bencher.bench(|| {
        let text = std::str::from_utf8(black_box(&page)).expect("text");
        serde_json::from_str::<BatchPage>(text).expect("a page")
    });
}

/// The same page as the floor decodes it: its types, out of bytes, as reqwest does.
#[divan::bench]
fn decode_page_of_100_by_the_floor(bencher: Bencher) {
    let page = page();
    bencher
        .bench(|| serde_json::from_slice::<bench_floor::Page>(black_box(&page)).expect("a page"));
}

/// A filter with everything in it, checked and rendered: a list does both when it becomes a stream,
/// before anything is sent.
#[divan::bench]
fn filter_checked_and_rendered(bencher: Bencher) {
    let client = client("http://127.0.0.1:9/compatible-mode/v1");
    let files = (0..20).map(|n| format!("file-batch-0b5c9d7e3f214c8a9e60{n:04}"));
    let filter = BatchFilter::new()
        .statuses([BatchStatus::Completed, BatchStatus::Expired])
        .name_contains("nightly")
        .input_files(files)
        .created_after(Timestamp::constant(NOW - 7 * 86_400, 0))
        .created_before(Timestamp::constant(NOW, 0));
    let list = client.list_batches(filter);
    bencher
        .with_inputs(|| list.clone())
        .bench_values(|list| list.items());
}

/// A filter in which nothing is right, up to its error, which names every problem.
#[divan::bench]
fn filter_refused(bencher: Bencher) {
    let (runtime, client) = (runtime(), client("http://127.0.0.1:9/compatible-mode/v1"));
    let filter = BatchFilter::new()
        .name_contains("x".repeat(101))
        .input_files((0..21).map(|n| format!("file,{n}")))
        .created_after(Timestamp::constant(NOW, 0))
        .created_before(Timestamp::constant(NOW - 1, 0));
    let list = client.list_batches(filter);
    bencher
        .with_inputs(|| list.clone())
        .bench_values(|list| runtime.block_on(list.page()).expect_err("nothing is right"));
}

/// A call that the service rejects, up to the typed error. Nothing smaller is public: a round trip
/// on this machine is part of it, and `error_as_it_stands` is that round trip alone.
#[divan::bench]
fn error_decoded(bencher: Bencher) {
    let (runtime, server) = (runtime(), server());
    let client = client(&server.base_url());
    let list = client.list_batches(BatchFilter::new()).after("nobody");
    bencher
        .with_inputs(|| list.clone())
        .bench_values(|list| runtime.block_on(list.page()).expect_err("no such batch"));
}

/// The same call, its response taken as it stands.
#[divan::bench]
fn error_as_it_stands(bencher: Bencher) {
    let (runtime, server) = (runtime(), server());
    let client = client(&server.base_url());
    let query = [("limit", "100"), ("after", "nobody")];
    bencher.bench(|| runtime.block_on(client.raw(query)).expect("a response"));
}

/// A page as it travels.
fn page() -> Vec<u8> {
    let rows = qwen_batches_sandbox::generate(ROWS, 7, NOW);
    let page = json!({
        "object": "list",
        "first_id": rows[0]["id"],
        "last_id": rows[ROWS - 1]["id"],
        "data": rows,
        "has_more": true,
    });
    page.to_string().into_bytes()
}

fn server() -> Server {
    let list = List::new(ROWS, Spread::Even, NOW);
    Server::start(list, std::time::Duration::ZERO, Box::new(|| ())).expect("a port")
}

fn client(base_url: &str) -> Client {
    Client::builder()
        .api_key(KEY)
        .base_url(base_url)
        .rate_limit(RateLimit::off())
        .build()
        .expect("a client")
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
