//! What each fuzz target does with one input. Any input will do: nothing may panic, and nothing may
//! grow beyond its bound.
//!
//! All of it goes through the public API: a server in this process responds over loopback, and the
//! clock never waits. `fuzz/fuzz_targets` includes this file.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use futures::StreamExt as _;
use jiff::Timestamp;
use jiff::tz::Offset;
use qwen_batches::{
    Batch, BatchExt, BatchFilter, Checkpoint, Client, Error, ErrorKind, Page, RateLimit,
    ResultsCheckpoint, RetryPolicy, Runtime, Sleep,
};

const KEY: &str = "sk-fuzzing-0123456789";
/// More than any pause that a policy allows.
const TIME_LIMIT: Duration = Duration::from_secs(3600);
const MAX_RESPONSE: usize = 1 << 16;
const EMPTY_PAGE: &str = r#"{"object":"list","data":[],"has_more":false}"#;
/// The batch that is asked for: of these inputs, a batch alone has this id.
const BATCH: &str = "batch_3d0b7c9e-52a4-4f6e-9a51-0c8f5a8b1d27";
const PAGE: &str = include_str!("page.json");

/// Results of two requests.
const RESULTS: &str = r#"{"custom_id":"a","response":{"status_code":200,"body":1}}
{"custom_id":"b","error":"late"}
"#;

/// Zones of the service's clock, of which an input names one by its place.
const ZONES: [Offset; 4] = [jiff::tz::offset(8), Offset::UTC, Offset::MIN, Offset::MAX];

/// A response, to a list, to a batch alone, as its results and as a file: status, then lines of headers, an empty
/// line, and the body.
pub(crate) fn response(input: &[u8]) {
    let (head, body) = split(input);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.trim().parse().ok());
    let headers: Vec<_> = lines.filter_map(|line| line.split_once(':')).collect();
    let mut server = Server::lock();
    server.response(status.unwrap_or(200), &headers, body);
    match server.page(RetryPolicy::off()) {
        Ok(page) => inspect_page(&page),
        Err(error) => inspect_error(&error),
    }
    let client = server.client(ZONES[0], RetryPolicy::off());
    match server.block_on(client.batch(BATCH).response()) {
        Ok(found) => {
            inspect_batch(&found.batch);
            assert_eq!(found.batch.id, BATCH);
            for finding in &found.findings {
                assert!(finding.pointer.starts_with('/'), "{finding}");
            }
        }
        Err(error) => inspect_error(&error),
    }
    let lines = client.results(&ended_batch()).max_line_bytes(4096).lines();
    for line in server.block_on(lines.collect::<Vec<_>>()) {
        match line {
            Ok(line) => assert!(!format!("{line:?}").contains(KEY)),
            Err(error) => inspect_error(&error),
        }
    }
    let chunks = client.file("file-batch_output-b7e2").chunks();
    for chunk in server.block_on(chunks.collect::<Vec<_>>()) {
        if let Err(error) = chunk {
            inspect_error(&error);
        }
    }
}

/// A batch with a file of results.
fn ended_batch() -> Batch {
    let mut page: serde_json::Value = serde_json::from_str(PAGE).expect("JSON");
    let mut row = page["data"][0].take();
    row["status"] = "completed".into();
    row["output_file_id"] = "file-batch_output-b7e2".into();
    serde_json::from_value(row).expect("a batch")
}

/// A checkpoint, as a token or as JSON.
pub(crate) fn checkpoint(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let read = [
        text.parse::<Checkpoint>().ok(),
        serde_json::from_slice(input).ok(),
    ];
    let mut server = Server::lock();
    results_checkpoint(&mut server, input);
    server.response(200, &[], PAGE.as_bytes());
    for checkpoint in read.into_iter().flatten() {
        let again: Checkpoint = checkpoint.to_string().parse().expect("what was written");
        assert_eq!(again, checkpoint);
        let client = server.client(ZONES[0], RetryPolicy::off());
        let list = || client.list_batches(BatchFilter::new());
        // Rejected: it belongs to another server.
        if let Err(error) = server.block_on(list().resume(checkpoint.clone()).page()) {
            inspect_error(&error);
        }
        // The same position in a list of this server: a list can go on from there.
        let start = serde_json::to_value(list().items().checkpoint().expect("a valid list"));
        let start = start.expect("JSON");
        let mut json = serde_json::to_value(&checkpoint).expect("JSON");
        let fields = json.as_object_mut().expect("an object");
        fields.remove("fingerprint");
        for name in ["server", "filter"] {
            fields.insert(name.to_owned(), start[name].clone());
        }
        let ours: Checkpoint = serde_json::from_value(json).expect("a checkpoint");
        for cap in [None, Some(checkpoint.delivered()), Some(u64::MAX)] {
            let list = list().resume(ours.clone());
            let mut items = match cap {
                Some(cap) => list.max_items(cap),
                None => list,
            }
            .items();
            let rows = server.block_on(items.by_ref().take(10).collect::<Vec<_>>());
            assert!(rows.len() < 10, "a list of one page goes on and on");
            let left = items.checkpoint().expect("a valid list");
            assert_eq!(left.to_string().parse::<Checkpoint>().ok(), Some(left));
        }
    }
}

/// A checkpoint of results, as a token or as JSON.
fn results_checkpoint(server: &mut Server, input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let read = [
        text.parse::<ResultsCheckpoint>().ok(),
        serde_json::from_slice(input).ok(),
    ];
    server.response(200, &[], RESULTS.as_bytes());
    let client = server.client(ZONES[0], RetryPolicy::off());
    let results = || client.results(&ended_batch());
    for checkpoint in read.into_iter().flatten() {
        let again: ResultsCheckpoint = checkpoint.to_string().parse().expect("what was written");
        assert_eq!(again, checkpoint);
        // The same place in the results of this batch, if the files are the same.
        let start = serde_json::to_value(results().lines().checkpoint().expect("a place"));
        let start = start.expect("JSON");
        let mut json = serde_json::to_value(&checkpoint).expect("JSON");
        for name in ["v", "server", "batch"] {
            json[name] = start[name].clone();
        }
        for part in ["output", "error"] {
            json[part]["file"] = start[part]["file"].clone();
        }
        let ours: ResultsCheckpoint = serde_json::from_value(json).expect("a checkpoint");
        for place in [checkpoint, ours] {
            for line in server.block_on(results().resume(place).lines().collect::<Vec<_>>()) {
                match line {
                    Ok(line) => assert!(line.line > 0),
                    Err(error) => inspect_error(&error),
                }
            }
        }
    }
}

/// A filter, a line for each value: `name value`.
pub(crate) fn filter(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut filter = BatchFilter::new();
    let mut zone = ZONES.first();
    let mut page_size = None;
    let mut after = None;
    let mut files = None;
    for line in text.lines() {
        let (name, value) = line.split_once(' ').unwrap_or((line, ""));
        match name {
            "statuses" => {
                let statuses = value.split(',').filter(|word| !word.is_empty());
                filter = filter.statuses(statuses.filter_map(|word| word.parse().ok()));
            }
            "name_contains" => filter = filter.name_contains(value),
            "input_files" => files.get_or_insert_with(Vec::new).push(value.to_owned()),
            "created_after" => {
                if let Some(instant) = time(value) {
                    filter = filter.created_after(instant);
                }
            }
            "created_before" => {
                if let Some(instant) = time(value) {
                    filter = filter.created_before(instant);
                }
            }
            "zone" => {
                let place = value.parse::<usize>().ok();
                zone = place.and_then(|place| ZONES.get(place)).or(zone);
            }
            "page_size" => page_size = value.parse().ok(),
            "after" => after = Some(value.to_owned()),
            _ => {}
        }
    }
    if let Some(files) = files {
        filter = filter.input_files(files);
    }
    let mut server = Server::lock();
    server.response(200, &[], EMPTY_PAGE.as_bytes());
    let client = server.client(*zone.unwrap_or(&ZONES[0]), RetryPolicy::off());
    let mut list = client.list_batches(filter);
    if let Some(rows) = page_size {
        list = list.page_size(rows);
    }
    if let Some(id) = after {
        list = list.after(id);
    }
    match server.block_on(list.page()) {
        Ok(page) => assert_eq!(page.rows, []),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
            inspect_error(&error);
        }
    }
}

/// An instant, as a text or as its nanoseconds.
fn time(text: &str) -> Option<Timestamp> {
    let nanoseconds = text.parse().ok();
    let read = nanoseconds.and_then(|number| Timestamp::from_nanosecond(number).ok());
    read.or_else(|| text.parse().ok())
}

fn inspect_page(page: &Page) {
    assert!(page.has_more || page.next_cursor.is_none());
    page.rows.iter().for_each(inspect_batch);
    for finding in &page.findings {
        assert!(finding.pointer.starts_with("/data/"), "{finding}");
        assert!(page.rows.iter().any(|row| row.id == finding.id));
        let known = page.rows.iter().map(BatchExt::known);
        assert!(serde_json::to_string(&known.collect::<Vec<_>>()).is_ok());
    }
    for row in &page.unreadable {
        assert!(row.pointer.starts_with("/data/"), "{row}");
        assert!(
            row.reason.len() < 4096,
            "{} bytes of reason",
            row.reason.len()
        );
        assert!(!row.reason.contains('\n'), "{row}");
    }
}

fn inspect_batch(batch: &Batch) {
    let _ = (batch.created(), batch.due(), batch.is_terminal());
    assert!(
        batch
            .progress()
            .is_none_or(|share| (0.0..=1.0).contains(&share))
    );
    let _ = format!("{batch:?}");
    let json = serde_json::to_string(batch).expect("JSON");
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
}

fn inspect_error(error: &Error) {
    let text = error.to_string();
    let bounded = text.len() < 8192 || error.kind() == ErrorKind::InvalidRequest;
    assert!(bounded, "{} bytes of message", text.len());
    assert!(!text.contains(KEY) && !format!("{error:#?}").contains(KEY));
    if error.kind() != ErrorKind::InvalidRequest {
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
    let _ = (error.is_retryable(), error.retry_after(), error.status());
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        assert!(!cause.to_string().contains(KEY));
        source = cause.source();
    }
}

fn split(input: &[u8]) -> (String, &[u8]) {
    let at = input.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = at.map_or((input, &[][..]), |at| (&input[..at], &input[at + 2..]));
    (String::from_utf8_lossy(head).into_owned(), body)
}

/// Responds to every request with the same bytes, on connections that stay open.
struct Server {
    address: SocketAddr,
    response: Arc<Mutex<Vec<u8>>>,
    tokio: tokio::runtime::Runtime,
    clients: HashMap<(i32, bool), Client>,
}

impl Server {
    /// The one server of this process; one input at a time has it.
    fn lock() -> MutexGuard<'static, Self> {
        static SERVER: OnceLock<Mutex<Server>> = OnceLock::new();
        SERVER
            .get_or_init(|| Mutex::new(Self::start()))
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let response = Arc::<Mutex<Vec<u8>>>::default();
        let kept = Arc::clone(&response);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let response = Arc::clone(&kept);
                // A client that does not like its response closes the connection; so be it.
                thread::spawn(move || serve(stream, &response));
            }
        });
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        Self {
            address,
            response,
            tokio,
            clients: HashMap::new(),
        }
    }

    fn response(&mut self, status: u16, headers: &[(&str, &str)], body: &[u8]) {
        let status = if (200..1000).contains(&status) {
            status
        } else {
            200
        };
        let mut response = format!("HTTP/1.1 {status} Status\r\n").into_bytes();
        for (name, value) in headers {
            // What frames the response is not the input's to say: a cut response is another test.
            let framing = [
                "connection",
                "content-length",
                "transfer-encoding",
                "upgrade",
            ];
            let name = name.trim();
            let is_name = http::HeaderName::from_bytes(name.as_bytes()).is_ok();
            let is_value = http::HeaderValue::from_str(value).is_ok();
            if is_name && is_value && !framing.contains(&name.to_ascii_lowercase().as_str()) {
                response.extend(format!("{name}: {value}\r\n").into_bytes());
            }
        }
        if [204, 304].contains(&status) {
            response.extend(b"\r\n");
        } else {
            response.extend(format!("content-length: {}\r\n\r\n", body.len()).into_bytes());
            response.extend(body);
        }
        *self.response.lock().unwrap_or_else(PoisonError::into_inner) = response;
    }

    fn client(&mut self, zone: Offset, retry: RetryPolicy) -> Client {
        let key = (zone.seconds(), retry == RetryPolicy::off());
        let base_url = format!("http://{}/compatible-mode/v1", self.address);
        let build = || {
            Client::builder()
                .api_key(KEY)
                .base_url(base_url)
                .filter_zone(jiff::tz::offset(8))
                .filter_zone(zone)
                .rate_limit(RateLimit::off())
                .retry(retry)
                .timeout(TIME_LIMIT)
                .max_response_bytes(MAX_RESPONSE)
                .runtime(Clock)
                .build()
                .expect("a client")
        };
        self.clients.entry(key).or_insert_with(build).clone()
    }

    fn page(&mut self, retry: RetryPolicy) -> Result<Page, Error> {
        let client = self.client(ZONES[0], retry);
        self.block_on(client.list_batches(BatchFilter::new()).page())
    }

    fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.tokio.block_on(work)
    }
}

fn serve(mut stream: TcpStream, response: &Mutex<Vec<u8>>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut requests = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if requests.read_line(&mut line).ok()? == 0 {
                return None;
            }
        }
        let response = response
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        stream.write_all(&response).ok()?;
    }
}

/// A clock that stands still; only a time limit never comes.
#[derive(Debug)]
struct Clock;

impl Runtime for Clock {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn wall_clock(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        if duration == TIME_LIMIT {
            return Box::pin(std::future::pending());
        }
        assert!(duration <= Duration::from_secs(60), "{duration:?}");
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.5
    }
}
