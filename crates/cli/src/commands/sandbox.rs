//! `qwen-batches sandbox`

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use qwen_batches_sandbox::{Sandbox, Script};

use crate::args::SandboxArgs;
use crate::clock;
use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::streams::Streams;
use crate::terminal;

/// The environment variable that holds the only key to accept; a key is never an argument.
const KEY: &str = "QWEN_BATCHES_SANDBOX_KEY";

pub(super) async fn run(
    args: &SandboxArgs,
    dialect: Dialect,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let mut sandbox = Sandbox::builder();
    let key = std::env::var(KEY).ok();
    if let Some(key) = &key {
        sandbox = sandbox.api_key(key);
    }
    if let Some(now) = clock::stopped()? {
        sandbox = sandbox.now(now.as_second());
    }
    if let Some(file) = &args.script {
        sandbox = sandbox.script(read_script(file)?);
    }
    for fault in &args.faults {
        sandbox = sandbox.always(fault.clone());
    }
    let sandbox = sandbox
        .dialect(dialect.into())
        .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)))
        .batches(args.batches as usize)
        .seed(args.seed)
        .start()
        .await?;
    writeln!(streams.out, "{}", sandbox.base_url())?;
    streams.out.flush()?;
    let to = if key.is_some() {
        "the key that it was given"
    } else {
        "any key"
    };
    let note = format!(
        "note: serving {} made-up batches to {to} until stopped (Ctrl-C)",
        args.batches
    );
    terminal::line(streams.err, &note);
    std::future::pending().await
}

fn read_script(file: &Path) -> Result<Script, Failure> {
    let unusable = |reason: &dyn std::fmt::Display| {
        Failure::new(
            Exit::Usage,
            format!("--script {}: {reason}", file.display()),
        )
    };
    let text = std::fs::read_to_string(file).map_err(|error| unusable(&error))?;
    Script::from_json(&text).map_err(|error| unusable(&error))
}
