//! The settings of a sandbox, and their check before it starts.

use std::collections::HashMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, RwLock};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::clock::{Clock, Started, TimeSource};
use super::error::SandboxError;
use super::gates::Gates;
use super::journal::Journal;
use super::sandbox::Sandbox;
use super::service::Service;
use crate::data;
use crate::listing::{Dialect, Listing};
use crate::rows::BatchLifecycle;
use crate::script::{Fault, Script};

/// The settings of a [`Sandbox`]; made by [`Sandbox::builder`].
///
/// Every setting has a default, and the check of all of them is in
/// [`start`](SandboxBuilder::start).
#[derive(Clone)]
pub struct SandboxBuilder {
    batches: usize,
    seed: u64,
    now: Option<i64>,
    clock: Clock,
    time: Option<TimeSource>,
    api_key: Option<String>,
    dialect: Dialect,
    script: Script,
    always: Vec<Fault>,
    journal: usize,
    rows: Option<Vec<Value>>,
    lifecycles: Vec<BatchLifecycle>,
    files: HashMap<String, Bytes>,
    address: SocketAddr,
    non_loopback: bool,
}

impl SandboxBuilder {
    fn new() -> Self {
        Self {
            batches: 250,
            seed: 0,
            now: None,
            clock: Clock::Still,
            time: None,
            api_key: None,
            dialect: Dialect::default(),
            script: Script::new(),
            always: Vec::new(),
            journal: 100_000,
            rows: None,
            lifecycles: Vec::new(),
            files: HashMap::new(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            non_loopback: false,
        }
    }

    /// How many batches to generate; 250 by default. Without meaning when
    /// [`rows`](SandboxBuilder::rows) or [`lifecycles`](SandboxBuilder::lifecycles) are given.
    pub fn batches(mut self, count: usize) -> Self {
        self.batches = count;
        self
    }

    /// What the generated batches and the request ids depend on; 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The instant at which the sandbox starts, in Unix seconds, and at which it stands still
    /// unless it has a [`clock`](SandboxBuilder::clock). The horizon of 30 days ends here, and the
    /// generated batches are young or old with respect to it. By default it is the system time at
    /// the start.
    pub fn now(mut self, unix_seconds: i64) -> Self {
        self.now = Some(unix_seconds);
        self
    }

    /// Where the time is read at each request, in Unix seconds, in place of a
    /// [`clock`](SandboxBuilder::clock): for a test that moves the client's time and the sandbox's
    /// together. It does not go back before [`now`](SandboxBuilder::now).
    pub fn time(mut self, unix_seconds: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.time = Some(Arc::new(unix_seconds));
        self
    }

    /// How time passes from [`now`](SandboxBuilder::now) on; [`Clock::Still`] by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Accept this key alone. By default any key that is not empty is accepted.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Which server to stand in for; [`Dialect::Qwen`] by default.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Which requests meet with which faults; none by default. A second script replaces the
    /// first.
    pub fn script(mut self, script: Script) -> Self {
        self.script = script;
        self
    }

    /// A fault or a [`Quirk`](crate::Quirk) of every request, beside those of the [`script`](SandboxBuilder::script). May be
    /// called for several.
    pub fn always(mut self, fault: impl Into<Fault>) -> Self {
        self.always.push(fault.into());
        self
    }

    /// How many requests [`Sandbox::requests`] holds at most: the last ones; 100 000 by default.
    /// They are counted without limit.
    pub fn journal(mut self, limit: usize) -> Self {
        self.journal = limit;
        self
    }

    /// Serve exactly these rows instead of generated ones. They are sorted newest
    /// first by `created_at`; rows of the same second keep the order given here.
    ///
    /// A row needs a string `id`, which no other row has, and an integer
    /// `created_at` in Unix seconds; it is served as it stands. Rows more than 30
    /// days before [`now`](SandboxBuilder::now) are held, but never listed.
    pub fn rows<I>(mut self, rows: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Value>,
    {
        self.rows = Some(rows.into_iter().map(Into::into).collect());
        self
    }

    /// Serve these batches, which move on as time passes, and none that are generated; those of
    /// [`rows`](SandboxBuilder::rows) are served beside them. A batch is listed from the second of
    /// its creation on, so one can appear while the sandbox runs.
    ///
    /// Without a [`clock`](SandboxBuilder::clock) they stay as they are at the start.
    pub fn lifecycles(mut self, batches: impl IntoIterator<Item = BatchLifecycle>) -> Self {
        self.lifecycles = batches.into_iter().collect();
        self
    }

    /// Serve these bytes as the content of the file of this id, an `output_file_id` or
    /// `error_file_id` of a row. The content of any other is made from the row: a line for each
    /// request that succeeded, or failed, by its counts.
    ///
    /// Faults of rows do not change it; those of the response and the delivery do.
    pub fn file(mut self, id: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(id.into(), content.into().into());
        self
    }

    /// Where to listen; 127.0.0.1 and a free port (port 0) by default.
    pub fn bind(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Let [`bind`](SandboxBuilder::bind) name an address that other machines can
    /// reach. The sandbox takes any key by default, so this is never implied.
    pub fn allow_non_loopback(mut self) -> Self {
        self.non_loopback = true;
        self
    }

    /// Checks the settings, listens, and serves on the current Tokio runtime until
    /// the [`Sandbox`] is dropped or shut down.
    ///
    /// # Errors
    ///
    /// - [`is_setting`](SandboxError::is_setting): `now` before the year 1971 or
    ///   after the year 9998, or an empty key.
    /// - [`is_row`](SandboxError::is_row): a row without an `id` or a `created_at`,
    ///   or with the id of another.
    /// - [`is_script`](SandboxError::is_script): a step of the script asks for what cannot be
    ///   done, such as the status 99.
    /// - [`is_not_loopback`](SandboxError::is_not_loopback): an address that other
    ///   machines can reach, without leave.
    /// - [`is_bind`](SandboxError::is_bind): the operating system refused the
    ///   address.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime, or in one that was built without IO. With a script that
    /// stalls or pauses for some milliseconds, a connection panics where the runtime was built
    /// without time.
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let (address, service) = self.check()?;
        Sandbox::start(address, service).await
    }

    fn check(self) -> Result<(SocketAddr, Service), SandboxError> {
        let now = self.now.unwrap_or_else(|| Timestamp::now().as_second());
        if !data::NOW.contains(&now) {
            return Err(SandboxError::setting(format!(
                "now must lie in the years 1971 to 9998, in Unix seconds; it is {now}"
            )));
        }
        if self.api_key.as_deref().is_some_and(str::is_empty) {
            return Err(SandboxError::setting(
                "the API key is empty, so no request could ever carry it",
            ));
        }
        if !self.non_loopback && !self.address.ip().to_canonical().is_loopback() {
            return Err(SandboxError::not_loopback(self.address));
        }
        let script = self.script.always(self.always);
        script.check()?;
        let rows = self.rows.unwrap_or_else(|| {
            let count = match self.lifecycles.is_empty() {
                true => self.batches,
                false => 0,
            };
            data::generate(count, self.seed, now)
        });
        let service = Service {
            seed: self.seed,
            dialect: self.dialect,
            api_key: self.api_key,
            clock: Started::new(self.clock, self.time, now),
            listing: RwLock::new(Listing::new(rows, self.lifecycles, self.files, now)?),
            script,
            throttles: Mutex::new(HashMap::new()),
            journal: Journal::new(self.journal),
            gates: Gates::new(),
        };
        Ok((self.address, service))
    }
}

impl Sandbox {
    /// The settings of a new sandbox, all at their defaults.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }
}

impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxBuilder")
            .field("batches", &self.batches)
            .field("seed", &self.seed)
            .field("now", &self.now)
            .field("clock", &self.clock)
            .field("api_key", &self.api_key.as_ref().map(|_| "***"))
            .field("dialect", &self.dialect)
            .field("script", &self.script)
            .field("always", &self.always)
            .field("journal", &self.journal)
            .field("rows", &self.rows.as_ref().map(Vec::len))
            .field("lifecycles", &self.lifecycles.len())
            .field("files", &self.files.len())
            .field("address", &self.address)
            .field("non_loopback", &self.non_loopback)
            .finish()
    }
}
