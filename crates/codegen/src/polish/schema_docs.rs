//! Each generated type carries its JSON schema in its docs. That is the schema of the generator
//! view, which is not what the service promises, so it goes.

use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, parse_quote};

pub(super) fn drop_view_schemas(file: &mut syn::File) {
    DropSchemas.visit_file_mut(file);
}

struct DropSchemas;

impl VisitMut for DropSchemas {
    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        let Some(text) = doc_text(attribute) else {
            return;
        };
        if let Some(start) = text.find("<details><summary>JSON schema</summary>") {
            let kept = text[..start].trim_end().to_owned();
            *attribute = parse_quote!(#[doc = #kept]);
        }
    }
}

fn doc_text(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
