//! Why a script cannot be played, and where in it the reason lies.

use std::error::Error;
use std::fmt;

use serde_path_to_error::Segment;

/// Why a [`Script`](crate::Script) cannot be played.
///
/// Ask the predicates; the text is for people, and names the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Json(String),
    List(String),
    Step { number: usize, problem: Problem },
}

/// What is wrong with a step, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// Keys, joined by a dot.
    place: String,
    text: String,
}

impl ScriptError {
    /// The text is not JSON.
    pub fn is_json(&self) -> bool {
        matches!(self.kind, Kind::Json(_))
    }

    /// The text is JSON, but no list.
    pub fn is_list(&self) -> bool {
        matches!(self.kind, Kind::List(_))
    }

    /// A step is not one, or asks for what cannot be done, such as the status 99.
    pub fn is_step(&self) -> bool {
        matches!(self.kind, Kind::Step { .. })
    }

    /// The step at fault, counted from 1.
    pub fn step_number(&self) -> Option<usize> {
        match &self.kind {
            Kind::Step { number, .. } => Some(*number),
            _ => None,
        }
    }

    /// Where in the step the fault lies, as keys joined by dots, such as `fault.cut.after`;
    /// empty if it is the step as a whole.
    pub fn place(&self) -> Option<&str> {
        match &self.kind {
            Kind::Step { problem, .. } => Some(&problem.place),
            _ => None,
        }
    }

    pub(super) fn json(cause: serde_json::Error) -> Self {
        Kind::Json(cause.to_string()).into()
    }

    /// JSON that is not a list of steps.
    pub(super) fn read(cause: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let mut segments = cause.path().iter();
        let Some(Segment::Seq { index }) = segments.next() else {
            return Kind::List(cause.into_inner().to_string()).into();
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
        Kind::Step { number, problem }.into()
    }
}

impl Problem {
    /// Somewhere; [`within`](Problem::within) says where.
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

impl From<Kind> for ScriptError {
    fn from(kind: Kind) -> Self {
        Self { kind }
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Json(text) => write!(f, "the script is not JSON: {text}"),
            Kind::List(text) => write!(f, "the script is not a list of steps: {text}"),
            Kind::Step { number, problem } => {
                write!(f, "step {number} of the script")?;
                if !problem.place.is_empty() {
                    write!(f, ", {}", problem.place)?;
                }
                write!(f, ": {}", problem.text)
            }
        }
    }
}

impl Error for ScriptError {}
