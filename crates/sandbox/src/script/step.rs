//! A step of a script.

use serde::{Deserialize, Serialize};

use super::error::Problem;
use super::{Fault, Requests};

/// A fault, and the requests that meet with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which requests.
    pub on: Requests,
    /// What goes wrong.
    pub fault: Fault,
}

impl Step {
    pub(super) fn check(&self) -> Result<(), Problem> {
        self.on.check().map_err(|problem| problem.within("on"))?;
        self.fault.check().map_err(|problem| {
            let name = self.fault.name();
            problem.within(name).within("fault")
        })
    }
}
