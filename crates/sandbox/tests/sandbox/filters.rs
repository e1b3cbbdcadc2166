//! The filters: what each lets through, alone and together.

use qwen_batches_sandbox::{BatchRow, Sandbox, row};

use crate::support::{NOW, get};

const PRESIGNED: &str = "https://b.oss-cn-beijing.aliyuncs.com/a.jsonl?Expires=1&Signature=x%3D";

fn rows() -> [BatchRow; 8] {
    [
        row("a")
            .status("validating")
            .name("nightly eval")
            .input_file_id("file-batch-1"),
        row("b")
            .status("in_progress")
            .name("夜间评测")
            .input_file_id("file-batch-1"),
        row("c")
            .status("finalizing")
            .name("Qwen3 夜间评测-第2批")
            .input_file_id(PRESIGNED),
        row("d")
            .status("completed")
            .name("100% A/B + café")
            .input_file_id("oss:cn-beijing:bucket/in.jsonl"),
        row("e")
            .status("failed")
            .name("Nightly Eval v2")
            .input_file_id("file-batch-5"),
        row("f").status("expired").input_file_id("file-batch-6"),
        row("g")
            .status("cancelling")
            .set("metadata", serde_json::json!({}))
            .input_file_id("file-batch-7"),
        row("h").status("cancelled").name("nightly, again"),
    ]
}

/// Rows are a minute apart, `a` the youngest.
async fn sandbox() -> Sandbox {
    let rows = (0..)
        .zip(rows())
        .map(|(n, row)| row.created_at(NOW - 60 * n));
    let sandbox = Sandbox::builder().now(NOW).rows(rows).start().await;
    sandbox.expect("the sandbox starts")
}

/// A query, and the ids that it lists.
const CASES: &[(&str, &str)] = &[
    ("", "abcdefgh"),
    // ds_name
    ("ds_name=nightly", "ah"),
    ("ds_name=Nightly", "e"),
    ("ds_name=ightly+e", "a"),
    ("ds_name=ightly%20e", "a"),
    ("ds_name=nightly%2C", "h"),
    ("ds_name=nightly,", "h"),
    ("ds_name=100%25%20A%2FB%20%2B%20caf%C3%A9", "d"),
    ("ds_name=%E5%A4%9C%E9%97%B4", "bc"),
    (
        "ds_name=%e5%a4%9c%e9%97%b4%e8%af%84%e6%b5%8b-%e7%ac%ac",
        "c",
    ),
    ("ds_name=eval%20nightly", ""),
    ("ds_name=.*", ""),
    ("ds_name=", "abcdefgh"),
    ("ds_name", "abcdefgh"),
    // input_file_ids
    ("input_file_ids=file-batch-1", "ab"),
    ("input_file_ids=file-batch-5,file-batch-1", "abe"),
    ("input_file_ids=file-batch-5%2Cfile-batch-1", "abe"),
    ("input_file_ids=file-batch-5%2cfile-batch-5", "e"),
    ("input_file_ids=file-batch-", ""),
    ("input_file_ids=file-batch-none", ""),
    ("input_file_ids=file-batch-none,file-batch-6", "f"),
    ("input_file_ids=oss:cn-beijing:bucket/in.jsonl", "d"),
    (
        "input_file_ids=https%3A%2F%2Fb.oss-cn-beijing.aliyuncs.com%2Fa.jsonl\
         %3FExpires%3D1%26Signature%3Dx%253D",
        "c",
    ),
    (
        "input_file_ids=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,file-batch-1",
        "ab",
    ),
    // status
    ("status=validating", "a"),
    ("status=in_progress", "b"),
    ("status=finalizing", "c"),
    ("status=completed", "d"),
    ("status=failed", "e"),
    ("status=expired", "f"),
    ("status=cancelling", "g"),
    ("status=cancelled", "h"),
    ("status=completed,expired", "df"),
    ("status=expired%2Ccompleted", "df"),
    ("status=expired,expired", "f"),
    // create_after, create_before: 17:20:00 is when `a` was created
    ("create_after=20251229171900", "ab"),
    ("create_before=20251229171500", "fgh"),
    (
        "create_after=20251229171600&create_before=20251229171800",
        "cde",
    ),
    (
        "create_after=20251229171800&create_before=20251229171600",
        "",
    ),
    (
        "create_after=00000101000000&create_before=99991231000000",
        "abcdefgh",
    ),
    // together
    ("ds_name=nightly&status=cancelled", "h"),
    ("ds_name=nightly&status=completed", ""),
    (
        "ds_name=n&input_file_ids=file-batch-1&status=validating,in_progress",
        "a",
    ),
    (
        "status=in_progress,failed&create_before=20251229171800",
        "e",
    ),
    ("after=c", "defgh"),
    ("after=h", ""),
    ("after=c&ds_name=nightly", "h"),
    ("after=c&ds_name=nightly&limit=1", "h"),
    ("limit=3", "abc"),
    ("limit=003", "abc"),
    ("limit=100", "abcdefgh"),
    ("%6Cimit=2&&", "ab"),
    // what is not a parameter of this route
    ("name=nightly&order=asc&order=asc", "abcdefgh"),
    ("extra_query[ds_name]=nightly", "abcdefgh"),
    ("Limit=1&LIMIT=0", "abcdefgh"),
    ("x=%FF", "abcdefgh"),
];

#[tokio::test]
async fn queries_list_what_they_ask_for() {
    let sandbox = sandbox().await;
    for (query, expected) in CASES {
        let response = get(&sandbox, query).await;
        assert_eq!(response.ids().concat(), *expected, "{query}");
    }
    assert_eq!(sandbox.request_count(), CASES.len());
}

#[tokio::test]
async fn rows_are_served_as_they_stand() {
    let odd = row("odd")
        .created_at(NOW)
        .status("paused")
        .set("request_counts", "many")
        .set("model", "qwen-plus")
        .build();
    let rows = [odd.clone()];
    let sandbox = Sandbox::builder().now(NOW).rows(rows).start().await;
    let sandbox = sandbox.expect("the sandbox starts");
    let response = get(&sandbox, "").await;
    assert_eq!(response.body["data"][0], odd);
}
