//! Generates the client from the contract.

use std::path::Path;
use std::{env, error, fs};

fn main() -> Result<(), Box<dyn error::Error>> {
    // The contract is compiled into this script, so that a change of it runs the script again.
    println!("cargo::rerun-if-changed=build.rs");
    let generated = qwen_batches_codegen::generate(qwen_batches_openapi::DOCUMENT)?;
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&out).join("client.rs"), generated.client)?;
    Ok(())
}
