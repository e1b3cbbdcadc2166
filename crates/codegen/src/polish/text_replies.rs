//! Replies are decoded as text.
//!
//! The runtime of the generator decodes bytes, and checks each string of them for UTF-8 on its own:
//! a fifth of the time that a page takes. Here the reply is checked once, as a whole.

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprCall, parse_quote};

pub(super) fn decode(file: &mut syn::File) {
    let mut decode = Decode { is_needed: false };
    decode.visit_file_mut(file);
    if decode.is_needed {
        file.items.push(parse_quote! {
            /// Decodes a reply, which is text.
            async fn decode<T: ::serde::de::DeserializeOwned, E>(
                response: ::reqwest::Response,
            ) -> Result<ResponseValue<T>, Error<E>> {
                let status = response.status();
                let headers = response.headers().clone();
                let body = response.bytes().await.map_err(Error::ResponseBodyError)?;
                let decoded = ::std::str::from_utf8(&body)
                    .map_err(::serde::de::Error::custom)
                    .and_then(::serde_json::from_str);
                match decoded {
                    Ok(inner) => Ok(ResponseValue::new(inner, status, headers)),
                    Err(error) => Err(Error::InvalidResponsePayload(body, error)),
                }
            }
        });
    }
}

struct Decode {
    /// Whether there is a reply to decode.
    is_needed: bool,
}

impl VisitMut for Decode {
    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        let decodes = matches!(&*call.func, Expr::Path(function)
            if function.path.segments.last().is_some_and(|last| last.ident == "from_response"));
        if decodes {
            *call.func = parse_quote!(super::decode);
            self.is_needed = true;
        }
        visit_mut::visit_expr_call_mut(self, call);
    }
}
