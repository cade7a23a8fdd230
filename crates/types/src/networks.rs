use crate::Rule;
use ipnet::{IpNet, Ipv6Net};
use std::{fmt, net::IpAddr, str::FromStr};

const MOST: usize = 20;

/// Allowed networks: single addresses or CIDR notation (RFC 4632), at most twenty. Empty means any.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Whether an address is in these networks. An unknown address is in none.
    #[must_use]
    pub fn hold(&self, address: Option<&str>) -> bool {
        let within = |address: IpAddr| self.0.iter().any(|net| net.contains(&address));
        self.0.is_empty()
            || address
                .and_then(|a| a.parse::<IpAddr>().ok())
                .is_some_and(|a| within(a.to_canonical()))
    }
    /// Whether there is no restriction.
    #[must_use]
    pub const fn is_everywhere(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether the host is a literal loopback address, where no one can listen in.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// The client that rate limits count: an IPv4 address, or an IPv6 /64, the smallest network a provider assigns to a
/// customer (RFC 6177).
#[must_use]
pub fn caller_of(address: IpAddr) -> IpNet {
    match address.to_canonical() {
        IpAddr::V4(address) => IpNet::V4(address.into()),
        IpAddr::V6(address) => IpNet::V6(Ipv6Net::new_assert(address, 64).trunc()),
    }
}

impl FromStr for Networks {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let one = |word: &str| {
            word.parse::<IpNet>()
                .or_else(|_| word.parse::<IpAddr>().map(IpNet::from))
        };
        let words = raw
            .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
            .filter(|word| !word.is_empty());
        let all: Vec<IpNet> = words.map(one).collect::<Result<_, _>>().map_err(|_| {
            Rule::new("must be network addresses, like 203.0.113.7 or 203.0.113.0/24")
        })?;
        if all.len() > MOST {
            return Err(Rule::new("must be twenty networks at most"));
        }
        Ok(Self(all.into_iter().map(|net| net.trunc()).collect()))
    }
}
impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            &self
                .0
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" "),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_loopback_only() {
        for here in [
            "localhost",
            "127.0.0.1",
            "127.9.9.9",
            "::1",
            "[::1]",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_this_machine(here), "{here}");
        }
        for elsewhere in [
            "",
            "localhost.example.org",
            "127.0.0.1.example.org",
            "10.0.0.1",
            "[::2]",
            "db.internal",
        ] {
            assert!(!is_this_machine(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn one_ipv6_network_is_one_caller_and_a_mapped_address_is_its_own() {
        let of = |address: &str| caller_of(address.parse().unwrap()).to_string();
        assert_eq!(
            (of("192.0.2.7"), of("::ffff:192.0.2.7")),
            ("192.0.2.7/32".to_owned(), "192.0.2.7/32".to_owned())
        );
        assert_eq!(
            (of("2001:db8:1:2:3::4"), of("2001:db8:1:2::")),
            (
                "2001:db8:1:2::/64".to_owned(),
                "2001:db8:1:2::/64".to_owned()
            )
        );
        assert_eq!(of("2001:db8:1:3::"), "2001:db8:1:3::/64");
    }

    #[test]
    fn an_address_is_in_the_networks_it_is_in_and_an_unknown_one_in_none() {
        let nets: Networks = "203.0.113.7, 198.51.100.9/24\n2001:db8::/32"
            .parse()
            .unwrap();
        assert_eq!(
            nets.to_string(),
            "203.0.113.7/32 198.51.100.0/24 2001:db8::/32"
        );
        for (address, held) in [
            ("203.0.113.7", true),
            ("203.0.113.8", false),
            ("198.51.100.200", true),
            ("2001:db8:1::5", true),
            ("::ffff:203.0.113.7", true),
            ("x", false),
        ] {
            assert_eq!(nets.hold(Some(address)), held, "{address}");
        }
        assert!(
            !nets.hold(None)
                && Networks::default().hold(None)
                && "nowhere".parse::<Networks>().is_err()
        );
        assert!("10.0.0.1 ".repeat(21).parse::<Networks>().is_err());
    }
}
