//! The table: what a change of each keyword of OpenAPI 3.0 means, and why.
//!
//! A keyword without a row is breaking, so that nothing passes unclassified; adding a row is how
//! it gets a meaning.

use serde_json::Value;

use super::change::{Effect, Side};
use super::values;

/// The objects of OpenAPI 3.0 that hold keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Root,
    Info,
    Server,
    Variable,
    Components,
    SecurityScheme,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    Response,
    MediaType,
    Encoding,
    Discriminator,
    Schema,
}

/// What a change of one keyword means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) keyword: &'static str,
    pub(crate) rule: Rule,
    pub(crate) why: &'static str,
}

/// How the two values of a keyword are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// The walk looks inside.
    Walked,
    /// Any change has this effect.
    Always(Effect),
    /// True or false, false by default: the effects of becoming true and of becoming false.
    Flag(Effect, Effect),
    /// The same, for one side alone; to the other side it is words.
    FlagOn(Side, Effect, Effect),
    /// A restriction: without it everything is allowed, and two of them cannot be compared.
    Restricts,
    /// An upper limit: a greater one is wider.
    AtMost,
    /// A lower limit: a greater one is narrower.
    AtLeast,
    /// The same for a count of things: without it the limit is 0.
    CountsAtLeast,
    /// The effect depends on both values; nothing where they mean the same.
    Compared(fn(Option<&Value>, Option<&Value>) -> Option<Effect>),
    /// Part of how a value is written on the wire; where it is absent, the object that holds it
    /// tells the default.
    OnTheWire(fn(&Value) -> Value),
}

use Effect::{Different, Narrower, News, Wider, Words};
use Rule::{
    Always, AtLeast, AtMost, Compared, CountsAtLeast, Flag, FlagOn, OnTheWire, Restricts, Walked,
};

const fn row(keyword: &'static str, rule: Rule, why: &'static str) -> Row {
    Row { keyword, rule, why }
}

const FOR_PEOPLE: &str = "words for people; nothing on the wire depends on them";
const INSIDE: &str = "each thing inside it is judged alone";
const DEPRECATED: &str = "it works as before; callers have news to act upon, as semver has it";

const ROOT: &[Row] = &[
    row(
        "openapi",
        Compared(values::specification),
        "a patch release of the specification only clears up its words; another one gives the \
         same keywords other meanings",
    ),
    row("info", Walked, INSIDE),
    row("servers", Walked, INSIDE),
    row("security", Walked, INSIDE),
    row("paths", Walked, INSIDE),
    row(
        "components",
        Walked,
        "a component counts where it is used; its name does not reach the wire",
    ),
    row("tags", Always(Words), FOR_PEOPLE),
    row("externalDocs", Always(Words), FOR_PEOPLE),
];

const INFO: &[Row] = &[
    row("title", Always(Words), FOR_PEOPLE),
    row("description", Always(Words), FOR_PEOPLE),
    row("termsOfService", Always(Words), FOR_PEOPLE),
    row("contact", Always(Words), FOR_PEOPLE),
    row("license", Always(Words), FOR_PEOPLE),
    row(
        "version",
        Always(Words),
        "it follows from the other changes, and is held against them",
    ),
];

const SERVER: &[Row] = &[
    row(
        "url",
        Always(Words),
        "servers are told apart by it: another url is another server",
    ),
    row("description", Always(Words), FOR_PEOPLE),
    row("variables", Walked, INSIDE),
];

const VARIABLE: &[Row] = &[
    row(
        "enum",
        Walked,
        "the caller picks the value: one more is a choice, one less a host that is gone",
    ),
    row(
        "default",
        Compared(values::promise),
        "callers who say nothing reach another host",
    ),
    row("description", Always(Words), FOR_PEOPLE),
];

const COMPONENTS: &[Row] = &[
    row("schemas", Walked, INSIDE),
    row("responses", Walked, INSIDE),
    row("parameters", Walked, INSIDE),
    row("requestBodies", Walked, INSIDE),
    row("headers", Walked, INSIDE),
    row("securitySchemes", Walked, INSIDE),
    row("callbacks", Walked, INSIDE),
    row("examples", Always(Words), FOR_PEOPLE),
    row("links", Compared(values::promise), LINKS),
];

const LINKS: &str = "clients may be made that follow links; a new one harms nobody";

const SECURITY_SCHEME: &[Row] = &[
    row("type", Always(Different), KEYS_GO_ELSEWHERE),
    row("scheme", Always(Different), KEYS_GO_ELSEWHERE),
    row("in", Always(Different), KEYS_GO_ELSEWHERE),
    row("name", Always(Different), KEYS_GO_ELSEWHERE),
    row("openIdConnectUrl", Always(Different), KEYS_GO_ELSEWHERE),
    row(
        "flows",
        Always(Different),
        "coarse: a flow or a scope more would harm nobody, but telling that is not worth a rule yet",
    ),
    row(
        "bearerFormat",
        Always(Words),
        "a hint by the words of the specification: the server makes the tokens",
    ),
    row("description", Always(Words), FOR_PEOPLE),
];

const KEYS_GO_ELSEWHERE: &str = "callers would send their keys in the wrong way";

const PATH_ITEM: &[Row] = &[
    row("summary", Always(Words), FOR_PEOPLE),
    row("description", Always(Words), FOR_PEOPLE),
    row(
        "servers",
        Walked,
        "each operation has them if it has none of its own",
    ),
    row(
        "parameters",
        Walked,
        "each operation has them if it does not override them",
    ),
    row("get", Walked, INSIDE),
    row("put", Walked, INSIDE),
    row("post", Walked, INSIDE),
    row("delete", Walked, INSIDE),
    row("options", Walked, INSIDE),
    row("head", Walked, INSIDE),
    row("patch", Walked, INSIDE),
    row("trace", Walked, INSIDE),
];

const OPERATION: &[Row] = &[
    row(
        "operationId",
        Compared(values::promise),
        "generated clients name their methods after it",
    ),
    row("tags", Always(Words), FOR_PEOPLE),
    row("summary", Always(Words), FOR_PEOPLE),
    row("description", Always(Words), FOR_PEOPLE),
    row("externalDocs", Always(Words), FOR_PEOPLE),
    row("deprecated", Flag(News, News), DEPRECATED),
    row("parameters", Walked, INSIDE),
    row("requestBody", Walked, INSIDE),
    row("responses", Walked, INSIDE),
    row(
        "callbacks",
        Walked,
        "requests that the service makes: the sides change places",
    ),
    row("security", Walked, INSIDE),
    row("servers", Walked, INSIDE),
];

const REQUIRED: &str = "what has to be there is refused without it, and can be relied on";
const WRITTEN: &str = "the same value is written in another way on the wire";
const EMPTY_VALUE: &str = "without it a name with nothing behind it is refused";
const RESERVED: &str = "without it reserved characters have to be percent-encoded; encoded ones \
                        are understood either way";
const CONTENT: &str = "which types there are is a choice of the caller's: one more is a choice, \
                       one less a choice that is gone";
const ONE_CONTENT: &str = "there is one type, and it tells how the value is written";

const PARAMETER: &[Row] = &[
    row(
        "name",
        Always(Words),
        "parameters are told apart by it; headers know no case",
    ),
    row("in", Always(Words), "parameters are told apart by it"),
    row("description", Always(Words), FOR_PEOPLE),
    row("required", Flag(Narrower, Wider), REQUIRED),
    row("deprecated", Flag(News, News), DEPRECATED),
    row("allowEmptyValue", Flag(Wider, Narrower), EMPTY_VALUE),
    row("style", OnTheWire(values::style_of_parameter), WRITTEN),
    row("explode", OnTheWire(values::explode_of_parameter), WRITTEN),
    row("allowReserved", Flag(Wider, Narrower), RESERVED),
    row("schema", Walked, INSIDE),
    row("content", Walked, ONE_CONTENT),
    row("example", Always(Words), FOR_PEOPLE),
    row("examples", Always(Words), FOR_PEOPLE),
];

const HEADER: &[Row] = &[
    row("description", Always(Words), FOR_PEOPLE),
    row("required", Flag(Narrower, Wider), REQUIRED),
    row("deprecated", Flag(News, News), DEPRECATED),
    row("allowEmptyValue", Flag(Wider, Narrower), EMPTY_VALUE),
    row("style", OnTheWire(values::style_of_header), WRITTEN),
    row("explode", OnTheWire(values::explode_of_header), WRITTEN),
    row("allowReserved", Flag(Wider, Narrower), RESERVED),
    row("schema", Walked, INSIDE),
    row("content", Walked, ONE_CONTENT),
    row("example", Always(Words), FOR_PEOPLE),
    row("examples", Always(Words), FOR_PEOPLE),
];

const REQUEST_BODY: &[Row] = &[
    row("description", Always(Words), FOR_PEOPLE),
    row("content", Walked, CONTENT),
    row("required", Flag(Narrower, Wider), REQUIRED),
];

const RESPONSE: &[Row] = &[
    row("description", Always(Words), FOR_PEOPLE),
    row("headers", Walked, INSIDE),
    row("content", Walked, CONTENT),
    row("links", Compared(values::promise), LINKS),
];

const MEDIA_TYPE: &[Row] = &[
    row("schema", Walked, INSIDE),
    row("example", Always(Words), FOR_PEOPLE),
    row("examples", Always(Words), FOR_PEOPLE),
    row("encoding", Walked, INSIDE),
];

const ENCODING: &[Row] = &[
    row("contentType", Always(Different), WRITTEN),
    row("headers", Walked, INSIDE),
    row("style", OnTheWire(values::style_of_encoding), WRITTEN),
    row("explode", OnTheWire(values::explode_of_encoding), WRITTEN),
    row("allowReserved", Flag(Wider, Narrower), RESERVED),
];

const DISCRIMINATOR: &[Row] = &[
    row(
        "propertyName",
        Always(Different),
        "it says which property tells the variants apart",
    ),
    row(
        "mapping",
        Walked,
        "a variant that goes by another name is another variant; without a mapping the names of \
         the components are the names",
    ),
];

const LIMIT: &str = "a limit is a promise to readers and a condition for callers";
const COMPOSED: &str = "a value obeys all of `allOf`, and some of `anyOf` and `oneOf`: one more \
                        narrows the one and widens the others";

const SCHEMA: &[Row] = &[
    row("title", Always(Words), FOR_PEOPLE),
    row("description", Always(Words), FOR_PEOPLE),
    row("example", Always(Words), FOR_PEOPLE),
    row("externalDocs", Always(Words), FOR_PEOPLE),
    row("deprecated", Flag(News, News), DEPRECATED),
    row(
        "type",
        Compared(values::type_of),
        "a number may be an integer; otherwise no type holds values of another",
    ),
    row(
        "format",
        Compared(values::format),
        "a format restricts; the 64-bit ones hold all values of the 32-bit ones",
    ),
    row(
        "enum",
        Walked,
        "requests hold listed values alone; so do replies, unless `x-open-enum` warned \
         their readers",
    ),
    row(
        "x-open-enum",
        FlagOn(Side::Reply, Wider, Narrower),
        "readers of a reply may meet any value from now on; requests stay closed",
    ),
    row(
        "x-secret",
        Compared(values::secret),
        "hiding more harms nobody; hiding less shows what callers relied on not to be shown",
    ),
    row(
        "default",
        Compared(values::promise),
        "it is what a caller means, and what a reader may assume, where the value is absent",
    ),
    row("nullable", Flag(Wider, Narrower), "null is one more value"),
    row("maximum", AtMost, LIMIT),
    row("exclusiveMaximum", Flag(Narrower, Wider), LIMIT),
    row("minimum", AtLeast, LIMIT),
    row("exclusiveMinimum", Flag(Narrower, Wider), LIMIT),
    row(
        "multipleOf",
        Compared(values::multiple_of),
        "multiples of 4 are multiples of 2",
    ),
    row("maxLength", AtMost, LIMIT),
    row("minLength", CountsAtLeast, LIMIT),
    row(
        "pattern",
        Restricts,
        "which of two patterns matches more is not to be told",
    ),
    row("maxItems", AtMost, LIMIT),
    row("minItems", CountsAtLeast, LIMIT),
    row("uniqueItems", Flag(Narrower, Wider), LIMIT),
    row("maxProperties", AtMost, LIMIT),
    row("minProperties", CountsAtLeast, LIMIT),
    row("required", Walked, REQUIRED),
    row(
        "properties",
        Walked,
        "a property that is gone is missed by readers and refused or ignored in requests; a new \
         one harms nobody unless it is required of callers or the old contract ruled it out",
    ),
    row(
        "additionalProperties",
        Walked,
        "without it any other property is allowed",
    ),
    row("items", Walked, INSIDE),
    row("allOf", Walked, COMPOSED),
    row("anyOf", Walked, COMPOSED),
    row("oneOf", Walked, COMPOSED),
    row(
        "not",
        Walked,
        "what is ruled out cannot be compared: any change is another rule",
    ),
    row("discriminator", Walked, INSIDE),
    row(
        "readOnly",
        FlagOn(Side::Request, Different, News),
        "requests do not hold it any more; replies do, as before",
    ),
    row(
        "writeOnly",
        FlagOn(Side::Reply, Different, News),
        "replies do not hold it any more; requests do, as before",
    ),
    row("xml", Always(Different), WRITTEN),
];

impl Kind {
    /// The rows of this kind of object.
    pub(crate) fn rows(self) -> &'static [Row] {
        match self {
            Self::Root => ROOT,
            Self::Info => INFO,
            Self::Server => SERVER,
            Self::Variable => VARIABLE,
            Self::Components => COMPONENTS,
            Self::SecurityScheme => SECURITY_SCHEME,
            Self::PathItem => PATH_ITEM,
            Self::Operation => OPERATION,
            Self::Parameter => PARAMETER,
            Self::Header => HEADER,
            Self::RequestBody => REQUEST_BODY,
            Self::Response => RESPONSE,
            Self::MediaType => MEDIA_TYPE,
            Self::Encoding => ENCODING,
            Self::Discriminator => DISCRIMINATOR,
            Self::Schema => SCHEMA,
        }
    }

    /// The row of `keyword`; extensions without one are words for the tools that know them.
    pub(crate) fn row(self, keyword: &str) -> Option<Row> {
        const EXTENSION: Row = row("x-", Always(Words), "an extension that no rule here knows");
        let rows = self.rows().iter();
        rows.copied()
            .find(|row| row.keyword == keyword)
            .or_else(|| keyword.starts_with("x-").then_some(EXTENSION))
    }
}

impl Rule {
    /// The effect of a change of `keyword` from `old` to `new`, which are the objects that hold
    /// it; nothing where it means the same, and where the walk looks inside.
    pub(crate) fn effect(
        self,
        keyword: &str,
        side: Side,
        old: &Value,
        new: &Value,
    ) -> Option<Effect> {
        let (from, to) = (old.get(keyword), new.get(keyword));
        let flag = |on, off| match (values::flag(from), values::flag(to)) {
            (Some(from), Some(to)) if from == to => None,
            (Some(_), Some(true)) => Some(on),
            (Some(_), Some(false)) => Some(off),
            _ => Some(Different),
        };
        if from == to {
            return None;
        }
        match self {
            Walked => None,
            Always(effect) => Some(effect),
            Flag(on, off) => flag(on, off),
            FlagOn(its, on, off) if its == side => flag(on, off),
            FlagOn(..) => flag(Words, Words),
            Restricts => Some(values::restriction(from, to)),
            AtMost => Some(values::at_most(from, to)),
            AtLeast => Some(values::at_least(from, to)),
            CountsAtLeast => {
                let zero = Value::from(0);
                let from = from.or(Some(&zero));
                let to = to.or(Some(&zero));
                (from != to).then(|| values::at_least(from, to))
            }
            Compared(compare) => compare(from, to),
            OnTheWire(default) => {
                let from = from.cloned().unwrap_or_else(|| default(old));
                let to = to.cloned().unwrap_or_else(|| default(new));
                (from != to).then_some(Different)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The fixed fields of OpenAPI 3.0.3, object by object; `$ref` is followed everywhere.
    const SPECIFICATION: [(Kind, &str); 16] = [
        (
            Kind::Root,
            "openapi info servers paths components security tags externalDocs",
        ),
        (
            Kind::Info,
            "title description termsOfService contact license version",
        ),
        (Kind::Server, "url description variables"),
        (Kind::Variable, "enum default description"),
        (
            Kind::Components,
            "schemas responses parameters examples requestBodies headers securitySchemes links \
             callbacks",
        ),
        (
            Kind::SecurityScheme,
            "type description name in scheme bearerFormat flows openIdConnectUrl",
        ),
        (
            Kind::PathItem,
            "summary description get put post delete options head patch trace servers parameters",
        ),
        (
            Kind::Operation,
            "tags summary description externalDocs operationId parameters requestBody responses \
             callbacks deprecated security servers",
        ),
        (
            Kind::Parameter,
            "name in description required deprecated allowEmptyValue style explode allowReserved \
             schema example examples content",
        ),
        (
            Kind::Header,
            "description required deprecated allowEmptyValue style explode allowReserved schema \
             example examples content",
        ),
        (Kind::RequestBody, "description content required"),
        (Kind::Response, "description headers content links"),
        (Kind::MediaType, "schema example examples encoding"),
        (
            Kind::Encoding,
            "contentType headers style explode allowReserved",
        ),
        (Kind::Discriminator, "propertyName mapping"),
        (
            Kind::Schema,
            "title multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength \
             minLength pattern maxItems minItems uniqueItems maxProperties minProperties required \
             enum type allOf oneOf anyOf not items properties additionalProperties description \
             format default nullable discriminator readOnly writeOnly xml externalDocs example \
             deprecated x-open-enum x-secret",
        ),
    ];

    #[test]
    fn every_keyword_of_the_specification_has_one_row_and_a_reason() {
        for (kind, fields) in SPECIFICATION {
            let fields: BTreeSet<&str> = fields.split_whitespace().collect();
            let rows: BTreeSet<&str> = kind.rows().iter().map(|row| row.keyword).collect();
            assert_eq!(rows, fields, "{kind:?}");
            assert_eq!(
                rows.len(),
                kind.rows().len(),
                "{kind:?}: a keyword has two rows"
            );
            assert!(
                kind.rows().iter().all(|row| !row.why.is_empty()),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn extensions_are_words_and_other_unknown_keywords_have_no_row() {
        assert!(matches!(
            Kind::Schema.row("x-order").unwrap().rule,
            Always(Words)
        ));
        assert!(Kind::Schema.row("const").is_none());
    }
}
