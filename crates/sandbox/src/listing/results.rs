//! One batch of a list, and what came out of it.

use bytes::Bytes;
use serde_json::Value;

use super::error_response::ErrorResponse;
use super::list::Listing;
use super::rules::Rules;
use crate::data::ResultFile;

/// The content of a file.
pub(crate) enum Content {
    Lines(Vec<Value>),
    /// Written by hand, and no matter for changes of lines.
    Bytes(Bytes),
}

/// JSON Lines.
pub(crate) fn text_of(lines: &[Value], rules: &Rules) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.to_string());
        text.push('\n');
    }
    if rules.no_final_newline {
        text.pop();
    }
    text
}

impl Listing {
    /// The batch of this id, if it is listed.
    pub(crate) fn batch(&self, id: &str, rules: &Rules) -> Result<Value, ErrorResponse> {
        let row = self.listed_row(id);
        let row = row.ok_or_else(|| ErrorResponse::nothing("batch", id))?;
        Ok(rules.filing.row(row.into_owned()))
    }

    /// The content of the file of this id. Files outlive the horizon.
    pub(crate) fn content(&self, id: &str, rules: &Rules) -> Result<Content, ErrorResponse> {
        if let Some(bytes) = self.files.get(id) {
            return Ok(Content::Bytes(bytes.clone()));
        }
        let mut is_input = false;
        for row in self.all_rows() {
            if ResultFile::of(&row, id).is_some() {
                let filed = rules.filing.row(row.clone().into_owned());
                let lines = |file| rules.filing.lines(&row, file);
                let lines = ResultFile::of(&filed, id).map(lines);
                return lines
                    .map(Content::Lines)
                    .ok_or_else(|| ErrorResponse::nothing("file", id));
            }
            is_input |= row["input_file_id"] == id;
        }
        Err(match is_input {
            true => ErrorResponse::is_input(id),
            false => ErrorResponse::nothing("file", id),
        })
    }
}
