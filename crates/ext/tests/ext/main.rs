//! What `ext` does, seen through its public API, over HTTP on loopback. Time is the tests' own:
//! none of them waits.

mod batches;
mod building;
mod checkpoints;
mod concurrency;
mod connections;
mod cursors;
mod dialects;
mod errors;
mod estimates;
mod faults;
mod files;
mod filters;
mod floors;
#[cfg(feature = "rustls")]
#[path = "../tls/front.rs"]
mod front;
mod lenient_rows;
mod lists;
mod outcomes;
mod prefetch;
mod results;
mod results_property;
mod retries;
mod secrets;
mod support;
#[cfg(feature = "rustls")]
mod tls;
mod trackers;
mod unreadable_rows;
mod watch;
mod zones;
