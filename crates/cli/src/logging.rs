//! What the library logs, on stderr.

use std::io::Write as _;

use env_logger::{Builder, Env};
use log::Level;

use crate::{commands, spinner, terminal};

/// By default warnings: they report retries, and so why a list is slow. What is wrong with a
/// certificate is in the error of the call, in our words.
const FILTER: &str = "warn,rustls_platform_verifier=off";

/// Starts to log what `RUST_LOG` asks for.
pub(crate) fn start() {
    Builder::from_env(Env::default().default_filter_or(FILTER))
        .format(|out, record| {
            let message = record.args().to_string();
            let message = terminal::escape(&message);
            spinner::erase();
            commands::erase();
            match record.level() {
                Level::Error => writeln!(out, "error: {message}"),
                Level::Warn => writeln!(out, "warning: {message}"),
                level => {
                    let level = level.as_str().to_ascii_lowercase();
                    writeln!(out, "{level}: {}: {message}", record.target())
                }
            }
        })
        .init();
}
