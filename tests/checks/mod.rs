//! What can be asked of the text of a contract: each check takes a contract, compares it with what
//! was recorded of the generated client, the client and the sandbox, and says what does not fit.
//!
//! None looks at a copy of the contract: a check that passes on a wrong one would say nothing.

mod call;
mod cases;
mod evidence;
mod examples;
mod generated_types;
mod instances;
mod limits;
mod openapi;
mod sandbox;
mod servers;
mod shapes;

pub(crate) use cases::{Judged, invalid_cases};
pub(crate) use evidence::Evidence;
pub(crate) use examples::invalid_are_refused;
pub(crate) use openapi::{join, resolve, schemas, walk};

use qwen_batches_conformance::Contract;

/// A question to a contract; it gives the problems.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) problems: fn(&Contract, &Evidence) -> Vec<String>,
}

const fn check(name: &'static str, problems: fn(&Contract, &Evidence) -> Vec<String>) -> Check {
    Check { name, problems }
}

/// All checks, the quick ones first.
pub(crate) const ALL: &[Check] = &[
    check("generated types", generated_types::problems),
    check("generated shapes", shapes::problems),
    check("generated limits", limits::problems),
    check("generated call", call::problems),
    check("servers of the client", servers::problems),
    check("requests of the client", call::emitted_are_legal),
    check("judgement of the sandbox", sandbox::judges_alike),
    check("valid examples", examples::valid_conform),
    check("unknown fields", examples::unknown_fields_are_undocumented),
    check("invalid examples", examples::invalid_are_refused),
    check("responses of the sandbox", sandbox::responses_conform),
    check("listed values", examples::listed_values_are_shown),
    check("instances", instances::problems),
];
