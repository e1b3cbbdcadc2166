//! TLS of our own choice, so that a client works in any process without a provider installed; or,
//! without the feature `rustls-ring`, the caller's.

use crate::types::error::Error;

/// Sets TLS up; the caller's own HTTP client, if there is one, has TLS of its own.
#[cfg(not(feature = "rustls-ring"))]
pub(super) fn set_up(
    http: reqwest::ClientBuilder,
    base_url: &str,
    own: bool,
) -> Result<reqwest::ClientBuilder, Error> {
    if base_url.starts_with("https:") && !own {
        return Err(Error::config(
            "this build has no TLS: turn on the feature `rustls-ring`, or give the builder an \
             `http_client` that has TLS",
        ));
    }
    Ok(http)
}

/// Sets TLS up.
#[cfg(feature = "rustls-ring")]
pub(super) fn set_up(
    http: reqwest::ClientBuilder,
    base_url: &str,
    _own: bool,
) -> Result<reqwest::ClientBuilder, Error> {
    Ok(http.tls_backend_preconfigured(config(base_url)?))
}

/// The configuration for a base URL: certificates are verified by the platform.
///
/// Over plain HTTP none is ever needed; the platform's certificates are then not even read, so
/// that a sandbox works where there are none.
#[cfg(feature = "rustls-ring")]
fn config(base_url: &str) -> Result<rustls::ClientConfig, Error> {
    use std::sync::Arc;

    use rustls::ClientConfig;
    use rustls::crypto::{CryptoProvider, ring};
    use rustls_platform_verifier::BuilderVerifierExt as _;

    let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
    let unusable = |error: rustls::Error| {
        Error::config(format!(
            "TLS cannot be set up: {error}; are the system's root certificates installed?"
        ))
    };
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(unusable)?;
    let builder = if base_url.starts_with("https:") {
        builder.with_platform_verifier().map_err(unusable)?
    } else {
        builder.with_root_certificates(rustls::RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}
