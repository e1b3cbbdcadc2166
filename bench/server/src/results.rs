//! A file of results that is made while it is sent: of its lines, the digits of the `custom_id`s alone
//! differ.

use std::convert::Infallible;
use std::io::{self, Write};

use serde_json::{Value, json};

/// How long a line is about, in bytes.
const LINE: usize = 10_000;
/// How many lines go out at a time.
const BLOCK: usize = 8;
const DIGITS: usize = 9;
const ID: &str = "file-batch_output-6e1f3f1c";

/// The output file of a batch of which every request has succeeded.
pub struct ResultsFile {
    lines: usize,
    line: Vec<u8>,
    /// Where the digits stand in a line.
    digits: usize,
}

impl ResultsFile {
    /// A file of so many lines.
    pub fn new(lines: usize) -> Self {
        let line = line().to_string() + "\n";
        let place = line.find("request-").unwrap_or_default() + "request-".len();
        Self {
            lines,
            digits: place,
            line: line.into_bytes(),
        }
    }

    /// Its id.
    pub fn id(&self) -> &'static str {
        ID
    }

    /// How many lines it has.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> usize {
        self.lines * self.line.len()
    }

    /// What its bytes come to: a CRC-32.
    pub fn content(&self) -> u32 {
        let mut content = crc32fast::Hasher::new();
        let Ok(()) = self.for_each_block(|lines| {
            content.update(lines);
            Ok::<(), Infallible>(())
        });
        content.finalize()
    }

    /// What its `custom_id`s come to, in their order: a CRC-32.
    pub fn ids(&self) -> u32 {
        let mut ids = crc32fast::Hasher::new();
        (0..self.lines).for_each(|n| ids.update(format!("request-{n:0DIGITS$}").as_bytes()));
        ids.finalize()
    }

    /// The row of the batch that it belongs to.
    pub(crate) fn batch(&self, mut row: Value) -> Value {
        let lines = self.lines;
        row["status"] = "completed".into();
        row["output_file_id"] = ID.into();
        row["error_file_id"] = Value::Null;
        row["request_counts"] = json!({ "total": lines, "completed": lines, "failed": 0 });
        row
    }

    /// The whole response: chunked and without a media type, as recorded.
    pub(crate) fn respond(&self, mut stream: impl Write) -> io::Result<()> {
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
        let mut chunk = Vec::new();
        self.for_each_block(|lines| {
            chunk.clear();
            write!(chunk, "{:x}\r\n", lines.len())?;
            chunk.extend_from_slice(lines);
            chunk.extend_from_slice(b"\r\n");
            stream.write_all(&chunk)
        })?;
        stream.write_all(b"0\r\n\r\n")
    }

    fn for_each_block<E>(&self, mut act: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut block = self.line.repeat(BLOCK);
        for first in (0..self.lines).step_by(BLOCK) {
            let count = BLOCK.min(self.lines - first);
            for (place, line) in block.chunks_mut(self.line.len()).enumerate() {
                let digits = format!("{:0DIGITS$}", first + place);
                line[self.digits..self.digits + DIGITS].copy_from_slice(digits.as_bytes());
            }
            act(&block[..count * self.line.len()])?;
        }
        Ok(())
    }
}

/// A chat's response, with the escapes and the characters of a text.
fn line() -> Value {
    let sentence = "A sentence of the response, which goes on.\nIt \"ends\" here: 它很好。 ";
    let text = sentence.repeat((LINE - 500) / (sentence.len() + 3));
    json!({
        "id": "6e1f3f1c-0000-4000-8000-0000000000f1",
        "custom_id": format!("request-{}", "0".repeat(DIGITS)),
        "response": {
            "status_code": 200,
            "request_id": "6e1f3f1c-aaaa-4aaa-8aaa-aaaaaaaaaaf1",
            "body": {
                "choices": [{
                    "finish_reason": "stop",
                    "index": 0,
                    "message": { "content": text, "role": "assistant" },
                }],
                "created": 1_772_000_123,
                "id": "chatcmpl-6e1f3f1c-bbbb-4bbb-8bbb-bbbbbbbbbbf1",
                "model": "qwen-plus",
                "object": "chat.completion",
                "usage": { "completion_tokens": 2400, "prompt_tokens": 31, "total_tokens": 2431 },
            },
        },
        "error": null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_lines_with_ids_of_their_own() {
        // The last block is not full.
        let file = ResultsFile::new(BLOCK + 3);
        let mut text = Vec::new();
        file.for_each_block(|lines| text.write_all(lines)).unwrap();
        assert_eq!(text.len(), file.bytes());
        assert_eq!(crc32fast::hash(&text), file.content());
        let text = String::from_utf8(text).unwrap();
        let lines: Vec<Value> = text
            .lines()
            .map(|it| serde_json::from_str(it).unwrap())
            .collect();
        let ids: String = lines
            .iter()
            .map(|it| it["custom_id"].as_str().unwrap())
            .collect();
        assert_eq!(
            (lines.len(), crc32fast::hash(ids.as_bytes())),
            (BLOCK + 3, file.ids())
        );
        assert!(file.bytes().abs_diff(lines.len() * LINE) < LINE);
        let mut sent = Vec::new();
        file.respond(&mut sent).unwrap();
        assert!(sent.ends_with(b"\r\n0\r\n\r\n"));
    }
}
