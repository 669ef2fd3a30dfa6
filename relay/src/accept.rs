//! The accept loop. `axum::serve` is left aside because it neither sets `TCP_NODELAY` nor bounds how
//! long a client may take over its headers.

mod transfer;

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper::{
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use transfer::Transfers;

use crate::{config::Limits, visited::Visited};
use transfer::Busy;

/// Connections beyond the sockets: pages being loaded.
const PAGES: usize = 512;

/// What hyper reads of a connection at one time, and so what a file on its way takes of memory; by itself it
/// would read half a megabyte.
const READ: usize = 64 * 1024;

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
    http.max_buf_size(READ);
    let (pages, stall) = (Duration::from_millis(limits.pages_ms), Duration::from_millis(limits.stall_ms));
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
                        serve(stream, &http, router, (pages, stall), stop).await;
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

/// Serves one connection. One that becomes a WebSocket is a session's from then on, and this is over. One that
/// brings or takes a file may take its time, for as long as something moves.
async fn serve(
    stream: TcpStream,
    http: &http1::Builder,
    router: Router,
    (pages, stall): (Duration, Duration),
    stop: CancellationToken,
) {
    // A chat message is small and waits for nothing to travel with.
    let _closed_already = stream.set_nodelay(true);
    let (transfers, router) = (Transfers::default(), TowerToHyperService::new(router));
    let known = transfers.clone();
    let service = service_fn(move |mut request| {
        known.tell(&mut request);
        router.call(request)
    });
    let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    let (mut wait, mut moved) = (pages, 0);
    loop {
        tokio::select! {
            _ended = connection.as_mut() => return,
            () = stop.cancelled() => break,
            () = tokio::time::sleep(wait) => {}
        }
        match transfers.busy(&mut moved) {
            Busy::No => break,
            Busy::Moving => wait = stall,
            Busy::Stalled => return,
        }
    }
    connection.as_mut().graceful_shutdown();
    let _late = tokio::time::timeout(Duration::from_secs(1), connection).await;
}

fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
