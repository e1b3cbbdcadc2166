//! From the listener to a request, and back.
//!
//! An HTTP library reads the requests and writes the responses that keep to HTTP. For one that
//! does not, the connection is taken from it, and `delivery` writes.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::pin::{self, pin};
use std::sync::Arc;

use http_body_util::Full;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinSet, yield_now};

use super::service::{Outcome, Service};

/// The signal to stop.
#[derive(Clone)]
pub(super) struct Stop(watch::Receiver<()>);

impl Stop {
    /// Dropping the sender is the signal.
    pub(super) fn new() -> (watch::Sender<()>, Self) {
        let (sender, receiver) = watch::channel(());
        (sender, Self(receiver))
    }

    async fn heard(mut self) {
        while self.0.changed().await.is_ok() {}
    }
}

/// Serves until it is stopped, and then until the last connection has ended. All of it ends at
/// once if this is dropped.
pub(super) async fn serve(listener: TcpListener, service: Arc<Service>, stop: Stop) {
    let mut connections = JoinSet::new();
    let mut stopping = pin!(stop.clone().heard());
    loop {
        let accepted = tokio::select! {
            () = &mut stopping => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(converse(stream, Arc::clone(&service), stop.clone()));
            }
            Err(error) if is_of_the_client(&error) => {}
            // There are too many open files, most likely: the end of a connection closes one.
            Err(_) => tokio::select! {
                () = &mut stopping => break,
                Some(_) = connections.join_next() => {}
                () = yield_now(), if connections.is_empty() => {}
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

async fn converse(stream: TcpStream, service: Arc<Service>, stop: Stop) {
    // What is sent byte by byte is to leave byte by byte.
    let _ = stream.set_nodelay(true);
    let (hand_over, mut handed_over) = mpsc::channel(1);
    let handler = service_fn(|request: Request<Incoming>| {
        let (head, _body) = request.into_parts();
        let (outcome, hand_over) = (service.respond(&head), hand_over.clone());
        async move {
            match outcome {
                Outcome::Whole(response) => Ok::<_, Infallible>(response.map(Full::new)),
                Outcome::Broken(broken) => {
                    let _ = hand_over.send(broken).await;
                    pending().await
                }
            }
        }
    });
    let mut http = http1::Builder::new().serve_connection(TokioIo::new(stream), handler);
    let mut stopping = pin!(stop.clone().heard());
    let mut stopped = false;
    let broken = loop {
        tokio::select! {
            // Errors are the client's: it left early, or does not speak HTTP.
            _ = &mut http => return,
            Some(broken) = handed_over.recv() => break broken,
            () = &mut stopping, if !stopped => {
                stopped = true;
                pin::Pin::new(&mut http).graceful_shutdown();
            }
        }
    };
    let stream = http.into_parts().io.into_inner();
    tokio::select! {
        () = broken.send(stream, &service.gates) => {}
        () = stop.heard() => {}
    }
}
