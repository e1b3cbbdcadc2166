//! The binary as its user meets it: whole outputs, exit codes, and what reaches the server.
//!
//! Servers are sandboxes, and for responses that a sandbox does not give, scripts of raw bytes
//! (`wire`). Outputs are compared with the snapshots beside this file.

mod circles;
mod connection;
mod cut;
mod doctor;
mod echo;
mod errors;
mod filters;
mod formats;
#[path = "../../../ext/tests/tls/front.rs"]
mod front;
mod help;
mod hostile;
#[cfg(unix)]
mod kills;
mod lenient;
mod named;
#[cfg(unix)]
mod on_change;
#[cfg(unix)]
mod pty;
#[cfg(unix)]
mod readme;
mod report;
mod results;
#[cfg(unix)]
mod results_command;
mod results_folder;
mod resume;
mod retry_input;
mod sandbox;
#[cfg(unix)]
mod screenshot;
mod secrets;
mod server;
mod server_options;
mod shell;
mod show;
#[cfg(unix)]
mod state;
mod streaming;
mod summary;
mod support;
#[cfg(unix)]
mod svg;
#[cfg(unix)]
mod terminal;
mod unreadable;
mod watch;
#[cfg(unix)]
mod watch_live;
mod wire;
