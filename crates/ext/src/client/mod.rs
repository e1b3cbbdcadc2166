//! Floor 3: who is asked, and with which key.

mod base_url;
pub(crate) mod builder;
#[expect(
    clippy::module_inception,
    reason = "the folder is named after what it builds"
)]
pub(crate) mod client;
mod environment;
mod http_client;
pub(crate) mod learned;
mod resolve;
