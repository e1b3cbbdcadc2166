//! Gives a property that has another name in the view the name that it has on the wire.

use syn::Attribute;
use syn::parse::Parser;
use syn::visit_mut::VisitMut;

use crate::view::{EXTRA, EXTRA_PROPERTY};

pub(super) fn give_back(file: &mut syn::File) {
    GiveBack.visit_file_mut(file);
}

struct GiveBack;

impl VisitMut for GiveBack {
    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if let Some(name) = super::wire_name(attribute)
            && name.value() == EXTRA_PROPERTY
        {
            let text = quote::quote!(#attribute).to_string();
            let text = text.replace(&format!("{EXTRA_PROPERTY:?}"), &format!("{EXTRA:?}"));
            if let Ok(mended) = Attribute::parse_outer.parse_str(&text) {
                mended.into_iter().for_each(|mended| *attribute = mended);
            }
        }
    }
}
