//! The faults of one request, and which of them have taken effect.

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};
use serde_json::Value;

use super::content::{self, change_lines};
use super::cursors::{decoded, move_start};
use super::delivery::Delivery;
use super::page::{Draft, PageMembers, change_batches};
use super::raw_json::{RawValues, change};
use super::render;
use crate::listing::{
    Content, Dialect, ErrorResponse, FilterParam, ListQuery, Listing, Page, Route, Rules,
    decode_lossy, pairs, text_of,
};
use crate::script::{Fault, IdsOf};

/// What goes wrong with one request, on its way to a response.
pub(crate) struct FaultRun<'a> {
    faults: Vec<&'a Fault>,
    rules: Rules,
    members: PageMembers,
    raw: RawValues,
    names: Vec<&'static str>,
}

/// What a request asks for, before it is written.
pub(crate) enum Found {
    Page(Page),
    Batch(Value),
    Content(Response<Bytes>),
}

impl<'a> FaultRun<'a> {
    pub(crate) fn new(faults: Vec<&'a Fault>, dialect: Dialect) -> Self {
        let mut run = Self {
            faults,
            rules: Rules::new(dialect),
            members: Vec::new(),
            raw: RawValues::default(),
            names: Vec::new(),
        };
        for fault in &run.faults {
            match fault {
                Fault::IgnoreFilters { filters } => run.rules.ignored.extend(ignored(filters)),
                Fault::Order { is } => run.rules.order = *is,
                Fault::Quirk(quirk) => run.rules.set(*quirk),
                _ => {}
            }
        }
        run
    }

    /// Whether [`move_rows`](Self::move_rows) has anything to do.
    pub(crate) fn moves_rows(&self) -> bool {
        let moves =
            |it: &&Fault| matches!(it, Fault::AppearAtHead { .. } | Fault::ExpireAtTail { .. });
        self.faults.iter().any(moves)
    }

    pub(crate) fn move_rows(&mut self, listing: &mut Listing, seed: u64) {
        for fault in &self.faults {
            let moved = match fault {
                Fault::AppearAtHead { rows } => {
                    listing.appear(*rows, seed);
                    true
                }
                Fault::ExpireAtTail { rows } => listing.expire(*rows),
                _ => false,
            };
            self.names.extend(moved.then(|| fault.name()));
        }
    }

    /// What a request asks for, as the faults leave it.
    pub(crate) fn find(
        &mut self,
        listing: &Listing,
        route: Route,
        request: &Parts,
    ) -> Result<Found, ErrorResponse> {
        match route {
            Route::List => {
                let query = request.uri.query().unwrap_or_default();
                self.page(listing, query).map(Found::Page)
            }
            Route::Batch(id) => self.batch(listing, id).map(Found::Batch),
            Route::Content(id) => {
                let content = self.content(listing, &id)?;
                let ranges = self.rules.ranges;
                let response = content::response(content, ranges, &request.headers);
                Ok(Found::Content(response))
            }
        }
    }

    fn batch(&mut self, listing: &Listing, id: String) -> Result<Value, ErrorResponse> {
        let in_rows = |it: &&Fault| matches!(it, Fault::EncodedIds { of } if *of != IdsOf::Page);
        let id = match decoded(&id) {
            Some(decoded) if self.faults.iter().any(in_rows) => decoded,
            _ => id,
        };
        let mut batch = listing.batch(&id, &self.rules)?;
        for fault in &self.faults {
            let applied = change_batches(fault, std::slice::from_mut(&mut batch), &mut self.raw);
            self.names.extend(applied.then(|| fault.name()));
        }
        Ok(batch)
    }

    fn content(&mut self, listing: &Listing, id: &str) -> Result<Bytes, ErrorResponse> {
        let mut lines = match listing.content(id, &self.rules)? {
            Content::Bytes(bytes) => return Ok(bytes),
            Content::Lines(lines) => lines,
        };
        for fault in &self.faults {
            let applied = change_lines(fault, &mut lines, &mut self.raw);
            self.names.extend(applied.then(|| fault.name()));
        }
        Ok(self.raw.fill(&text_of(&lines, &self.rules)).into())
    }

    fn page(&mut self, listing: &Listing, query: &str) -> Result<Page, ErrorResponse> {
        let sent: Vec<_> = pairs(query).map(|(name, _)| decode_lossy(name)).collect();
        let is_sent = |filter: &FilterParam| sent.iter().any(|name| name == filter.name());
        let mut query = ListQuery::parse(query, &self.rules)?;
        let after = query.after.clone();
        // An id is decoded before rows are counted from it.
        let decodes = |fault: &&&Fault| matches!(fault, Fault::EncodedIds { .. });
        let decoding = self.faults.iter().filter(decodes);
        let others = self.faults.iter().filter(|fault| !decodes(fault));
        for fault in decoding.chain(others) {
            if let Fault::IgnoreFilters { filters } = fault
                && ignored(filters).iter().any(is_sent)
            {
                self.names.push(fault.name());
            }
            let moved = move_start(fault, listing, &mut query, &self.rules);
            if !matches!(moved, Ok(false)) {
                self.names.push(fault.name());
            }
            moved?;
        }
        let mut page = listing.page(&query, &self.rules)?;
        let mut draft = Draft {
            page: &mut page,
            members: &mut self.members,
            raw: &mut self.raw,
            after: after.as_deref(),
        };
        for fault in &self.faults {
            if draft.apply(fault) && !self.names.contains(&fault.name()) {
                self.names.push(fault.name());
            }
        }
        Ok(page)
    }

    /// The response in place of an honest one, if there is one: then no page is seen.
    pub(crate) fn replacement(&mut self, request_id: &str) -> Option<Response<Bytes>> {
        let usual = |status| {
            let error = ErrorResponse::scripted(status);
            render::error(&error, request_id, &self.rules)
        };
        let mut faults = self.faults.iter();
        let (fault, response) = faults
            .find_map(|fault| Some((fault, render::replacement(fault, usual, &self.rules)?)))?;
        self.names.push(fault.name());
        Some(response)
    }

    /// The response to a request that is throttled, with everybody's.
    pub(crate) fn throttled(&mut self, request_id: &str) -> Response<Bytes> {
        self.faults.clear();
        self.names = vec![Fault::Throttle { seconds: 0 }.name()];
        let error = ErrorResponse::scripted(StatusCode::TOO_MANY_REQUESTS);
        render::error(&error, request_id, &self.rules)
    }

    /// The honest response, with what the faults of the page do to its text.
    pub(crate) fn render(
        &mut self,
        result: Result<Found, ErrorResponse>,
        request_id: &str,
    ) -> Response<Bytes> {
        let body = match result {
            Err(error) => return render::error(&error, request_id, &self.rules),
            Ok(Found::Content(response)) => return response,
            Ok(Found::Batch(batch)) => batch,
            Ok(Found::Page(page)) => {
                let mut body = page.body(&self.rules);
                for (pointer, becomes) in &self.members {
                    change(&mut body, pointer, becomes, &mut self.raw);
                }
                body
            }
        };
        let bytes = self.raw.fill(&body.to_string());
        render::labelled(self.rules.dialect.media_type(), bytes)
    }

    /// What the faults do to a response, whichever it is.
    pub(crate) fn finish(
        &mut self,
        mut response: Response<Bytes>,
        request_id: &str,
    ) -> Response<Bytes> {
        render::identify(&mut response, request_id);
        for fault in &self.faults {
            let applied = match fault {
                Fault::Response(scripted) if !scripted.replaces() => {
                    let json = self.rules.dialect.media_type();
                    response = render::scripted(scripted, |_| response, json);
                    true
                }
                Fault::Header { name, value } => {
                    render::set_header(&mut response, name, value.as_deref());
                    true
                }
                Fault::ByteOrderMark => {
                    let body = response.body_mut();
                    *body = [b"\xef\xbb\xbf", &body[..]].concat().into();
                    true
                }
                Fault::MalformedJson => shorten(response.body_mut()),
                _ => false,
            };
            self.names.extend(applied.then(|| fault.name()));
        }
        response
    }

    /// How the response is delivered, if otherwise than HTTP promises.
    pub(crate) fn delivery(&mut self) -> Option<Delivery> {
        let mut faults = self.faults.iter();
        let (fault, delivery) = faults.find_map(|it| Some((it, Delivery::of(it)?)))?;
        self.names.push(fault.name());
        Some(delivery)
    }

    /// The names of the faults that have taken effect, in this order.
    pub(crate) fn into_names(self) -> Vec<&'static str> {
        self.names
    }
}

/// None named is all.
fn ignored(filters: &[FilterParam]) -> &[FilterParam] {
    match filters {
        [] => &FilterParam::ALL,
        some => some,
    }
}

/// Takes the last byte away; false if there is none.
fn shorten(body: &mut Bytes) -> bool {
    let rest = body.len().checked_sub(1);
    body.truncate(rest.unwrap_or_default());
    rest.is_some()
}
