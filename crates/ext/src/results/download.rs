//! One file, byte by byte: a connection that breaks off is followed by another, which continues after
//! the last byte that was given.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;

use crate::client::client::{Client, Config};
use crate::policy::deadline::Deadline;
use crate::transport::call;
use crate::transport::content::Content;
use crate::transport::recorder::Range;
use crate::types::error::{Error, ErrorKind};
use crate::types::operation::Operation;

/// The content of one file, from its first byte to its last.
pub(super) struct Download {
    id: String,
    /// How many bytes were given.
    pub(super) position: u64,
    /// Of these bytes.
    digest: crc32fast::Hasher,
    connection: Option<Content>,
    /// By which the rest of the file can be asked for.
    validator: Option<HeaderValue>,
    /// Why the last response counts as broken off, although it had an end.
    doubt: Option<Error>,
}

impl Download {
    pub(super) fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            position: 0,
            digest: crc32fast::Hasher::new(),
            connection: None,
            validator: None,
            doubt: None,
        }
    }

    /// The next bytes; none at the end. Asked again there, it looks whether the file goes on.
    pub(super) async fn next(
        &mut self,
        client: &Client,
        deadline: Option<Deadline>,
    ) -> Result<Option<Bytes>, Error> {
        let shared = client.shared();
        let mut broken = self.doubt.take();
        if let Some(connection) = &mut self.connection {
            match connection.chunk(shared, time_left(shared, deadline)).await {
                Ok(bytes) => return Ok(self.pass(bytes)),
                Err(error) => broken = Some(error),
            }
        }
        self.connection = None;
        let (id, position) = (&*self.id, self.position);
        let digest = self.digest.clone().finalize();
        let validator = self.validator.clone().filter(|_| position > 0);
        // What fails by a range is tried from the start next.
        let mut range = validator.map(|validator| Range {
            from: position,
            validator,
        });
        let attempt = || {
            let range = range.take();
            async move {
                let mut content = Content::open(shared, id, range).await?;
                let left = position.saturating_sub(content.from);
                let bytes = skip(&mut content, shared, deadline, left, digest).await?;
                Ok((content, bytes))
            }
        };
        let place = (id, position);
        let opened = call::file_content(client, place, broken, deadline, attempt);
        let (content, bytes) = opened.await?;
        self.validator.clone_from(&content.validator);
        self.connection = Some(content);
        Ok(self.pass(bytes))
    }

    /// Takes the end that was just found for a connection that broke off.
    pub(super) fn doubt_end(&mut self, summary: &str) {
        self.doubt = Some(Error::new(ErrorKind::Transport, summary).retryable(true));
    }

    fn pass(&mut self, bytes: Option<Bytes>) -> Option<Bytes> {
        match &bytes {
            Some(bytes) => {
                self.position += bytes.len() as u64;
                self.digest.update(bytes);
            }
            None => self.connection = None,
        }
        bytes
    }
}

/// Skips what was given before, if the content starts with it: it must be the same. Gives the bytes
/// behind it.
async fn skip(
    content: &mut Content,
    shared: &Arc<Config>,
    deadline: Option<Deadline>,
    mut left: u64,
    expected: u32,
) -> Result<Option<Bytes>, Error> {
    if left == 0 {
        return content.chunk(shared, time_left(shared, deadline)).await;
    }
    let mut digest = crc32fast::Hasher::new();
    let mut rest = Bytes::new();
    while left > 0 {
        let chunk = content.chunk(shared, time_left(shared, deadline)).await?;
        // It may be a cut that HTTP does not show.
        rest = chunk.ok_or_else(|| changed("it is shorter").retryable(true))?;
        let skipped = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        digest.update(&rest.split_to(skipped));
        left -= skipped as u64;
    }
    if digest.finalize() != expected {
        return Err(changed("what was delivered is other content now"));
    }
    match rest.is_empty() {
        true => content.chunk(shared, time_left(shared, deadline)).await,
        false => Ok(Some(rest)),
    }
}

/// What is left of the time for all of it.
fn time_left(shared: &Config, deadline: Option<Deadline>) -> Option<Duration> {
    let limiter = shared.limiter(Operation::RetrieveFileContent);
    deadline.map(|deadline| deadline.left(limiter.now(shared.runtime())))
}

/// A file that is not what it was.
pub(super) fn changed(how: &str) -> Error {
    let summary = format!(
        "the file has changed since a part of it was read: {how}. What was delivered is of the \
         file as it was; start anew for what it is now"
    );
    Error::new(ErrorKind::FileChanged, summary)
}
