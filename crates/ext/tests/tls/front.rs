//! TLS in front of a server that has none, and a proxy that tunnels to it.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A server that ends with its connections when it is dropped.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    connections: Connections,
    task: JoinHandle<()>,
}

/// What each connection was for, in the order in which they came.
type Connections = Arc<Mutex<Vec<String>>>;

impl Front {
    /// Ends the TLS of each connection, and passes on what is in it.
    pub(crate) async fn tls(to: SocketAddr) -> Self {
        let acceptor = acceptor(b"http/1.1");
        Self::start(move |near, connections| tls(acceptor.clone(), near, to, connections)).await
    }

    /// Responds to each `CONNECT` with a tunnel to that server, whichever it asks for.
    pub(crate) async fn proxy(to: SocketAddr) -> Self {
        Self::start(move |near, connections| tunnel(near, to, connections)).await
    }

    pub(crate) async fn start<F>(
        mut serve: impl FnMut(TcpStream, Connections) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Option<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let connections = Connections::default();
        let kept = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            let mut serving = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                serving.spawn(serve(near, Arc::clone(&kept)));
            }
        });
        Self {
            address,
            connections,
            task,
        }
    }

    /// What each connection was for: `TLS`, or the head of what a proxy was asked.
    pub(crate) fn connections(&self) -> Vec<String> {
        let connections = self.connections.lock();
        connections.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Shows the certificate of this folder.
pub(crate) fn acceptor(protocol: &[u8]) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("server.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("server.key"));
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.expect("PEM")], key.expect("PEM"))
        .expect("a key of this certificate");
    config.alpn_protocols = vec![protocol.to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// `None` if either side leaves, as it may at any time.
async fn tls(
    acceptor: TlsAcceptor,
    near: TcpStream,
    to: SocketAddr,
    connections: Connections,
) -> Option<()> {
    let mut near = acceptor.accept(near).await.ok()?;
    push(&connections, "TLS".to_owned());
    let mut far = TcpStream::connect(to).await.ok()?;
    copy_bidirectional(&mut near, &mut far).await.ok()?;
    Some(())
}

async fn tunnel(mut near: TcpStream, to: SocketAddr, connections: Connections) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(near.read_u8().await.ok()?);
    }
    push(&connections, String::from_utf8_lossy(&head).into_owned());
    let mut far = TcpStream::connect(to).await.ok()?;
    near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
    copy_bidirectional(&mut near, &mut far).await.ok()?;
    Some(())
}

fn push(connections: &Connections, what: String) {
    let mut connections = connections.lock().unwrap_or_else(PoisonError::into_inner);
    connections.push(what);
}
