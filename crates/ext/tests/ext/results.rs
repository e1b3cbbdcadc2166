//! The results of batches: each request once, with its own outcome, whatever files and connections
//! do; or an error that says what is missing.

use qwen_batches::{Batch, Error, ErrorKind, ResultFile, ResultLine, ResultLines};
use qwen_batches_sandbox::{Fault, Quirk, Sandbox, Script, Sent};
use serde_json::{Value, json};

use crate::support::{FakeClock, KEY, Response, Server, builder, client};

/// A batch of so many requests whose files these are.
pub(crate) fn batch(total: usize, output: Option<&str>, error: Option<&str>) -> Batch {
    let mut row = qwen_batches_sandbox::row("batch_1").created_at(1_772_000_000);
    row = row.status("completed");
    let mut row: Value = row.build();
    row["output_file_id"] = json!(output);
    row["error_file_id"] = json!(error);
    row["request_counts"] = json!({ "total": total, "completed": total, "failed": 0 });
    serde_json::from_value(row).expect("a batch")
}

fn ok(id: &str) -> String {
    json!({
        "id": "r",
        "custom_id": id,
        "response": { "status_code": 200, "request_id": "req-1", "body": { "n": id } },
        "error": null,
    })
    .to_string()
}

/// A server of one output file.
async fn served(text: impl Into<Vec<u8>>, script: Script) -> Sandbox {
    let sandbox = Sandbox::builder().batches(0).file("out", text);
    sandbox.script(script).start().await.expect("a sandbox")
}

/// All that a stream gives: its lines, and the error at its end.
async fn drain(mut lines: ResultLines) -> (Vec<ResultLine>, Option<Error>) {
    let mut read = Vec::new();
    loop {
        match lines.next().await {
            Some(Ok(line)) => read.push(line),
            Some(Err(error)) if error.is_retryable() => {}
            Some(Err(error)) => return (read, Some(error)),
            None => return (read, None),
        }
    }
}

async fn read_file(text: impl Into<Vec<u8>>, total: usize) -> (Vec<ResultLine>, Option<Error>) {
    let sandbox = served(text, Script::new()).await;
    let lines = client(sandbox.base_url()).results(&batch(total, Some("out"), None));
    drain(lines.max_line_bytes(400).lines()).await
}

#[tokio::test]
async fn each_line_is_judged_by_itself() {
    let body = json!({ "error": { "code": "too_long", "message": "The input is too long." } });
    type Failure<'a> = (Option<u16>, Option<&'a str>, Option<&'a str>);
    let cases: &[(Value, Value, Result<Value, Failure<'_>>)] = &[
        (
            json!({ "status_code": 200, "body": { "a": 1 } }),
            Value::Null,
            Ok(json!({ "a": 1 })),
        ),
        (
            json!({ "status_code": "204", "body": null }),
            Value::Null,
            Ok(Value::Null),
        ),
        (json!({ "status_code": 200 }), json!({}), Ok(Value::Null)),
        (
            json!({ "status_code": 400, "body": body }),
            Value::Null,
            Err((Some(400), Some("too_long"), Some("The input is too long."))),
        ),
        (
            json!({ "status_code": 400, "body": body }),
            json!({ "code": "its_own", "message": "no" }),
            Err((Some(400), Some("its_own"), Some("no"))),
        ),
        (
            Value::Null,
            json!({ "error_code": "batch_expired", "error_message": "late" }),
            Err((None, Some("batch_expired"), Some("late"))),
        ),
        (
            Value::Null,
            json!("broken"),
            Err((None, None, Some("broken"))),
        ),
        (
            json!({ "status_code": 200, "body": {} }),
            json!({ "code": "x", "message": null }),
            Err((Some(200), Some("x"), None)),
        ),
        (
            json!({ "status_code": 500, "body": "?" }),
            Value::Null,
            Err((Some(500), None, None)),
        ),
    ];
    for (response, error, expected) in cases {
        let line = json!({ "custom_id": "a", "response": response, "error": error });
        let (lines, end) = read_file(line.to_string(), 1).await;
        let [line] = lines.as_slice() else {
            panic!("{response} {error}: {end:?}");
        };
        assert!(end.is_none(), "{end:?}");
        match (&line.result, expected) {
            (Ok(body), Ok(expected)) => {
                let sent = response["status_code"].to_string();
                assert_eq!(body.status().to_string(), sent.trim_matches('"'));
                assert_eq!(body.json::<Value>().expect("JSON"), *expected);
            }
            (Err(failed), Err(expected)) => {
                let shown = (
                    failed.status,
                    failed.code.as_deref(),
                    failed.message.as_deref(),
                );
                assert_eq!(shown, *expected, "{response} {error}");
            }
            (found, _) => panic!("{response} {error}: {found:?}"),
        }
    }
}

#[tokio::test]
async fn a_line_that_cannot_be_read_costs_no_other() {
    for (bad, id, shows) in [
        (b"{".to_vec(), None, "not a JSON object"),
        (b"[]".to_vec(), None, "not a JSON object"),
        (
            b"{\"custom_id\":\"b\",\"response\":\"\xFF\"}".to_vec(),
            Some("b"),
            "not a JSON object",
        ),
        (
            b"{\"custom_id\":\"b\",\"response\":NaN}".to_vec(),
            Some("b"),
            "not a JSON object",
        ),
        (br#"{"custom_id":7}"#.to_vec(), None, "no `custom_id`"),
        (
            br#"{"custom_id":"b"}"#.to_vec(),
            Some("b"),
            "neither a `response` nor an `error`",
        ),
        (
            br#"{"custom_id":"b","response":[1]}"#.to_vec(),
            Some("b"),
            "is no object",
        ),
        (
            br#"{"custom_id":"b","response":{}}"#.to_vec(),
            Some("b"),
            "no `status_code`",
        ),
        (vec![b' '; 500], None, "longer than 400 bytes"),
        (
            format!(r#"{{"custom_id":"{KEY}","error":"x"}}"#).into(),
            Some("***"),
            "the API key",
        ),
    ] {
        let (first, last) = (ok("a"), ok("c"));
        let text = [
            b"\xEF\xBB\xBF",
            first.as_bytes(),
            b"\r\n\n",
            &bad,
            b"\n",
            last.as_bytes(),
        ];
        let (lines, end) = read_file(text.concat(), 3).await;
        let ids: Vec<&str> = lines.iter().map(|line| &*line.custom_id).collect();
        let shown = bad.escape_ascii();
        assert_eq!(ids, ["a", "c"], "{shown}");
        let end = end.expect("an error");
        assert_eq!(end.kind(), ErrorKind::IncompleteResults, "{end}");
        let report = end.results_report().expect("a report");
        let unreadable = &report.unreadable[0];
        assert_eq!(
            (unreadable.custom_id.as_deref(), unreadable.line),
            (id, 3),
            "{shown}"
        );
        assert!(unreadable.reason.contains(shows), "{shown}: {unreadable}");
        assert_eq!((report.missing(), report.unreadable_lines), (Some(0), 1));
        assert!(!format!("{end:?} {end} {lines:?}").contains(KEY));
    }
}

#[tokio::test]
async fn what_does_not_add_up_is_said_at_the_end() {
    let (a, b) = (ok("a"), ok("b"));
    let other = a.replace("req-1", "req-2");
    for (text, total, shows) in [
        (format!("{a}\n{b}\n"), 2, None),
        (format!("{a}\n{a}\n{b}\n"), 2, None),
        (String::new(), 0, None),
        (a.clone(), 2, Some("1 of 2 requests have no line")),
        (
            format!("{a}\n{b}\n"),
            1,
            Some("1 lines more than the 1 requests"),
        ),
        (
            format!("{a}\n{other}\n{b}\n"),
            2,
            Some("line 2 of the output file (a): another line for it"),
        ),
    ] {
        let (lines, end) = read_file(text.clone(), total).await;
        let mut ids: Vec<_> = lines.iter().map(|line| line.custom_id.clone()).collect();
        ids.dedup();
        assert_eq!(ids.len(), lines.len(), "{text}");
        assert_eq!(end.is_some(), shows.is_some(), "{end:?}");
        if let (Some(end), Some(shows)) = (end, shows) {
            assert!(end.to_string().contains(shows), "{end}");
        }
    }
    let sandbox = served(format!("{a}\n{a}\n"), Script::new()).await;
    let results = client(sandbox.base_url()).results(&batch(3, Some("out"), None));
    let mut lines = results.allow_mismatch(true).lines();
    assert!(lines.next().await.is_some_and(|line| line.is_ok()));
    assert!(lines.next().await.is_none());
    let report = lines.report().expect("a report");
    assert!(
        !report.is_complete() && report.repeated[0].is_same,
        "{report:?}"
    );
    assert_eq!((report.succeeded, report.missing()), (1, Some(2)));
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_not_sent() {
    let server = Server::start([Response::new(200, &[], "")]).await;
    let client = client(&server.base_url());
    let whole = batch(1, Some("out"), None);
    let mut running = batch(1, None, None);
    running.status = "in_progress".into();
    let start = client
        .results(&whole)
        .lines()
        .checkpoint()
        .expect("a checkpoint");
    let mut other = batch(1, Some("out"), None);
    other.id = "batch_2".to_owned();
    for (name, request, field) in [
        ("a batch that runs", client.results(&running), "batch"),
        (
            "a path",
            client.results(&batch(1, Some(".."), None)),
            "output_file_id",
        ),
        (
            "the key",
            client.results(&batch(1, None, Some(KEY))),
            "error_file_id",
        ),
        (
            "another batch",
            client.results(&other).resume(start),
            "resume",
        ),
    ] {
        let mut lines = request.lines();
        let error = lines.next().await.expect(name).expect_err(name);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{name}: {error}");
        assert_eq!(error.problems()[0].field, field, "{name}");
        assert!(lines.next().await.is_none(), "{name}");
    }
    // A batch that failed its validation has no files, and no requests.
    let (lines, end) = drain(client.results(&batch(0, None, None)).lines()).await;
    assert!(lines.is_empty() && end.is_none());
    assert_eq!(server.requests().len(), 0);
    // The service sends no media type, and is not asked for JSON.
    drain(client.results(&batch(1, None, Some("a/b"))).lines()).await;
    let head = &server.requests()[0];
    assert!(
        head.starts_with("GET /compatible-mode/v1/files/a%2Fb/content HTTP/1.1"),
        "{head}"
    );
    assert!(head.contains("\r\naccept: */*\r\n"), "{head}");
}

#[tokio::test]
async fn a_cut_download_goes_on_by_range_or_from_the_start() {
    let text: String = (0..20).map(|n| ok(&format!("id-{n}")) + "\n").collect();
    let cut = |after| Fault::Cut {
        after: Sent::Body(after),
    };
    let weak = Fault::header("etag", Some("W/\"1\""));
    let by_range: Fault = Quirk::Ranges.into();
    for (faults, ranges) in [
        (vec![], false),
        (vec![by_range.clone()], true),
        // By a weak validator another content may be taken for the same.
        (vec![by_range, weak], false),
    ] {
        let script = Script::new()
            .on(1, cut(text.len() / 2))
            .on(2, cut(text.len() / 4));
        let script = faults
            .into_iter()
            .fold(script, |it, fault| it.on(.., fault));
        let sandbox = served(text.clone(), script).await;
        let results = client(sandbox.base_url()).results(&batch(20, Some("out"), None));
        let (lines, end) = drain(results.lines()).await;
        assert!(end.is_none(), "{end:?}");
        assert_eq!(lines.len(), 20);
        let asked = sandbox.requests().into_iter();
        let asked: Vec<_> = asked
            .map(|it| {
                (
                    it.header("range").is_some(),
                    it.header("if-range").is_some(),
                )
            })
            .collect();
        assert_eq!(asked[0], (false, false));
        assert_eq!(asked[1], (ranges, ranges), "{asked:?}");
    }
}

#[tokio::test]
async fn a_file_that_changes_is_an_error() {
    let text: String = (0..20).map(|n| ok(&format!("id-{n}")) + "\n").collect();
    let other = text.replacen("id-0", "id-9", 2);
    for ranges in [false, true] {
        let changed = Fault::status(200).text(other.clone());
        let mut script = Script::new()
            .on(1, Fault::cut_body(text.len() / 2))
            .on(2, changed);
        if ranges {
            script = script.on(1, Quirk::Ranges);
        }
        let sandbox = served(text.clone(), script).await;
        let results = client(sandbox.base_url()).results(&batch(20, Some("out"), None));
        let (lines, end) = drain(results.lines()).await;
        let end = end.expect("an error");
        assert_eq!(end.kind(), ErrorKind::FileChanged, "{end}");
        assert!(lines.len() < 20 && lines.len() > 5);
        let checkpoint = end.results_checkpoint().expect("a checkpoint");
        assert_eq!(checkpoint.delivered(), lines.len() as u64);
    }
}

/// A file that was deleted, perhaps while it was read, costs no line of the other one.
#[tokio::test]
async fn a_missing_file_is_an_error_at_the_end() {
    let text = ok("a") + "\n" + &ok("b") + "\n";
    let gone = || Fault::from(Fault::status(404).empty());
    let cut = Fault::cut_body(text.find('\n').expect("a line") + 9);
    for (files, script, read, lost) in [
        (
            (Some("gone"), Some("out")),
            Script::new(),
            2,
            vec![(ResultFile::Output, 0)],
        ),
        (
            (Some("out"), Some("gone")),
            Script::new(),
            2,
            vec![(ResultFile::Error, 0)],
        ),
        (
            (Some("out"), None),
            Script::new().on(1, cut).on(2, gone()),
            1,
            vec![(ResultFile::Output, 1)],
        ),
        (
            (Some("gone"), Some("lost")),
            Script::new(),
            0,
            vec![(ResultFile::Output, 0), (ResultFile::Error, 0)],
        ),
    ] {
        let sandbox = served(text.clone(), script).await;
        let client = client(sandbox.base_url());
        let batch = batch(2, files.0, files.1);
        // That lines may be missing does not say that files may.
        for allow in [false, true]
            .into_iter()
            .take(if read == 1 { 1 } else { 2 })
        {
            let (lines, end) = drain(client.results(&batch).allow_mismatch(allow).lines()).await;
            let end = end.expect("a 404");
            assert_eq!(
                (end.kind(), end.status()),
                (ErrorKind::IncompleteResults, Some(404))
            );
            let words = "stay until they are deleted";
            assert!(end.to_string().contains(words), "{end}");
            let report = end.results_report().expect("a report");
            let found: Vec<_> = report
                .unreadable_files
                .iter()
                .map(|it| (it.file, it.lines))
                .collect();
            assert_eq!((lines.len(), found), (read, lost.clone()), "{end}");
            assert!(end.results_checkpoint().is_some_and(|it| !it.has_ended()));
        }
    }
}

#[tokio::test]
async fn a_deadline_is_an_error_that_says_so() {
    let server = Server::start([Response::new(503, &[], "")]).await;
    let clock = FakeClock::default();
    let client = builder(&server.base_url(), &clock)
        .build()
        .expect("a client");
    let results = client.results(&batch(1, Some("out"), None));
    let time = std::time::Duration::from_millis(300);
    let (_, end) = drain(results.deadline(time).lines()).await;
    let end = end.expect("a deadline");
    assert_eq!(end.kind(), ErrorKind::DeadlineExceeded);
    assert!(
        end.to_string().contains("the results' deadline of 300ms"),
        "{end}"
    );
}

/// Without a length and without chunks, HTTP does not show a cut.
#[tokio::test]
async fn an_end_in_the_middle_of_a_line_is_a_cut_unless_it_stays() {
    let text = ok("a") + "\n" + &ok("b");
    let until_closed = |end: usize| {
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
        Response::Bytes((head.to_owned() + &text[..end]).into_bytes())
    };
    let torn = text.len() - 5;
    for (script, read, calls) in [
        (vec![until_closed(torn), until_closed(text.len())], 2, 2),
        (vec![until_closed(torn)], 1, 2),
    ] {
        let server = Server::start(script).await;
        let results = client(&server.base_url()).results(&batch(2, Some("out"), None));
        let (lines, end) = drain(results.lines()).await;
        assert_eq!((lines.len(), server.requests().len()), (read, calls));
        assert_eq!(end.is_none(), read == 2, "{end:?}");
    }
}
