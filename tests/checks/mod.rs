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

pub(crate) use cases::{Judged, invalid_cases};
pub(crate) use evidence::Evidence;
pub(crate) use openapi::{join, resolve, schemas, walk};

use qwen_batches_conformance::Contract;

/// A question to a contract; it gives the problems.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) problems: fn(&Contract, &Evidence) -> Vec<String>,
}

/// All checks, the quick ones first.
pub(crate) const ALL: &[Check] = &[
    Check {
        name: "generated types",
        problems: generated_types::problems,
    },
    Check {
        name: "generated limits",
        problems: limits::problems,
    },
    Check {
        name: "generated call",
        problems: call::problems,
    },
    Check {
        name: "servers of the client",
        problems: servers::problems,
    },
    Check {
        name: "requests of the client",
        problems: call::emitted_are_legal,
    },
    Check {
        name: "judgement of the sandbox",
        problems: sandbox::judges_alike,
    },
    Check {
        name: "valid examples",
        problems: examples::valid_conform,
    },
    Check {
        name: "unknown fields",
        problems: examples::unknown_fields_are_undocumented,
    },
    Check {
        name: "invalid examples",
        problems: examples::invalid_are_refused,
    },
    Check {
        name: "responses of the sandbox",
        problems: sandbox::responses_conform,
    },
    Check {
        name: "listed values",
        problems: examples::listed_values_are_shown,
    },
    Check {
        name: "instances",
        problems: instances::problems,
    },
];

/// The check of this name.
pub(crate) fn check(name: &str) -> &'static Check {
    ALL.iter()
        .find(|check| check.name == name)
        .expect("a check of this name")
}
