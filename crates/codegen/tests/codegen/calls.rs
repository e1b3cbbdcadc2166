//! The generated client, called over HTTP.

use std::sync::Arc;

use futures::TryStreamExt as _;
use httpmock::prelude::*;
use serde_json::{Value, json};

use crate::Inner;
use crate::library::{Client, Error, types};

fn client(server: &MockServer) -> Client {
    // No process-wide provider of TLS is needed where the configuration is given.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let http = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .build()
        .unwrap();
    Client::new_with_client(&server.url("/v2"), http, Inner)
}

/// A book of which every limit of the contract is broken, and which has what no contract names.
fn odd_book() -> Value {
    json!({
        "title": "A title that is longer than twenty characters",
        "isbn": "short",
        "genre": "cookbook",
        "enum": 99,
        "extra": "a bookmark",
        "added_at": "some day",
        "copy_ids": ["no uuid", "2", "3"],
        "author": null,
        "series": { "name": "Odd books", "volume": 3 },
        "shelf": {
            "row": -1,
            "place": { "side": "left", "number": 4, "lit": true },
            "room": "cellar"
        },
        "cover": "https://covers.example/1?key=hidden",
        "codename": "nightingale",
        "prices": { "EUR": 12.5 },
        "pages": 200
    })
}

#[tokio::test]
async fn a_comma_list_goes_out_as_one_value() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(GET).path("/v2/books").is_true(|request| {
                let no_version = !request.headers().contains_key("api-version");
                let query = request.uri().query().unwrap_or_default().to_owned();
                let expected = "added_after=2025-03-04T00%3A00%3A00Z&genre=non-fiction%2Cnew\
                                &page_size=7&shelf=3%2C4&tag=a&tag=b&type=audio";
                assert_eq!(query, expected);
                no_version
            });
            then.status(200).json_body(
                json!({ "type": "books", "next": null, "default": true, "books": null }),
            );
        })
        .await;

    let list = client(&server)
        .list_books()
        .genre([types::Genre::NonFiction, types::Genre::from("new")])
        .shelf([3, 4])
        .tag(vec!["a".to_owned(), "b".to_owned()])
        .added_after("2025-03-04T00:00:00Z")
        .type_(types::ListBooksType::Audio)
        .page_size(std::num::NonZeroU32::new(7).unwrap())
        .send()
        .await
        .unwrap()
        .into_inner();

    mock.assert_async().await;
    assert_eq!(list.books, None);
    assert!(list.default);
}

#[tokio::test]
async fn no_filter_is_no_query() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.path("/v2/books")
                .is_true(|request| request.uri().query().is_none_or(str::is_empty));
            then.status(200)
                .json_body(json!({ "type": "books", "next": null, "default": true, "books": [] }));
        })
        .await;
    client(&server).list_books().send().await.unwrap();
    mock.assert_async().await;
}

#[tokio::test]
async fn a_list_that_cannot_go_out_is_an_error_before_anything_is_sent() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200);
        })
        .await;
    let client = client(&server);
    for genres in [vec![], vec!["a,b"], vec!["a", ""]] {
        let genres: Vec<types::Genre> = genres.into_iter().map(types::Genre::from).collect();
        let error = client.list_books().genre(genres).send().await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error:?}");
    }
    mock.assert_calls_async(0).await;
}

#[tokio::test]
async fn a_reply_beyond_the_contract_decodes_and_survives() {
    let server = MockServer::start_async().await;
    let reply = json!({
        "type": "something else",
        "next": "here",
        "default": false,
        "books": [odd_book()],
        "total": 1
    });
    let body = reply.clone();
    server
        .mock_async(|when, then| {
            when.path("/v2/books");
            then.status(200).json_body(body);
        })
        .await;

    let list = client(&server)
        .list_books()
        .send()
        .await
        .unwrap()
        .into_inner();

    assert_eq!(serde_json::to_value(&list).unwrap(), reply);
    let book = &list.books.as_deref().unwrap()[0];
    assert_eq!(book.genre.to_string(), "cookbook");
    assert!(!book.genre.is_known());
    assert_eq!(book.extra_property.as_deref(), Some("a bookmark"));
    assert_eq!(book.extra["pages"], 200);
    assert_eq!(book.shelf.extra["room"], "cellar");
    assert_eq!(book.enum_, Some(99));
    let shown = format!("{list:?}");
    assert!(
        !shown.contains("hidden") && !shown.contains("nightingale"),
        "{shown}"
    );
    // Fields are encoded in the order of the contract.
    let text = serde_json::to_string(book).unwrap();
    let keys = [
        "title", "isbn", "genre", "enum", "extra", "added_at", "author", "shelf", "pages",
    ];
    let places: Vec<_> = keys
        .map(|key| text.find(&format!("\"{key}\":")).unwrap())
        .into();
    assert!(places.is_sorted(), "{text}");
}

#[tokio::test]
async fn an_absent_nullable_key_is_null_and_an_absent_list_is_an_error() {
    let server = MockServer::start_async().await;
    let mut book = odd_book();
    for key in ["author", "series", "codename"] {
        book.as_object_mut().unwrap().shift_remove(key);
    }
    let reply = json!({ "type": "books", "default": true, "books": [book] });
    let mock = server
        .mock_async(|when, then| {
            when.path("/v2/books");
            then.status(200).json_body(reply);
        })
        .await;
    let client = client(&server);
    let list = client.list_books().send().await.unwrap().into_inner();
    assert_eq!(list.next, None);
    let book = &list.books.unwrap()[0];
    assert_eq!(
        (&book.author, &book.series, &book.codename),
        (&None, &None, &None)
    );
    mock.delete_async().await;

    server
        .mock_async(|when, then| {
            when.path("/v2/books");
            then.status(200)
                .json_body(json!({ "type": "books", "default": true }));
        })
        .await;
    let error = client.list_books().send().await.unwrap_err();
    assert!(
        matches!(error, Error::InvalidResponsePayload(..)),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_reply_is_text() {
    let server = MockServer::start_async().await;
    let whole =
        r#"{"type":"b\u00fccher","n\u0065xt":"\ud83d\udcd6 ü","default":true,"books":[],"ü":"ö"}"#;
    for (body, problem) in [
        (whole.into(), None),
        (format!("\r\n{whole}\n").into(), None),
        (vec![], Some("EOF while parsing a value at line 1 column 0")),
        (
            format!("\u{feff}{whole}").into(),
            Some("expected value at line 1 column 1"),
        ),
        (
            format!("{whole}}}").into(),
            Some("trailing characters at line 1 column 89"),
        ),
        (
            br#"{"type":"books","next":7}"#.to_vec(),
            Some("invalid type: integer `7`, expected a string at line 1 column 24"),
        ),
        // Latin-1, in a value and in a key that no contract names; then cut off within a character.
        (
            b"{\"type\":\"b\xfccher\"}".to_vec(),
            Some("invalid utf-8 sequence of 1 bytes from index 10"),
        ),
        (
            b"{\"\xfc\":1}".to_vec(),
            Some("invalid utf-8 sequence of 1 bytes from index 2"),
        ),
        (
            b"{\"type\":\"b\xc3".to_vec(),
            Some("incomplete utf-8 byte sequence from index 10"),
        ),
    ] {
        let reply = body.clone();
        let mock = server
            .mock_async(|when, then| {
                when.path("/v2/books");
                then.status(200).header("x-request-id", "r-1").body(reply);
            })
            .await;
        match (client(&server).list_books().send().await, problem) {
            (Ok(list), None) => {
                assert_eq!(list.headers()["x-request-id"], "r-1");
                assert_eq!(list.type_, "bücher");
                assert_eq!(list.next.as_deref(), Some("📖 ü"));
                assert_eq!(list.extra["ü"], "ö");
            }
            (Err(Error::InvalidResponsePayload(received, error)), Some(problem)) => {
                assert_eq!(error.to_string(), problem);
                assert_eq!(received, body);
            }
            (other, _) => panic!("{other:?}, not {problem:?}"),
        }
        mock.delete_async().await;
    }
}

#[tokio::test]
async fn errors_keep_status_headers_and_body() {
    let server = MockServer::start_async().await;
    for (path, status, body) in [
        (
            "/v2/books/1234567890/copies/1",
            404,
            "<html>not here</html>",
        ),
        ("/v2/books/1234567890/copies/2", 500, ""),
        (
            "/v2/books/1234567890/copies/3",
            418,
            "{\"title\":\"a teapot\"}",
        ),
    ] {
        server
            .mock_async(|when, then| {
                when.method(GET).path(path);
                then.status(status).header("x-request-id", "r-1").body(body);
            })
            .await;
        let copy: i64 = path.rsplit_once('/').unwrap().1.parse().unwrap();
        let error = client(&server)
            .get_copy()
            .isbn("1234567890".to_owned())
            .copy(copy)
            .send()
            .await
            .unwrap_err();
        let Error::ErrorResponse(reply) = error else {
            panic!("{error:?}");
        };
        assert_eq!(reply.status().as_u16(), status);
        assert_eq!(reply.headers()["x-request-id"], "r-1");
        let received: Vec<_> = reply.into_inner().into_inner().try_collect().await.unwrap();
        assert_eq!(received.concat(), body.as_bytes());
    }
}

#[tokio::test]
async fn a_nullable_component_can_be_the_whole_reply_or_a_choice_in_it() {
    let server = MockServer::start_async().await;
    for (copy, reply) in [
        (1, json!(null)),
        (2, json!({ "number": 1, "state": null, "keeper": null })),
        (
            3,
            json!({ "number": 1, "state": "mouldy", "keeper": { "desk": 4 } }),
        ),
    ] {
        let body = reply.clone();
        let mock = server
            .mock_async(|when, then| {
                when.path(format!("/v2/books/a%2Fb/copies/{copy}"))
                    .query_param("shelf", "1,2")
                    .header("x-reader", "me");
                then.status(200).json_body(body);
            })
            .await;
        let received = client(&server)
            .get_copy()
            .isbn("a/b".to_owned())
            .copy(copy)
            .shelf(vec![1, 2])
            .x_reader("me")
            .send()
            .await
            .unwrap()
            .into_inner();
        mock.assert_async().await;
        assert_eq!(serde_json::to_value(&received).unwrap(), reply);
    }
}

#[tokio::test]
async fn a_body_is_built_and_goes_out_with_its_secrets() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/v2/loans")
                .json_body(json!({ "reader": "card 7", "isbn": "1234567890" }));
            then.status(201).json_body(json!({
                "reader": "card 7", "isbn": "1234567890", "id": "no uuid", "fee": 1
            }));
        })
        .await;
    let loan = client(&server)
        .create_loan()
        .body_map(|body| body.reader("card 7").isbn("1234567890".to_owned()))
        .send()
        .await
        .unwrap()
        .into_inner();
    mock.assert_async().await;
    assert_eq!(loan.reader.to_string(), "***");
    assert_eq!(loan.reader.expose(), "card 7");
    assert_eq!(loan.due_at, None);
    assert_eq!(loan.extra["fee"], 1);

    let incomplete = client(&server).create_loan().send().await.unwrap_err();
    assert!(
        matches!(incomplete, Error::InvalidRequest(_)),
        "{incomplete:?}"
    );
}
