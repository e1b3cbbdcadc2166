//! Why a script cannot be used, and where in it the reason lies.

use std::error::Error;
use std::fmt;

use serde_path_to_error::Segment;

/// Why a [`Script`](crate::Script) or a [`Fault`](crate::Fault) cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// From 1; none where the text is no list of steps.
    step: Option<usize>,
    problem: Problem,
}

/// What is wrong, and where in the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// Keys, joined by a dot.
    place: String,
    text: String,
}

impl ScriptError {
    /// The step at fault, counted from 1; none if the text is not a list of steps.
    pub fn step_number(&self) -> Option<usize> {
        self.step
    }

    /// Where in the step the fault lies, as keys joined by dots, such as `fault.cut.after`;
    /// empty if it is the step as a whole.
    pub fn place(&self) -> &str {
        &self.problem.place
    }

    pub(super) fn json(cause: serde_json::Error) -> Self {
        Self {
            step: None,
            problem: Problem::new(format!("the script is not JSON: {cause}")),
        }
    }

    /// JSON that is not a list of steps.
    pub(super) fn read(cause: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let mut segments = cause.path().iter();
        let Some(Segment::Seq { index }) = segments.next() else {
            let text = format!("the script is not a list of steps: {}", cause.inner());
            return Self {
                step: None,
                problem: Problem::new(text),
            };
        };
        let number = index + 1;
        let keys: Vec<_> = segments
            .map(Segment::to_string)
            // Where a name is unknown, it stands in the text.
            .filter(|key| key != "?")
            .collect();
        let place = keys.join(".");
        let text = cause.into_inner().to_string();
        Self::step(number, Problem { place, text })
    }

    pub(super) fn step(number: usize, problem: Problem) -> Self {
        Self {
            step: Some(number),
            problem,
        }
    }
}

impl Problem {
    /// A problem of the whole; [`within`](Problem::within) adds the place.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            place: String::new(),
            text: text.into(),
        }
    }

    /// The same, as seen from one level further out.
    pub(super) fn within(mut self, key: &str) -> Self {
        self.place = match &*self.place {
            "" => key.to_owned(),
            inner => format!("{key}.{inner}"),
        };
        self
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.step {
            write!(f, "step {number} of the script")?;
            if !self.problem.place.is_empty() {
                write!(f, ", {}", self.problem.place)?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.problem.text)
    }
}

impl Error for ScriptError {}
