//! Many calls at one gate, on a clock that stands still but for sleeping.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::{join_all, poll_immediate};
use jiff::Timestamp;

use super::*;
use crate::policy::runtime::TokioRuntime;

const SECOND: Duration = Duration::from_secs(1);

/// Tokio's clock, which these tests have paused; it counts the sleeps.
#[derive(Debug)]
struct Counting {
    runtime: TokioRuntime,
    sleeps: AtomicUsize,
}

impl Runtime for Counting {
    fn elapsed(&self) -> Duration {
        self.runtime.elapsed()
    }

    fn wall_clock(&self) -> Timestamp {
        self.runtime.wall_clock()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.sleeps.fetch_add(1, Ordering::Relaxed);
        self.runtime.sleep(duration)
    }

    fn random(&self) -> f64 {
        self.runtime.random()
    }
}

struct Bench {
    limiter: Limiter,
    policy: RetryPolicy,
    runtime: Counting,
}

impl Bench {
    fn new(limit: RateLimit) -> Self {
        Self {
            limiter: Limiter::new(limit),
            policy: RetryPolicy::default(),
            runtime: Counting {
                runtime: TokioRuntime::new(),
                sleeps: AtomicUsize::new(0),
            },
        }
    }

    fn ticket(&self) -> Ticket {
        self.limiter.ticket(&self.runtime)
    }

    async fn acquire(&self, ticket: &Ticket) -> Result<Permit<'_>, NoTurn> {
        let (limiter, runtime) = (&self.limiter, &self.runtime);
        limiter.acquire(ticket, &self.policy, None, runtime).await
    }

    fn now(&self) -> Duration {
        self.runtime.elapsed()
    }

    fn sleeps(&self) -> usize {
        self.runtime.sleeps.load(Ordering::Relaxed)
    }

    /// A call of a service that refuses everybody until then: when it was accepted, and how
    /// often it was made.
    async fn call(&self, refuses_until: Duration) -> Result<(Duration, usize), NoTurn> {
        let ticket = self.ticket();
        let mut attempts = 0;
        loop {
            let permit = self.acquire(&ticket).await?;
            attempts += 1;
            self.runtime.runtime.sleep(SECOND / 20).await;
            if self.now() >= refuses_until {
                permit.accepted();
                return Ok((self.now(), attempts));
            }
            let lasting = self.now();
            let pause = permit.throttled(&ticket, &self.policy, None, &self.runtime);
            pause.ok_or(NoTurn::Throttled { lasting })?;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_are_served_in_order() {
    let bench = Bench::new(RateLimit::default());
    let calls = (0..1000).map(|index| {
        let bench = &bench;
        async move {
            let ticket = bench.ticket();
            bench.acquire(&ticket).await.expect("a turn").accepted();
            (bench.now(), index)
        }
    });
    let served = join_all(calls).await;
    for (at, index) in &served {
        assert_eq!(at.as_secs() / 60, index / 100, "{index} at {at:?}");
    }
    assert!(served.is_sorted());
    assert_eq!(bench.sleeps(), 9);
}

/// Without the spread, all of them would go in the same millisecond.
#[tokio::test(start_paused = true)]
async fn a_pause_holds_everybody_and_spreads_them() {
    let bench = Bench::new(RateLimit::off());
    bench.limiter.hold(10 * SECOND, &bench.runtime);
    let calls = (0..300).map(async |_| {
        let ticket = bench.ticket();
        bench.acquire(&ticket).await.expect("a turn").accepted();
        bench.now()
    });
    let served = join_all(calls).await;
    assert!(served.is_sorted());
    assert!(
        served[0] >= 10 * SECOND && served[299] <= 12 * SECOND,
        "{served:?}"
    );
    let instants: BTreeSet<u128> = served.iter().map(Duration::as_millis).collect();
    assert!(instants.len() > 100, "{instants:?}");
}

/// What 300 calls cost that are refused together for 20 seconds.
#[tokio::test(start_paused = true)]
async fn who_is_refused_with_everybody_tries_again_one_by_one() {
    let bench = Bench::new(RateLimit::default());
    let calls = (0..90).map(|_| bench.call(20 * SECOND));
    let served: Result<Vec<_>, _> = join_all(calls).await.into_iter().collect();
    let served = served.expect("all are accepted in the end");
    let last = served.iter().map(|(at, _)| *at).max().expect("calls");
    let attempts: usize = served.iter().map(|(_, attempts)| attempts).sum();
    // 20 seconds and one pause; then the limit of a minute for what is left.
    let first = served.iter().map(|(at, _)| *at).min().expect("calls");
    assert!(first <= 25 * SECOND + SECOND / 10, "{first:?}");
    assert!(last <= 62 * SECOND, "{last:?}");
    assert!(attempts <= 2 * 90 + 10, "{attempts}");
}

#[tokio::test(start_paused = true)]
async fn patience_ends_for_all_at_once() {
    let bench = Bench::new(RateLimit::off());
    let calls = (0..50).map(|_| bench.call(Duration::MAX));
    let results = join_all(calls).await;
    assert!(results.iter().all(Result::is_err));
    let minutes = Duration::from_secs(120);
    assert!((minutes..minutes + 6 * SECOND).contains(&bench.now()));
    // Who comes later has a patience of its own.
    let start = bench.now();
    assert!(bench.call(start + 30 * SECOND).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_leaves_its_place() {
    let bench = Bench::new(RateLimit::per_minute(1));
    let tickets: Vec<Ticket> = (0..3).map(|_| bench.ticket()).collect();
    bench.acquire(&tickets[0]).await.expect("a turn").accepted();
    let mut first = Box::pin(bench.acquire(&tickets[1]));
    assert!(poll_immediate(&mut first).await.is_none());
    let second = bench.acquire(&tickets[2]);
    let (second, ()) = futures::future::join(second, async { drop(first) }).await;
    second.expect("a turn").accepted();
    assert_eq!(bench.now(), 60 * SECOND);
}

/// It has found out nothing: the next one tries.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_under_way_leaves_the_try_to_others() {
    let bench = Bench::new(RateLimit::off());
    let tickets: Vec<Ticket> = (0..2).map(|_| bench.ticket()).collect();
    let permit = bench.acquire(&tickets[0]).await.expect("a turn");
    permit.throttled(&tickets[0], &bench.policy, None, &bench.runtime);
    let trying = bench.acquire(&tickets[0]).await.expect("a turn");
    let mut next = Box::pin(bench.acquire(&tickets[1]));
    assert!(poll_immediate(&mut next).await.is_none());
    drop(trying);
    next.await.expect("a turn").accepted();
    assert!(bench.now() < SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_fails_at_once() {
    let bench = Bench::new(RateLimit::per_minute(2));
    let tickets: Vec<Ticket> = (0..5).map(|_| bench.ticket()).collect();
    let acquire = |index: usize, deadline| {
        let (limiter, runtime) = (&bench.limiter, &bench.runtime);
        limiter.acquire(&tickets[index], &bench.policy, deadline, runtime)
    };
    for index in 0..2 {
        acquire(index, None).await.expect("a turn").accepted();
    }
    let too_late = acquire(2, Some(59 * SECOND)).await.err();
    assert_eq!(too_late, Some(NoTurn::TooLate { wait: 60 * SECOND }));
    let mut queue: Vec<_> = (2..4).map(|index| Box::pin(acquire(index, None))).collect();
    for waiting in &mut queue {
        assert!(poll_immediate(waiting).await.is_none());
    }
    // Behind two others it is a matter of two minutes.
    let too_late = acquire(4, Some(119 * SECOND)).await.err();
    assert_eq!(too_late, Some(NoTurn::TooLate { wait: 120 * SECOND }));
    assert_eq!(bench.now(), Duration::ZERO);
}

/// As one of a test that sets a clock and leaves it there.
#[tokio::test]
async fn a_clock_that_stands_still_holds_nobody_up() {
    #[derive(Debug)]
    struct Still;

    impl Runtime for Still {
        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }

        fn wall_clock(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn sleep(&self, _: Duration) -> Sleep {
            Box::pin(std::future::ready(()))
        }

        fn random(&self) -> f64 {
            0.5
        }
    }

    let limiter = Arc::new(Limiter::new(RateLimit::per_minute(1)));
    let policy = RetryPolicy::default();
    for minute in 0..3 {
        let ticket = limiter.ticket(&Still);
        let permit = limiter.acquire(&ticket, &policy, None, &Still).await;
        permit.expect("a turn").accepted();
        assert_eq!(limiter.now(&Still), 60 * minute * SECOND);
    }
}
