//! The accept loop. `axum::serve` is left aside because it neither sets `TCP_NODELAY` nor bounds how
//! long a client may take over its headers.

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{config::Limits, visited::Visited};

/// Connections beyond the sockets: pages being loaded.
const PAGES: usize = 512;

/// Accepts until told to stop; then the port is free.
pub(crate) async fn run(
    listener: TcpListener,
    router: Router,
    limits: Arc<Limits>,
    visited: Visited,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.sockets.saturating_add(PAGES).min(Semaphore::MAX_PERMITS)));
    let mut http = http1::Builder::new();
    let pages = Duration::from_millis(limits.pages_ms);
    http.timer(TokioTimer::new()).header_read_timeout(Duration::from_millis(limits.header_ms));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                visited.note(&stream);
                // Without a place the connection is dropped: refusing politely would need one as well.
                if let Ok(place) = places.clone().try_acquire_owned() {
                    let (http, router, stop) = (http.clone(), router.clone(), stop.clone());
                    tasks.spawn(async move {
                        serve(stream, &http, router, pages, stop).await;
                        drop(place);
                    });
                }
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors, most likely: those inside go on, and some will leave.
                tracing::warn!(%error, "can't accept connections for the moment");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Serves one connection. One that becomes a WebSocket is a session's from then on, and this is over.
async fn serve(stream: TcpStream, http: &http1::Builder, router: Router, pages: Duration, stop: CancellationToken) {
    // A chat message is small and waits for nothing to travel with.
    let _closed_already = stream.set_nodelay(true);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)).with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        _ended = connection.as_mut() => return,
        () = stop.cancelled() => {}
        () = tokio::time::sleep(pages) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _late = tokio::time::timeout(Duration::from_secs(1), connection).await;
}

fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
