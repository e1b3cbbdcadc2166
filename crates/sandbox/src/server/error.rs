//! Why a sandbox did not start.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;

use crate::listing::RowError;
use crate::script::ScriptError;

/// Why a [`Sandbox`](crate::Sandbox) did not start.
///
/// Ask the predicates; the text is for people.
#[derive(Debug)]
pub struct SandboxError {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Setting(String),
    Row {
        position: usize,
        problem: String,
    },
    NotLoopback(SocketAddr),
    Bind {
        address: SocketAddr,
        cause: io::Error,
    },
    Script(ScriptError),
}

impl SandboxError {
    /// A setting is out of its range.
    pub fn is_setting(&self) -> bool {
        matches!(self.kind, Kind::Setting(_))
    }

    /// A row given to [`SandboxBuilder::rows`](crate::SandboxBuilder::rows) cannot
    /// be placed in a list.
    pub fn is_row(&self) -> bool {
        matches!(self.kind, Kind::Row { .. })
    }

    /// The address is one that other machines can reach, and
    /// [`SandboxBuilder::allow_non_loopback`](crate::SandboxBuilder::allow_non_loopback)
    /// was not called.
    pub fn is_not_loopback(&self) -> bool {
        matches!(self.kind, Kind::NotLoopback(_))
    }

    /// The operating system refused the address, for example because another
    /// process listens on it; [`source`](Error::source) is its [`io::Error`].
    pub fn is_bind(&self) -> bool {
        matches!(self.kind, Kind::Bind { .. })
    }

    /// A step of the [`Script`](crate::Script) asks for what cannot be done;
    /// [`source`](Error::source) is the [`ScriptError`].
    pub fn is_script(&self) -> bool {
        matches!(self.kind, Kind::Script(_))
    }

    pub(super) fn setting(problem: impl Into<String>) -> Self {
        Kind::Setting(problem.into()).into()
    }

    pub(super) fn not_loopback(address: SocketAddr) -> Self {
        Kind::NotLoopback(address).into()
    }

    pub(super) fn bind(address: SocketAddr, cause: io::Error) -> Self {
        Kind::Bind { address, cause }.into()
    }
}

impl From<RowError> for SandboxError {
    fn from(RowError { position, problem }: RowError) -> Self {
        Kind::Row { position, problem }.into()
    }
}

impl From<ScriptError> for SandboxError {
    fn from(cause: ScriptError) -> Self {
        Kind::Script(cause).into()
    }
}

impl From<Kind> for SandboxError {
    fn from(kind: Kind) -> Self {
        Self { kind }
    }
}

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Setting(problem) => f.write_str(problem),
            Kind::Row { position, problem } => {
                write!(f, "row {position} (counted from 0): {problem}")
            }
            Kind::NotLoopback(address) => write!(
                f,
                "other machines can reach {address}: the sandbox binds such an address \
                 only after `allow_non_loopback()`"
            ),
            Kind::Script(_) => f.write_str("the script cannot be used"),
            Kind::Bind { address, .. } => write!(f, "cannot listen on {address}"),
        }
    }
}

impl Error for SandboxError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            Kind::Bind { cause, .. } => Some(cause),
            Kind::Script(cause) => Some(cause),
            _ => None,
        }
    }
}
