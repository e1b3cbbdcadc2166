//! `qwen-batches show`

use std::slice;

use qwen_batches::BatchExt as _;

use crate::args::{Cli, ShowArgs, ShowFormat};
use crate::connection::Connection;
use crate::details;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::mask;
use crate::named;
use crate::streams::Streams;
use crate::terminal::escape_json;
use crate::times::Times;
use crate::waiting::Waiting;

pub(super) async fn run(
    args: &ShowArgs,
    cli: &Cli,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let mut waiting = Waiting::start(&streams.screen);
    let connection = Connection::open(&cli.target).await?;
    let client = &connection.client;
    let times = Times::new(args.times, &streams.screen, connection.now()?)?;
    let name = slice::from_ref(&args.id);
    let dialect = cli.target.dialect;
    let batches = named::get(name, client, dialect, &mut waiting, streams.err).await?;
    for mut batch in batches {
        mask::batch(&mut batch, client, args.show_secrets);
        match args.output {
            ShowFormat::Text => details::write(&batch, &times, streams.screen.color, streams.out)?,
            ShowFormat::Json => {
                let json = serde_json::to_string(&batch.known());
                let json = json.map_err(std::io::Error::from)?;
                writeln!(streams.out, "{}", escape_json(json))?;
            }
        }
    }
    streams.out.flush()?;
    Ok(Exit::Ok)
}
