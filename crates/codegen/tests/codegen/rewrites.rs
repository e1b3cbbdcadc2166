//! What each rewrite does: one file each in `rewrites/`.

use std::fs;
use std::path::Path;

use quote::ToTokens as _;
use serde_json::Value;
use similar::TextDiff;
use syn::{Item, Type};

/// A contract that leads with `# shows: types::Thing` is shown by that item of the generated code,
/// and any other by what the generator view makes of it.
#[test]
fn each_does_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codegen/rewrites");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned))
        .collect();
    names.sort();
    assert!(!names.is_empty());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for name in names {
        let contract = fs::read_to_string(folder.join(format!("{name}.yaml"))).unwrap();
        let generated = qwen_batches_codegen::generate(&contract).unwrap();
        let shown = match contract
            .lines()
            .find_map(|line| line.strip_prefix("# shows: "))
        {
            Some(path) => items(&generated.client, path),
            None => diff(&contract, &generated.view),
        };
        settings.bind(|| insta::assert_snapshot!(name, shown));
    }
}

fn diff(contract: &str, view: &str) -> String {
    // Written as the view is, so that only what differs in meaning is shown.
    let contract: Value = serde_norway::from_str(contract).unwrap();
    let contract = serde_norway::to_string(&contract).unwrap();
    TextDiff::from_lines(contract.as_str(), view)
        .unified_diff()
        .context_radius(2)
        .header("contract", "view")
        .to_string()
}

/// Every item at `path` in the generated code: those of that name, and what is implemented for it.
fn items(client: &str, path: &str) -> String {
    let mut level = syn::parse_file(client).unwrap().items;
    let (modules, name) = path.rsplit_once("::").unwrap_or(("", path));
    for module in modules.split("::").filter(|module| !module.is_empty()) {
        level = level
            .into_iter()
            .find_map(|item| match item {
                Item::Mod(item) if item.ident == module => item.content,
                _ => None,
            })
            .map(|(_, items)| items)
            .unwrap_or_default();
    }
    level.retain(|item| match item {
        Item::Struct(item) => item.ident == name,
        Item::Enum(item) => item.ident == name,
        Item::Mod(item) => item.ident == name,
        Item::Const(item) => item.ident == name,
        Item::Fn(item) => item.sig.ident == name,
        Item::Impl(item) => match &*item.self_ty {
            Type::Path(path) => path.to_token_stream().to_string() == name,
            _ => false,
        },
        _ => false,
    });
    assert!(!level.is_empty(), "{path} is not generated");
    prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: level,
    })
}
