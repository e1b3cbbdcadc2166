//! The modules of a crate, read from its files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use syn::{Item, ItemImpl, Macro};

use crate::files;

/// Every module of a crate, by its place: the names from the root.
pub(super) struct Modules(BTreeMap<Vec<String>, Vec<Item>>);

impl Modules {
    /// Reads the crate whose root is `lib`; `included` is the text of whatever it includes.
    pub(super) fn read(lib: &Path, included: &str) -> Result<Self> {
        let mut modules = Self(BTreeMap::new());
        let folder = lib.parent().map(Path::to_owned).unwrap_or_default();
        modules.add(Vec::new(), parse(lib)?, &folder, included)?;
        Ok(modules)
    }

    pub(super) fn items(&self, place: &[String]) -> impl Iterator<Item = &Item> {
        self.0.get(place).into_iter().flatten()
    }

    /// Everything that is implemented anywhere in the crate.
    pub(super) fn impls(&self) -> impl Iterator<Item = &ItemImpl> {
        self.0.values().flatten().filter_map(|item| match item {
            Item::Impl(item) => Some(item),
            _ => None,
        })
    }

    /// The item that `path`, written in the module at `place`, leads to, and the module that holds
    /// it; nothing if that is another crate's.
    pub(super) fn find(&self, place: &[String], path: &[String]) -> Option<(Vec<String>, Item)> {
        let (name, modules) = path.split_last()?;
        let mut module = place.to_vec();
        for step in modules {
            match step.as_str() {
                "crate" => module.clear(),
                "self" => {}
                "super" => drop(module.pop()),
                step => module.push(step.to_owned()),
            }
        }
        for item in self.0.get(&module)? {
            if let Item::Use(import) = item {
                let forward = super::flatten(&import.tree, &[]);
                if let Some((from, _)) = forward.iter().find(|(_, known)| known == name) {
                    return self.find(&module, from);
                }
            }
            if super::strip::head(item).is_some_and(|(known, ..)| known == *name) {
                return Some((module, item.clone()));
            }
        }
        None
    }

    fn add(
        &mut self,
        place: Vec<String>,
        items: Vec<Item>,
        folder: &Path,
        included: &str,
    ) -> Result<()> {
        let mut kept = Vec::new();
        for item in items {
            match item {
                Item::Mod(module) if super::is_test(&module.attrs) => {}
                Item::Mod(mut module) => {
                    let name = module.ident.to_string();
                    let inner = [&place[..], std::slice::from_ref(&name)].concat();
                    let items = match module.content.take() {
                        Some((_, items)) => items,
                        None => parse(&file_of(folder, &name)?)?,
                    };
                    self.add(inner, items, &folder.join(&name), included)?;
                    kept.push(Item::Mod(module));
                }
                Item::Macro(item) if is_include(&item.mac) => {
                    let items = syn::parse_file(included).context("what is included")?.items;
                    self.add(place.clone(), items, folder, included)?;
                }
                item => kept.push(item),
            }
        }
        self.0.entry(place).or_default().extend(kept);
        Ok(())
    }
}

fn is_include(mac: &Macro) -> bool {
    mac.path.is_ident("include")
}

fn file_of(folder: &Path, name: &str) -> Result<PathBuf> {
    let files = [
        folder.join(format!("{name}.rs")),
        folder.join(name).join("mod.rs"),
    ];
    match files.iter().find(|file| file.is_file()) {
        Some(file) => Ok(file.clone()),
        None => bail!("module {name} has no file in {}", folder.display()),
    }
}

fn parse(file: &Path) -> Result<Vec<Item>> {
    let file = syn::parse_file(&files::read(file)?).with_context(|| file.display().to_string())?;
    Ok(file.items)
}
