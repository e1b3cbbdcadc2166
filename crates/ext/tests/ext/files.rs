//! The bytes of one file: each once and in order, whatever connections do, or an error.

use std::time::Duration;

use qwen_batches::{Error, ErrorKind, FileChunks};
use qwen_batches_sandbox::{Fault, Quirk, Sandbox, Script};

use crate::support::{FakeClock, KEY, Response, Server, builder, client};

/// Not text, and without an end of its last line.
fn content() -> Vec<u8> {
    (0..=255).chain(*b"\n\n{").collect()
}

async fn served(script: Script) -> Sandbox {
    let sandbox = Sandbox::builder().batches(0).file("out", content());
    sandbox.script(script).start().await.expect("a sandbox")
}

/// All bytes, and the error at their end.
pub(crate) async fn drain(mut chunks: FileChunks) -> (Vec<u8>, Option<Error>) {
    let (mut read, mut last) = (Vec::new(), None);
    while let Some(chunk) = chunks.next().await {
        match chunk {
            Ok(bytes) => {
                read.extend_from_slice(&bytes);
                last = None;
            }
            Err(error) => last = Some(error),
        }
    }
    assert_eq!(chunks.position(), read.len() as u64);
    (read, last)
}

#[tokio::test]
async fn a_cut_at_any_byte_changes_no_byte() {
    let content = content();
    for ranges in [false, true] {
        let mut script = Script::new();
        if ranges {
            script = script.on(.., Quirk::Ranges);
        }
        for at in 0..=content.len() {
            script = script.on(2 * at + 1, Fault::cut_body(at));
        }
        let sandbox = served(script).await;
        let client = client(sandbox.base_url());
        for at in 0..=content.len() {
            let (read, error) = drain(client.file("out").chunks()).await;
            assert!(error.is_none(), "{at}: {error:?}");
            assert_eq!(read, content, "{at}");
            let requests = sandbox.requests();
            assert_eq!(requests.len(), 2 * at + 2, "{at}");
            let range = requests[2 * at + 1].header("range").map(str::to_owned);
            let expected = (ranges && at > 0).then(|| format!("bytes={at}-"));
            assert_eq!(range, expected);
            let has_condition = requests[2 * at + 1].header("if-range").is_some();
            assert_eq!(has_condition, expected.is_some());
        }
    }
}

#[tokio::test]
async fn bytes_of_two_contents_are_never_mixed() {
    let content = content();
    let at = content.len() / 2;
    let others = [
        ("another byte", [&b"x"[..], &content[1..]].concat()),
        ("shorter", content[..at - 1].to_vec()),
        ("nothing", Vec::new()),
    ];
    for (how, other) in others {
        for ranges in [false, true] {
            // Bytes that are no text, a length, and no validator.
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n", other.len());
            let changed = [head.as_bytes(), b"connection: close\r\n\r\n", &other].concat();
            let mut head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n", content.len());
            if ranges {
                head += "etag: \"1\"\r\n";
            }
            let cut = [
                head.as_bytes(),
                b"connection: close\r\n\r\n",
                &content[..at],
            ]
            .concat();
            let server = Server::start([Response::Bytes(cut), Response::Bytes(changed)]).await;
            let (read, error) = drain(client(&server.base_url()).file("out").chunks()).await;
            let error = error.expect(how);
            assert_eq!(error.kind(), ErrorKind::FileChanged, "{how}: {error}");
            assert_eq!(read, content[..at], "{how}");
            let asked = server.requests()[1].contains("\r\nrange: bytes=129-\r\n");
            assert_eq!(asked, ranges, "{how}");
        }
    }
}

/// What a range brings counts only if it is the part that was asked for, of the same content.
#[tokio::test]
async fn a_part_that_was_not_asked_for_is_not_taken() {
    let part = |headers: &[(&str, &str)], body| Response::new(206, headers, body);
    let end = |headers: &[(&str, &str)]| Response::new(416, headers, "");
    let (one, two) = (("etag", "\"1\""), ("etag", "\"2\""));
    for (name, second, calls) in [
        (
            "the part",
            part(&[one, ("content-range", "bytes 3-5/6")], "def"),
            2,
        ),
        (
            "another part",
            part(&[one, ("content-range", "bytes 2-5/6")], "cdef"),
            3,
        ),
        (
            "of another content",
            part(&[two, ("content-range", "bytes 3-5/6")], "xyz"),
            3,
        ),
        ("which part is not said", part(&[one], "def"), 3),
        (
            "the end is elsewhere",
            end(&[one, ("content-range", "bytes */2")]),
            3,
        ),
        (
            "the end of another content",
            end(&[two, ("content-range", "bytes */3")]),
            3,
        ),
    ] {
        let whole = Response::new(200, &[one], "abcdef");
        let script = [Response::cut(200, &[one], "abc", 3), second, whole];
        let server = Server::start(script).await;
        let (read, error) = drain(client(&server.base_url()).file("out").chunks()).await;
        assert!(error.is_none(), "{name}: {error:?}");
        assert_eq!(read, b"abcdef", "{name}");
        assert_eq!(server.requests().len(), calls, "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_without_the_key() {
    let sandbox = served(Script::new()).await;
    let client = client(sandbox.base_url());
    for (id, kind, status) in [
        ("..", ErrorKind::InvalidRequest, None),
        ("", ErrorKind::InvalidRequest, None),
        (KEY, ErrorKind::InvalidRequest, None),
        // It may be signed, and an id is logged.
        (
            "https://bucket.example/in.jsonl",
            ErrorKind::InvalidRequest,
            None,
        ),
        ("gone", ErrorKind::Refused, Some(404)),
    ] {
        let (read, error) = drain(client.file(id).chunks()).await;
        let error = error.expect(id);
        assert_eq!((error.kind(), error.status()), (kind, status), "{id}");
        assert!(read.is_empty() && !format!("{error:?} {error:#?}").contains(KEY));
    }
    assert_eq!(sandbox.requests().len(), 1);

    let server = Server::start([Response::new(503, &[], "")]).await;
    let clock = FakeClock::default();
    let client = builder(&server.base_url(), &clock)
        .build()
        .expect("a client");
    let file = client.file("out").deadline(Duration::from_millis(300));
    let (_, error) = drain(file.chunks()).await;
    let error = error.expect("a deadline");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert!(
        error.to_string().contains("the file's deadline of 300ms"),
        "{error}"
    );
}

/// A server that cuts every response: the stream ends, however patient its reader is.
#[tokio::test]
async fn a_file_that_never_goes_on_ends_after_three_errors() {
    let sandbox = served(Script::new().on(.., Fault::cut_body(9))).await;
    let mut chunks = client(sandbox.base_url()).file("out").chunks();
    let mut errors = 0;
    while let Some(chunk) = chunks.next().await {
        errors += u32::from(chunk.is_err_and(|error| error.is_retryable()));
    }
    assert_eq!((errors, chunks.position()), (3, 9));
    assert!(chunks.next().await.is_none());
}
