//! The bytes of one file as a stream.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt, TryStreamExt};

use super::download::Download;
use crate::client::client::Client;
use crate::policy::deadline::Deadline;
use crate::policy::until_errors::UntilErrors;
use crate::types::error::Error;
use crate::types::invalid_field::InvalidField;
use crate::types::operation::Operation;

/// A request for the content of a file; sent by [`chunks`](Self::chunks).
///
/// ```no_run
/// # async fn example(client: qwen_batches::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use std::io::Write as _;
///
/// let mut copy = std::fs::File::create("output.jsonl")?;
/// let mut chunks = client.file("file-batch_output-9f1d5c52").chunks();
/// while let Some(bytes) = chunks.try_next().await? {
///     copy.write_all(&bytes)?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is asked for chunks"]
pub struct GetFile {
    client: Client,
    id: String,
    deadline: Option<Duration>,
}

impl Client {
    /// The content of the file with this id, to the byte: that of a batch's `output_file_id` or
    /// `error_file_id`. [`results`](Self::results) reads the lines of both.
    ///
    /// Nothing is sent until the stream of chunks is polled.
    pub fn file(&self, id: impl Into<String>) -> GetFile {
        GetFile {
            client: self.clone(),
            id: id.into(),
            deadline: None,
        }
    }
}

impl GetFile {
    /// How long all of it may take, from the first chunk that is asked for; no limit by default. What
    /// the reader does between chunks counts. Apart from that, the client's
    /// [`timeout`](crate::ClientBuilder::timeout) is how long the service may send nothing.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The content, in chunks as they arrive.
    pub fn chunks(self) -> FileChunks {
        let shared = self.client.shared();
        let stream = match shared.check_segment(&self.id) {
            Ok(()) => {
                let download = Download::new(&self.id);
                let stream = stream::unfold((self, download, None), next_chunk);
                UntilErrors::new(stream)
            }
            Err(reason) => {
                let invalid = vec![InvalidField::new("id", reason)];
                UntilErrors::new(stream::iter([Err(Error::invalid("file", invalid))]))
            }
        };
        FileChunks {
            stream,
            position: 0,
        }
    }
}

type State = (GetFile, Download, Option<Deadline>);

async fn next_chunk(state: State) -> Option<(Result<Bytes, Error>, State)> {
    let (request, mut download, mut deadline) = state;
    if deadline.is_none() {
        let shared = request.client.shared();
        let limiter = shared.limiter(Operation::RetrieveFileContent);
        let now = limiter.now(shared.runtime());
        deadline = request.deadline.map(|time| Deadline::of_file(time, now));
    }
    let chunk = download.next(&request.client, deadline).await.transpose()?;
    Some((chunk, (request, download, deadline)))
}

/// The content of a file as it arrives; see [`GetFile::chunks`].
///
/// A connection that breaks off is followed by another, as the client's
/// [`RetryPolicy`](crate::RetryPolicy) says, and what was given is not given again: it must be what it
/// was, else the error is an [`ErrorKind::FileChanged`](crate::ErrorKind::FileChanged). After an
/// error that [is retryable](Error::is_retryable), polling again continues at the same place; after any
/// other, and after three in a row without a chunk between them, the stream ends.
///
/// A server that sends neither a length nor chunks, which this service was never seen to do, hides
/// where a connection broke off: only then may an end come too early.
pub struct FileChunks {
    stream: UntilErrors<Bytes>,
    position: u64,
}

impl FileChunks {
    /// The next bytes; None at the end. This needs no trait from another crate;
    /// `futures::StreamExt` has the same.
    ///
    /// # Panics
    ///
    /// Polled outside a Tokio runtime with time and I/O.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, as by `tokio::select!`, it loses nothing: the call under way is
    /// kept, and the next one continues with it.
    #[expect(clippy::should_implement_trait, reason = "as `StreamExt` has it")]
    pub fn next(&mut self) -> impl Future<Output = Option<Result<Bytes, Error>>> + Send + Unpin {
        StreamExt::next(self)
    }

    /// As [`next`](Self::next), for `?`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or has changed; see [`Self`].
    pub fn try_next(
        &mut self,
    ) -> impl Future<Output = Result<Option<Bytes>, Error>> + Send + Unpin {
        TryStreamExt::try_next(self)
    }

    /// How many bytes were given so far.
    pub fn position(&self) -> u64 {
        self.position
    }
}

impl Stream for FileChunks {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(self.stream.poll_next_unpin(cx));
        if let Some(Ok(bytes)) = &next {
            self.position += bytes.len() as u64;
        }
        Poll::Ready(next)
    }
}

impl fmt::Debug for FileChunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileChunks")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
