//! The servers that the sandbox can stand in for.

/// The path under which Qwen Cloud serves, and the sandbox unless it has another [`Dialect`].
pub const PREFIX: &str = "/compatible-mode/v1";

/// Which server the sandbox stands in for, by [`SandboxBuilder::dialect`](crate::SandboxBuilder).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// Qwen Cloud: `/compatible-mode/v1/batches`, a bearer token, all filters.
    #[default]
    Qwen,
    /// OpenAI: `/v1/batches`, a bearer token, no filters, `"data": []` on an empty page.
    OpenAi,
    /// Azure OpenAI: `/openai/v1/batches`, and `/openai/batches` with the parameter `api-version`,
    /// and files likewise; the key in the header `api-key`; no filters, `"data": []` on an empty page, and pages
    /// without `first_id` and `last_id`.
    AzureOpenAi,
}

impl Dialect {
    /// The path of the sandbox's base URL.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Qwen => PREFIX,
            Self::OpenAi => "/v1",
            Self::AzureOpenAi => "/openai/v1",
        }
    }

    /// The header that holds the key, and what stands before the key there.
    pub(crate) fn key_header(self) -> (&'static str, &'static str) {
        match self {
            Self::Qwen | Self::OpenAi => ("authorization", "bearer"),
            Self::AzureOpenAi => ("api-key", ""),
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Qwen => "application/json;charset=UTF-8",
            Self::OpenAi | Self::AzureOpenAi => "application/json",
        }
    }
}
