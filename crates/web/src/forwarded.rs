//! What reverse proxies tell of a request, as they do in the wild: X-Forwarded-For with or without ports, brackets and
//! names that stand for nobody, and Forwarded (RFC 7239).
use axum::http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr};

/// Whom a chain of proxies names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ForwardedClient {
    /// The client's address.
    Client(IpAddr),
    /// No address of a client; this is the last proxy's of ours that is known.
    Nobody(IpAddr),
}

/// Whether this is a proxy of ours.
pub(crate) fn is_proxy(proxies: &[IpNet], address: IpAddr) -> bool {
    proxies.iter().any(|net| net.contains(&address))
}

/// Who is behind a proxy of ours. Where both headers stand, the client itself may have sent one of them: they count when
/// they are of one mind.
pub(crate) fn behind(proxies: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> ForwardedClient {
    let through = |hops: Vec<Option<IpAddr>>| chain(proxies, peer, &hops);
    let plain = headers
        .contains_key("x-forwarded-for")
        .then(|| through(values(headers, "x-forwarded-for").map(hop).collect()));
    let rfc = headers
        .contains_key("forwarded")
        .then(|| through(parameters(headers, "for").map(|v| hop(&v)).collect()));
    match (plain, rfc) {
        (Some(one), Some(other)) if one != other => ForwardedClient::Nobody(peer),
        (Some(told), _) | (None, Some(told)) => told,
        (None, None) => ForwardedClient::Nobody(peer),
    }
}

/// Whether the proxy says by which scheme the request reached it, and if so, whether that was in clear.
pub(crate) fn in_clear(headers: &HeaderMap) -> Option<bool> {
    let said: Vec<String> = values(headers, "x-forwarded-proto")
        .next_back()
        .map(str::to_owned)
        .into_iter()
        .chain(parameters(headers, "proto").last())
        .collect();
    (!said.is_empty()).then(|| {
        said.iter()
            .any(|scheme| !scheme.eq_ignore_ascii_case("https"))
    })
}

/// The last hop that is none of our proxies; the first, where all are.
fn chain(proxies: &[IpNet], peer: IpAddr, hops: &[Option<IpAddr>]) -> ForwardedClient {
    let mut told = ForwardedClient::Nobody(peer);
    for hop in hops.iter().rev() {
        let Some(address) = *hop else {
            let (ForwardedClient::Client(proxy) | ForwardedClient::Nobody(proxy)) = told;
            return ForwardedClient::Nobody(proxy);
        };
        told = ForwardedClient::Client(address);
        if !is_proxy(proxies, address) {
            break;
        }
    }
    told
}

/// The elements of a header's lists, in order. Empty ones are left out (RFC 9110 section 5.6.1.2).
fn values<'h>(headers: &'h HeaderMap, name: &str) -> impl DoubleEndedIterator<Item = &'h str> {
    let lines = headers.get_all(name).iter().filter_map(|v| v.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|element| !element.is_empty())
        .collect::<Vec<_>>()
        .into_iter()
}

/// The address in a hop: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`, an IPv4 address
/// mapped into IPv6. Anything else names nobody, such as `unknown` and `_hidden` (RFC 7239 section 6).
fn hop(text: &str) -> Option<IpAddr> {
    let address = match text.strip_prefix('[') {
        Some(rest) => {
            let (inside, port) = rest.split_once(']')?;
            let inside = inside.split('%').next()?;
            (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
                .then(|| inside.parse::<Ipv6Addr>().ok())
                .flatten()?
                .into()
        }
        None => text.parse().ok().or_else(|| {
            text.split_once(':')
                .filter(|(_, port)| is_port(port))
                .and_then(|(ip, _)| ip.parse().ok())
        })?,
    };
    Some(IpAddr::to_canonical(&address))
}

/// A port, or a name that hides it (RFC 7239 section 6.2).
fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
        || text.strip_prefix('_').is_some_and(|name| {
            name.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        })
}

/// The values of one parameter in the elements of Forwarded, in order.
fn parameters<'h>(headers: &'h HeaderMap, name: &'h str) -> impl Iterator<Item = String> + 'h {
    let lines = headers
        .get_all("forwarded")
        .iter()
        .filter_map(|v| v.to_str().ok());
    let pairs = lines.flat_map(|line| outside_quotes(line, &[',', ';']));
    pairs.filter_map(move |pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case(name)
            .then(|| unquoted(value.trim()))
    })
}

/// The pieces between separators that stand in no quoted string.
fn outside_quotes<'t>(line: &'t str, separators: &[char]) -> Vec<&'t str> {
    let (mut pieces, mut from, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, letter) in line.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if !quoted && separators.contains(&letter) => {
                pieces.push(&line[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&line[from..]);
    pieces
}

fn unquoted(value: &str) -> String {
    let inside = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    inside.map_or_else(
        || value.to_owned(),
        |inside| inside.replace("\\\"", "\"").replace("\\\\", "\\"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hop_is_an_address_with_or_without_brackets_and_port_or_nobody() {
        for (text, address) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:80", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[fe80::1%eth0]:443", "fe80::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
            ("192.0.2.1:_obfuscated", "192.0.2.1"),
        ] {
            assert_eq!(hop(text), Some(address.parse().unwrap()), "{text}");
        }
        for text in [
            "",
            "unknown",
            "_hidden",
            "192.0.2.1:http",
            "192.0.2.1:99999",
            "[192.0.2.1]",
            "[2001:db8::1",
            "[2001:db8::1]443",
            "192.0.2.300",
            "example.org",
            "127.1",
        ] {
            assert_eq!(hop(text), None, "{text}");
        }
    }

    #[test]
    fn only_what_our_own_proxies_say_of_a_chain_is_believed() {
        let proxies: Vec<IpNet> = ["10.0.0.0/8", "::1/128"].map(|n| n.parse().unwrap()).into();
        let told = |chain: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", chain.parse().unwrap());
            behind(&proxies, "10.0.0.1".parse().unwrap(), &headers)
        };
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(
            told("1.2.3.4, 198.51.100.7, 10.0.0.9"),
            ForwardedClient::Client(ip("198.51.100.7")),
            "what the client itself put first is not believed"
        );
        assert_eq!(
            told("10.1.1.1, 10.0.0.9"),
            ForwardedClient::Client(ip("10.1.1.1")),
            "somebody inside"
        );
        assert_eq!(told("nonsense"), ForwardedClient::Nobody(ip("10.0.0.1")));
        assert_eq!(
            told("1.2.3.4, unknown, 10.0.0.9"),
            ForwardedClient::Nobody(ip("10.0.0.9")),
            "as far as our own know"
        );
    }
}
