//! The hooks of the generated client: they lead to a [`Transport`] that the client's user supplies.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};

use crate::generated::{Client, Error};

/// What the generated client holds beside its HTTP client.
pub type Inner = Arc<dyn Transport>;

/// A request on its way: becomes the response, or what kept it from coming.
pub type Execution<'a> =
    Pin<Box<dyn Future<Output = reqwest::Result<reqwest::Response>> + Send + 'a>>;

/// How the requests of a [`Client`] are completed and carried out.
///
/// The contract's security is not generated: [`prepare`](Self::prepare) is the place for the
/// `Authorization` header.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Completes a request before it is sent.
    fn prepare(&self, request: &mut reqwest::Request);

    /// Sends the request by `http` and gives back the response.
    ///
    /// # Errors
    ///
    /// Whatever kept the response from coming.
    fn execute<'a>(
        &'a self,
        http: &'a reqwest::Client,
        request: reqwest::Request,
    ) -> Execution<'a> {
        Box::pin(http.execute(request))
    }
}

impl ClientHooks<Inner> for Client {
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        _: &OperationInfo,
    ) -> Result<(), Error<E>> {
        // The generator adds the contract's version as a header; the service knows of none.
        request.headers_mut().remove("api-version");
        self.inner().prepare(request);
        Ok(())
    }

    async fn exec(
        &self,
        request: reqwest::Request,
        _: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        self.inner().execute(self.client(), request).await
    }
}
