//! What changed between two texts of a public API, and for whom.
//!
//! Each text is taken apart into facts that a program may rely on. A fact that is gone breaks
//! programs, one that is new does not, but for what a program may have spelled out in full: the
//! variants of an enum, the fields of a struct, the methods of a trait. Where the rules cannot tell
//! they say breaking, so a person may know better; nothing that breaks passes for less.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context as _, Result};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Field, Fields, Item, ItemConst, Meta, PatType, Receiver, TraitItem, Type,
    parse_quote,
};

use super::is_public;
use crate::diff::Class;

/// A fact that is there in one of two texts alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) class: Class,
    /// The public path.
    path: String,
    fact: String,
    is_new: bool,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_new { '+' } else { '-' };
        write!(f, "{} {sign} {}: {}", self.class, self.path, self.fact)
    }
}

/// The changes from `old` to `new`, each a text as [`surface`](super::surface) writes it.
pub(crate) fn changes(old: &str, new: &str) -> Result<Vec<Change>> {
    let old = read(old).context("the old text")?;
    let new = read(new).context("the new text")?;
    let none = Facts::new();
    let mut changes = Vec::new();
    for (path, facts) in &old {
        let kept = new.get(path).unwrap_or(&none);
        for fact in facts.keys().filter(|fact| !kept.contains_key(*fact)) {
            changes.push(Change {
                class: Class::Breaking,
                path: path.clone(),
                fact: fact.clone(),
                is_new: false,
            });
        }
    }
    for (path, facts) in &new {
        let known = old.get(path).unwrap_or(&none);
        for (fact, added) in facts.iter().filter(|(fact, _)| !known.contains_key(*fact)) {
            changes.push(Change {
                class: match added {
                    // Nobody relies on what was not there at all.
                    _ if known.is_empty() => Class::Compatible,
                    Added::Harmless => Class::Compatible,
                    Added::Grows if !known.contains_key(WHOLE) => Class::Compatible,
                    Added::Grows | Added::Breaks => Class::Breaking,
                },
                path: path.clone(),
                fact: fact.clone(),
                is_new: true,
            });
        }
    }
    Ok(changes)
}

/// What holds at one path, with what it means if it is new there.
type Facts = BTreeMap<String, Added>;

/// What it means that a fact is added to what is there.
#[derive(Clone, Copy, Debug)]
enum Added {
    Harmless,
    /// It breaks who has spelled out the whole.
    Grows,
    Breaks,
}

/// Of a type: all its variants or fields are known, and none comes unnoticed.
const WHOLE: &str = "can be spelled out in full";

fn read(text: &str) -> Result<BTreeMap<String, Facts>> {
    let mut sections: Vec<(&str, String)> = vec![("", String::new())];
    // The first line says how the text is written.
    for line in text.lines().skip(1) {
        match (line.strip_prefix("# "), sections.last_mut()) {
            (Some(path), _) => sections.push((path, String::new())),
            (None, Some((_, body))) => {
                body.push_str(line);
                body.push('\n');
            }
            (None, None) => {}
        }
    }
    let mut paths = BTreeMap::new();
    for (path, body) in sections {
        let mut file = syn::parse_file(&body).with_context(|| format!("at `{path}`"))?;
        Essence.visit_file_mut(&mut file);
        let mut facts = Facts::new();
        for item in file.items {
            add(item, &mut facts);
        }
        paths.insert(path.to_owned(), facts);
    }
    Ok(paths)
}

fn add(item: Item, facts: &mut Facts) {
    match item {
        Item::Enum(mut item) => {
            let is_open = take_attributes(&mut item.attrs, facts);
            if !is_open {
                facts.insert(WHOLE.to_owned(), Added::Harmless);
            }
            for variant in std::mem::take(&mut item.variants) {
                facts.insert(text(&variant), Added::Grows);
            }
            facts.insert(text(&item), Added::Breaks);
        }
        Item::Struct(mut item) => {
            let is_open = take_attributes(&mut item.attrs, facts);
            if !is_open && !item.fields.iter().any(is_private) {
                facts.insert(WHOLE.to_owned(), Added::Harmless);
            }
            let is_tuple = matches!(item.fields, Fields::Unnamed(_));
            let fields = std::mem::replace(&mut item.fields, Fields::Unit);
            for (at, field) in fields.iter().enumerate() {
                if !is_private(field) {
                    let at = is_tuple.then(|| syn::Index::from(at));
                    facts.insert(text(&quote!(#at #field)), Added::Grows);
                }
            }
            facts.insert(text(&item), Added::Breaks);
        }
        Item::Trait(mut item) => {
            take_attributes(&mut item.attrs, facts);
            // A supertrait that nobody outside can name: nobody outside implements the trait.
            let is_sealed = text(&item.supertraits).contains("Sealed");
            for member in std::mem::take(&mut item.items) {
                let is_optional = match &member {
                    TraitItem::Const(member) => member.default.is_some(),
                    TraitItem::Fn(member) => member.default.is_some(),
                    _ => false,
                };
                facts.insert(text(&member), harmless(is_sealed || is_optional));
            }
            facts.insert(text(&item), Added::Breaks);
        }
        Item::Impl(mut item) if item.trait_.is_none() => {
            for member in std::mem::take(&mut item.items) {
                let mut holder = item.clone();
                holder.items.push(member);
                facts.insert(text(&holder), Added::Harmless);
            }
        }
        // What is added to a path beside what is there, such as a trait that is implemented.
        item => drop(facts.insert(text(&item), Added::Harmless)),
    }
}

fn text(item: &impl ToTokens) -> String {
    item.to_token_stream().to_string()
}

fn harmless(is_harmless: bool) -> Added {
    if is_harmless {
        Added::Harmless
    } else {
        Added::Breaks
    }
}

/// Makes facts of the attributes of a type, and says whether it may grow.
fn take_attributes(attributes: &mut Vec<Attribute>, facts: &mut Facts) -> bool {
    let mut is_open = false;
    for attribute in std::mem::take(attributes) {
        match &attribute.meta {
            Meta::Path(path) if path.is_ident("non_exhaustive") => is_open = true,
            Meta::List(list) if list.path.is_ident("derive") => {
                let parser = Punctuated::<syn::Path, syn::Token![,]>::parse_terminated;
                for path in list.parse_args_with(parser).into_iter().flatten() {
                    facts.insert(format!("derives {}", text(&path)), Added::Harmless);
                }
            }
            meta => {
                let added = harmless(!meta.path().is_ident("cfg"));
                facts.insert(text(&attribute), added);
            }
        }
    }
    is_open
}

/// Whether the text has the field only to say that there is one.
fn is_private(field: &Field) -> bool {
    let is_nothing = matches!(&field.ty, Type::Tuple(tuple) if tuple.elems.is_empty());
    is_nothing && !is_public(&field.vis)
}

/// Leaves what programs can rely on.
struct Essence;

impl VisitMut for Essence {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        // Warnings, no more.
        attributes.retain(|attribute| {
            let path = attribute.path();
            !path.is_ident("must_use") && !path.is_ident("deprecated")
        });
    }

    fn visit_item_const_mut(&mut self, item: &mut ItemConst) {
        // Values follow the contract.
        *item.expr = parse_quote!(_);
    }

    fn visit_pat_type_mut(&mut self, parameter: &mut PatType) {
        // Nobody names a parameter in a call.
        *parameter.pat = parse_quote!(_);
        visit_mut::visit_pat_type_mut(self, parameter);
    }

    fn visit_receiver_mut(&mut self, receiver: &mut Receiver) {
        // That of the binding; that of a reference stands elsewhere.
        receiver.mutability = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKING: Option<Class> = Some(Class::Breaking);
    const COMPATIBLE: Option<Class> = Some(Class::Compatible);

    fn worst(old: &str, new: &str) -> Option<Class> {
        let page = |body: &str| format!("# The first line.\n{body}");
        let changes = changes(&page(old), &page(new)).unwrap();
        changes.iter().map(|change| change.class).max()
    }

    #[test]
    fn changes_and_whom_they_break() {
        for (old, new, there, back) in [
            // Equal for every program.
            (
                "# f\npub fn f(a: u8) {}",
                "# f\npub fn f(b: u8) {}",
                None,
                None,
            ),
            (
                "# f\npub fn f() {}",
                "# f\n#[must_use]\npub fn f() {}",
                None,
                None,
            ),
            (
                "# A\npub struct A;\nimpl A {\n    pub fn f(self) {}\n}",
                "# A\npub struct A;\nimpl A {\n    #[deprecated]\n    pub fn f(mut self) {}\n}",
                None,
                None,
            ),
            (
                "# A\npub const A: u8 = 1;",
                "# A\npub const A: u8 = 2;",
                None,
                None,
            ),
            // A path, a re-export.
            ("", "# f\npub fn f() {}", COMPATIBLE, BREAKING),
            ("", "# A\npub enum A {\n    B,\n}", COMPATIBLE, BREAKING),
            ("", "pub use a::B;", COMPATIBLE, BREAKING),
            // Signatures.
            (
                "# f\npub fn f(a: u8) {}",
                "# f\npub fn f(a: u16) {}",
                BREAKING,
                BREAKING,
            ),
            (
                "# f\npub fn f() {}",
                "# f\npub async fn f() {}",
                BREAKING,
                BREAKING,
            ),
            (
                "# A\npub const A: u8 = 1;",
                "# A\npub const A: u16 = 1;",
                BREAKING,
                BREAKING,
            ),
            (
                "# A\npub type A = u8;",
                "# A\npub type A = u16;",
                BREAKING,
                BREAKING,
            ),
            (
                "# A\npub struct A;",
                "# A\npub struct A<T>;",
                BREAKING,
                BREAKING,
            ),
            (
                "# f\npub fn f() {}",
                "# f\n#[cfg(feature = \"x\")]\npub fn f() {}",
                BREAKING,
                BREAKING,
            ),
            // Enums.
            (
                "# A\npub enum A {\n    B,\n}",
                "# A\npub enum A {\n    B,\n    C,\n}",
                BREAKING,
                BREAKING,
            ),
            (
                "# A\n#[non_exhaustive]\npub enum A {\n    B,\n}",
                "# A\n#[non_exhaustive]\npub enum A {\n    B,\n    C,\n}",
                COMPATIBLE,
                BREAKING,
            ),
            (
                "# A\n#[non_exhaustive]\npub enum A {\n    B,\n}",
                "# A\npub enum A {\n    B,\n}",
                COMPATIBLE,
                BREAKING,
            ),
            // Structs.
            (
                "# A\npub struct A {\n    pub a: u8,\n}",
                "# A\npub struct A {\n    pub a: u8,\n    pub b: u8,\n}",
                BREAKING,
                BREAKING,
            ),
            (
                "# A\npub struct A {\n    pub a: u8,\n}",
                "# A\npub struct A {\n    pub a: u8,\n    _private: (),\n}",
                BREAKING,
                COMPATIBLE,
            ),
            (
                "# A\npub struct A {\n    _private: (),\n}",
                "# A\npub struct A {\n    pub a: u8,\n    _private: (),\n}",
                COMPATIBLE,
                BREAKING,
            ),
            (
                "# A\n#[non_exhaustive]\npub struct A {\n    pub a: u8,\n}",
                "# A\n#[non_exhaustive]\npub struct A {\n    pub a: u8,\n    pub b: u8,\n}",
                COMPATIBLE,
                BREAKING,
            ),
            (
                "# A\npub struct A(());",
                "# A\npub struct A(pub u8);",
                COMPATIBLE,
                BREAKING,
            ),
            (
                "# A\npub struct A(pub u8);",
                "# A\npub struct A(pub u16);",
                BREAKING,
                BREAKING,
            ),
            (
                "# A\npub struct A(pub u8);",
                "# A\npub struct A(pub ());",
                BREAKING,
                BREAKING,
            ),
            (
                "# A\n#[derive(Debug)]\npub struct A(());",
                "# A\n#[derive(Clone, Debug)]\npub struct A(());",
                COMPATIBLE,
                BREAKING,
            ),
            (
                "# A\npub struct A {\n    pub a: u8,\n    _private: (),\n}",
                "# A\npub struct A {\n    pub a: u8,\n    pub b: u8,\n}",
                COMPATIBLE,
                BREAKING,
            ),
            // Traits.
            (
                "# A\npub trait A {}",
                "# A\npub trait A {\n    fn f(&self);\n}",
                BREAKING,
                BREAKING,
            ),
            (
                "# A\npub trait A {}",
                "# A\npub trait A {\n    fn f(&self) {}\n}",
                COMPATIBLE,
                BREAKING,
            ),
            (
                "# A\npub trait A: private::Sealed {}",
                "# A\npub trait A: private::Sealed {\n    fn f(&self);\n}",
                COMPATIBLE,
                BREAKING,
            ),
            (
                "# A\npub trait A {}",
                "# A\npub trait A: Send {}",
                BREAKING,
                BREAKING,
            ),
            // What is implemented.
            (
                "# A\npub struct A;",
                "# A\npub struct A;\nimpl Default for A {}",
                COMPATIBLE,
                BREAKING,
            ),
            (
                "# A\npub struct A;\nimpl Iterator for A {\n    type Item = u8;\n}",
                "# A\npub struct A;\nimpl Iterator for A {\n    type Item = u16;\n}",
                BREAKING,
                BREAKING,
            ),
            (
                "# A\npub struct A;\nimpl A {\n    pub fn f(&self) {}\n}",
                "# A\npub struct A;\nimpl A {\n    pub fn f(&self) {}\n    pub fn g(&self) {}\n}",
                COMPATIBLE,
                BREAKING,
            ),
            (
                "# A\npub struct A;\nimpl A {\n    pub fn f(&self) {}\n}",
                "# A\npub struct A;\nimpl A {\n    pub fn f(&mut self) {}\n}",
                BREAKING,
                BREAKING,
            ),
        ] {
            assert_eq!(worst(old, old), None, "{old}");
            assert_eq!(worst(old, new), there, "from\n{old}\nto\n{new}");
            assert_eq!(worst(new, old), back, "from\n{new}\nto\n{old}");
        }
    }

    #[test]
    fn a_change_is_told_with_its_place() {
        let old = "#\n\n# A::B\npub struct B {\n    pub a: u8,\n}\n";
        let told = changes(old, "#\n").unwrap();
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "breaking - A::B: can be spelled out in full",
                "breaking - A::B: pub a : u8",
                "breaking - A::B: pub struct B ;",
            ]
        );
    }

    #[test]
    fn a_text_that_is_no_rust_names_its_place() {
        let error = changes("#\n# A\nstruct", "#\n").unwrap_err();
        assert!(
            format!("{error:#}").starts_with("the old text: at `A`: "),
            "{error:#}"
        );
    }
}
