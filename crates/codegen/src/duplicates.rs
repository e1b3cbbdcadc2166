//! The last check: no name stands twice in one place of the generated code.
//!
//! The generator does not mind that two names of the contract (`a-b` and `a_b`) give one in Rust,
//! or that a schema in place gets the name of a component.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{FieldsNamed, Ident, Item, ItemEnum, ItemImpl, ItemMod};

use crate::error::{Error, Result};

pub(crate) fn check(file: &syn::File) -> Result<()> {
    let mut finder = Finder::default();
    finder.visit_file(file);
    match finder.found {
        Some(name) => {
            let reason = format!("two things would be called `{name}` in the generated code");
            Err(Error::new("", reason))
        }
        None => Ok(()),
    }
}

#[derive(Default)]
struct Finder {
    found: Option<String>,
}

impl Finder {
    fn look<'a>(&mut self, owner: &str, names: impl Iterator<Item = &'a Ident>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name) && self.found.is_none() {
                self.found = Some(format!("{owner}{name}"));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        let items = module.content.iter().flat_map(|(_, items)| items);
        let types = items.filter_map(|item| match item {
            Item::Struct(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            _ => None,
        });
        self.look(&format!("{}::", module.ident), types);
        visit::visit_item_mod(self, module);
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        let owner = format!("{}::", item.ident);
        self.look(&owner, item.variants.iter().map(|variant| &variant.ident));
        visit::visit_item_enum(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let functions = item.items.iter().filter_map(|member| match member {
            syn::ImplItem::Fn(function) => Some(&function.sig.ident),
            _ => None,
        });
        self.look("", functions);
        visit::visit_item_impl(self, item);
    }

    fn visit_fields_named(&mut self, fields: &'ast FieldsNamed) {
        self.look(
            "",
            fields.named.iter().filter_map(|field| field.ident.as_ref()),
        );
    }
}
