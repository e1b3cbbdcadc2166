//! Exports all batches to a file, a line of JSON each. After a failure, the next run goes on: each
//! batch is in the file once.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... cargo run --example resumable_export -- batches.jsonl
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, Write as _};

use qwen_batches::{BatchExt as _, BatchFilter, Checkpoint, Client};
use serde::{Deserialize, Serialize};

/// How far the export has come.
#[derive(Serialize, Deserialize)]
struct Progress {
    /// How long the file was then. What a run wrote after that, the next writes again.
    bytes: u64,
    checkpoint: Checkpoint,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    let progress_path = format!("{path}.progress");
    let new_path = format!("{path}.progress.new");
    let client = Client::from_env()?;

    let progress = read(&progress_path)?;
    let bytes = progress.as_ref().map_or(0, |progress| progress.bytes);
    let mut file = open(&path, bytes)?;
    let list = match progress {
        Some(progress) => {
            println!("resuming after {} batches", progress.checkpoint.delivered());
            client.resume(progress.checkpoint)
        }
        None => client.list_batches(BatchFilter::new()),
    };
    let mut pages = list.pages();
    while let Some(page) = pages.try_next().await? {
        let mut lines = String::new();
        for batch in &page {
            lines += &serde_json::to_string(&batch.redacted())?;
            lines += "\n";
        }
        file.write_all(lines.as_bytes())?;
        file.sync_data()?;
        // Kept when the page is safe: whatever happens, no batch is lost.
        if let Some(checkpoint) = pages.checkpoint() {
            let bytes = file.stream_position()?;
            let progress = serde_json::to_string(&Progress { bytes, checkpoint })?;
            // A kill leaves the old file or the new one, and no half of either.
            fs::write(&new_path, progress)?;
            fs::rename(&new_path, &progress_path)?;
        }
        println!("a page of {}", page.rows.len());
    }
    fs::remove_file(&progress_path)?;
    println!(
        "{} batches exported",
        fs::read_to_string(&path)?.lines().count()
    );
    Ok(())
}

/// What an earlier run has left.
fn read(path: &str) -> Result<Option<Progress>, Box<dyn Error>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(serde_json::from_str(&text)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The file, as long as it was at the last checkpoint.
fn open(path: &str, bytes: u64) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let mut file = options
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    file.set_len(bytes)?;
    file.seek(io::SeekFrom::End(0))?;
    Ok(file)
}
