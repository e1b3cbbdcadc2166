//! What the checks compare a contract with, recorded once.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use qwen_batches_conformance::Request;
use serde_json::Value;

use super::call::{self, GeneratedCall};
use super::cases::{self, Case, Valid};
use super::openapi::walk;
use super::sandbox::{self, Exchange};
use super::servers;

/// What was recorded of the generated client, the client, the sandbox and the examples.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(super) valid: Vec<Valid>,
    pub(super) invalid_cases: Vec<Case>,
    /// Requests to the sandbox, good and bad, with the responses.
    pub(super) exchanges: Vec<Exchange>,
    /// Requests that the client and the generated client send.
    pub(super) emitted: Vec<Request>,
    pub(super) generated_calls: Vec<GeneratedCall>,
    /// The base URLs of the client's regions.
    pub(super) base_urls: BTreeSet<String>,
    /// Every string in a valid example or a response of the sandbox, as JSON.
    pub(super) shown_values: BTreeSet<String>,
    /// The schemas of the generated types, by the name of the type.
    pub(super) type_schemas: [(&'static str, Value); 2],
}

impl Evidence {
    /// The evidence; recorded when it is first asked for.
    pub(crate) fn recorded() -> &'static Self {
        static RECORDED: OnceLock<Evidence> = OnceLock::new();
        RECORDED.get_or_init(|| {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(Self::record())
        })
    }

    async fn record() -> Self {
        let valid = cases::valid_responses();
        let exchanges = sandbox::record().await;
        let mut shown_values = BTreeSet::new();
        let bodies = valid.iter().map(|it| &it.body);
        for body in bodies.chain(exchanges.iter().map(|exchange| &exchange.body)) {
            walk("", body, &mut |_, value| {
                if value.is_string() {
                    shown_values.insert(value.to_string());
                }
            });
        }
        Self {
            invalid_cases: cases::invalid_cases(),
            emitted: call::record_emitted().await,
            generated_calls: call::record().await,
            base_urls: servers::base_urls(),
            type_schemas: super::generated_types::schemas(),
            valid,
            exchanges,
            shown_values,
        }
    }
}
