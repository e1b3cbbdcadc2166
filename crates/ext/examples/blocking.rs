//! Counts the batches of a list in a program that is not async.
//!
//! ```sh
//! DASHSCOPE_API_KEY=sk-... cargo run --features blocking --example blocking
//! ```

// A program speaks on stdout.
#![allow(clippy::print_stdout)]

use std::error::Error;

use qwen_batches::{BatchExt as _, BatchFilter, blocking};

fn main() -> Result<(), Box<dyn Error>> {
    let client = blocking::Client::from_env()?;
    let (mut done, mut under_way) = (0, 0);
    for batch in client.list_batches(BatchFilter::new()).items() {
        if batch?.is_terminal() {
            done += 1;
        } else {
            under_way += 1;
        }
    }
    println!("{done} done, {under_way} under way");
    Ok(())
}
