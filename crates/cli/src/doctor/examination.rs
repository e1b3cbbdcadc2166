//! Asking: each call is counted, and what came back is kept for those who look at all of it.

use std::time::{Duration, Instant};

use jiff::tz::Offset;
use qwen_batches::{Client, Error};
use qwen_batches_conformance::{Contract, Finding as ContractFinding, Request, Response as Judged};
use serde_json::Value;

use super::finding::{Findings, Inconclusive, Verdict};
use super::question::Question;
use super::report::{Finding, Report};
use super::response::Response;
use crate::exit::Exit;
use crate::failure::Failure;

/// No run makes more calls, whatever the responses are.
const MAX_CALLS: usize = 39;

/// After so many calls without a response the service is left alone.
const MAX_FAILURES: usize = 2;

/// Where the contract's findings about these headers stand: each has a row of its own.
pub(super) const CONTENT_TYPE: &str = "/headers/content-type";
pub(super) const REQUEST_ID: &str = "/headers/x-request-id";

/// The path under which the contract knows the call; the base URL asked may have another.
const PATH: &str = "/compatible-mode/v1/batches";

/// A service that is being asked, and what is known of it so far.
pub(super) struct Examination {
    client: Client,
    contract: Contract,
    report: Report,
    /// Why nothing more is asked.
    silence: Option<String>,
    failures: usize,
    /// The last call that got no response.
    pub(super) failure: Option<Error>,
    pub(super) latencies: Vec<Duration>,
    /// All responses, with what the contract says about each.
    pub(super) responses: Vec<(Response, Vec<ContractFinding>)>,
    /// The newest batches, without a filter.
    pub(super) first_page: Option<Response>,
    /// The zone in which the service was found to read times.
    pub(super) zone: Option<Offset>,
    /// The responses to values that make no sense.
    pub(super) error_responses: Vec<Response>,
}

impl Examination {
    pub(super) fn new(client: &Client) -> Result<Self, Failure> {
        let contract = Contract::published()
            .map_err(|error| Failure::new(Exit::Failure, error.to_string()))?;
        Ok(Self {
            client: client.clone(),
            contract,
            report: Report::new(client.base_url()),
            silence: None,
            failures: 0,
            failure: None,
            latencies: Vec::new(),
            responses: Vec::new(),
            first_page: None,
            zone: None,
            error_responses: Vec::new(),
        })
    }

    /// Asks once. Nothing is tried again, and after a 429 nothing more is asked.
    pub(super) async fn ask(&mut self, query: &[(&str, &str)]) -> Result<Response, Inconclusive> {
        if let Some(reason) = &self.silence {
            return Err(Inconclusive::new(format!("not asked: {reason}")));
        }
        if self.report.calls == MAX_CALLS {
            return Err(Inconclusive::new(format!(
                "not asked after {MAX_CALLS} calls"
            )));
        }
        self.report.calls += 1;
        let start = Instant::now();
        let raw = match self.client.raw(query.iter().copied()).await {
            Ok(raw) => raw,
            Err(error) => {
                let reason = format!("{error:#}");
                self.failures += 1;
                if self.failures == MAX_FAILURES {
                    self.silence = Some(format!("{MAX_FAILURES} calls got no response"));
                }
                self.failure = Some(error);
                return Err(Inconclusive(reason));
            }
        };
        self.latencies.push(start.elapsed());
        let status = raw.status.as_u16();
        if status == 429 {
            self.silence = Some("the service wants fewer calls (429)".to_owned());
        }
        let headers: Vec<(String, String)> = raw
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.as_str().to_owned(), value.into_owned())
            })
            .collect();
        let findings = self.check_contract(status, &headers, &raw.body);
        let response = Response::new(status, headers, &raw.body);
        self.responses.push((response.clone(), findings));
        Ok(response)
    }

    /// What the contract says about a response. A body is judged by what it holds, however it is
    /// labelled: the label has a row of its own.
    fn check_contract(
        &self,
        status: u16,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Vec<ContractFinding> {
        let check = |label: Option<&str>| {
            let mut response = Judged::new(status).body(body);
            for (name, value) in headers {
                let value = label.filter(|_| name == "content-type").unwrap_or(value);
                response = response.header(name, value);
            }
            self.contract
                .check_response(&Request::new("GET", PATH), &response)
                .findings
        };
        let mut findings = check(None);
        let is_mislabelled = findings.iter().any(|it| it.at == CONTENT_TYPE);
        if is_mislabelled && serde_json::from_slice::<Value>(body).is_ok() {
            let of_body = check(Some("application/json")).into_iter();
            findings.extend(of_body.filter(|it| it.at.starts_with("/body")));
        }
        findings
    }

    /// Adds a row to the report.
    pub(super) fn add(&mut self, check: &str, expected: &str, findings: Findings) {
        let (verdict, found) = match findings {
            Ok(found) => (found.verdict, found.text),
            Err(Inconclusive(reason)) => (Verdict::Inconclusive, reason),
        };
        self.report.findings.push(Finding {
            check: check.to_owned(),
            expected: expected.to_owned(),
            found,
            verdict,
        });
    }

    /// Notes an answer to one of the contract's open questions.
    pub(super) fn settle(&mut self, question: Question, answer: impl Into<String>) {
        self.report.settle(question, answer.into());
    }

    pub(super) fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// All responses.
    pub(super) fn pages(&self) -> impl Iterator<Item = &Response> {
        self.responses.iter().map(|(response, _)| response)
    }

    /// The newest batches, none if there are none.
    pub(super) fn newest_rows(&self) -> &[Value] {
        let rows = self.first_page.as_ref().and_then(Response::rows);
        rows.unwrap_or_default()
    }

    /// The id and the time of the newest batch: nothing stands before it, whatever the filter.
    pub(super) fn newest(&self) -> Result<(String, i64), Inconclusive> {
        self.newest_rows()
            .iter()
            .filter_map(|row| Some((row["id"].as_str()?.to_owned(), row["created_at"].as_i64()?)))
            .max_by_key(|(_, created_at)| *created_at)
            .ok_or_else(|| Inconclusive::new("there is no batch to ask for"))
    }

    pub(super) fn into_report(mut self) -> Report {
        let statuses = self.responses.iter().map(|(response, _)| response.status);
        self.report.refused = statuses.clone().next().filter(|it| [401, 403].contains(it));
        self.report.has_page = self.first_page.is_some();
        self.latencies.sort();
        let median = self.latencies.get(self.latencies.len() / 2);
        self.report.median = median.copied().unwrap_or_default();
        for (response, _) in &self.responses {
            if response.is_error_in_success() {
                let text = format!("yes: {}", response.describe());
                self.report.settle(Question::ErrorInSuccess, text);
            }
            if response.status == 502 && response.is_html() {
                self.report.settle(Question::HtmlGateway, "yes".to_owned());
            }
            if response.status == 429 {
                let headers = response.rate_limit_headers();
                let text = if headers.is_empty() {
                    "no".to_owned()
                } else {
                    headers.join(", ")
                };
                self.report.settle(Question::RateLimitHeaders, text);
            }
        }
        self.report
    }
}
