//! The interval `[after, before)` is exact, whether the service includes its bounds or not, and
//! in whatever zone it reads them.

use contract_tests::{KEY, NOW};
use futures::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use qwen_batches::{BatchFilter, Client, RateLimit};
use qwen_batches_sandbox::{Bounds, Quirk, Sandbox, row};

const EDGE: i64 = NOW - 86_400;

#[tokio::test]
async fn rows_at_both_edges() {
    // One row in each second around both edges of an interval of ten seconds.
    let seconds: Vec<i64> = (EDGE - 3..EDGE + 13).rev().collect();
    for bounds in [Bounds::Inclusive, Bounds::Exclusive] {
        for zone in [8, 0, -7] {
            let rows = seconds
                .iter()
                .map(|s| row(format!("batch_{s}")).created_at(*s).build());
            let sandbox = Sandbox::builder()
                .rows(rows)
                .now(NOW)
                .always(Quirk::Bounds(bounds))
                .always(Quirk::ZoneOffsetHours(zone))
                .start()
                .await
                .expect("a sandbox");
            let client = Client::builder()
                .api_key(KEY)
                .base_url(sandbox.base_url())
                .rate_limit(RateLimit::off())
                .filter_zone(jiff::tz::offset(zone))
                .build()
                .expect("a client");
            for (nanoseconds, first, last) in [(0, 0, 9), (1, 1, 10), (999_999_999, 1, 10)] {
                let edge = |second: i64| {
                    Timestamp::from_second(second).expect("an instant")
                        + SignedDuration::from_nanos(nanoseconds)
                };
                let filter = BatchFilter::new()
                    .created_after(edge(EDGE))
                    .created_before(edge(EDGE + 10));
                let list = client.list_batches(filter).page_size(4).items();
                let listed: Vec<i64> = list
                    .map_ok(|batch| batch.created_at)
                    .try_collect()
                    .await
                    .expect("a list");
                let expected: Vec<i64> = (EDGE + first..=EDGE + last).rev().collect();
                assert_eq!(listed, expected, "{bounds:?}, UTC+{zone}, {nanoseconds} ns");
            }
        }
    }
}
