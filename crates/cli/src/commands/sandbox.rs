//! `qwen-batches sandbox`

use std::net::{Ipv4Addr, SocketAddr};

use qwen_batches_sandbox::Sandbox;

use super::Streams;
use crate::args::SandboxArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;

pub(super) async fn run(args: &SandboxArgs, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
    let sandbox = Sandbox::builder()
        .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)))
        .batches(args.batches as usize)
        .seed(args.seed)
        .start()
        .await?;
    writeln!(streams.out, "{}", sandbox.base_url())?;
    streams.out.flush()?;
    let note = format!(
        "note: serving {} made-up batches to any key until stopped (Ctrl-C)",
        args.batches
    );
    terminal::line(streams.err, &note);
    std::future::pending().await
}
