//! What "now" is.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::failure::Failure;

/// The environment variable at whose instant, in RFC 3339, time stands still. For tests, and for
/// pictures that look the same tomorrow.
pub(crate) const NOW: &str = "QWEN_BATCHES_NOW";

/// Now, in whole seconds: what is made of it is printed.
pub(crate) fn now() -> Result<Timestamp, Failure> {
    let now = stopped()?.unwrap_or_else(Timestamp::now);
    Ok(Timestamp::from_second(now.as_second()).unwrap_or(now))
}

/// The instant at which time stands still, if it does.
pub(crate) fn stopped() -> Result<Option<Timestamp>, Failure> {
    let Ok(text) = std::env::var(NOW) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(now) => Ok(Some(now)),
        Err(_) => Err(Failure::new(
            Exit::Usage,
            format!("{NOW}: `{text}` is no time; write RFC 3339 (2025-03-04T00:00:00Z)"),
        )),
    }
}
