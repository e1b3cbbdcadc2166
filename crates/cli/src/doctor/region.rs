//! Which region a base URL belongs to.

use qwen_batches::{Client, Region};

/// The region that `base_url` belongs to, if it is the service itself.
pub(super) fn of(base_url: &str) -> Option<Region> {
    Region::ALL.into_iter().find(|region| {
        let workspace = format!(".{}.maas.aliyuncs.com/", region.id());
        // A client knows the host of its region; it is not written down twice.
        let client = Client::builder()
            .api_key("not sent")
            .region(*region)
            .build();
        client.is_ok_and(|client| client.base_url() == base_url) || base_url.contains(&workspace)
    })
}

/// The region that `base_url` does not belong to, if it belongs to one.
pub(crate) fn other(base_url: &str) -> Option<Region> {
    let region = of(base_url)?;
    Region::ALL.into_iter().find(|other| *other != region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_one() {
        for (base_url, expected) in [
            (
                "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
                Some(Region::Beijing),
            ),
            (
                "https://dashscope.aliyuncs.com/compatible-mode/v1",
                Some(Region::Singapore),
            ),
            (
                "https://ws-1.cn-beijing.maas.aliyuncs.com/compatible-mode/v1",
                Some(Region::Singapore),
            ),
            ("http://127.0.0.1:8080/compatible-mode/v1", None),
        ] {
            assert_eq!(other(base_url), expected, "{base_url}");
        }
    }
}
