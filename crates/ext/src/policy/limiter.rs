//! The gate that all calls of a kind pass, of a client and its clones: they keep within the rate limit, wait
//! together where the service asks for it, and are served in the order in which they were made.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::policy::rate_limit::{CallWindow, RateLimit};
use crate::policy::retry::RetryPolicy;
use crate::policy::runtime::{Runtime, Sleep};
use crate::policy::trace;
use crate::types::operation::Operation;

/// A wait that somebody in front of a terminal would wonder about.
const NOTICED: Duration = Duration::from_secs(1);

/// How far apart two warnings are at least.
const BETWEEN_WARNINGS: Duration = Duration::from_secs(60);

/// Over how long the calls are spread that a pause held up.
const SPREAD: Duration = Duration::from_secs(1);

/// A gate for each kind of call: the service counts each by itself.
#[derive(Debug)]
pub(crate) struct Limiters {
    lists: Limiter,
    batches: Limiter,
    contents: Limiter,
}

impl Limiters {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self {
            lists: Limiter::new(limit),
            batches: Limiter::new(limit.of_batches()),
            contents: Limiter::new(RateLimit::off()),
        }
    }

    pub(crate) fn of(&self, operation: Operation) -> &Limiter {
        match operation {
            Operation::ListBatches => &self.lists,
            Operation::RetrieveBatch => &self.batches,
            Operation::RetrieveFileContent => &self.contents,
        }
    }
}

/// The gate; shared by the clones of a client.
#[derive(Debug)]
pub(crate) struct Limiter {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The latest time seen. A wait that has been slept out is over, whatever the clock shows.
    now: Duration,
    window: CallWindow,
    next_ticket: u64,
    /// The calls that wait, by their tickets.
    waiting: BTreeMap<u64, Waker>,
    /// Nobody passes before this.
    held_until: Duration,
    /// Whether calls were held up that are to be spread.
    spreads: bool,
    /// What lies between two calls that are being spread, on average.
    gap: Duration,
    throttle: Option<Throttle>,
    warned: Option<Duration>,
}

/// The service refuses everybody (429). Until it accepts a call, one at a time is let through.
#[derive(Debug)]
struct Throttle {
    since: Duration,
    /// When it refused the last one.
    last: Duration,
    /// How many calls it has refused, one after the other.
    throttles: u32,
    /// Whether a call is under way.
    probing: bool,
}

/// The place of a call among all calls, which it keeps through all its attempts.
#[derive(Debug)]
pub(crate) struct Ticket {
    number: u64,
    pub(crate) started: Duration,
}

/// Why a call may not wait for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoTurn {
    /// It would be its turn after its deadline, in this time at the earliest.
    TooLate { wait: Duration },
    /// The service has refused everybody for as long as the policy bears with it.
    Throttled { lasting: Duration },
}

/// What a call that waits for its turn does next.
enum Step {
    Pass { probe: bool },
    Refuse(NoTurn),
    Sleep { now: Duration, until: Duration },
    Queue,
}

/// A call under way, about which the limiter wants to know what came of it.
#[derive(Debug)]
#[must_use]
pub(crate) struct Permit<'a> {
    limiter: &'a Limiter,
    probe: bool,
}

/// A place in the queue; dropping it gives it up.
struct Place<'a> {
    limiter: &'a Limiter,
    number: u64,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self {
            state: Mutex::new(State {
                now: Duration::ZERO,
                window: CallWindow::new(limit),
                next_ticket: 0,
                waiting: BTreeMap::new(),
                held_until: Duration::ZERO,
                spreads: false,
                gap: Duration::ZERO,
                throttle: None,
                warned: None,
            }),
        }
    }

    /// The time by which the limiter goes: that of the clock, or that up to which it has slept.
    pub(crate) fn now(&self, runtime: &dyn Runtime) -> Duration {
        self.lock().pass_time(runtime.elapsed())
    }

    /// The next place among all calls.
    pub(crate) fn ticket(&self, runtime: &dyn Runtime) -> Ticket {
        let started = self.now(runtime);
        let mut state = self.lock();
        state.next_ticket += 1;
        Ticket {
            number: state.next_ticket,
            started,
        }
    }

    /// Waits until the call may be made, and counts it.
    ///
    /// One call is awake: the first, which sleeps until its turn. The others wait for it to go.
    pub(crate) async fn acquire(
        &self,
        ticket: &Ticket,
        policy: &RetryPolicy,
        deadline: Option<Duration>,
        runtime: &dyn Runtime,
    ) -> Result<Permit<'_>, NoTurn> {
        let _place = Place {
            limiter: self,
            number: ticket.number,
        };
        let mut timer: Option<(Duration, Sleep)> = None;
        poll_fn(|context| {
            loop {
                match self.step(ticket, policy, deadline, runtime, context) {
                    Step::Pass { probe } => {
                        let limiter = self;
                        return Poll::Ready(Ok(Permit { limiter, probe }));
                    }
                    Step::Refuse(reason) => return Poll::Ready(Err(reason)),
                    Step::Queue => {
                        timer = None;
                        return Poll::Pending;
                    }
                    Step::Sleep { now, until } => {
                        let (_, sleep) = match &mut timer {
                            Some(timer) if timer.0 == until => timer,
                            timer => timer.insert((until, runtime.sleep(until - now))),
                        };
                        if sleep.as_mut().poll(context).is_pending() {
                            return Poll::Pending;
                        }
                        timer = None;
                        self.lock().pass_time(until);
                    }
                }
            }
        })
        .await
    }

    /// Holds all calls for this long, as the service asks.
    pub(crate) fn hold(&self, pause: Duration, runtime: &dyn Runtime) {
        let mut state = self.lock();
        let now = state.pass_time(runtime.elapsed());
        state.hold(now.saturating_add(pause));
    }

    /// Whether a warning is due: they do not come more often than once a minute.
    pub(crate) fn may_warn(&self, runtime: &dyn Runtime) -> bool {
        let mut state = self.lock();
        let now = state.pass_time(runtime.elapsed());
        state.may_warn(now)
    }

    fn step(
        &self,
        ticket: &Ticket,
        policy: &RetryPolicy,
        deadline: Option<Duration>,
        runtime: &dyn Runtime,
        context: &Context<'_>,
    ) -> Step {
        let mut state = self.lock();
        let displaced = state.enqueue(ticket.number, context.waker());
        let step = state.step(ticket, policy, deadline, runtime);
        drop(state);
        if let Some(waker) = displaced {
            waker.wake();
        }
        step
    }

    fn wake_first(&self) {
        let first = self.lock().waiting.values().next().cloned();
        if let Some(waker) = first {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn pass_time(&mut self, until: Duration) -> Duration {
        self.now = self.now.max(until);
        self.now
    }

    /// Puts a call into the queue; gives the one that was first until then.
    fn enqueue(&mut self, number: u64, waker: &Waker) -> Option<Waker> {
        let first = self.waiting.first_key_value();
        let displaced = first
            .filter(|&(&first, _)| number < first)
            .map(|(_, waker)| waker.clone());
        self.waiting.insert(number, waker.clone());
        displaced
    }

    fn step(
        &mut self,
        ticket: &Ticket,
        policy: &RetryPolicy,
        deadline: Option<Duration>,
        runtime: &dyn Runtime,
    ) -> Step {
        let now = self.pass_time(runtime.elapsed());
        if let Some(lasting) = self.throttled_for(ticket)
            && lasting >= policy.patience()
        {
            return Step::Refuse(NoTurn::Throttled { lasting });
        }
        let ahead = self.waiting.range(..ticket.number).count();
        let opens = self.window.opens(now, ahead);
        let until = opens.max(self.held_until);
        if until > now && deadline.is_some_and(|deadline| until > deadline) {
            let wait = until.saturating_sub(now);
            return Step::Refuse(NoTurn::TooLate { wait });
        }
        let probing = self.throttle.as_ref().is_some_and(|it| it.probing);
        if ahead > 0 || probing {
            return Step::Queue;
        }
        if until > now {
            // The call that was refused reports the pause that the service asks for.
            let is_limit = opens >= self.held_until;
            self.note_wait(until - now, now, is_limit);
            return Step::Sleep { now, until };
        }
        self.window.count(now);
        self.spread(now, runtime.random());
        let probe = self.throttle.as_mut().map(|it| it.probing = true).is_some();
        Step::Pass { probe }
    }

    /// For how long the service has been seen to refuse everybody since the call was made.
    fn throttled_for(&self, ticket: &Ticket) -> Option<Duration> {
        let throttle = self.throttle.as_ref()?;
        let since = throttle.since.max(ticket.started);
        Some(throttle.last.saturating_sub(since))
    }

    fn hold(&mut self, until: Duration) {
        self.held_until = self.held_until.max(until);
        self.spreads = true;
    }

    /// A call passes: those behind it that were held up with it follow one by one.
    fn spread(&mut self, now: Duration, random: f64) {
        let behind = u32::try_from(self.waiting.len().saturating_sub(1)).unwrap_or(u32::MAX);
        if behind == 0 {
            self.gap = Duration::ZERO;
        } else if self.spreads && self.throttle.is_none() {
            self.gap = SPREAD / behind;
        }
        self.spreads &= self.throttle.is_some();
        let gap = self.gap.mul_f64(2.0 * random.clamp(0.0, 1.0));
        self.held_until = self.held_until.max(now + gap);
    }

    fn note_wait(&mut self, wait: Duration, now: Duration, is_limit: bool) {
        let calls = self.waiting.len();
        if is_limit && wait >= NOTICED && self.may_warn(now) {
            trace::warn!("rate limit reached: the next call goes in {wait:.1?}; {calls} waiting");
        } else {
            trace::debug!("the next call goes in {wait:.1?}; {calls} waiting");
        }
    }

    fn may_warn(&mut self, now: Duration) -> bool {
        let due = self
            .warned
            .is_none_or(|last| now.saturating_sub(last) >= BETWEEN_WARNINGS);
        if due {
            self.warned = Some(now);
        }
        due
    }
}

impl Permit<'_> {
    /// The service accepted the call, or refused it for a reason of its own.
    pub(crate) fn accepted(self) {
        if self.probe {
            self.limiter.lock().throttle = None;
        }
    }

    /// The service wants fewer calls of everybody. Gives the pause that all calls make, unless the
    /// policy does not bear with it any longer.
    pub(crate) fn throttled(
        self,
        ticket: &Ticket,
        policy: &RetryPolicy,
        retry_after: Option<Duration>,
        runtime: &dyn Runtime,
    ) -> Option<Duration> {
        let mut state = self.limiter.lock();
        let now = state.pass_time(runtime.elapsed());
        if policy.patience().is_zero() || !policy.bears_with(retry_after) {
            return None;
        }
        // What was under way when the first was refused is refused with it.
        let is_late = !self.probe && state.throttle.is_some();
        let throttle = state.throttle.get_or_insert(Throttle {
            since: now,
            last: now,
            throttles: 0,
            probing: false,
        });
        if !is_late {
            throttle.throttles += 1;
        }
        throttle.last = now;
        let throttles = throttle.throttles;
        if !is_late || retry_after.is_some() {
            let pause = policy.throttled_pause(throttles, retry_after, runtime.random());
            state.hold(now.saturating_add(pause));
        }
        let lasting = state.throttled_for(ticket).unwrap_or_default();
        (lasting < policy.patience()).then(|| state.held_until.saturating_sub(now))
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.probe {
            if let Some(throttle) = &mut self.limiter.lock().throttle {
                throttle.probing = false;
            }
            self.limiter.wake_first();
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.limiter.lock().waiting.remove(&self.number);
        self.limiter.wake_first();
    }
}

#[cfg(test)]
mod tests;
