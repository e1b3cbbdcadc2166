//! Reads all batches page by page, and after a failure goes on where the last run was left.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... cargo run --example resume -- list.checkpoint
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::{fs, io};

use qwen_batches::{BatchFilter, Checkpoint, Client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    let mut list = Client::from_env()?.list_batches(BatchFilter::new());
    match fs::read_to_string(&path) {
        Ok(word) => {
            let place: Checkpoint = word.parse()?;
            println!("going on behind {} batches", place.delivered());
            list = list.resume(place);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }

    let mut pages = list.pages();
    loop {
        match pages.try_next().await {
            Ok(Some(page)) => {
                println!("a page of {}", page.rows.len());
                // Kept when the page has been dealt with: whatever happens, no batch is lost.
                if let Some(place) = pages.checkpoint() {
                    fs::write(&path, place.to_string())?;
                }
            }
            Ok(None) => break,
            Err(error) => {
                eprintln!("{error}");
                return Err("run this again to go on".into());
            }
        }
    }
    fs::remove_file(&path)?;
    println!("that is all");
    Ok(())
}
