//! Why batches were refused, by the codes of their errors.

use std::cmp::Reverse;
use std::collections::HashMap;

use qwen_batches::{Batch, BatchError};

/// Errors of refused batches, by their codes.
#[derive(Debug, Default)]
pub(super) struct ValidationErrors {
    codes: HashMap<Option<String>, ErrorGroup>,
    /// How many batches were refused.
    batches: u64,
}

/// Errors of one code.
#[derive(Debug)]
pub(super) struct ErrorGroup {
    pub(super) errors: u64,
    pub(super) batches: u64,
    /// The batch that was counted last, by its number: it is counted once.
    counted: u64,
    /// The first that was met, and its batch; a batch may be refused for no reason given.
    pub(super) example: (Batch, Option<BatchError>),
}

impl ValidationErrors {
    /// Counts a batch in, of which `errors` say why it was refused.
    pub(super) fn add(&mut self, batch: &Batch, errors: Vec<BatchError>) {
        self.batches += 1;
        if errors.is_empty() {
            self.add_error(batch, None);
        }
        for error in errors {
            self.add_error(batch, Some(error));
        }
    }

    fn add_error(&mut self, batch: &Batch, error: Option<BatchError>) {
        let code = error.as_ref().and_then(|error| error.code.clone());
        let group = self.codes.entry(code).or_insert_with(|| ErrorGroup {
            errors: 0,
            batches: 0,
            counted: 0,
            example: (batch.clone(), error),
        });
        group.errors += 1;
        if group.counted != self.batches {
            group.counted = self.batches;
            group.batches += 1;
        }
    }

    /// The errors by their codes, those of the most batches first.
    pub(super) fn by_code(&self) -> Vec<(Option<&str>, &ErrorGroup)> {
        let codes = self.codes.iter();
        let mut codes: Vec<_> = codes
            .map(|(code, group)| (code.as_deref(), group))
            .collect();
        codes.sort_by_key(|(code, it)| (Reverse((it.batches, it.errors)), *code));
        codes
    }
}

/// What to do about errors of a code. The first three were seen of the service; it documents no
/// list of its codes.
pub(super) fn what_to_do(code: Option<&str>) -> &'static str {
    match code {
        Some("url_not_found") => {
            "Give each line the path of an endpoint that takes batches as its `url`, such as \
             /v1/chat/completions."
        }
        Some("mismatched_test_url") => {
            "Let the `url` of each line be the endpoint of the batch; batch-test-model takes \
             /v1/chat/ds-test alone."
        }
        Some("model_not_found" | "ModelNotFound") => {
            "Choose a model that takes batches in this region, or the other region."
        }
        Some(_) => "Correct the line that the example names, and submit the file again.",
        None => {
            "No code was given: read the message of the example, or check the file line by line."
        }
    }
}
