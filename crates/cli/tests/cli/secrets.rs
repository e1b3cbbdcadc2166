//! What the contract marks as secret is shown on request alone.

use qwen_batches_sandbox::BatchRow;

use crate::support::{FORMATS, Served, hours_old, list};
use crate::wire::{Response, Wire};

fn secretive() -> BatchRow {
    hours_old(1)
        .input_file_id("https://b.oss-cn-beijing.aliyuncs.com/in.jsonl?Expires=1&Signature=hush-1")
        .metadata_entry(
            "ds_batch_finish_callback",
            "https://hooks.example.com/?t=hush-2",
        )
}

#[test]
fn masked_in_every_format() {
    let sandbox = Served::rows([secretive()]);
    for format in FORMATS {
        let outcome = list(sandbox.base_url(), &["--output", format]);
        let text = outcome.lines().join("\n");
        for secret in ["hush", "Expires", "hooks"] {
            assert!(!text.contains(secret), "{outcome}");
        }
        // What is no secret is still there.
        let input = "https://b.oss-cn-beijing.aliyuncs.com/in.jsonl?***";
        let has_input = ["json", "jsonl", "csv"].contains(&format);
        assert_eq!(text.contains(input), has_input, "{outcome}");
        let callback = r#""ds_batch_finish_callback":"***""#;
        let has_callback = ["json", "jsonl"].contains(&format);
        assert_eq!(text.contains(callback), has_callback, "{outcome}");
    }
}

#[test]
fn shown_on_request() {
    let sandbox = Served::rows([secretive()]);
    for format in FORMATS {
        let outcome = list(sandbox.base_url(), &["--show-secrets", "--output", format]);
        let text = outcome.lines().join("\n");
        let has_input = ["json", "jsonl", "csv"].contains(&format);
        assert_eq!(text.contains("Signature=hush-1"), has_input, "{outcome}");
        let has_callback = ["json", "jsonl"].contains(&format);
        assert_eq!(text.contains("hush-2"), has_callback, "{outcome}");
    }
}

#[test]
fn masked_in_errors() {
    let sandbox = Served::rows([secretive()]);
    let options = ["--input-file", "https://h.example/a,b?Signature=hush"];
    let outcome = list(sandbox.base_url(), &options);
    assert_eq!(outcome.code, 2, "{outcome}");
    assert!(!outcome.stderr.contains("hush"), "{outcome}");
}

/// Decoders quote what they did not expect, wherever it stands.
#[test]
fn masked_in_rows_that_cannot_be_read() {
    let long = format!("https://h.example/?t=hush{}", "-".repeat(500));
    for secret in ["https://h.example/?t=hush", "hush \"quoted\" hush", &long] {
        // Without its time of creation a row cannot be read; any other member may be anything.
        for (member, code) in [("created_at", 4), ("metadata", 0)] {
            let row = hours_old(1).set(member, secret);
            let wire = Wire::serve(vec![Response::page([row], false)]);
            let outcome = list(wire.base_url(), &[]);
            assert_eq!(outcome.code, code, "{outcome}");
            assert!(
                outcome.stderr.contains(&format!("/data/0/{member}")),
                "{outcome}"
            );
            assert!(!outcome.stderr.contains("hush"), "{outcome}");
        }
    }
}
