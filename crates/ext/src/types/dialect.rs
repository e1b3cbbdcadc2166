//! The servers that list batches, and what sets each apart.

use std::fmt;

use http::HeaderName;
use http::header::AUTHORIZATION;

/// Which kind of server is called: the one that the contract describes, or another that serves
/// `GET /batches` in the shape of OpenAI.
///
/// A filter that the server does not have is not sent: all batches are listed, and each is checked
/// against the filter on this side, at the price of more calls.
///
/// The environment ([`Client::from_env`](crate::Client::from_env)) is that of Qwen Cloud; other
/// dialects do not read it, so that its key is never sent to another vendor. Without filters by
/// time, [`concurrency`](crate::ListBatches::concurrency) only
/// [prefetches](crate::ListBatches::prefetch).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// Qwen Cloud (Alibaba Cloud Model Studio), with all filters.
    #[default]
    Qwen,
    /// OpenAI, and servers that follow it: a bearer token, `after` and `limit`, no filter. The
    /// base URL is `https://api.openai.com/v1` if none is set.
    ///
    /// Known from [OpenAI's reference](https://platform.openai.com/docs/api-reference/batch/list).
    OpenAi,
    /// Azure OpenAI: the key goes in the header `api-key`, pages come without the ids of their
    /// first and last row, and there is no filter. It needs a base URL, which ends in `/openai`
    /// along with an [`api_version`](crate::ClientBuilder::api_version), or in `/openai/v1`
    /// without. Where the input is a blob, its URL is the batch's `input_file_id`.
    ///
    /// For a token of Entra ID, which goes as a bearer, take [`OpenAi`](Self::OpenAi) and the same
    /// base URL.
    ///
    /// Known from [Azure's reference](https://learn.microsoft.com/rest/api/azureopenai/batch/list)
    /// and that of [its v1 API](https://learn.microsoft.com/azure/foundry/reference/rest/batches-list-batches);
    /// blobs from [its guide](https://learn.microsoft.com/azure/ai-services/openai/how-to/batch-blob-storage).
    AzureOpenAi,
}

impl Dialect {
    /// Whether the server filters at all: all that do have all filters.
    pub(crate) fn has_filters(self) -> bool {
        self == Self::Qwen
    }

    /// The header that holds the key, and what stands before the key there.
    pub(crate) fn key_header(self) -> (HeaderName, &'static str) {
        match self {
            Self::Qwen | Self::OpenAi => (AUTHORIZATION, "Bearer "),
            Self::AzureOpenAi => (HeaderName::from_static("api-key"), ""),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Qwen => "Qwen Cloud",
            Self::OpenAi => "OpenAI",
            Self::AzureOpenAi => "Azure OpenAI",
        })
    }
}
