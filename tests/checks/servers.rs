//! The servers of the contract, and the regions of the client.

use std::collections::BTreeSet;

use contract_tests::KEY;
use qwen_batches::{Client, Region};
use qwen_batches_conformance::Contract;

use super::evidence::Evidence;
use super::openapi::{items, members};

/// What stands for every variable of a server.
const WORKSPACE: &str = "llm-0123";

/// The servers are the base URLs of the client's regions.
pub(super) fn problems(contract: &Contract, evidence: &Evidence) -> Vec<String> {
    let mut servers = BTreeSet::new();
    for server in items(contract.document(), "servers") {
        let url = server["url"].as_str().unwrap_or_default().to_owned();
        let names = members(server, "variables").map(|(name, _)| format!("{{{name}}}"));
        servers.insert(names.fold(url, |url, name| url.replace(&name, WORKSPACE)));
    }
    let differing = servers.symmetric_difference(&evidence.base_urls);
    differing
        .map(|url| format!("{url}: known to the contract or to the client alone"))
        .collect()
}

/// The base URLs of all regions, and of a workspace in each.
pub(super) fn base_urls() -> BTreeSet<String> {
    let mut urls = BTreeSet::new();
    for region in Region::ALL {
        let builder = || Client::builder().api_key(KEY).region(region);
        for builder in [builder(), builder().workspace(WORKSPACE)] {
            urls.insert(builder.build().expect("a client").base_url().to_owned());
        }
    }
    urls
}
