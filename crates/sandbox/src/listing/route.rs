//! What a request asks for, by its path.

use percent_encoding::percent_decode_str;

use super::dialect::Dialect;

/// What a request asks for.
pub(crate) enum Route {
    /// A page of the list.
    List,
    /// The batch of this id.
    Batch(String),
    /// The content of the file of this id.
    Content(String),
}

impl Route {
    /// None for a path that is not served.
    pub(super) fn of(dialect: Dialect, path: &str, query: &str) -> Option<Self> {
        let has_version = || query.split('&').any(|it| it.starts_with("api-version="));
        let below = |prefix: &str| path.strip_prefix(prefix).and_then(Self::below);
        below(dialect.prefix()).or_else(|| {
            let azure = dialect == Dialect::AzureOpenAi && has_version();
            azure.then(|| below("/openai")).flatten()
        })
    }

    fn below(path: &str) -> Option<Self> {
        let id = |text: &str| {
            let id = percent_decode_str(text).decode_utf8().ok()?;
            (!id.is_empty()).then(|| id.into_owned())
        };
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match segments[..] {
            ["batches"] => Some(Self::List),
            ["batches", batch] => id(batch).map(Self::Batch),
            ["files", file, "content"] => id(file).map(Self::Content),
            _ => None,
        }
    }
}
