//! Who really asks, when a reverse proxy stands in between: the headers of a proxy that was named are believed, those of
//! anybody else are not. And what comes in clear past the proxy is not answered.
use crate::{
    App,
    forwarded::{ForwardedClient, behind, in_clear, is_proxy},
    plain::{InClear, SecureAt},
};
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use interpres_compliance::Transport;
use interpres_gate::Origin;
use std::{
    net::{IpAddr, SocketAddr},
    sync::atomic::Ordering,
};

/// The address a request came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CameFrom(pub(crate) IpAddr);

/// Notes where a request came from, and turns away what came in clear.
pub(crate) async fn look_behind(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(peer) = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|c| c.0.ip().to_canonical())
    else {
        return next.run(request).await;
    };
    // Whether the process lives is asked by machines that stand beside the proxy, and tells of nobody.
    let of_the_process = matches!(request.uri().path(), "/healthz" | "/readyz");
    let by_proxy = is_proxy(&app.options.proxies, peer);
    let from = if by_proxy {
        client(&app, peer, &request, of_the_process)
    } else {
        peer
    };
    let seen_in_clear = match (&app.serving.transport, by_proxy) {
        (_, true) => in_clear(request.headers()) == Some(true),
        (Transport::Proxies { .. }, false) => true,
        _ => false,
    };
    if seen_in_clear && !of_the_process {
        let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
        let secure_at = app
            .site
            .by_https(path)
            .map_or(SecureAt::Port(443), SecureAt::Url);
        let origin = Origin {
            address: Some(from.to_string()),
            ..Origin::default()
        };
        return InClear {
            method: request.method(),
            path,
            headers: request.headers(),
            secure_at,
        }
        .refuse(&app.gate, origin)
        .await;
    }
    request.extensions_mut().insert(CameFrom(from));
    next.run(request).await
}

/// The client behind a proxy of ours; where none is told, the proxy stands for it, and the operator's log says so.
fn client(app: &App, peer: IpAddr, request: &Request, of_the_process: bool) -> IpAddr {
    if let (Transport::Proxies { silent }, false) = (&app.serving.transport, of_the_process) {
        silent.store(in_clear(request.headers()).is_none(), Ordering::Relaxed);
    }
    match behind(&app.options.proxies, peer, request.headers()) {
        ForwardedClient::Client(address) => address,
        ForwardedClient::Nobody(proxy) => {
            if !of_the_process && app.may_tell() {
                tracing::warn!(%proxy, "the proxy tells no client's address; limits and the audit log take the proxy's own for it");
            }
            proxy
        }
    }
}
