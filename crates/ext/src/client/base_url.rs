//! Which base URLs a client takes, and what it makes of them.

use url::{Host, Url};

use crate::policy::trace;
use crate::types::dialect::Dialect;
use crate::types::error::Error;
use crate::types::filter_time::{FilterZone, UTC8};
use crate::types::region::Region;

/// The host of another product, synchronous batch chat, which serves no `/batches`.
const BATCH_CHAT_HOST: &str = "batch.dashscope.aliyuncs.com";

/// Checks a base URL and brings it into the form `scheme://host[:port]/path`, without a slash at
/// its end.
pub(super) fn normalize(
    text: &str,
    dialect: Dialect,
    allow_plain_http: bool,
) -> Result<String, Error> {
    let refuse = |reason: &str| {
        Err(Error::config(format!(
            "base URL `{}`: {reason}",
            shown(text)
        )))
    };
    if !text.contains("://") {
        return refuse(&without_scheme(text.trim()));
    }
    let Ok(mut url) = Url::parse(text.trim()) else {
        return refuse("not a URL; write it in full, as in https://host/compatible-mode/v1");
    };
    match (url.scheme(), url.host()) {
        (_, None) => return refuse("has no host"),
        ("https", _) => {}
        ("http", Some(host)) if allow_plain_http || is_loopback(&host) => {}
        ("http", _) => {
            return refuse("plain http would show the key to everybody on the way; write https");
        }
        _ => return refuse("is neither https nor http"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("must not hold a user or a password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("must not hold a query or a fragment");
    }
    if url.host_str() == Some(BATCH_CHAT_HOST) {
        return refuse(
            "this host serves synchronous batch chat, another product, and no list of batches; use \
             https://dashscope.aliyuncs.com/compatible-mode/v1",
        );
    }
    let path = url.path().trim_end_matches('/').to_owned();
    if path.ends_with("/batches") {
        return refuse("must end before /batches");
    }
    if let (Dialect::Qwen, Some(prefix)) = (dialect, path.strip_suffix("/api/v1")) {
        // The vendor's SDKs use DASHSCOPE_HTTP_BASE_URL for their native API.
        url.set_path(&format!("{prefix}/compatible-mode/v1"));
        trace::warn!("base URL `{text}` is that of the native API; using `{url}`");
    } else {
        url.set_path(&path);
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// What to say of a text in which no scheme stands before the host.
fn without_scheme(text: &str) -> String {
    let http = format!("http://{text}");
    if is_local(&http) {
        return format!("add http://, as in {}", shown(&http));
    }
    "has no scheme; write it in full, as in https://host/compatible-mode/v1".to_owned()
}

/// In which zone the host of a base URL reads time filters: recorded of Beijing's, inferred of
/// Singapore's, unknown of any other.
pub(super) fn filter_zone(url: &str) -> FilterZone {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let is_of = |own: &str, region: Region| {
        host == own || host.ends_with(&format!(".{}.maas.aliyuncs.com", region.id()))
    };
    if is_of("dashscope.aliyuncs.com", Region::Beijing) {
        FilterZone::Known(UTC8)
    } else if is_of("dashscope-intl.aliyuncs.com", Region::Singapore) {
        FilterZone::Utc8OrUtc
    } else {
        FilterZone::Unknown
    }
}

/// Whether a base URL leads to this machine.
pub(super) fn is_local(url: &str) -> bool {
    let url = Url::parse(url).ok();
    url.and_then(|url| Some(is_loopback(&url.host()?)))
        .unwrap_or(false)
}

/// A base URL as an error may show it: a user, a password or a query may be secret.
fn shown(text: &str) -> String {
    let text = text.trim();
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (scheme, rest) = text[..end].split_once("://").unwrap_or(("", &text[..end]));
    let authority_end = rest.find('/').unwrap_or(rest.len());
    let host = rest[..authority_end]
        .rsplit_once('@')
        .map_or(0, |(user, _)| user.len() + 1);
    let separator = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{separator}{}", &rest[host..])
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usable_ones() {
        for (text, expected) in [
            (
                "https://h.example/compatible-mode/v1",
                "https://h.example/compatible-mode/v1",
            ),
            (
                " https://h.example/compatible-mode/v1// ",
                "https://h.example/compatible-mode/v1",
            ),
            ("https://h.example", "https://h.example"),
            ("https://h.example/", "https://h.example"),
            ("https://h.example:8443/v1", "https://h.example:8443/v1"),
            ("http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1"),
            ("http://[::1]:9/v1/", "http://[::1]:9/v1"),
            ("http://localhost/v1", "http://localhost/v1"),
            (
                "https://dashscope.aliyuncs.com/api/v1",
                "https://dashscope.aliyuncs.com/compatible-mode/v1",
            ),
            (
                "https://dashscope.aliyuncs.com/api/v1/",
                "https://dashscope.aliyuncs.com/compatible-mode/v1",
            ),
        ] {
            let url = normalize(text, Dialect::Qwen, false).expect(text);
            assert_eq!(url, expected, "{text}");
        }
        assert!(normalize("http://10.0.0.1/v1", Dialect::Qwen, true).is_ok());
        // There is no native API to take it for.
        let other = "https://h.example/api/v1";
        let url = normalize(other, Dialect::OpenAi, false).expect(other);
        assert_eq!(url, other);
    }

    #[test]
    fn zones_of_hosts() {
        for (host, zone) in [
            ("dashscope.aliyuncs.com", FilterZone::Known(UTC8)),
            ("w.cn-beijing.maas.aliyuncs.com", FilterZone::Known(UTC8)),
            ("dashscope-intl.aliyuncs.com", FilterZone::Utc8OrUtc),
            ("w.ap-southeast-1.maas.aliyuncs.com", FilterZone::Utc8OrUtc),
            ("dashscope.aliyuncs.com.example", FilterZone::Unknown),
            ("cn-beijing.maas.aliyuncs.com.example", FilterZone::Unknown),
            ("127.0.0.1", FilterZone::Unknown),
            ("api.openai.com", FilterZone::Unknown),
        ] {
            let url = format!("https://{host}/compatible-mode/v1");
            assert_eq!(filter_zone(&url), zone, "{host}");
        }
    }

    #[test]
    fn unusable_ones() {
        for (text, reason) in [
            ("", "write it in full"),
            ("dashscope.aliyuncs.com/v1", "write it in full"),
            ("ftp://h.example/v1", "neither https nor http"),
            ("http://h.example/v1", "plain http"),
            ("http://localhost.example/v1", "plain http"),
            ("https://user:hidden@h.example/v1", "a user or a password"),
            ("https://h.example/v1?token=hidden", "a query or a fragment"),
            ("https://h.example/v1#hidden", "a query or a fragment"),
            (
                "https://batch.dashscope.aliyuncs.com/compatible-mode/v1",
                "another product",
            ),
            (
                "https://h.example/compatible-mode/v1/batches",
                "end before /batches",
            ),
            ("data:text/plain,x", "has no scheme"),
            (
                "localhost:7000/v1",
                "add http://, as in http://localhost:7000/v1",
            ),
            (
                "me:hidden@127.0.0.1/v1",
                "add http://, as in http://127.0.0.1/v1",
            ),
            ("https://", "write it in full"),
        ] {
            let error = normalize(text, Dialect::Qwen, false).expect_err(text);
            let message = error.to_string();
            assert!(message.contains(reason), "{text}: {message}");
            assert!(!message.contains("hidden"), "{text}: {message}");
        }
    }
}
