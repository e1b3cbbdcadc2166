//! Which requests are legal.

use qwen_batches_conformance::{Contract, Request};

use crate::support::{get, library, places};

const PARAMETERS: &str = "/paths/~1batches/get/parameters";

fn published(query: &str) -> Vec<(String, String)> {
    let contract = Contract::published().expect("the published contract");
    let request = get("/compatible-mode/v1/batches").query(query);
    let report = contract.check_request(&request);
    assert_eq!(report.undocumented().count(), 0);
    let places = places(&report).into_iter();
    places
        .map(|(at, rule)| (at.to_owned(), rule.replace(PARAMETERS, "P")))
        .collect()
}

#[test]
fn legal_queries() {
    for query in [
        "",
        "limit=1",
        "limit=100&after=batch_1",
        "status=completed",
        "status=completed%2Cexpired",
        "status=completed,expired",
        "input_file_ids=a%2Cb,c",
        "ds_name=a+b%26c%E5%A4%9C",
        "create_after=20250304000000&create_before=20250306123000",
    ] {
        assert_eq!(published(query), [], "{query}");
    }
}

/// The rest of what is illegal stands in `openapi/examples/invalid.yaml`.
#[test]
fn odd_queries() {
    for (query, at, rule) in [
        ("limit=+5", "/query/limit", "P/1/schema/type"),
        ("limit=%2B5", "/query/limit", "P/1/schema/type"),
        ("limit", "/query/limit", "P/1"),
        ("a%2Fb=2", "/query/a~1b", "P"),
        ("ds_name=%zz", "/query/ds_name", "P/2"),
        ("ds_name=%4", "/query/ds_name", "P/2"),
        ("%ff=1", "/query", "P"),
    ] {
        let expected = [(at.to_owned(), rule.to_owned())];
        assert_eq!(published(query), expected, "{query}");
    }
}

#[test]
fn huge_numbers_are_out_of_bounds_or_no_integers() {
    let rules = published("limit=99999999999999999999999999999");
    assert!(
        rules.contains(&("/query/limit".to_owned(), "P/1/schema/maximum".to_owned())),
        "{rules:?}"
    );
    assert_eq!(
        published("limit=4294967297").len(),
        2,
        "too large, and beyond int32"
    );
}

#[test]
fn method_path_and_key() {
    let contract = Contract::published().expect("the published contract");
    let path = "/compatible-mode/v1/batches";
    let key = |request: Request, value: &str| request.header("AUTHORIZATION", value);
    let illegal = ("/headers/authorization", "/security");
    for (request, expected) in [
        (get(path), None),
        (key(Request::new("get", path), "bearer k"), None),
        (Request::new("GET", path), Some(illegal)),
        (key(Request::new("GET", path), "Bearer"), Some(illegal)),
        (key(Request::new("GET", path), "Bearer  "), Some(illegal)),
        (key(Request::new("GET", path), "Basic a2V5"), Some(illegal)),
        (get("/batches"), Some(("/path", "/paths"))),
        (
            get("/compatible-mode/v1//batches"),
            Some(("/path", "/paths")),
        ),
        (
            get("/compatible-mode/v1/batches/"),
            Some(("/path", "/paths")),
        ),
        (get("/compatible-mode/v1/files"), Some(("/path", "/paths"))),
        (
            key(Request::new("POST", path), "Bearer k"),
            Some(("/method", "/paths/~1batches")),
        ),
    ] {
        let report = contract.check_request(&request);
        assert_eq!(places(&report), Vec::from_iter(expected), "{request:?}");
    }
}

#[test]
fn other_types_places_and_servers() {
    let contract = library();
    let list = "/paths/~1books/get/parameters";
    for (path, query, expected) in [
        ("/api/books", "size=1", None),
        (
            "/other/books",
            "size=0.5&lent=true&tag=ab,cd&years=1%2C2,3",
            None,
        ),
        ("/api/books", "", Some(("/query/size", "2/required"))),
        (
            "/api/books",
            "size=0",
            Some(("/query/size", "2/schema/exclusiveMinimum")),
        ),
        (
            "/api/books",
            "size=1&tag=ab,c",
            Some(("/query/tag/1", "0/schema/items/minLength")),
        ),
        (
            "/api/books",
            "size=1&tag=ab,cd,ef",
            Some(("/query/tag", "0/schema/maxItems")),
        ),
        (
            "/api/books",
            "size=1&years=1|2",
            Some(("/query/years/0", "1/schema/items/type")),
        ),
        (
            "/api/books",
            "size=1&lent=yes",
            Some(("/query/lent", "3/schema/type")),
        ),
    ] {
        let report = contract.check_request(&get(path).query(query));
        let expected = expected.map(|(at, rule)| (at, format!("{list}/{rule}")));
        let places: Vec<_> = places(&report)
            .into_iter()
            .map(|(at, rule)| (at, rule.to_owned()))
            .collect();
        assert_eq!(places, Vec::from_iter(expected), "{path} {query}");
    }
    let report = contract.check_request(&get("/api/books").query("size=1&order=by_colour"));
    assert_eq!(
        places(&report),
        [("/query/order", "/components/schemas/Order/enum")]
    );
}

#[test]
fn paths_with_names_and_headers() {
    let contract = library();
    let check = |request: Request| {
        let report = contract.check_request(&request);
        places(&report)
            .into_iter()
            .map(|(at, _)| at.to_owned())
            .collect::<Vec<_>>()
    };
    assert!(check(Request::new("GET", "/api/books/7")).is_empty());
    assert!(check(Request::new("GET", "/api/books/first")).is_empty());
    assert_eq!(check(Request::new("GET", "/api/books/one")), ["/path/id"]);
    assert_eq!(
        check(Request::new("GET", "/api/books/4294967296")),
        ["/path/id"]
    );
    assert_eq!(check(Request::new("GET", "/api/books/")), ["/path"]);
    assert_eq!(check(Request::new("GET", "/api/books/%zz")), ["/path"]);
    let list = Request::new("GET", "/api/books").query("size=1");
    assert!(
        check(list.clone()).is_empty(),
        "one alternative of its security asks for nothing"
    );
    assert!(check(list.clone().header("X-Reader", "7")).is_empty());
    assert_eq!(
        check(list.header("X-Reader", "seven")),
        ["/headers/x-reader"]
    );
}

#[test]
fn secrets_are_not_shown() {
    let contract = Contract::published().expect("the published contract");
    let request = Request::new("GET", "/compatible-mode/v1/batches")
        .query("create_after=hidden&limit=hidden&status=hidden&hidden=%zz")
        .header("authorization", "Basic hidden");
    let report = contract.check_request(&request);
    assert_eq!(report.findings.len(), 5);
    let messages: Vec<&str> = report
        .findings
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    assert!(!messages.concat().contains("hidden"), "{messages:?}");
    assert!(!format!("{request:?}").contains("hidden"), "{request:?}");
}
