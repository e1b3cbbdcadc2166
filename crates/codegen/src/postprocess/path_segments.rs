//! Parameters of a path are one segment of it.
//!
//! The runtime of the generator leaves a backslash as it is, which is a slash in a URL; and no
//! encoding keeps an empty segment or `..` from being another path. `crate::wire::path_segment`
//! encodes the first and refuses the others.

use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprCall, Macro, Token, parse_quote};

pub(super) fn encode(file: &mut syn::File) {
    Encode.visit_file_mut(file);
}

struct Encode;

impl VisitMut for Encode {
    /// The calls stand among the arguments of `format!`, which are mere tokens until they are read.
    fn visit_macro_mut(&mut self, called: &mut Macro) {
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
        if called.path.is_ident("format")
            && let Ok(mut arguments) = called.parse_body_with(arguments)
        {
            for argument in &mut arguments {
                self.visit_expr_mut(argument);
            }
            called.tokens = quote::quote!(#arguments);
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Call(ExprCall { func, args, .. }) = expr
            && matches!(&**func, Expr::Path(function) if function.path.is_ident("encode_path"))
        {
            *expr = parse_quote!(crate::wire::path_segment(#args).map_err(Error::InvalidRequest)?);
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}
