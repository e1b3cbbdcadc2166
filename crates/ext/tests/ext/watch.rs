//! Batches that are followed until they are done. The sandbox's batches move on with each request,
//! so that each poll sees what comes next, and nobody waits.

use std::time::Duration;

use futures::Stream as _;
use qwen_batches::{BatchFilter, BatchStatus, Client, RetryPolicy, WatchBatches, WatchEvent};
use qwen_batches_sandbox::{
    BatchLifecycle, Clock, EmptyCursor, Fault, Lifecycle, MemberChange, Order, Sandbox,
    SandboxBuilder, Script, Sent, WrongId, row as sandbox_row,
};
use serde_json::{Value, json};

use crate::support::{FakeClock, Response, Server, builder, client, page, row};

const NOW: i64 = 1_772_323_200;

/// A batch whose every step takes this many requests.
fn life(n: i64, requests: u32, life: Lifecycle) -> BatchLifecycle {
    let seconds = requests * 60;
    let life = life
        .validating(seconds)
        .running(seconds)
        .finalizing(seconds);
    sandbox_row(format!("batch_{n}"))
        .created_at(NOW - n)
        .name(format!("night {n}"))
        .lifecycle(life)
}

/// A minute passes with each request.
async fn start(builder: SandboxBuilder) -> Sandbox {
    let builder = builder.now(NOW).clock(Clock::PerRequest { seconds: 60 });
    builder.start().await.expect("a sandbox")
}

fn watch(client: &Client, filter: BatchFilter) -> WatchBatches {
    client.watch(filter).interval(Duration::from_secs(60))
}

fn unretried(base_url: &str) -> Client {
    let builder = builder(base_url, &FakeClock::default()).retry(RetryPolicy::off());
    builder.build().expect("a client")
}

/// The events of a watch, a line each, to its end or up to a number of polls.
async fn story(watch: WatchBatches, polls: usize) -> Vec<String> {
    let mut changes = watch.events();
    let (mut lines, mut ended) = (Vec::new(), 0);
    while ended < polls {
        let Some(change) = changes.next().await else {
            lines.push("end".to_owned());
            return lines;
        };
        ended += usize::from(matches!(
            change,
            Ok(WatchEvent::Polled(_) | WatchEvent::PollFailed(_))
        ));
        lines.push(line(&change));
    }
    lines
}

fn line(change: &Result<WatchEvent, qwen_batches::Error>) -> String {
    let counts = |batch: &qwen_batches::Batch| match &batch.request_counts {
        Some(counts) => format!(
            "{} {}+{}/{}",
            batch.status, counts.completed, counts.failed, counts.total
        ),
        None => format!("{} -", batch.status),
    };
    match change {
        Ok(WatchEvent::Appeared { batch, .. }) => format!("+ {} {}", batch.id, counts(batch)),
        Ok(WatchEvent::StatusChanged { batch, from, .. }) => {
            format!("{} {from} -> {}", batch.id, counts(batch))
        }
        Ok(WatchEvent::Progressed { batch, from, .. }) => {
            let Some(from) = from else {
                return format!("{} - -> {}", batch.id, counts(batch));
            };
            format!(
                "{} {}+{} -> {}",
                batch.id,
                from.completed,
                from.failed,
                counts(batch)
            )
        }
        Ok(WatchEvent::Finished { batch, from, .. }) => {
            let from = from.as_ref().map_or("done", BatchStatus::as_str);
            format!("= {} {from} -> {}", batch.id, counts(batch))
        }
        Ok(WatchEvent::Gone { batch, .. }) => format!("- {} {}", batch.id, counts(batch)),
        Ok(WatchEvent::Unreadable { batch, .. }) => format!("? {}", batch.id),
        Ok(WatchEvent::Stuck { batch, .. }) => format!("stuck {} {}", batch.id, counts(batch)),
        Ok(WatchEvent::Polled(poll)) => {
            let pause = poll.pause.map_or("end".to_owned(), |it| format!("{it:?}"));
            format!(
                "poll: {} calls, {} events, {} unfinished, {} unreadable, then {pause}",
                poll.calls,
                poll.changes,
                poll.unfinished,
                poll.unreadable.len()
            )
        }
        Ok(WatchEvent::PollFailed(poll)) => format!(
            "failed poll {}: {:?}, {} calls, then {:?}",
            poll.failures,
            poll.error.kind(),
            poll.calls,
            poll.pause
        ),
        Ok(other) => panic!("{other:?}"),
        Err(error) => format!("error: {:?}", error.kind()),
    }
}

/// The lines about batches.
fn of_batches(story: &[String]) -> Vec<&str> {
    let lines = story.iter().map(String::as_str);
    lines.filter(|line| line.contains("batch_")).collect()
}

/// What a sandbox was asked: the queries of lists, decoded, without the size of their pages; the ids
/// of single batches.
fn queries(sandbox: &Sandbox) -> Vec<String> {
    let requests = sandbox.requests().into_iter();
    requests
        .map(|request| {
            if let Some((_, id)) = request.path.split_once("/batches/") {
                return id.to_owned();
            }
            let pairs = request.pairs().into_iter();
            let pairs = pairs.filter(|(name, value)| (&**name, &**value) != ("limit", "100"));
            let pairs: Vec<String> = pairs.map(|(k, v)| format!("{k}={v}")).collect();
            pairs.join("&")
        })
        .collect()
}

#[tokio::test]
async fn batches_are_followed_until_all_are_done() {
    let lives = [
        life(1, 2, Lifecycle::completes(100).failing(10)),
        life(2, 1, Lifecycle::is_rejected()),
        life(3, 1, Lifecycle::is_cancelled(8, 4)),
    ];
    let old = sandbox_row("batch_9")
        .created_at(NOW - 999)
        .status("expired");
    let sandbox = start(Sandbox::builder().lifecycles(lives).rows([old])).await;
    let client = client(sandbox.base_url());
    let story = story(watch(&client, BatchFilter::new()), 99).await;
    assert_eq!(
        story,
        [
            "+ batch_1 validating 0+0/0",
            "+ batch_2 validating 0+0/0",
            "+ batch_3 validating 0+0/0",
            "+ batch_9 expired 0+0/0",
            "= batch_9 done -> expired 0+0/0",
            "poll: 1 calls, 5 events, 3 unfinished, 0 unreadable, then 63s",
            "= batch_2 validating -> failed 0+0/0",
            "batch_3 validating -> in_progress 0+0/8",
            "poll: 1 calls, 2 events, 2 unfinished, 0 unreadable, then 63s",
            "batch_1 validating -> in_progress 0+0/100",
            "batch_3 in_progress -> cancelling 4+0/8",
            "poll: 1 calls, 2 events, 2 unfinished, 0 unreadable, then 63s",
            "batch_1 0+0 -> in_progress 45+5/100",
            "= batch_3 cancelling -> cancelled 4+4/8",
            "poll: 1 calls, 2 events, 1 unfinished, 0 unreadable, then 63s",
            "batch_1 in_progress -> finalizing 90+10/100",
            "poll: 1 calls, 1 events, 1 unfinished, 0 unreadable, then 63s",
            // Nothing has changed: the next pause is twice as long.
            "poll: 1 calls, 0 events, 1 unfinished, 0 unreadable, then 126s",
            "= batch_1 finalizing -> completed 90+10/100",
            "poll: 1 calls, 1 events, 0 unfinished, 0 unreadable, then end",
            "end",
        ]
    );
}

#[tokio::test]
async fn polls_go_back_no_further_than_to_what_can_still_change() {
    let day = 24 * 3600;
    let at = |id: &str, created_at| sandbox_row(id).created_at(created_at);
    let minutes = |batch: qwen_batches_sandbox::BatchRow, n: u32| {
        let life = Lifecycle::is_rejected().validating(60 * n);
        batch.lifecycle(life)
    };
    let sandbox = start(
        Sandbox::builder()
            .rows([at("batch_9", NOW - 20 * day).status("completed")])
            .lifecycles([
                minutes(at("batch_2", NOW - 2 * day), 2 * 24 * 60 + 1),
                minutes(at("batch_1", NOW - day), 24 * 60 + 2),
                // Created while the watch is under way.
                minutes(at("batch_0", NOW + 90), 3),
            ]),
    )
    .await;
    let client = client(sandbox.base_url());
    let story = story(watch(&client, BatchFilter::new()), 99).await;
    assert_eq!(
        of_batches(&story),
        [
            "+ batch_1 validating 0+0/0",
            "+ batch_2 validating 0+0/0",
            "+ batch_9 completed 0+0/0",
            "= batch_9 done -> completed 0+0/0",
            "= batch_2 validating -> failed 0+0/0",
            "+ batch_0 validating 0+0/0",
            "= batch_1 validating -> failed 0+0/0",
            "= batch_0 validating -> failed 0+0/0",
        ]
    );
    // By the service's clock, and a second before what is meant: two days back, then to five
    // minutes before the newest, be that a day old or brand-new.
    assert_eq!(
        queries(&sandbox),
        [
            "",
            "create_after=20260227075959",
            "create_after=20260228075459",
            "create_after=20260301075629",
            "create_after=20260301075629",
            "create_after=20260301075629",
        ]
    );
}

#[tokio::test]
async fn a_batch_that_leaves_the_filters_statuses_is_followed_all_the_same() {
    // Created a day before the others, and cancelled while the watch is under way.
    let old = sandbox_row("batch_3")
        .created_at(NOW - 90_000)
        .name("night");
    let cancelled = Lifecycle::is_cancelled(9, 1)
        .validating(60)
        .running(90_000 + 240)
        .finalizing(120);
    let lives = [
        life(1, 2, Lifecycle::completes(10)),
        life(2, 1, Lifecycle::expires(4, 2)),
        old.lifecycle(cancelled),
    ];
    let sandbox = start(Sandbox::builder().lifecycles(lives)).await;
    let client = client(sandbox.base_url());
    let running = BatchFilter::new()
        .statuses([BatchStatus::InProgress])
        .name_contains("night");
    let story = story(watch(&client, running).forever(true), 5).await;
    assert_eq!(
        of_batches(&story),
        [
            // The first poll finds the old one alone.
            "+ batch_3 in_progress 0+0/9",
            "+ batch_2 in_progress 0+0/4",
            "+ batch_1 in_progress 0+0/10",
            "= batch_2 in_progress -> expired 2+2/4",
            "batch_1 in_progress -> finalizing 10+0/10",
            "= batch_1 finalizing -> completed 10+0/10",
            "= batch_3 in_progress -> cancelled 1+8/9",
        ]
    );
    // Each poll lists what is running, and asks for what was by its id.
    let running = "ds_name=night&status=in_progress";
    assert_eq!(
        queries(&sandbox),
        [
            running, running, running, "batch_2", running, "batch_1", running, "batch_1", "batch_3"
        ]
    );
}

/// Ten single calls for one of the list: so many the service allows in a minute.
#[tokio::test]
async fn single_batches_are_asked_for_where_that_saves_lists() {
    let rows = |ids: &[usize], status: &str| -> Vec<Value> {
        let row = |n: &usize| {
            let mut row = row(&format!("batch_{n:02}"));
            row["status"] = status.into();
            row
        };
        ids.iter().map(row).collect()
    };
    let list = |rows: &[Value]| Response::json(&page(rows, false));
    let (running, done) = ("in_progress", "completed");
    let ids: Vec<usize> = (1..=11).rev().collect();
    let singly = rows(&ids[1..], done).into_iter();
    let singly = singly.map(|row| Response::json(&row));
    let unknown = || Response::new(404, &[], "");
    for (name, script, path) in [
        (
            "ten",
            [list(&rows(&ids[1..], running)), list(&[])]
                .into_iter()
                .chain(singly)
                .collect(),
            "LL".to_owned() + &"S".repeat(10),
        ),
        (
            "eleven",
            vec![
                list(&rows(&ids, running)),
                list(&[]),
                list(&rows(&ids, done)),
            ],
            "LLL".to_owned(),
        ),
        (
            "the list has it, the call for it does not: it is not made again",
            vec![
                list(&rows(&[1], running)),
                list(&[]),
                unknown(),
                list(&rows(&[1], "finalizing")),
                list(&[]),
                list(&rows(&[1], done)),
            ],
            "LLSLLL".to_owned(),
        ),
        (
            "neither has it, twice",
            vec![
                list(&rows(&[1], running)),
                list(&[]),
                unknown(),
                list(&[]),
                list(&[]),
                unknown(),
                list(&[]),
            ],
            "LLSLLSL".to_owned(),
        ),
    ] {
        let server = Server::start(script).await;
        let client = client(&server.base_url());
        let running = BatchFilter::new().statuses([BatchStatus::InProgress]);
        let story = story(watch(&client, running), 9).await;
        assert_eq!(
            story.last().map(String::as_str),
            Some("end"),
            "{name}: {story:#?}"
        );
        let calls = server.requests().into_iter();
        let calls = calls.map(|head| if head.contains("/batches/") { 'S' } else { 'L' });
        assert_eq!(calls.collect::<String>(), path, "{name}");
    }
}

#[tokio::test]
async fn what_was_done_before_is_left_out_on_request() {
    let lives = [
        life(1, 1, Lifecycle::completes(10)),
        // Created after the first poll, and done before the next.
        life(-1, 0, Lifecycle::is_rejected()),
    ];
    let old = (100..400).map(|n| {
        let row = sandbox_row(format!("batch_{n}")).created_at(NOW - n);
        row.status("completed")
    });
    let sandbox = start(Sandbox::builder().lifecycles(lives).rows(old)).await;
    let client = client(sandbox.base_url());
    let story = story(watch(&client, BatchFilter::new()).skip_finished(true), 99).await;
    assert_eq!(
        story,
        [
            "+ batch_1 in_progress 0+0/10",
            "poll: 2 calls, 1 events, 1 unfinished, 0 unreadable, then 63s",
            "+ batch_-1 failed 0+0/0",
            "= batch_-1 done -> failed 0+0/0",
            "batch_1 in_progress -> finalizing 10+0/10",
            // Back to five minutes before the newest: 200 rows that were done are not reported again.
            "poll: 3 calls, 3 events, 1 unfinished, 0 unreadable, then 63s",
            "= batch_1 finalizing -> completed 10+0/10",
            "poll: 3 calls, 1 events, 0 unfinished, 0 unreadable, then end",
            "end",
        ]
    );
    assert_eq!(
        queries(&sandbox)[..3],
        [
            "",
            "status=validating,in_progress,finalizing,cancelling",
            "create_after=20260301075458",
        ]
    );
}

#[tokio::test]
async fn a_watch_without_batches_ends_and_one_that_goes_on_forever_sees_them_come() {
    let sandbox =
        start(Sandbox::builder().lifecycles([life(-100, 1, Lifecycle::is_rejected())])).await;
    let client = client(sandbox.base_url());
    let idle =
        |pause: &str| format!("poll: 1 calls, 0 events, 0 unfinished, 0 unreadable, then {pause}");
    assert_eq!(
        story(watch(&client, BatchFilter::new()), 99).await,
        [idle("end"), "end".to_owned()]
    );
    let batch =
        |left: usize| format!("poll: 1 calls, 1 events, {left} unfinished, 0 unreadable, then 63s");
    assert_eq!(
        story(watch(&client, BatchFilter::new()).forever(true), 4).await,
        [
            idle("126s"),
            "+ batch_-100 validating 0+0/0".to_owned(),
            batch(1),
            "= batch_-100 validating -> failed 0+0/0".to_owned(),
            batch(0),
            idle("126s"),
        ]
    );
}

#[tokio::test]
async fn a_batch_is_gone_only_when_two_whole_polls_have_missed_it() {
    let rows = || {
        (1..=3).map(|n| {
            let row = sandbox_row(format!("batch_{n}")).created_at(NOW - n);
            row.status("in_progress")
        })
    };
    let appeared = [
        "+ batch_1 in_progress 0+0/0",
        "+ batch_2 in_progress 0+0/0",
        "+ batch_3 in_progress 0+0/0",
    ];
    let gone = ["- batch_3 in_progress 0+0/0"];
    let empty = Fault::EmptyPage {
        has_more: false,
        cursor: EmptyCursor::None,
    };
    let torn = json!({ "id": "batch_3", "created_at": "?" });
    let illegible = json!({ "id": 3 });
    for (name, faults, polls, ends) in [
        ("once", vec![(2, empty.clone())], 5, &[][..]),
        (
            "twice",
            vec![(2, empty.clone()), (4, empty.clone())],
            5,
            &[],
        ),
        (
            "expired",
            vec![(2, Fault::ExpireAtTail { rows: 1 })],
            3,
            &gone,
        ),
        (
            "expired, then a poll fails",
            vec![
                (2, Fault::ExpireAtTail { rows: 1 }),
                (3, Fault::Html { status: 502 }),
            ],
            3,
            &[],
        ),
        (
            "expired, then an illegible row",
            vec![
                (2, Fault::ExpireAtTail { rows: 1 }),
                (
                    3,
                    Fault::BadRow {
                        at: 1,
                        row: illegible.clone(),
                    },
                ),
            ],
            3,
            &[],
        ),
        (
            "unreadable",
            vec![
                (
                    2,
                    Fault::BadRow {
                        at: 3,
                        row: torn.clone(),
                    },
                ),
                (
                    3,
                    Fault::BadRow {
                        at: 3,
                        row: torn.clone(),
                    },
                ),
                (
                    4,
                    Fault::BadRow {
                        at: 3,
                        row: illegible.clone(),
                    },
                ),
                (
                    5,
                    Fault::BadRow {
                        at: 3,
                        row: illegible.clone(),
                    },
                ),
            ],
            5,
            &[],
        ),
    ] {
        let script = faults
            .into_iter()
            .fold(Script::new(), |script, (n, fault)| script.on(n, fault));
        let sandbox = start(Sandbox::builder().rows(rows()).script(script)).await;
        let client = unretried(sandbox.base_url());
        let story = story(watch(&client, BatchFilter::new()), polls).await;
        assert_eq!(
            of_batches(&story),
            [&appeared[..], ends].concat(),
            "{name}: {story:#?}"
        );
    }
}

#[tokio::test]
async fn a_list_that_breaks_off_makes_nothing_gone() {
    let full = |more: bool| page(&[row("batch_2"), row("batch_1")], more);
    let half = page(&[row("batch_2")], true);
    let failure = Response::new(502, &[], "");
    let mut script = vec![Response::json(&full(false))];
    for _ in 0..3 {
        script.extend([Response::json(&half), failure.clone()]);
    }
    script.push(Response::json(&full(false)));
    let server = Server::start(script).await;
    let story = story(watch(&unretried(&server.base_url()), BatchFilter::new()), 5).await;
    let failed = |n: u32, pause: u32| format!("failed poll {n}: Server, 2 calls, then {pause}s");
    assert_eq!(
        story,
        [
            "+ batch_2 validating 0+0/0".to_owned(),
            "+ batch_1 validating 0+0/0".to_owned(),
            "poll: 1 calls, 2 events, 2 unfinished, 0 unreadable, then 63s".to_owned(),
            failed(1, 63),
            failed(2, 126),
            failed(3, 252),
            "poll: 1 calls, 0 events, 2 unfinished, 0 unreadable, then 126s".to_owned(),
        ]
    );
}

/// Ten polls of patience with rows that cannot be read, then the watch says so and ends.
#[tokio::test]
async fn rows_that_cannot_be_read_neither_hang_nor_end_a_watch() {
    let running = page(&[row("batch_1")], false);
    let without_id = page(&[json!({ "created_at": 1 })], false);
    let without_time = page(&[json!({ "id": "batch_1", "created_at": "never" })], false);
    let mut done = row("batch_1");
    done["status"] = json!("completed");
    let done = page(&[done], false);
    for (name, pages, polls, expected) in [
        // Its row goes bad, with an id or without, and stays so.
        ("id", vec![&running, &without_id], 11, &["?"][..]),
        ("time", vec![&running, &without_time], 11, &["?"]),
        // No row was ever legible.
        ("never", vec![&without_id], 10, &[]),
        // It is legible again in time.
        (
            "again",
            vec![&running, &without_id, &without_id, &done],
            4,
            &["="],
        ),
    ] {
        let server = Server::start(pages.into_iter().map(Response::json)).await;
        let story = story(watch(&client(&server.base_url()), BatchFilter::new()), 99).await;
        let found: Vec<&str> = of_batches(&story).iter().map(|line| &line[..1]).collect();
        let expected = if name == "never" {
            vec![]
        } else {
            [&["+"], expected].concat()
        };
        assert_eq!(found, expected, "{name}: {story:#?}");
        assert_eq!(server.requests().len(), polls, "{name}: {story:#?}");
        let is_error = story.iter().any(|line| line == "error: UnreadableRows");
        assert_eq!(is_error, name != "again", "{name}: {story:#?}");
    }
}

#[tokio::test]
async fn a_404_is_final_only_before_the_first_poll_has_succeeded() {
    let missing = || Response::new(404, &[], "");
    let running = Response::json(&page(&[row("batch_1")], false));
    let mut done = row("batch_1");
    done["status"] = json!("failed");
    let done = Response::json(&page(&[done], false));
    let server = Server::start([missing(), running.clone()]).await;
    let first = story(watch(&unretried(&server.base_url()), BatchFilter::new()), 9).await;
    assert_eq!(first, ["error: Refused", "end"]);
    let server = Server::start([running, missing(), done]).await;
    let later = story(watch(&unretried(&server.base_url()), BatchFilter::new()), 9).await;
    assert!(
        later
            .iter()
            .any(|line| line.starts_with("failed poll 1: Refused")),
        "{later:#?}"
    );
    assert!(
        later.iter().any(|line| line.starts_with("= batch_1")),
        "{later:#?}"
    );
}

#[tokio::test]
async fn what_nobody_expects_of_a_service_is_reported_as_it_is() {
    let with = |status: &str, completed: i64| {
        let mut row = row("batch_1");
        row["status"] = json!(status);
        row["request_counts"] = json!({ "total": 9, "completed": completed, "failed": 0 });
        row
    };
    let states = [
        with("in_progress", 5),
        // Counts go back, an unknown status is not the end, and an end is taken back.
        with("in_progress", 3),
        with("paused", 3),
        with("completed", 9),
    ];
    let mut script: Vec<Response> = states
        .iter()
        .map(|row| Response::json(&page(&[row.clone(), self::row("batch_0")], false)))
        .collect();
    // The older one keeps the watch going; the same row twice counts once.
    let twice = [with("in_progress", 4), with("completed", 9), row("batch_0")];
    script.push(Response::json(&page(&twice, false)));
    let mut failed = row("batch_0");
    failed["status"] = json!("failed");
    script.push(Response::json(&page(
        &[with("cancelled", 4), failed],
        false,
    )));
    let server = Server::start(script).await;
    let story = story(watch(&client(&server.base_url()), BatchFilter::new()), 99).await;
    assert_eq!(
        of_batches(&story),
        [
            "+ batch_1 in_progress 5+0/9",
            "+ batch_0 validating 0+0/0",
            "batch_1 5+0 -> in_progress 3+0/9",
            "batch_1 in_progress -> paused 3+0/9",
            "= batch_1 paused -> completed 9+0/9",
            "batch_1 completed -> in_progress 4+0/9",
            "= batch_1 in_progress -> cancelled 4+0/9",
            "= batch_0 validating -> failed 0+0/0",
        ]
    );
    assert_eq!(story.last().map(String::as_str), Some("end"));
}

#[tokio::test]
async fn errors_that_will_not_pass_end_a_watch() {
    let good = Response::json(&page(&[row("batch_1")], false));
    let no_page = Response::json(&json!({ "hello": "world" }));
    let status = |status: u16| Response::new(status, &[], "{}");
    for (script, expected) in [
        (vec![status(401)], vec!["error: Auth", "end"]),
        (
            vec![good.clone(), status(401)],
            vec!["poll", "error: Auth", "end"],
        ),
        (
            vec![good.clone(), status(400)],
            vec!["poll", "error: Refused", "end"],
        ),
        // A wrong base URL stays wrong; one that was right once may work again.
        (
            vec![no_page.clone()],
            vec!["error: ContractViolation", "end"],
        ),
        (
            vec![good.clone(), no_page, good.clone()],
            vec!["poll", "failed poll 1: ContractViolation", "poll"],
        ),
        (
            vec![status(503), status(429), good],
            vec![
                "failed poll 1: Server",
                "failed poll 2: RateLimited",
                "poll",
            ],
        ),
    ] {
        let server = Server::start(script).await;
        let story = story(watch(&unretried(&server.base_url()), BatchFilter::new()), 3).await;
        let story = story.iter().filter(|line| !line.starts_with('+'));
        let story: Vec<&str> = story
            .map(|line| match line.split_once(", ") {
                _ if line.starts_with("poll") => "poll",
                Some((start, _)) => start,
                None => line,
            })
            .collect();
        assert_eq!(story, expected);
    }
}

#[tokio::test]
async fn every_problem_is_reported_before_anything_is_sent() {
    let second = Duration::from_secs(1);
    for (base_url, interval, refused) in [
        (
            "https://elsewhere.example/v1",
            10 * second - second / 100,
            true,
        ),
        ("http://127.0.0.1:1/v1", second / 1000, true),
        ("http://[::1]:1/v1", Duration::ZERO, true),
    ] {
        let filter = BatchFilter::new().statuses([]);
        let mut changes = client(base_url).watch(filter).interval(interval).events();
        let error = changes
            .next()
            .await
            .expect("an item")
            .expect_err("an error");
        let fields: Vec<&str> = error.problems().iter().map(|it| it.field).collect();
        assert_eq!(fields, ["statuses", "interval"]);
        assert_eq!(error.attempts(), 0);
        for _ in 0..3 {
            assert!(changes.next().await.is_none(), "{refused}");
        }
    }
    // Ten seconds will do anywhere; here, less.
    let server = Server::start([Response::json(&page(&[], false))]).await;
    let quick = client(&server.base_url()).watch(BatchFilter::new());
    let story = story(quick.interval(second / 100), 9).await;
    assert_eq!(story.len(), 2, "{story:?}");
}

#[tokio::test]
async fn long_lists_are_watched_whole() {
    let lives = (0..250).map(|n| life(n, 4, Lifecycle::completes(1)));
    let sandbox = start(Sandbox::builder().lifecycles(lives)).await;
    let client = client(sandbox.base_url());
    let story = story(watch(&client, BatchFilter::new()), 99).await;
    let count = |start: &str| story.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!((count("+ "), count("= "), count("- ")), (250, 250, 0));
    assert!(
        story[250].starts_with("poll: 3 calls, 250 events"),
        "{}",
        story[250]
    );
    assert_eq!(story.last().map(String::as_str), Some("end"));
}

#[tokio::test]
async fn nothing_is_sent_before_changes_are_asked_for() {
    let sandbox = start(Sandbox::builder().batches(3)).await;
    let client = client(sandbox.base_url());
    let mut changes = watch(&client, BatchFilter::new()).forever(true).events();
    assert_eq!(sandbox.request_count(), 0);
    let waker = std::task::Waker::noop();
    let mut cx = std::task::Context::from_waker(waker);
    // A reader that stops waiting loses nothing.
    assert!(
        std::pin::Pin::new(&mut changes)
            .poll_next(&mut cx)
            .is_pending()
    );
    assert!(matches!(
        changes.next().await,
        Some(Ok(WatchEvent::Appeared { .. }))
    ));
    assert_eq!(sandbox.request_count(), 1);
    drop(changes);
    assert_eq!(sandbox.request_count(), 1);
}

/// Every fault there is, at the second poll of an otherwise quiet watch; and whether that poll fails.
fn faults() -> Vec<(Fault, bool)> {
    let bad_row = json!({ "id": "batch_1", "created_at": null });
    vec![
        (Fault::AppearAtHead { rows: 2 }, false),
        (Fault::ExpireAtTail { rows: 1 }, false),
        // These two do nothing to a list of one page but to say that there is more.
        (Fault::StickyCursor, true),
        (Fault::CycleCursor { length: 1 }, true),
        (Fault::OverlapRows { rows: 1 }, false),
        (Fault::RefuseCursor, false),
        (
            Fault::EmptyPage {
                has_more: false,
                cursor: EmptyCursor::None,
            },
            false,
        ),
        (
            Fault::EmptyPage {
                has_more: true,
                cursor: EmptyCursor::None,
            },
            true,
        ),
        (
            Fault::EmptyPage {
                has_more: true,
                cursor: EmptyCursor::Same,
            },
            true,
        ),
        (
            Fault::IgnoreFilters {
                filters: Vec::new(),
            },
            false,
        ),
        (
            Fault::Order {
                is: Order::OldestFirst,
            },
            false,
        ),
        (
            Fault::FirstId {
                is: WrongId::Unknown,
            },
            false,
        ),
        (Fault::RepeatRows { every: 1 }, false),
        (Fault::RequiredMembersOnly, false),
        (Fault::ByteOrderMark, false),
        (Fault::member("/metadata", MemberChange::Nan), false),
        (Fault::HasMore { says: Some(true) }, false),
        (Fault::HasMore { says: None }, true),
        (Fault::member("/id", MemberChange::Null), false),
        (
            Fault::LastId {
                is: WrongId::Absent,
            },
            false,
        ),
        (
            Fault::BadRow {
                at: 1,
                row: bad_row,
            },
            false,
        ),
        (Fault::status(429).header("retry-after", "7").into(), true),
        (Fault::Html { status: 502 }, true),
        (Fault::from(Fault::status(503).empty()), true),
        (Fault::ErrorAsSuccess, true),
        (Fault::redirect("https://elsewhere.example/"), true),
        (
            Fault::page_member("/data", MemberChange::Nested(1000)),
            true,
        ),
        (Fault::MalformedJson, true),
        (Fault::header("content-type", None), false),
        (
            Fault::Reset {
                after: Sent::Body(50),
            },
            true,
        ),
        (Fault::Cut { after: Sent::Head }, true),
        (
            Fault::Stall {
                after: Sent::Nothing,
                for_ms: None,
            },
            true,
        ),
        (
            Fault::SlowBytes {
                chunk: 97,
                pause_ms: Some(0),
            },
            false,
        ),
        (Fault::EndlessBody, true),
    ]
}

#[tokio::test]
async fn a_watch_survives_every_fault() {
    let names: std::collections::BTreeSet<_> = faults().iter().map(|it| it.0.name()).collect();
    assert_eq!(
        names.len(),
        28,
        "is there a fault that is not tried? {names:?}"
    );
    for (fault, fails) in faults() {
        let lives = [
            life(1, 3, Lifecycle::completes(90)),
            life(2, 4, Lifecycle::completes(90)),
        ];
        // For as long as a poll is made, however often it looks again.
        let last = match fault {
            Fault::StickyCursor | Fault::CycleCursor { .. } => 9,
            _ => 5,
        };
        let script = Script::new().on(2..=last, fault.clone());
        let sandbox = start(Sandbox::builder().lifecycles(lives).script(script)).await;
        let clock = FakeClock::default();
        let client = builder(sandbox.base_url(), &clock)
            .retry(RetryPolicy::off())
            .max_response_bytes(256 << 10)
            .build()
            .expect("a client");
        // A server that stalls is what a time limit is for.
        let stalls = async {
            loop {
                sandbox.stalled(1).await;
                if fault.name() == "stall" {
                    clock.expire();
                }
                tokio::task::yield_now().await;
            }
        };
        let story = tokio::select! {
            story = story(watch(&client, BatchFilter::new()), 30) => story,
            () = stalls => Vec::new(),
        };
        let count = |start: &str| story.iter().filter(|line| line.starts_with(start)).count();
        assert_eq!(count("failed poll") > 0, fails, "{fault:?}: {story:#?}");
        assert_eq!(count("error"), 0, "{fault:?}: {story:#?}");
        // Whatever polls missed, each batch has its beginning and its end, once.
        let seen = (count("+ batch_1 "), count("= batch_1 "), count("- "));
        let expected = match fault {
            // Two polls in a row have not listed them.
            Fault::EmptyPage {
                has_more: false, ..
            }
            | Fault::ExpireAtTail { .. } => (1, 0, 2),
            _ => (1, 1, 0),
        };
        assert_eq!(seen, expected, "{fault:?}: {story:#?}");
        let goes_on = fault.name() == "appear_at_head";
        assert_eq!(count("end"), usize::from(!goes_on), "{fault:?}: {story:#?}");
    }
}

#[tokio::test]
async fn a_poll_that_fails_between_two_pages_misses_no_new_batch() {
    let lives = (0..150).map(|n| {
        let row = sandbox_row(format!("batch_{n}")).created_at(NOW + 10 * n);
        row.lifecycle(Lifecycle::is_rejected().validating(0))
    });
    // The first poll finds one batch; the second fails after the hundred newest of the others.
    let script = Script::new().on(3, Fault::ErrorAsSuccess);
    let hourly = Clock::PerRequest { seconds: 3600 };
    let sandbox = Sandbox::builder().lifecycles(lives).script(script);
    let sandbox = sandbox.now(NOW).clock(hourly).start().await;
    let sandbox = sandbox.expect("a sandbox");
    let client = unretried(sandbox.base_url());
    let story = story(watch(&client, BatchFilter::new()).forever(true), 3).await;
    let appeared = story.iter().filter(|line| line.starts_with("+ ")).count();
    assert_eq!(appeared, 150, "{story:#?}");
}
