//! What an object of a response holds, as data: for reading what the generated types refuse.

use serde_json::Value;

/// An object that a response can hold, as the contract describes it.
#[derive(Debug)]
pub struct Shape {
    /// The members that the contract names.
    pub members: &'static [Member],
}

/// A member of an object.
#[derive(Debug)]
pub struct Member {
    /// Its key.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Whether the value may be null.
    pub nullable: bool,
    /// Whether the member is always there.
    pub required: bool,
    /// Whether it identifies its object, which is of no use without it.
    pub identity: bool,
}

/// What a value is.
#[derive(Debug)]
pub enum Kind {
    /// Anything that the types of this list do not describe.
    Any,
    /// `true` or `false`.
    Boolean,
    /// A whole number of 64 bits.
    Integer,
    /// Any number.
    Number,
    /// A string, open enums included.
    String,
    /// A list of values of one kind.
    Array(&'static Self),
    /// An object.
    Object(&'static Shape),
}

impl Shape {
    /// The member of this name.
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

impl Member {
    pub(crate) const fn required(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            nullable: false,
            required: true,
            identity: false,
        }
    }

    pub(crate) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self {
            required: false,
            ..Self::required(name, kind)
        }
    }

    pub(crate) const fn nullable(self) -> Self {
        Self {
            nullable: true,
            ..self
        }
    }

    pub(crate) const fn identity(self) -> Self {
        Self {
            identity: true,
            ..self
        }
    }

    /// The value that stands in for one that is absent or illegible. None where any value would
    /// look like one that was sent: then the whole object is illegible.
    pub fn empty(&self) -> Option<Value> {
        match self.kind {
            _ if self.identity => None,
            _ if self.nullable || !self.required => Some(Value::Null),
            // The generated types take null for any object.
            Kind::Object(_) => Some(Value::Null),
            Kind::String => Some("".into()),
            Kind::Array(_) => Some(Value::Array(Vec::new())),
            Kind::Any | Kind::Boolean | Kind::Integer | Kind::Number => None,
        }
    }
}
