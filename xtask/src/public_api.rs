//! The public API of the libraries that others build on, as text that is reviewed.
//!
//! It is read from the sources, so that it needs no other toolchain than the one that builds them:
//! what the root of a crate makes public, with signatures and without bodies and docs. A change of
//! it is a change of somebody's program.

mod changes;
mod modules;
mod strip;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use quote::ToTokens as _;
use syn::{Item, ItemImpl, Type, UseTree, Visibility};

pub(crate) use self::changes::{Change, changes};
use self::modules::Modules;

/// Where the text for each crate is kept, and the crate's root.
const CRATES: [(&str, &str); 5] = [
    ("crates/api/public-api.txt", "crates/api/src/lib.rs"),
    ("crates/codegen/public-api.txt", "crates/codegen/src/lib.rs"),
    (
        "crates/conformance/public-api.txt",
        "crates/conformance/src/lib.rs",
    ),
    ("crates/ext/public-api.txt", "crates/ext/src/lib.rs"),
    ("crates/sandbox/public-api.txt", "crates/sandbox/src/lib.rs"),
];

/// The path of each reviewed file, and what it should hold. `client` is the text of the generated
/// client.
pub(crate) fn files(root: &Path, client: &str) -> Result<Vec<(PathBuf, String)>> {
    CRATES
        .iter()
        .map(|(file, lib)| {
            let modules = Modules::read(&root.join(lib), client)
                .with_context(|| format!("the public API of {lib} cannot be read"))?;
            Ok((PathBuf::from(file), surface(&modules)))
        })
        .collect()
}

/// All that is public, sorted by its path.
fn surface(modules: &Modules) -> String {
    let mut public = Public {
        modules,
        items: BTreeMap::new(),
        foreign: Vec::new(),
    };
    public.visit("", &[]);
    public.foreign.sort();
    let mut text = String::from("# Written by `cargo xtask regen`; read its diff.\n");
    for foreign in &public.foreign {
        text.push_str(&format!("\npub use {foreign};"));
    }
    if !public.foreign.is_empty() {
        text.push('\n');
    }
    for (path, items) in &public.items {
        text.push_str(&format!("\n# {path}\n"));
        let file = syn::File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items: items.clone(),
        };
        text.push_str(&prettyplease::unparse(&file));
    }
    text
}

struct Public<'a> {
    modules: &'a Modules,
    /// Public paths, and the item there with what is implemented for it.
    items: BTreeMap<String, Vec<Item>>,
    /// What other crates define and this one makes public.
    foreign: Vec<String>,
}

impl Public<'_> {
    /// Visits the module at `place`, public as `path`.
    fn visit(&mut self, path: &str, place: &[String]) {
        for item in self.modules.items(place) {
            match item {
                Item::Use(import) if is_public(&import.vis) && !is_test(&import.attrs) => {
                    for (from, name) in flatten(&import.tree, &[]) {
                        self.import(path, place, &from, &name);
                    }
                }
                item => self.add(path, place, item, None),
            }
        }
    }

    fn import(&mut self, path: &str, place: &[String], from: &[String], name: &str) {
        match self.modules.find(place, from) {
            Some((place, item)) => self.add(path, &place, &item, Some(name)),
            None => self.foreign.push(from.join("::")),
        }
    }

    fn add(&mut self, path: &str, place: &[String], item: &Item, name: Option<&str>) {
        let Some((own_name, vis, attrs)) = strip::head(item) else {
            return;
        };
        // A re-export may make public what its own module does not.
        if is_test(attrs) || (name.is_none() && !is_public(vis)) {
            return;
        }
        let path = join(path, name.unwrap_or(&own_name));
        if let Item::Mod(_) = item {
            let mut inner = place.to_vec();
            inner.push(own_name);
            return self.visit(&path, &inner);
        }
        let mut items = vec![strip::definition(item)];
        items.extend(
            self.modules
                .impls()
                .filter_map(|item| implemented(item, &own_name)),
        );
        items[1..].sort_by_key(|item| item.to_token_stream().to_string());
        self.items.insert(path, items);
    }
}

/// What `item` implements for the type `name`, as far as it is public.
fn implemented(item: &ItemImpl, name: &str) -> Option<Item> {
    let Type::Path(path) = &*item.self_ty else {
        return None;
    };
    let of_type = path
        .path
        .segments
        .last()
        .is_some_and(|segment| segment.ident == name);
    of_type.then(|| strip::implementation(item)).flatten()
}

fn flatten(tree: &UseTree, prefix: &[String]) -> Vec<(Vec<String>, String)> {
    let with = |ident: &syn::Ident| [prefix, &[ident.to_string()]].concat();
    match tree {
        UseTree::Path(tree) => flatten(&tree.tree, &with(&tree.ident)),
        UseTree::Name(tree) => vec![(with(&tree.ident), tree.ident.to_string())],
        UseTree::Rename(tree) => vec![(with(&tree.ident), tree.rename.to_string())],
        UseTree::Glob(_) => vec![([prefix, &["*".to_owned()]].concat(), "*".to_owned())],
        UseTree::Group(group) => group
            .items
            .iter()
            .flat_map(|tree| flatten(tree, prefix))
            .collect(),
    }
}

fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

/// Whether the item is there for tests alone.
fn is_test(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|attribute| {
        let text = attribute.to_token_stream().to_string().replace(' ', "");
        text.contains("cfg(test)") || text.contains("cfg(doctest)")
    })
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}::{name}")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_public_is_listed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write(
            "lib.rs",
            "mod inner;\nmod hidden;\npub use inner::{Thing, Shape as Form};\n\
             pub use serde::Serialize;\nfn private() {}\n/// Doc.\npub fn open<T: Copy>(of: T) -> T { of }\n\
             #[cfg(test)] mod tests { pub struct Not; }",
        );
        write(
            "inner.rs",
            "pub struct Thing { pub shown: u8, kept: u8 }\n#[derive(Clone)] pub enum Shape { Round }\n\
             impl Thing { pub fn new() -> Self { Self::secret() } fn secret() {} }\n\
             impl Default for Thing { fn default() -> Self { Self::new() } }",
        );
        write("hidden.rs", "pub struct Hidden;");
        let modules = Modules::read(&folder.path().join("lib.rs"), "").unwrap();
        let text = surface(&modules);
        for shown in [
            "pub use serde::Serialize;",
            "# Form\n#[derive(Clone)]\npub enum Shape {\n    Round,\n}",
            "# Thing\npub struct Thing {\n    pub shown: u8,\n    _private: (),\n}",
            "impl Default for Thing {}",
            "pub fn new() -> Self {}",
            "# open\npub fn open<T: Copy>(of: T) -> T {}",
        ] {
            assert!(text.contains(shown), "{shown}\nis not in\n{text}");
        }
        for hidden in ["Hidden", "secret", "private()", "Doc", "Not"] {
            assert!(!text.contains(hidden), "{hidden} is in\n{text}");
        }
    }
}
