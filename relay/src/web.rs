//! HTTP: where things are, who may ask, and what every answer carries.

mod export;
mod files;
mod guard;
mod proof;
mod ui;
mod upgrade;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    accept::Peer,
    config::Limits,
    places::{NoPlace, Place, Places},
    rooms::Rooms,
    seed, session,
    socket::{Socket, as_frame, as_line},
    wire::{self, ErrorCode, Frame, WireError},
};
pub(crate) use export::Exports;
use upgrade::{NoUpgrade, Upgrade};

/// What the routes need.
#[derive(Clone)]
pub(crate) struct Web {
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) hosts: Arc<Vec<String>>,
    pub(crate) sockets: Arc<Places>,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
    pub(crate) exports: Exports,
}

/// Every route. Unknown paths lead to `/`, as in the tutorial.
pub(crate) fn router(web: Web) -> Router {
    Router::new()
        .route("/", get(root))
        .route("/r/{room}", get(ui::index))
        .route("/ws", get(snug))
        .merge(export::routes())
        .merge(files::routes())
        .fallback(get(ui::asset_or_redirect))
        .layer(middleware::from_fn_with_state(web.clone(), guard::admit))
        .layer(middleware::from_fn(harden))
        .with_state(web)
}

/// The page; for a WebSocket, the tutorial's protocol.
async fn root(State(web): State<Web>, upgrade: Result<Upgrade, NoUpgrade>, request: Request) -> Response {
    let Ok(upgrade) = upgrade else { return ui::index(request.headers().clone()).await };
    if !upgrade.protocols().is_empty() {
        return (StatusCode::BAD_REQUEST, "subprotocols are spoken at /ws\n").into_response();
    }
    serve(web, upgrade, None, as_line, |web, socket, place| async move {
        seed::run(socket, web.rooms.only_open(), web.stop).await;
        drop(place);
    })
}

/// A WebSocket that speaks `snug.v1`.
async fn snug(
    State(web): State<Web>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    upgrade: Result<Upgrade, NoUpgrade>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(refusal) => return refusal.into_response(),
    };
    if !upgrade.protocols().iter().any(|protocol| protocol == wire::SUBPROTOCOL) {
        return (StatusCode::BAD_REQUEST, "this is spoken here: Sec-WebSocket-Protocol: snug.v1\n").into_response();
    }
    let proof = proof::prove(&web, &peer, &headers);
    let mut response = serve(web, upgrade, Some(wire::SUBPROTOCOL), as_frame, |web, socket, place| async move {
        let Some(session) = session::enter(socket, &web.rooms, &web.limits, &web.stop).await else { return };
        // A task of its own, and only as large as that takes: most of them do nothing most of the time.
        web.tasks.spawn(session.run(web.stop, place));
    });
    response.headers_mut().extend(proof);
    response
}

/// Turns a request into a socket. One too many is told so in the protocol it asked for, because a page
/// can't read the answer to a refused upgrade.
fn serve<F, S>(
    web: Web,
    upgrade: Upgrade,
    protocol: Option<&'static str>,
    say: fn(WireError) -> Frame,
    session: F,
) -> Response
where
    F: FnOnce(Web, Socket, (Arc<Place>, Place)) -> S + Send + 'static,
    S: Future<Output = ()> + Send,
{
    let (peer, response, stream) = upgrade.agree(protocol);
    let place = web.sockets.take(peer.from);
    web.tasks.clone().spawn(async move {
        let Some((stream, received)) = stream.await else { return };
        let socket = Socket::new((stream, received), peer.from, &web.limits, web.stop.clone());
        match place {
            Ok(place) => session(web, socket, (peer.connection, place)).await,
            Err(none) => socket.end(no_place(none).into(), &[], say).await,
        }
    });
    response
}

fn no_place(none: NoPlace) -> WireError {
    match none {
        NoPlace::Full => ErrorCode::Full.because("this host has as many guests as it takes"),
        NoPlace::TooManyFromHere => {
            ErrorCode::TooManyFromHere.because("this host has as many guests as it takes from one address")
        }
    }
}

/// Nothing this relay serves may run foreign code, be framed, or be mistaken for another type.
async fn harden(request: Request, next: Next) -> Response {
    const ALWAYS: [(HeaderName, HeaderValue); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    /// For all that has no stricter one of its own.
    const POLICY: HeaderValue = HeaderValue::from_static(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
                 font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
                 form-action 'none'; frame-ancestors 'none'",
    );
    let mut response = next.run(request).await;
    for (name, value) in ALWAYS {
        response.headers_mut().insert(name, value);
    }
    response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert(POLICY);
    response
}
