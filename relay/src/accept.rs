//! The accept loop. `axum::serve` is left aside because it neither sets `TCP_NODELAY` nor bounds how
//! long a client may take over its headers.

mod transfer;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::Request};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use transfer::Transfers;

use crate::{
    config::Limits,
    places::{Place, Places},
    source::Source,
    visited::Visited,
};
use transfer::Busy;

/// What hyper reads of a connection at one time, and so what a file on its way takes of memory; by itself it
/// would read half a megabyte.
const READ: usize = 64 * 1024;

/// Who a request comes from.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) from: Source,
    /// At which of this machine's addresses they came in.
    pub(crate) here: Option<SocketAddr>,
    /// The connection's place, for whoever takes the connection over.
    pub(crate) connection: Arc<Place>,
}

/// Where connections come in.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) router: Router,
    /// For each connection, whatever becomes of it, until it is closed.
    pub(crate) connections: Arc<Places>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) visited: Visited,
    pub(crate) stop: CancellationToken,
}

impl Door {
    /// Accepts until told to stop; then the port is free.
    pub(crate) async fn run(self, listener: TcpListener, tasks: TaskTracker) {
        loop {
            let accepted = tokio::select! {
                () = self.stop.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, from)) => {
                    self.visited.note(&stream);
                    // Without a place the connection is dropped: refusing politely would need one as well.
                    let here = stream.local_addr().ok();
                    let from = Source::new(from.ip(), here.map_or(from.ip(), |own| own.ip()));
                    if let Ok(place) = self.connections.take(from) {
                        let peer = Peer { from, here, connection: Arc::new(place) };
                        tasks.spawn(self.clone().serve(stream, peer));
                    }
                }
                Err(error) if concerns_one_connection(&error) => {}
                Err(error) => {
                    // Out of file descriptors, most likely: those inside go on, and some will leave. Who comes
                    // waits in the system's queue.
                    tracing::warn!(%error, "can't accept connections for the moment");
                    tokio::select! {
                        () = self.stop.cancelled() => return,
                        () = tokio::time::sleep(Duration::from_millis(100)) => {}
                    }
                }
            }
        }
    }

    /// Serves one connection. One that becomes a WebSocket is a session's from then on, and this is over. One
    /// that brings or takes a file may take its time, for as long as something moves.
    async fn serve(self, stream: TcpStream, peer: Peer) {
        let Self { router, limits, stop, .. } = self;
        // A chat message is small and waits for nothing to travel with.
        let _closed_already = stream.set_nodelay(true);
        let (transfers, router) = (Transfers::default(), TowerToHyperService::new(router));
        let known = transfers.clone();
        let routes = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer.clone());
            known.tell(&mut request);
            router.call(request)
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(Duration::from_millis(limits.header_ms)).max_buf_size(READ);
        let connection = http.serve_connection(TokioIo::new(stream), routes).with_upgrades();
        tokio::pin!(connection);
        let (mut wait, mut moved) = (Duration::from_millis(limits.pages_ms), 0);
        loop {
            tokio::select! {
                _ended = connection.as_mut() => return,
                () = stop.cancelled() => break,
                () = tokio::time::sleep(wait) => {}
            }
            match transfers.busy(&mut moved) {
                Busy::No => break,
                Busy::Moving => wait = Duration::from_millis(limits.stall_ms),
                Busy::Stalled => return,
            }
        }
        connection.as_mut().graceful_shutdown();
        let _late = tokio::time::timeout(Duration::from_secs(1), connection).await;
    }
}

fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
