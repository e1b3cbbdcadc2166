//! The types that the code generation writes itself.

use std::collections::{BTreeSet, HashSet};

use serde_json::json;

use crate::library::{limits, types};
use types::{CommaSeparated, CopyState, Genre, SecretString, SecretUrl};

#[test]
fn a_url_shows_neither_user_nor_query() {
    for (text, shown) in [
        ("", ""),
        ("file-batch-1", "file-batch-1"),
        ("https://example.com/a", "https://example.com/a"),
        ("https://example.com/a?key=1", "https://example.com/a?***"),
        ("https://example.com/a#part", "https://example.com/a#***"),
        ("https://example.com/a?b#c", "https://example.com/a?***"),
        ("https://example.com/a#b?c", "https://example.com/a#***"),
        ("https://me:word@example.com/a", "https://***@example.com/a"),
        ("https://me:w@rd@example.com", "https://***@example.com"),
        (
            "https://me:word@example.com?a=@b",
            "https://***@example.com?***",
        ),
        ("https://example.com/a@b", "https://example.com/a@b"),
        ("//me:word@example.com/a", "//***@example.com/a"),
        ("HTTPS://me@example.com", "HTTPS://***@example.com"),
        ("oss://key:word@bucket/path", "oss://***@bucket/path"),
        ("oss:region:bucket/path", "oss:region:bucket/path"),
        ("example.com/a?b=c", "example.com/a?***"),
        (
            "https://bücher.example/ü?ß=ä",
            "https://bücher.example/ü?***",
        ),
        ("https://ü:ß@bücher.example", "https://***@bücher.example"),
        ("?", "?***"),
        ("@", "@"),
        ("https://", "https://"),
        ("https://@", "https://***@"),
    ] {
        let url = SecretUrl::from(text);
        assert_eq!(url.to_string(), shown, "{text}");
        assert_eq!(format!("{url:?}"), format!("{shown:?}"), "{text}");
        assert_eq!(url.is_masked(), text != shown, "{text}");
        assert_eq!(url.expose(), text);
        assert_eq!(serde_json::to_value(&url).unwrap(), json!(text));
        assert_eq!(
            serde_json::from_value::<SecretUrl>(json!(text)).unwrap(),
            url
        );
    }
}

#[test]
fn a_secret_shows_nothing() {
    for text in ["", "hidden"] {
        let secret = SecretString::from(text);
        assert_eq!(secret.to_string(), "***");
        assert_eq!(format!("{secret:?}"), "\"***\"");
        assert_eq!(secret.expose(), text);
        assert_eq!(serde_json::to_value(&secret).unwrap(), json!(text));
    }
    assert_eq!(format!("[{:>5}]", SecretString::from("a")), "[  ***]");
}

#[test]
fn a_list_holds_only_what_it_can_send() {
    let list = CommaSeparated::try_from(["a b", "c%2Cd", "ü"]).unwrap();
    assert_eq!(serde_json::to_value(&list).unwrap(), json!("a b,c%2Cd,ü"));
    assert_eq!(list.items(), ["a b", "c%2Cd", "ü"]);
    assert_eq!(format!("{list:?}"), r#"["a b", "c%2Cd", "ü"]"#);
    let numbers = CommaSeparated::try_from(vec![1, -2]).unwrap();
    assert_eq!(serde_json::to_value(&numbers).unwrap(), json!("1,-2"));
    let flags = CommaSeparated::try_from([true]).unwrap();
    assert_eq!(serde_json::to_value(&flags).unwrap(), json!("true"));

    for (items, reason) in [
        (vec![], "the list is empty"),
        (vec![""], "item 0 of the list is empty"),
        (vec!["a", "b,c"], "item 1 of the list holds a comma"),
    ] {
        let error = CommaSeparated::try_from(items).unwrap_err();
        assert_eq!(error.to_string(), reason);
    }
    let error = CommaSeparated::try_from([Some(1), None]).unwrap_err();
    assert_eq!(error.to_string(), "item 1 of the list is not a plain value");
    let secrets = CommaSeparated::try_from([SecretUrl::from("https://a/b?c")]).unwrap();
    assert_eq!(format!("{secrets:?}"), r#"["https://a/b?***"]"#);
    assert_eq!(
        serde_json::to_value(&secrets).unwrap(),
        json!("https://a/b?c")
    );
}

#[test]
fn an_open_enum_knows_what_is_listed_and_takes_the_rest() {
    let listed = ["novel", "non-fiction", "sci_fi", "19th century"];
    assert_eq!(Genre::KNOWN.map(|genre| genre.to_string()), listed);
    assert_eq!(
        Genre::KNOWN,
        [
            Genre::Novel,
            Genre::NonFiction,
            Genre::SciFi,
            Genre::X19thCentury
        ]
    );
    for text in listed
        .into_iter()
        .chain(["Novel", "novel ", "", "cookbook"])
    {
        let genre = Genre::from(text);
        assert_eq!(genre.as_str(), text);
        assert_eq!(genre.is_known(), listed.contains(&text), "{text}");
        assert_eq!(text.parse(), Ok(genre.clone()));
        assert_eq!(Genre::from(text.to_owned()), genre);
        assert_eq!(serde_json::to_value(&genre).unwrap(), json!(text));
        assert_eq!(serde_json::from_value::<Genre>(json!(text)).unwrap(), genre);
    }
    assert!(serde_json::from_value::<Genre>(json!(1)).is_err());
    assert!(serde_json::from_value::<Genre>(json!(null)).is_err());
    assert_eq!(
        serde_json::from_str::<Genre>(r#""\u0061""#).unwrap(),
        Genre::from("a")
    );
    // Null is no value of the enum; that there may be none is for its user to say.
    assert_eq!(CopyState::KNOWN, [CopyState::Fine, CopyState::Worn]);
}

#[test]
fn an_open_enum_is_a_plain_value() {
    assert_eq!(format!("[{:>7}]", Genre::Novel), "[  novel]");
    assert_eq!(format!("[{:<4}]", Genre::from("a")), "[a   ]");
    let genres = || ["b", "sci_fi", "novel", "a", "novel"].map(Genre::from);
    let sorted: Vec<_> = BTreeSet::from(genres())
        .iter()
        .map(Genre::to_string)
        .collect();
    assert_eq!(sorted, ["novel", "sci_fi", "a", "b"]);
    assert_eq!(HashSet::from(genres()).len(), 4);
}

#[test]
fn limits_are_those_of_the_contract() {
    assert_eq!(limits::LIST_BOOKS_SHELF_MAX_ITEMS, 5);
    // Exclusive, as 0 is.
    assert_eq!(limits::LIST_BOOKS_PAGE_SIZE_MIN, 1);
    assert_eq!(limits::LIST_BOOKS_PAGE_SIZE_MAX, 50);
    assert_eq!(limits::LIST_BOOKS_PAGE_SIZE_DEFAULT, 10);
    assert_eq!(limits::GET_COPY_ISBN_MAX_LENGTH, 13);
    assert_eq!(limits::ISBN_MAX_LENGTH, 13);
    assert_eq!(limits::BOOK_TITLE_MAX_LENGTH, 20);
}
