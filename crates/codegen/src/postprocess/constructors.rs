//! The generated `Client::new` builds its own HTTP client and panics where that fails, as it does
//! without a TLS provider. Only the constructor that takes an HTTP client is kept.

use syn::{ImplItem, Item, Type};

pub(super) fn drop_panicking(file: &mut syn::File) {
    for item in &mut file.items {
        let Item::Impl(item) = item else { continue };
        let of_client = matches!(&*item.self_ty, Type::Path(ty) if ty.path.is_ident("Client"));
        if of_client && item.trait_.is_none() {
            item.items.retain(
                |member| !matches!(member, ImplItem::Fn(function) if function.sig.ident == "new"),
            );
        }
    }
}
