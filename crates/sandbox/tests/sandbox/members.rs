//! Members of rows and pages that are left out, changed, or no JSON at all; filters that are
//! ignored; a server that throttles everybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use qwen_batches_sandbox::{
    Clock, Fault, FilterParam, MemberChange, Sandbox, Script, Selection, row,
};
use serde_json::json;

use crate::support::{NOW, ask, faulty, get, read};

/// What a member becomes, where, and how that stands in the body.
const CHANGES: &[(MemberChange, &str, &str)] = &[
    (
        MemberChange::Null,
        "/request_counts",
        r#""request_counts":null"#,
    ),
    (
        MemberChange::Null,
        "/request_counts/completed",
        r#""completed":null"#,
    ),
    (
        MemberChange::Text,
        "/created_at",
        r#""created_at":"1766999999""#,
    ),
    (
        MemberChange::Float,
        "/created_at",
        r#""created_at":1766999999.5"#,
    ),
    (
        MemberChange::Milliseconds,
        "/created_at",
        r#""created_at":1766999999000"#,
    ),
    (
        MemberChange::LoneSurrogate,
        "/endpoint",
        r#""endpoint":"\ud800""#,
    ),
    (MemberChange::Nan, "/created_at", r#""created_at":NaN,"#),
    (
        MemberChange::HugeNumber,
        "/created_at",
        r#""created_at":1e999,"#,
    ),
    (
        MemberChange::Nested(3),
        "/metadata/x",
        r#""metadata":{"ds_name":"n","x":[[[]]]}"#,
    ),
    (MemberChange::Twice, "/id", r#"{"id":"r1","id":"r1","#),
    (MemberChange::InvalidUtf8, "/id", "{\"id\":\"\u{fffd}\","),
];

#[tokio::test]
async fn members_of_a_row_change() {
    for (becomes, pointer, expected) in CHANGES {
        let fault = Fault::Member {
            rows: Selection::from(1),
            pointer: (*pointer).to_owned(),
            becomes: becomes.clone(),
        };
        let rows = [row("r1"), row("r2")].map(|row| row.created_at(NOW - 1).name("n"));
        let builder = Sandbox::builder().now(NOW).rows(rows).always(fault);
        let sandbox = builder.start().await.expect("it starts");
        let seen = read(ask(&sandbox, "").await).await;
        let body = String::from_utf8_lossy(&seen.body).into_owned();
        assert_eq!(body.matches(expected).count(), 1, "{becomes:?}: {body}");
        assert!(body.contains(r#"{"id":"r2","object""#), "{body}");
        assert_eq!(sandbox.requests()[0].faults, ["member"]);
    }
}

#[tokio::test]
async fn members_are_left_out_and_added() {
    let absent = |rows, pointer: &str| Fault::Member {
        rows,
        pointer: pointer.to_owned(),
        becomes: MemberChange::Absent,
    };
    let sandbox = faulty(.., absent(Selection::from(..).every(2), "/request_counts")).await;
    let page = get(&sandbox, "limit=3").await;
    let rows = page.body["data"].as_array().expect("rows");
    let has: Vec<_> = rows
        .iter()
        .map(|row| row.get("request_counts").is_some())
        .collect();
    assert_eq!(has, [true, false, true]);

    let sandbox = faulty(.., absent(Selection::from(..), "/metadata/x")).await;
    get(&sandbox, "").await;
    assert!(
        sandbox.requests()[0].faults.is_empty(),
        "there is none to leave out"
    );

    let sandbox = faulty(.., Fault::RequiredMembersOnly).await;
    let page = get(&sandbox, "limit=1").await;
    let expected = json!({
        "id": "r1", "object": "batch", "endpoint": "/v1/chat/completions",
        "input_file_id": "file-batch-row", "completion_window": "24h", "status": "validating",
        "created_at": NOW - 1,
    });
    assert_eq!(page.body["data"], json!([expected]));

    let fault = Fault::page_member("/object", MemberChange::Absent);
    let sandbox = faulty(.., fault).await;
    assert!(get(&sandbox, "").await.body.get("object").is_none());

    let sandbox = faulty(.., Fault::ByteOrderMark).await;
    let seen = read(ask(&sandbox, "").await).await;
    assert!(seen.body.starts_with(b"\xef\xbb\xbf{\"object\""));
    assert_eq!(seen.promised(), Some(seen.body.len()));
}

/// A fault, a query, and the rows that it finds.
#[tokio::test]
async fn filters_are_ignored() {
    let ignore = |filters: &[FilterParam]| Fault::IgnoreFilters {
        filters: filters.to_vec(),
    };
    use FilterParam::{CreateAfter, CreateBefore, DsName, InputFileIds, Status};
    let both = "status=failed&ds_name=night";
    for (fault, query, expected) in [
        (ignore(&[]), "status=failed&create_after=x", "a b c"),
        (
            ignore(&[]),
            "input_file_ids=x&create_before=x&ds_name=x",
            "a b c",
        ),
        (ignore(&[Status]), both, "a c"),
        (ignore(&[DsName]), both, "b c"),
        (
            ignore(&[InputFileIds]),
            "input_file_ids=x&status=failed",
            "b c",
        ),
        (
            ignore(&[CreateAfter]),
            "create_after=20990101000000",
            "a b c",
        ),
        (
            ignore(&[CreateBefore]),
            "create_before=20200101000000",
            "a b c",
        ),
    ] {
        let rows = [
            row("a").created_at(NOW - 10).name("nightly"),
            row("b").created_at(NOW - 20).status("failed"),
            row("c")
                .created_at(NOW - 7200)
                .name("a night")
                .status("failed"),
        ];
        let builder = Sandbox::builder().now(NOW).rows(rows).always(fault.clone());
        let sandbox = builder.start().await.expect("it starts");
        let found = get(&sandbox, query).await.ids().join(" ");
        assert_eq!(found, expected, "{fault:?} {query}");
        assert_eq!(sandbox.requests()[0].faults, ["ignore_filters"]);
    }
}

#[tokio::test]
async fn everybody_is_throttled_until_the_time_is_over() {
    let throttle = Fault::Throttle { seconds: 20 };
    let clock = Clock::PerRequest { seconds: 6 };
    let script = Script::new().on(2, throttle.clone());
    let builder = Sandbox::builder().clock(clock).script(script);
    let sandbox = builder.start().await.expect("it starts");
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let response = get(&sandbox, "").await;
        statuses.push(response.status.as_u16());
        if response.status == 429 {
            assert!(response.headers.get("retry-after").is_none());
            assert_eq!(response.body["error"]["code"], "limit_requests");
        }
    }
    assert_eq!(statuses, [200, 429, 429, 429, 429, 200, 200]);
    assert_eq!(sandbox.requests()[4].faults, ["throttle"]);

    let now = Arc::new(AtomicI64::new(NOW));
    let time = Arc::clone(&now);
    let builder = Sandbox::builder().now(NOW).always(throttle);
    let builder = builder.time(move || time.load(Ordering::Relaxed));
    let sandbox = builder.start().await.expect("it starts");
    for (passed, status) in [(0, 429), (19, 429), (20, 200), (1000, 200)] {
        now.store(NOW + passed, Ordering::Relaxed);
        assert_eq!(get(&sandbox, "").await.status, status, "after {passed} s");
    }
    assert_eq!(sandbox.now(), NOW + 1000);
}
