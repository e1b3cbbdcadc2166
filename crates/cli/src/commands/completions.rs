//! `qwen-batches completions`

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::{Cli, CompletionsArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::streams::Streams;

pub(super) fn run(args: &CompletionsArgs, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    // Not to stdout at once: what it cannot write, it panics at.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, &name, &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if args.shell == Shell::Bash {
        // It looks for our options under another name than it keeps them, if there is a hyphen in
        // the command's: https://github.com/clap-rs/clap/issues/6421
        let [kept, sought] = ["__subcmd__", "__"].map(|to| name.replace('-', to));
        script = script.replace(&kept, &sought);
    }
    streams.out.write_all(script.as_bytes())?;
    streams.out.flush()?;
    Ok(Exit::Ok)
}
