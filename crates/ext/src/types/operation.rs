//! The calls that a client makes.

/// A call that the contract describes; each kind has a rate limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    ListBatches,
    RetrieveBatch,
    RetrieveFileContent,
}

impl Operation {
    /// Its name in the contract.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ListBatches => "list_batches",
            Self::RetrieveBatch => "retrieve_batch",
            Self::RetrieveFileContent => "retrieve_file_content",
        }
    }

    /// What its response is, with its article.
    pub(crate) fn result(self) -> &'static str {
        match self {
            Self::ListBatches => "a page of batches",
            Self::RetrieveBatch => "a batch",
            Self::RetrieveFileContent => "the content of a file",
        }
    }

    /// The same in a word.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::ListBatches => "page",
            Self::RetrieveBatch => "batch",
            Self::RetrieveFileContent => "content",
        }
    }
}
