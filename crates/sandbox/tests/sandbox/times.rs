//! Time: bounds, zone and horizon, at their edges.

use qwen_batches_sandbox::{Bounds, Quirk, Sandbox, SandboxBuilder, row};

use crate::support::{NOW, get};

/// One batch a second, `b` at 17:20:00 in UTC+8.
fn three() -> SandboxBuilder {
    let rows = [("a", 1), ("b", 0), ("c", -1)].map(|(id, s)| row(id).created_at(NOW + s));
    Sandbox::builder().now(NOW + 60).rows(rows)
}

#[tokio::test]
async fn bounds_include_their_second_or_not() {
    for (bounds, query, expected) in [
        (Bounds::Inclusive, "create_after=20251229172000", "ab"),
        (Bounds::Exclusive, "create_after=20251229172000", "a"),
        (Bounds::Inclusive, "create_before=20251229172000", "bc"),
        (Bounds::Exclusive, "create_before=20251229172000", "c"),
        (
            Bounds::Inclusive,
            "create_after=20251229172000&create_before=20251229172000",
            "b",
        ),
        (
            Bounds::Exclusive,
            "create_after=20251229172000&create_before=20251229172000",
            "",
        ),
        (
            Bounds::Exclusive,
            "create_after=20251229171959&create_before=20251229172001",
            "b",
        ),
    ] {
        let sandbox = three()
            .always(Quirk::Bounds(bounds))
            .start()
            .await
            .expect("it starts");
        let response = get(&sandbox, query).await;
        assert_eq!(response.ids().concat(), expected, "{bounds:?} {query}");
    }
}

#[tokio::test]
async fn bounds_are_inclusive_by_default() {
    let sandbox = three().start().await.expect("it starts");
    let response = get(&sandbox, "create_after=20251229172001").await;
    assert_eq!(response.ids(), ["a"]);
}

#[tokio::test]
async fn times_are_read_in_the_zone() {
    for (hours, of_b) in [
        (8, "20251229172000"),
        (0, "20251229092000"),
        (-5, "20251229042000"),
        (14, "20251229232000"),
        (15, "20251230002000"),
    ] {
        let sandbox = three().always(Quirk::ZoneOffsetHours(hours)).start().await;
        let sandbox = sandbox.expect("it starts");
        let query = format!("create_after={of_b}&create_before={of_b}");
        assert_eq!(get(&sandbox, &query).await.ids(), ["b"], "{hours}");
    }
}

#[tokio::test]
async fn a_utc_clock_is_eight_hours_off_by_default() {
    let sandbox = three().start().await.expect("it starts");
    let response = get(&sandbox, "create_before=20251229092000").await;
    assert!(response.ids().is_empty());
}

#[tokio::test]
async fn the_horizon_is_thirty_days() {
    const DAY: i64 = 86_400;
    let rows = [
        row("future").created_at(NOW + DAY),
        row("now").created_at(NOW),
        row("edge").created_at(NOW - 30 * DAY),
        row("past").created_at(NOW - 30 * DAY - 1),
    ];
    let sandbox = Sandbox::builder().now(NOW).rows(rows).start().await;
    let sandbox = sandbox.expect("it starts");
    for (query, expected) in [
        ("", "future now edge"),
        ("create_before=20251130000000", "edge"),
        ("after=edge", ""),
        ("after=past", ""),
        ("limit=3", "future now edge"),
    ] {
        let response = get(&sandbox, query).await;
        assert_eq!(response.ids().join(" "), expected, "{query}");
        assert_eq!(response.body["has_more"], false, "{query}");
    }
    assert_eq!(sandbox.rows().len(), 3);
    assert_eq!(sandbox.now(), NOW);
}
