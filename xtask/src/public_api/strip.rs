//! Items without what their users cannot see: bodies, private members, docs.

use syn::{
    Attribute, Block, Fields, FieldsNamed, FieldsUnnamed, ImplItem, Item, ItemImpl, TraitItem,
    Visibility, parse_quote,
};

use super::is_public;

/// The name of an item that can be public, how public it is, and its attributes.
pub(super) fn head(item: &Item) -> Option<(String, &Visibility, &[Attribute])> {
    Some(match item {
        Item::Const(item) => (item.ident.to_string(), &item.vis, &item.attrs),
        Item::Enum(item) => (item.ident.to_string(), &item.vis, &item.attrs),
        Item::Fn(item) => (item.sig.ident.to_string(), &item.vis, &item.attrs),
        Item::Mod(item) => (item.ident.to_string(), &item.vis, &item.attrs),
        Item::Static(item) => (item.ident.to_string(), &item.vis, &item.attrs),
        Item::Struct(item) => (item.ident.to_string(), &item.vis, &item.attrs),
        Item::Trait(item) => (item.ident.to_string(), &item.vis, &item.attrs),
        Item::Type(item) => (item.ident.to_string(), &item.vis, &item.attrs),
        _ => return None,
    })
}

/// The item as its users see it.
pub(super) fn definition(item: &Item) -> Item {
    let mut item = item.clone();
    match &mut item {
        Item::Const(item) => keep_seen(&mut item.attrs),
        Item::Enum(item) => {
            keep_seen(&mut item.attrs);
            for variant in &mut item.variants {
                keep_seen(&mut variant.attrs);
                for field in &mut variant.fields {
                    keep_seen(&mut field.attrs);
                }
            }
        }
        Item::Fn(item) => {
            keep_seen(&mut item.attrs);
            *item.block = empty();
        }
        Item::Static(item) => keep_seen(&mut item.attrs),
        Item::Struct(item) => {
            keep_seen(&mut item.attrs);
            keep_public(&mut item.fields);
        }
        Item::Trait(item) => {
            keep_seen(&mut item.attrs);
            for member in &mut item.items {
                if let TraitItem::Fn(member) = member {
                    keep_seen(&mut member.attrs);
                    if let Some(body) = &mut member.default {
                        *body = empty();
                    }
                }
            }
        }
        Item::Type(item) => keep_seen(&mut item.attrs),
        _ => {}
    }
    item
}

/// What is implemented, as its users see it: public members, or the name of a trait. Nothing if
/// no member is public.
pub(super) fn implementation(item: &ItemImpl) -> Option<Item> {
    let mut item = item.clone();
    keep_seen(&mut item.attrs);
    if item.trait_.is_some() {
        item.items
            .retain(|member| matches!(member, ImplItem::Type(_)));
        return Some(Item::Impl(item));
    }
    item.items.retain_mut(|member| match member {
        ImplItem::Fn(member) => {
            keep_seen(&mut member.attrs);
            member.block = empty();
            is_public(&member.vis)
        }
        ImplItem::Const(member) => {
            keep_seen(&mut member.attrs);
            is_public(&member.vis)
        }
        _ => false,
    });
    (!item.items.is_empty()).then_some(Item::Impl(item))
}

/// Leaves attributes that users notice.
fn keep_seen(attrs: &mut Vec<Attribute>) {
    const SEEN: [&str; 6] = [
        "cfg",
        "cfg_attr",
        "deprecated",
        "derive",
        "must_use",
        "non_exhaustive",
    ];
    attrs.retain(|attribute| SEEN.iter().any(|seen| attribute.path().is_ident(seen)));
}

fn keep_public(fields: &mut Fields) {
    match fields {
        Fields::Named(FieldsNamed { named, .. }) => {
            let all = named.len();
            *named = std::mem::take(named)
                .into_iter()
                .filter(|field| is_public(&field.vis))
                .map(|mut field| {
                    keep_seen(&mut field.attrs);
                    field
                })
                .collect();
            if named.len() < all {
                // That there is one more decides whether others can build the type.
                named.push(parse_quote!(_private: ()));
            }
        }
        Fields::Unnamed(FieldsUnnamed { unnamed, .. }) => {
            for field in unnamed {
                keep_seen(&mut field.attrs);
                if !is_public(&field.vis) {
                    field.ty = parse_quote!(());
                }
            }
        }
        Fields::Unit => {}
    }
}

fn empty() -> Block {
    parse_quote!({})
}
