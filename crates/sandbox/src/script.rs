//! Fault scripts: what goes wrong, and at which request, as data.

mod error;
mod fault;
mod member;
mod page;
mod play;
mod quirk;
mod reply;
mod requests;
mod step;

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use error::ScriptError;
pub use fault::{EmptyCursor, Fault, IdsOf, Order, Sent, WrongId};
pub use member::MemberChange;
pub(crate) use member::REQUIRED_MEMBERS;
pub(crate) use play::Play;
pub use quirk::{NameMatch, Quirk, UnknownCursor};
pub use reply::{ScriptedBody, ScriptedReply};
pub use requests::Requests;
pub use step::Step;

/// Which requests meet with which faults, for
/// [`SandboxBuilder::script`](crate::SandboxBuilder::script).
///
/// Requests are counted from 1, in the order of their arrival, whatever they ask for. All steps
/// that hold for a request take effect together, so that a page can be bent and then cut. Of
/// several that put another reply in the place of the honest one, the first alone counts; and so
/// it is of several that break its delivery.
///
/// ```
/// use qwen_batches_sandbox::{Fault, Requests, Script};
///
/// let script = Script::new()
///     .on(1, Fault::Html { status: 502 })
///     .on(2, Fault::status(429).header("retry-after", "1"))
///     .on(3..=5, Fault::cut_body(100))
///     .on(6.., Fault::StickyCursor)
///     .on(Requests::from(..).every(10), Fault::reset());
///
/// let text = r#"[
///     { "on": 1, "fault": { "html": { "status": 502 } } },
///     { "on": 2, "fault": { "reply": { "status": 429, "headers": { "retry-after": "1" } } } },
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

impl Script {
    /// A script without steps: every reply is honest.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step. Requests are a number, a range such as `2..=4`, `5..` or `..`, or
    /// [`Requests`].
    pub fn on(mut self, requests: impl Into<Requests>, fault: impl Into<Fault>) -> Self {
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
    /// - [`is_json`](ScriptError::is_json): the text is not JSON.
    /// - [`is_list`](ScriptError::is_list): it is JSON, but no list.
    /// - [`is_step`](ScriptError::is_step): a step is none, or asks for what cannot be done.
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

    /// What happens to the `n`-th request.
    pub(crate) fn play(&self, n: usize) -> Play<'_> {
        let steps = self.steps.iter().filter(|step| step.on.holds(n));
        Play::new(steps.map(|step| &step.fault).collect())
    }

    /// The throttles, each with its position, whether it holds for the `n`-th request, and its
    /// seconds.
    pub(crate) fn throttles(&self, n: usize) -> impl Iterator<Item = (usize, bool, u32)> {
        let steps = self.steps.iter().enumerate();
        steps.filter_map(move |(position, step)| match step.fault {
            Fault::Throttle { seconds } => Some((position, step.on.holds(n), seconds)),
            _ => None,
        })
    }

    /// The same steps, and these faults at every request.
    pub(crate) fn always(self, faults: Vec<Fault>) -> Self {
        faults
            .into_iter()
            .fold(self, |script, fault| script.on(.., fault))
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
