//! What can go wrong, in one type.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::types::checkpoint::Checkpoint;
use crate::types::invalid_field::InvalidField;
use crate::types::page::UnreadableRow;
use crate::types::results_checkpoint::ResultsCheckpoint;
use crate::types::results_report::ResultsReport;

/// What went wrong, with all that is known about it.
///
/// `Display` is one sentence about this error alone, including what to do. What caused it is its
/// [`source`](std::error::Error::source), whose text `Display` does not repeat; the alternate form,
/// `{:#}`, appends it: the full text if the source is an error of this crate, or the root cause if
/// it is an error of another crate. `Debug` is the same sentence with its cause, since a program
/// whose `main` returns it prints that; its alternate form, `{:#?}`, has all parts. The key is in
/// none of them.
pub struct Error(Box<Parts>);

/// The class of an [`Error`]: what its reader can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be built from its settings. Nothing was sent.
    Config,
    /// The filter, an id or an option is invalid. Nothing was sent.
    InvalidRequest,
    /// The service refuses the key (401, 403).
    Auth,
    /// The service wants fewer calls (429).
    RateLimited,
    /// The service refuses the request (other 4xx).
    Refused,
    /// The service, or a gateway in front of it, failed (5xx).
    Server,
    /// No response came, or not all of it.
    Transport,
    /// No response to an attempt came in time.
    Timeout,
    /// The deadline of the call or of the list has passed, or would pass before the next attempt.
    DeadlineExceeded,
    /// The response does not conform to the contract.
    ContractViolation,
    /// The response is larger than the client reads; see
    /// [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    TooLarge,
    /// The pages do not add up: the list says that it goes on, but not from where.
    Pagination,
    /// All rows that could be read were delivered; some could not be read.
    UnreadableRows,
    /// A file of results is not what it was when a part of it was read.
    FileChanged,
    /// All results that could be read were delivered; they are not what the batch says it has. See
    /// [`Error::results_report`].
    IncompleteResults,
}

impl ErrorKind {
    /// The kind in a word that never changes, for metrics and logs: `rate_limited`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::InvalidRequest => "invalid_request",
            Self::Auth => "auth",
            Self::RateLimited => "rate_limited",
            Self::Refused => "refused",
            Self::Server => "server",
            Self::Transport => "transport",
            Self::Timeout => "timeout",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::ContractViolation => "contract_violation",
            Self::TooLarge => "too_large",
            Self::Pagination => "pagination",
            Self::UnreadableRows => "unreadable_rows",
            Self::FileChanged => "file_changed",
            Self::IncompleteResults => "incomplete_results",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

struct Parts {
    kind: ErrorKind,
    summary: String,
    status: Option<u16>,
    code: Option<String>,
    api_message: Option<String>,
    request_id: Option<String>,
    attempts: u32,
    elapsed: Duration,
    retry_after: Option<Duration>,
    retryable: bool,
    checkpoint: Option<Checkpoint>,
    loses_place: bool,
    problems: Vec<InvalidField>,
    unreadable: Vec<UnreadableRow>,
    results_checkpoint: Option<ResultsCheckpoint>,
    results_report: Option<Box<ResultsReport>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, summary: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            summary: summary.into(),
            status: None,
            code: None,
            api_message: None,
            request_id: None,
            attempts: 0,
            elapsed: Duration::ZERO,
            retry_after: None,
            retryable: false,
            checkpoint: None,
            loses_place: false,
            problems: Vec::new(),
            unreadable: Vec::new(),
            results_checkpoint: None,
            results_report: None,
            source: None,
        }))
    }

    pub(crate) fn config(summary: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, summary)
    }

    pub(crate) fn invalid_request(problems: Vec<InvalidField>) -> Self {
        Self::invalid("filter", problems)
    }

    pub(crate) fn invalid(what: &str, problems: Vec<InvalidField>) -> Self {
        let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let mut error = Self::new(
            ErrorKind::InvalidRequest,
            format!("invalid {what}: {}", list.join("; ")),
        );
        error.0.problems = problems;
        error
    }

    pub(crate) fn unreadable_rows(count: u64, rows: Vec<UnreadableRow>) -> Self {
        let list: Vec<String> = rows.iter().take(3).map(ToString::to_string).collect();
        let more = if count > list.len() as u64 {
            "; ..."
        } else {
            ""
        };
        let what = if count == 1 { "row" } else { "rows" };
        let summary = format!(
            "{count} {what} of the list could not be read, all others were delivered: {}{more}",
            list.join("; ")
        );
        let mut error = Self::new(ErrorKind::UnreadableRows, summary);
        error.0.unreadable = rows;
        error
    }

    pub(crate) fn incomplete_results(report: ResultsReport) -> Self {
        let summary = format!(
            "all results that could be read were delivered, but they are not all there: {}",
            report.flaws()
        );
        let mut error = Self::new(ErrorKind::IncompleteResults, summary);
        error.0.status = report.unreadable_files.first().and_then(|it| it.status);
        error.0.results_report = Some(Box::new(report));
        error
    }

    pub(crate) fn with_results_checkpoint(mut self, place: Option<ResultsCheckpoint>) -> Self {
        self.0.results_checkpoint = place;
        self
    }

    pub(crate) fn with_unreadable(mut self, rows: Vec<UnreadableRow>) -> Self {
        self.0.unreadable = rows;
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_api(mut self, code: Option<String>, message: Option<String>) -> Self {
        self.0.code = code;
        self.0.api_message = message;
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.0.request_id = request_id;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32, elapsed: Duration) -> Self {
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self
    }

    pub(crate) fn with_checkpoint(mut self, checkpoint: Checkpoint) -> Self {
        self.0.checkpoint = Some(checkpoint);
        self
    }

    /// Rows may be missing before any place that the list could go on from.
    pub(crate) fn losing_place(mut self) -> Self {
        self.0.loses_place = true;
        self
    }

    pub(crate) fn loses_place(&self) -> bool {
        self.0.loses_place
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    pub(crate) fn retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    /// The class of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the same call may succeed later.
    ///
    /// # Troubleshooting
    ///
    /// The client has already made the call again, as its [`RetryPolicy`](crate::RetryPolicy)
    /// says. Polling the stream again asks for the same page again.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Whether the service refuses the key.
    ///
    /// # Troubleshooting
    ///
    /// A key belongs to one region, and a valid key used in the wrong region gets the same response
    /// as an invalid key. Check the region before the key.
    pub fn is_auth(&self) -> bool {
        self.kind() == ErrorKind::Auth
    }

    /// Whether the service wants fewer calls.
    ///
    /// # Troubleshooting
    ///
    /// The service allows 100 list calls a minute for the whole main account. If others list as
    /// well, lower [`RateLimit`](crate::RateLimit).
    pub fn is_rate_limited(&self) -> bool {
        self.kind() == ErrorKind::RateLimited
    }

    /// Whether the filter or an option of the list is invalid; see [`problems`](Self::problems).
    pub fn is_invalid_request(&self) -> bool {
        self.kind() == ErrorKind::InvalidRequest
    }

    /// Whether time ran out: that of an attempt, or the deadline of the call or of the list.
    ///
    /// # Troubleshooting
    ///
    /// The [kind](Self::kind) says which. A deadline's error has the last failure as
    /// its [`source`](std::error::Error::source).
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Timeout | ErrorKind::DeadlineExceeded
        )
    }

    /// Whether a response is not what the contract promises.
    ///
    /// # Troubleshooting
    ///
    /// Is the base URL that of the service's OpenAI-compatible mode?
    pub fn is_contract_violation(&self) -> bool {
        self.kind() == ErrorKind::ContractViolation
    }

    /// The HTTP status of the response, if one came.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's own code for the error, such as `invalid_api_key`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What the service says about the error, in its own words.
    pub fn message(&self) -> Option<&str> {
        self.0.api_message.as_deref()
    }

    /// The id of the request, to be named when asking the vendor for help.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How often the call was made; 0 if it was not.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the call took, all attempts and pauses together.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// How long the service asks to wait, if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The place to go on from, for [`ListBatches::resume`](crate::ListBatches::resume): behind
    /// the last row that was delivered. None if the request was never checked.
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.0.checkpoint.as_ref()
    }

    /// As [`checkpoint`](Self::checkpoint), by value.
    pub fn into_checkpoint(self) -> Option<Checkpoint> {
        self.0.checkpoint
    }

    /// The place to go on from, for [`Results::resume`](crate::Results::resume): behind the last line
    /// that was delivered. None if the error is not one of results.
    pub fn results_checkpoint(&self) -> Option<&ResultsCheckpoint> {
        self.0.results_checkpoint.as_ref()
    }

    /// What the lines of a batch add up to, in an error that says that they are not all there.
    pub fn results_report(&self) -> Option<&ResultsReport> {
        self.0.results_report.as_deref()
    }

    /// The cursor of the page that failed, for
    /// [`ListBatches::after`](crate::ListBatches::after). None on the first page.
    pub fn cursor(&self) -> Option<&str> {
        self.checkpoint()?.cursor()
    }

    /// Everything that is wrong with the filter and the options of the list.
    pub fn problems(&self) -> &[InvalidField] {
        &self.0.problems
    }

    /// The rows that could not be read; of many, the first hundred.
    pub fn unreadable(&self) -> &[UnreadableRow] {
        &self.0.unreadable
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.summary)?;
        let mut details = Vec::new();
        match self.0.attempts {
            0 | 1 if self.kind() != ErrorKind::DeadlineExceeded => {}
            1 => details.push(format!("1 attempt in {:.1?}", self.0.elapsed)),
            attempts => details.push(format!("{attempts} attempts in {:.1?}", self.0.elapsed)),
        }
        if let Some(pause) = self.0.retry_after.filter(|pause| !pause.is_zero()) {
            details.push(format!("try again in {}", in_words(pause)));
        }
        if let Some(id) = &self.0.request_id {
            details.push(format!("request id {id}"));
        }
        if !details.is_empty() {
            write!(f, " ({})", details.join(", "))?;
        }
        match self.0.source.as_deref() {
            Some(cause) if f.alternate() => write_cause(f, cause, &self.0.summary),
            _ => Ok(()),
        }
    }
}

/// The cause of an error in which `summary` stands: an error of this crate, or what is at the bottom
/// of another one, unless the summary has it.
fn write_cause(
    f: &mut fmt::Formatter<'_>,
    cause: &(dyn StdError + 'static),
    summary: &str,
) -> fmt::Result {
    if let Some(own) = cause.downcast_ref::<Error>() {
        return write!(f, ": {own:#}");
    }
    let mut bottom = cause;
    while let Some(deeper) = bottom.source() {
        bottom = deeper;
    }
    let text = bottom.to_string();
    // "Connection refused (os error 111)"
    let plain = text.split(" (os error").next().unwrap_or_default();
    if summary.to_lowercase().contains(&plain.to_lowercase()) {
        return Ok(());
    }
    write!(f, ": {text}")
}

/// A time as a person would put it, rounded up.
pub(crate) fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    match seconds {
        0..=120 => format!("{seconds} s"),
        121..=7200 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3600)),
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return write!(f, "{self:#}");
        }
        let parts = &*self.0;
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("summary", &parts.summary)
            .field("status", &parts.status)
            .field("code", &parts.code)
            .field("message", &parts.api_message)
            .field("request_id", &parts.request_id)
            .field("attempts", &parts.attempts)
            .field("elapsed", &parts.elapsed)
            .field("retry_after", &parts.retry_after)
            .field("retryable", &parts.retryable)
            .field("cursor", &self.cursor())
            .field("problems", &parts.problems)
            .field("unreadable", &parts.unreadable)
            .field("source", &parts.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
