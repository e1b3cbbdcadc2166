//! What a script does to one request, on its way to a reply.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};

use super::reply::{gateway, labelled};
use super::{Fault, ScriptedReply, page};
use crate::deviation::Deviations;
use crate::listing::Listing;
use crate::query::{self, FilterParam, ListQuery};
use crate::reply::{self, MEDIA_TYPE, Page, Refusal};
use crate::rules::Rules;
use crate::wire::Wire;

const THROTTLE: &str = "throttle";

/// The faults of one request, and which of them have taken effect so far.
pub(crate) struct Play<'a> {
    faults: Vec<&'a Fault>,
    /// The one that puts another reply in the place of the honest one.
    replacement: Option<&'a Fault>,
    throttled: bool,
    names: Vec<&'static str>,
}

impl<'a> Play<'a> {
    pub(super) fn new(faults: Vec<&'a Fault>) -> Self {
        Self {
            replacement: faults.iter().copied().find(|fault| fault.replaces()),
            faults,
            throttled: false,
            names: Vec::new(),
        }
    }

    /// The rules for this request.
    pub(crate) fn rules(&mut self, head: &Parts, usual: &Rules) -> Rules {
        let mut rules = usual.clone();
        let sent: Vec<_> = query::pairs(head.uri.query().unwrap_or_default())
            .map(|(name, _)| query::decode_lossy(name))
            .collect();
        for fault in &self.faults {
            match fault {
                Fault::IgnoreFilters { filters } => {
                    let filters = match filters.as_slice() {
                        [] => &FilterParam::ALL,
                        some => some,
                    };
                    let is_sent = |filter: &FilterParam| sent.iter().any(|it| it == filter.name());
                    if filters.iter().any(is_sent) {
                        self.names.push(fault.name());
                    }
                    rules.ignored.extend(filters);
                }
                Fault::Order { is } => rules.order = *is,
                Fault::Quirk(quirk) => rules.set(*quirk),
                _ => {}
            }
        }
        rules
    }

    /// Answers as to everybody while requests are throttled.
    pub(crate) fn throttle(&mut self) {
        self.throttled = true;
    }

    /// Whether [`move_rows`](Play::move_rows) has anything to do.
    pub(crate) fn moves_rows(&self) -> bool {
        self.faults.iter().any(|fault| {
            matches!(
                fault,
                Fault::AppearAtHead { .. } | Fault::ExpireAtTail { .. }
            )
        })
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

    /// The page, bent; it is left alone where nobody will see it.
    pub(crate) fn page(
        &mut self,
        listing: &Listing,
        query: ListQuery,
        rules: &Rules,
    ) -> Result<Page, Refusal> {
        if self.throttled || self.replacement.is_some() {
            return listing.page(&query, rules);
        }
        page::bent(&self.faults, &mut self.names, listing, query, rules)
    }

    pub(crate) fn reply(
        &mut self,
        answer: Result<Page, Refusal>,
        request_id: &str,
        deviations: &Deviations,
    ) -> Response<Bytes> {
        let honest = |answer| reply::render(answer, request_id, deviations);
        if self.throttled {
            self.names.push(THROTTLE);
            return honest(Err(Refusal::unprovoked(StatusCode::TOO_MANY_REQUESTS)));
        }
        let mut response = match self.replacement {
            Some(fault) => {
                self.names.push(fault.name());
                replacement(fault, |status| honest(Err(Refusal::unprovoked(status))))
            }
            None => honest(answer),
        };
        for fault in &self.faults {
            let applied = match fault {
                Fault::Reply(reply) if !fault.replaces() => {
                    response = reply.render(|_| response);
                    true
                }
                Fault::ByteOrderMark => {
                    let body = response.body_mut();
                    *body = [b"\xef\xbb\xbf", &body[..]].concat().into();
                    true
                }
                Fault::MalformedJson => shorten(response.body_mut()),
                Fault::WrongContentType { content_type } => {
                    relabel(&mut response, content_type.as_deref());
                    true
                }
                _ => false,
            };
            self.names.extend(applied.then(|| fault.name()));
        }
        reply::identify(&mut response, request_id, deviations);
        response
    }

    /// How the reply is delivered, if otherwise than HTTP promises.
    pub(crate) fn wire(&mut self) -> Option<Wire> {
        let (fault, wire) = self
            .faults
            .iter()
            .find_map(|fault| Some((fault, fault.wire()?)))?;
        self.names.push(fault.name());
        Some(wire)
    }

    /// The names of the faults that have taken effect, in this order.
    pub(crate) fn into_names(self) -> Vec<&'static str> {
        self.names
    }
}

fn replacement(
    fault: &Fault,
    usual: impl FnOnce(StatusCode) -> Response<Bytes>,
) -> Response<Bytes> {
    match fault {
        Fault::Reply(reply) => reply.render(usual),
        Fault::Html { status } => gateway(*status).render(usual),
        Fault::Empty { status } => ScriptedReply::new(*status).empty().render(usual),
        Fault::ErrorAsSuccess => {
            let mut response = usual(StatusCode::INTERNAL_SERVER_ERROR);
            *response.status_mut() = StatusCode::OK;
            response
        }
        Fault::Redirect { location } => {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
            if let Ok(location) = HeaderValue::from_str(location) {
                response.headers_mut().insert(LOCATION, location);
            }
            response
        }
        Fault::DeeplyNested { depth } => labelled(
            MEDIA_TYPE,
            format!(
                r#"{{"object":"list","data":{}{},"first_id":null,"last_id":null,"has_more":false}}"#,
                "[".repeat(*depth),
                "]".repeat(*depth),
            ),
        ),
        _ => unreachable!("`Fault::replaces` names these alone"),
    }
}

/// Takes the last byte away; false if there is none.
fn shorten(body: &mut Bytes) -> bool {
    let rest = body.len().checked_sub(1);
    body.truncate(rest.unwrap_or_default());
    rest.is_some()
}

fn relabel(response: &mut Response<Bytes>, content_type: Option<&str>) {
    match content_type.and_then(|label| HeaderValue::from_str(label).ok()) {
        Some(label) => response.headers_mut().insert(CONTENT_TYPE, label),
        None => response.headers_mut().remove(CONTENT_TYPE),
    };
}
