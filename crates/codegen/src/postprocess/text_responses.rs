//! Responses are decoded as text.
//!
//! The runtime of the generator decodes bytes, and checks each string of them for UTF-8 on its own:
//! a fifth of the time that a page takes. `crate::wire::decode` checks the response once, as a whole.

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprCall, parse_quote};

pub(super) fn decode(file: &mut syn::File) {
    Decode.visit_file_mut(file);
}

struct Decode;

impl VisitMut for Decode {
    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        let decodes = matches!(&*call.func, Expr::Path(function)
            if function.path.segments.last().is_some_and(|last| last.ident == "from_response"));
        if decodes {
            *call.func = parse_quote!(crate::wire::decode);
        }
        visit_mut::visit_expr_call_mut(self, call);
    }
}
