//! A script: its steps, and how it is read.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::{Problem, ScriptError};
use super::fault::Fault;
use super::selection::Selection;

/// Which requests meet with which faults, for
/// [`SandboxBuilder::script`](crate::SandboxBuilder::script).
///
/// Requests are counted from 1, in the order of their arrival, whatever they ask for. All steps
/// that hold for a request take effect together, so that a page can be changed and then cut. Of
/// several that put another response in the place of the honest one, the first alone counts; and so
/// it is of several that break its delivery.
///
/// ```
/// use qwen_batches_sandbox::{Fault, Script, Selection};
///
/// let script = Script::new()
///     .on(1, Fault::Html { status: 502 })
///     .on(2, Fault::status(429).header("retry-after", "1"))
///     .on(3..=5, Fault::cut_body(100))
///     .on(6.., Fault::StickyCursor)
///     .on(Selection::from(..).every(10), Fault::reset());
///
/// let text = r#"[
///     { "on": 1, "fault": { "html": { "status": 502 } } },
///     { "on": 2, "fault": { "response": { "status": 429, "headers": { "retry-after": "1" } } } },
///     { "on": { "from": 3, "to": 5 }, "fault": { "cut": { "after": { "body": 100 } } } },
///     { "on": { "from": 6 }, "fault": "sticky_cursor" },
///     { "on": { "every": 10 }, "fault": { "reset": { "after": "nothing" } } }
/// ]"#;
/// assert_eq!(Script::from_json(text), Ok(script));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Step>", into = "Vec<Step>")]
pub struct Script {
    steps: Vec<Step>,
}

/// A fault, and the requests that meet with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which requests.
    pub on: Selection,
    /// What goes wrong.
    pub fault: Fault,
}

impl Script {
    /// A script without steps: every response is honest.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step. Requests are a number, a range such as `2..=4`, `5..` or `..`, or a
    /// [`Selection`].
    pub fn on(mut self, requests: impl Into<Selection>, fault: impl Into<Fault>) -> Self {
        self.steps.push(Step {
            on: requests.into(),
            fault: fault.into(),
        });
        self
    }

    /// Reads a script, a list of steps, from JSON.
    ///
    /// # Errors
    ///
    /// The text is not JSON, or no list, or a step asks for what cannot be done; the
    /// [`ScriptError`] has the place.
    pub fn from_json(text: &str) -> Result<Self, ScriptError> {
        Self::from_value(serde_json::from_str(text).map_err(ScriptError::json)?)
    }

    fn from_value(json: Value) -> Result<Self, ScriptError> {
        let steps: Vec<Step> = serde_path_to_error::deserialize(json).map_err(ScriptError::read)?;
        Self::try_from(steps)
    }

    /// The steps, in the order in which they were added.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(crate) fn check(&self) -> Result<(), ScriptError> {
        for (number, step) in (1..).zip(&self.steps) {
            step.check()
                .map_err(|problem| ScriptError::step(number, problem))?;
        }
        Ok(())
    }

    /// The faults of the `n`-th request.
    pub(crate) fn faults(&self, n: usize) -> Vec<&Fault> {
        let steps = self.steps.iter().filter(|step| step.on.holds(n));
        steps.map(|step| &step.fault).collect()
    }

    /// The same steps, and these faults at every request.
    pub(crate) fn always(self, faults: Vec<Fault>) -> Self {
        faults
            .into_iter()
            .fold(self, |script, fault| script.on(.., fault))
    }
}

impl Step {
    fn check(&self) -> Result<(), Problem> {
        self.on.check().map_err(|problem| problem.within("on"))?;
        self.fault.check().map_err(|problem| {
            let name = self.fault.name();
            problem.within(name).within("fault")
        })
    }
}

impl FromStr for Script {
    type Err = ScriptError;

    fn from_str(text: &str) -> Result<Self, ScriptError> {
        Self::from_json(text)
    }
}

impl TryFrom<Vec<Step>> for Script {
    type Error = ScriptError;

    fn try_from(steps: Vec<Step>) -> Result<Self, ScriptError> {
        let script = Self { steps };
        script.check()?;
        Ok(script)
    }
}

impl From<Script> for Vec<Step> {
    fn from(script: Script) -> Self {
        script.steps
    }
}

impl FromStr for Fault {
    type Err = ScriptError;

    /// Reads a fault as a script has it, or its bare name: `sticky_cursor`.
    fn from_str(text: &str) -> Result<Self, ScriptError> {
        let fault = match text.trim_start().starts_with(['{', '"']) {
            true => serde_json::from_str(text).map_err(ScriptError::json)?,
            false => Value::from(text),
        };
        let mut script = Script::from_value(json!([{ "on": 1, "fault": fault }]))?;
        Ok(script.steps.remove(0).fault)
    }
}
