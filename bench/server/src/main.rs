//! `bench-server ROWS [even|office|bursts] [LATENCY_MS]`: serves a list until it is stopped.
//! `bench-server results LINES`: serves a batch with a file of so many lines.

use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use bench_server::{List, ResultsFile, Server, Spread};
use jiff::Timestamp;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let results = arguments.next_if_eq("results").is_some();
    let count = arguments.next().ok_or("how many?")?.parse()?;
    let results = results.then(|| ResultsFile::new(count));
    let rows = if results.is_some() { 1 } else { count };
    let spread = arguments
        .next()
        .map_or(Ok(Spread::Even), |text| text.parse())?;
    let latency = arguments.next().map_or(Ok(0), |text| text.parse())?;

    let list = List::new(rows, spread, Timestamp::now().as_second());
    let (ids, newest) = (list.ids(), list.newest());
    // What every client of it must come to.
    let (rows, ids, of_file) = match &results {
        None => (rows, ids, String::new()),
        Some(file) => {
            let (id, bytes, content) = (file.id(), file.bytes(), file.content());
            let of_file = format!(r#","file":"{id}","bytes":{bytes},"content":{content}"#);
            (file.lines(), file.ids(), of_file)
        }
    };
    let latency = Duration::from_millis(latency);
    let server = Server::start_with_results(list, results, latency, Box::new(|| ()))?;
    let base_url = server.base_url();
    println!(
        r#"{{"base_url":"{base_url}","rows":{rows},"ids":{ids},"newest":"{newest}"{of_file}}}"#
    );
    std::io::stdout().flush()?;
    loop {
        std::thread::park();
    }
}
