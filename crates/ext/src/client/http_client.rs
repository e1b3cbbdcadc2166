//! The HTTP client: the caller's, or one of our own.

use crate::types::dialect::Dialect;
use crate::types::error::Error;

/// Where the HTTP client comes from.
#[derive(Default)]
pub(super) enum HttpClient {
    #[default]
    Own,
    Builder(Box<reqwest::ClientBuilder>),
    Finished(reqwest::Client),
}

impl HttpClient {
    pub(super) fn build(self, base_url: &str, dialect: Dialect) -> Result<reqwest::Client, Error> {
        let builder = match self {
            Self::Finished(client) => {
                refuse_redirected_key(dialect)?;
                return Ok(client);
            }
            Self::Builder(builder) => *builder,
            Self::Own => own(base_url)?,
        };
        builder
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .map_err(|error| {
                let summary = "the HTTP client cannot be built; are the root certificates of this \
                               machine installed?";
                Error::config(summary).with_source(error)
            })
    }
}

fn own(base_url: &str) -> Result<reqwest::ClientBuilder, Error> {
    let builder = reqwest::ClientBuilder::new();
    if base_url.starts_with("https:") {
        #[cfg(not(feature = "rustls"))]
        return Err(Error::config(
            "this build has no TLS: turn on the feature `rustls`, or give the builder an \
             `http_client` that has TLS",
        ));
        #[cfg(feature = "rustls")]
        return Ok(builder);
    }
    // Without TLS, the certificates of the platform are not needed: there may be none.
    #[cfg(feature = "rustls")]
    let builder = builder.tls_certs_only([]);
    // Through a proxy, plain HTTP would show the key to another host.
    Ok(builder.no_proxy())
}

/// Whether a finished client follows redirects cannot be seen. On the way to another host, reqwest
/// drops the header `authorization`, but not `api-key`.
fn refuse_redirected_key(dialect: Dialect) -> Result<(), Error> {
    let (header, _) = dialect.key_header();
    if header == http::header::AUTHORIZATION {
        return Ok(());
    }
    Err(Error::config(format!(
        "the key of {dialect} goes in the header `{header}`, which a redirect to another host would \
         take along; give the builder to `http_client_builder` in place of a finished `http_client`"
    )))
}
