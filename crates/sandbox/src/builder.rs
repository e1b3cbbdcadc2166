//! The settings of a sandbox, and their check before it starts.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::Value;

use crate::clock::{Clock, Started, TimeSource};
use crate::data;
use crate::deviation::{Deviation, Deviations};
use crate::error::SandboxError;
use crate::filter::Bounds;
use crate::journal::Journal;
use crate::life::BatchLife;
use crate::listing::Listing;
use crate::query::FilterParam;
use crate::rules::Rules;
use crate::script::{Fault, NameMatch, Order, Script, UnknownCursor};
use crate::server::{Plan, Sandbox};

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
    bounds: Bounds,
    zone_offset_hours: i8,
    deviations: Deviations,
    script: Script,
    always: Vec<Fault>,
    journal: usize,
    rows: Option<Vec<Value>>,
    lives: Vec<BatchLife>,
    address: SocketAddr,
    non_loopback: bool,
}

impl SandboxBuilder {
    pub(crate) fn new() -> Self {
        Self {
            batches: 250,
            seed: 0,
            now: None,
            clock: Clock::Still,
            time: None,
            api_key: None,
            bounds: Bounds::Inclusive,
            zone_offset_hours: 8,
            deviations: Deviations::default(),
            script: Script::new(),
            always: Vec::new(),
            journal: 100_000,
            rows: None,
            lives: Vec::new(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            non_loopback: false,
        }
    }

    /// How many batches to generate; 250 by default. Without meaning when
    /// [`rows`](SandboxBuilder::rows) or [`lives`](SandboxBuilder::lives) are given.
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

    /// Whether `create_after` and `create_before` include the second that they
    /// name; [`Bounds::Inclusive`] by default. It is not known which of the two the
    /// service does.
    pub fn bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// The zone in which `create_after` and `create_before` are read, in hours east
    /// of UTC; 8 by default, as recorded on the Beijing host.
    pub fn zone_offset_hours(mut self, hours: i8) -> Self {
        self.zone_offset_hours = hours;
        self
    }

    /// Part from the contract, or from this sandbox's own choices, in this way. May be
    /// called for several.
    pub fn deviate(mut self, deviation: Deviation) -> Self {
        self.deviations.add(deviation);
        self
    }

    /// Which requests meet with which faults; none by default. A second script replaces the
    /// first.
    pub fn script(mut self, script: Script) -> Self {
        self.script = script;
        self
    }

    /// What goes wrong at every request, beside what the [`script`](SandboxBuilder::script) says.
    /// May be called for several.
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
    pub fn lives(mut self, lives: impl IntoIterator<Item = BatchLife>) -> Self {
        self.lives = lives.into_iter().collect();
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
    ///   after the year 9998, an empty key, or a zone further than 25 hours from UTC.
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
        Sandbox::start(self.check()?).await
    }

    fn check(self) -> Result<Plan, SandboxError> {
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
        let zone = Offset::from_hours(self.zone_offset_hours).map_err(|_| {
            SandboxError::setting(format!(
                "a zone is at most 25 hours away from UTC; {} is not",
                self.zone_offset_hours
            ))
        })?;
        if !self.non_loopback && !self.address.ip().to_canonical().is_loopback() {
            return Err(SandboxError::not_loopback(self.address));
        }
        let script = self.script.always(self.always);
        script.check().map_err(SandboxError::script)?;
        let rows = self.rows.unwrap_or_else(|| {
            let count = if self.lives.is_empty() {
                self.batches
            } else {
                0
            };
            data::generate(count, self.seed, now)
        });
        Ok(Plan {
            address: self.address,
            seed: self.seed,
            clock: Started::new(self.clock, self.time, now),
            listing: Listing::new(rows, self.lives, now, self.api_key)?,
            rules: Rules {
                bounds: self.bounds,
                zone,
                lenient: self.deviations.has(Deviation::LenientParameters),
                names: NameMatch::default(),
                unknown_cursor: UnknownCursor::default(),
                ignored: if self.deviations.has(Deviation::IgnoresFilters) {
                    FilterParam::ALL.to_vec()
                } else {
                    Vec::new()
                },
                order: Order::default(),
            },
            deviations: self.deviations,
            script,
            journal: Journal::new(self.journal),
        })
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
            .field("bounds", &self.bounds)
            .field("zone_offset_hours", &self.zone_offset_hours)
            .field("deviations", &self.deviations)
            .field("script", &self.script)
            .field("always", &self.always)
            .field("journal", &self.journal)
            .field("rows", &self.rows.as_ref().map(Vec::len))
            .field("lives", &self.lives.len())
            .field("address", &self.address)
            .field("non_loopback", &self.non_loopback)
            .finish()
    }
}
