//! Who really asks, when a reverse proxy stands in between: the headers of a proxy that was named
//! are believed, those of anybody else are not.
use crate::App;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use interpres_gate::Origin;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The address a request came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CameFrom(pub(crate) IpAddr);

fn values<'h>(headers: &'h HeaderMap, name: &str) -> impl DoubleEndedIterator<Item = &'h str> {
    headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).map(str::trim).collect::<Vec<_>>().into_iter()
}

fn trusted(proxies: &[IpNet], address: IpAddr) -> bool {
    proxies.iter().any(|net| net.contains(&address))
}

/// The last address in the chain that is none of our proxies'.
fn behind(proxies: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut from = peer;
    for hop in values(headers, "x-forwarded-for").rev() {
        let Ok(address) = hop.parse() else { break };
        from = address;
        if !trusted(proxies, address) {
            break;
        }
    }
    from
}

/// Notes where a request came from, and turns away what reached a proxy of ours in clear.
pub(crate) async fn look_behind(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_canonical()) else { return next.run(request).await };
    let proxies = &app.options.proxies;
    if !trusted(proxies, peer) {
        request.extensions_mut().insert(CameFrom(peer));
        return next.run(request).await;
    }
    let from = behind(proxies, peer, request.headers());
    if values(request.headers(), "x-forwarded-proto").next_back().is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")) {
        let origin = Origin { address: Some(from.to_string()), ..Origin::default() };
        let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
        return crate::plain::refuse(&app.gate, origin, request.method(), path, request.headers(), 443).await;
    }
    request.extensions_mut().insert(CameFrom(from));
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_our_own_proxies_say_of_a_chain_is_believed() {
        let proxies: Vec<IpNet> = ["10.0.0.0/8", "::1/128"].map(|n| n.parse().unwrap()).into();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.2.3.4, 198.51.100.7, 10.0.0.9".parse().unwrap());
        let at = |peer: &str| behind(&proxies, peer.parse().unwrap(), &headers).to_string();
        assert_eq!(at("10.0.0.1"), "198.51.100.7", "what the client itself put first is not believed");
        headers.insert("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(behind(&proxies, "10.0.0.1".parse().unwrap(), &headers).to_string(), "10.0.0.1");
    }
}
