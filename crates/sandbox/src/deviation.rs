//! Ways to part from the contract, for checks that must notice.

use serde_json::{Value, json};

use crate::reply::{Body, Page, Refusal};

/// A way in which the sandbox can be told to part from what the contract says, or to
/// settle otherwise what is not known of the service. See
/// [`SandboxBuilder::deviate`](crate::SandboxBuilder::deviate); the zone and the bounds
/// of the time filters have settings of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Deviation {
    /// A full page under a filter says `has_more`, even if nothing follows (inferred
    /// from one recording of the service).
    OverReportsMore,
    /// Every row has a key `model` that no document names.
    ExtraField,
    /// No row has the key `expires_at`.
    MissingKey,
    /// The newest batch of each page has the status `paused`.
    NewStatus,
    /// An empty page has `"data": []` in place of null.
    EmptyArray,
    /// Pages list their oldest row first.
    OldestFirst,
    /// Errors have the service's native, flat shape (recorded on sibling routes).
    NativeErrors,
    /// Errors are HTML, as from a gateway in front of the service.
    HtmlErrors,
    /// Errors come with the status 200 (seen on a sister host).
    ErrorsAsSuccess,
    /// What a parameter holds is not checked: a value that makes no sense counts as
    /// absent.
    LenientParameters,
    /// Of the parameters, only `after` and `limit` are known, as to servers of other vendors: all
    /// filters are ignored without a word.
    IgnoresFilters,
    /// No reply has the header `x-request-id`.
    NoRequestId,
    /// Replies are labelled `text/plain`.
    PlainText,
}

/// The deviations of one sandbox.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deviations(Vec<Deviation>);

impl Deviations {
    pub(crate) fn add(&mut self, deviation: Deviation) {
        self.0.push(deviation);
    }

    pub(crate) fn has(&self, deviation: Deviation) -> bool {
        self.0.contains(&deviation)
    }

    /// Bends a page before it is rendered.
    pub(crate) fn bend_page(&self, page: &mut Page) {
        if self.has(Deviation::OverReportsMore) && page.filtered && page.full {
            page.has_more = true;
        }
        if self.has(Deviation::OldestFirst) {
            page.rows.reverse();
        }
        if self.has(Deviation::NewStatus)
            && let Some(newest) = page.rows.first_mut()
        {
            newest["status"] = "paused".into();
        }
        for row in page.rows.iter_mut().filter_map(Value::as_object_mut) {
            if self.has(Deviation::ExtraField) {
                row.insert("model".to_owned(), "qwen-plus".into());
            }
            if self.has(Deviation::MissingKey) {
                row.shift_remove("expires_at");
            }
        }
    }

    /// The body of an error, if it is another than usual.
    pub(crate) fn error_body(&self, refusal: &Refusal, request_id: &str) -> Option<Body> {
        if self.has(Deviation::HtmlErrors) {
            let page = format!("<html><body><h1>{}</h1></body></html>", refusal.status);
            return Some(Body::Html(page));
        }
        self.has(Deviation::NativeErrors).then(|| {
            Body::Json(json!({
                "code": refusal.code.unwrap_or("InvalidParameter"),
                "message": refusal.message,
                "request_id": request_id,
            }))
        })
    }
}
