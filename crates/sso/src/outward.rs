//! Requests to providers: HTTPS, public addresses, ten-second timeout, no redirects, at most one megabyte. An admin
//! types a provider's URL, so these limits prevent SSRF.
use reqwest::{
    Client, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use serde::de::DeserializeOwned;
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use url::{Host, Url};

const LONGEST_ANSWER: Duration = Duration::from_secs(10);
const LARGEST_ANSWER: usize = 1 << 20;

/// The way out to identity providers.
#[derive(Clone, Debug)]
pub struct Outward {
    client: Client,
    private: bool,
}

struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0))
                .await?
                .filter(|at| is_public(at.ip()))
                .collect();
            if found.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is publicly routable.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let benchmark = a == 198 && (18..20).contains(&b);
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.is_documentation()
                || shared
                || benchmark
                || a == 0
                || a >= 240)
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(IpAddr::V4(v4)),
            None => {
                let first = v6.segments()[0];
                let local = first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80;
                // 64:ff9b::/96 and 2002::/16 lead to IPv4 addresses that can't be seen from here.
                !(v6.is_loopback()
                    || v6.is_unspecified()
                    || v6.is_multicast()
                    || local
                    || first == 0x2002
                    || first == 0x0064)
            }
        },
    }
}

impl Outward {
    /// The HTTP client for providers; internal addresses, and plain HTTP to localhost, only if the operator allows
    /// them.
    ///
    /// # Errors
    /// If the system's certificates cannot be read.
    pub fn new(private: bool) -> reqwest::Result<Self> {
        let builder = Client::builder()
            .timeout(LONGEST_ANSWER)
            .redirect(Policy::none());
        let builder = if private {
            builder
        } else {
            builder.dns_resolver(Arc::new(PublicOnly)).https_only(true)
        };
        Ok(Self {
            client: builder.build()?,
            private,
        })
    }

    /// An address that may be asked.
    pub(crate) fn allowed(&self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let here = match url.host()? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(ip) => IpAddr::V4(ip).is_loopback(),
            Host::Ipv6(ip) => IpAddr::V6(ip).is_loopback(),
        };
        let literal = match url.host()? {
            Host::Domain(name) => name != "localhost",
            Host::Ipv4(ip) => is_public(ip.into()),
            Host::Ipv6(ip) => is_public(ip.into()),
        };
        let plain = url.scheme() == "http" && here && self.private;
        let good = (url.scheme() == "https" || plain)
            && (literal || self.private)
            && url.username().is_empty()
            && url.password().is_none();
        good.then_some(url)
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, url: &str) -> Option<T> {
        self.read(self.client.get(self.allowed(url)?).send().await.ok()?)
            .await
    }

    pub(crate) async fn get_with<T: DeserializeOwned>(&self, url: &str, token: &str) -> Option<T> {
        self.read(
            self.client
                .get(self.allowed(url)?)
                .bearer_auth(token)
                .send()
                .await
                .ok()?,
        )
        .await
    }

    /// Sends a form, with a client's name and secret as HTTP's basic authentication.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        url: &str,
        client: (&str, &str),
        form: &[(&str, &str)],
    ) -> Option<T> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let part =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let request = self
            .client
            .post(self.allowed(url)?)
            .basic_auth(part(client.0), Some(part(client.1)));
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(body);
        self.read(request.send().await.ok()?).await
    }

    async fn read<T: DeserializeOwned>(&self, mut answer: Response) -> Option<T> {
        if !answer.status().is_success() {
            return None;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.ok()? {
            if bytes.len() + chunk.len() > LARGEST_ANSWER {
                return None;
            }
            bytes.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_open_internet_are_asked_and_only_by_https() {
        let out = Outward::new(false).unwrap();
        for bad in [
            "http://idp.example.com/",
            "https://127.0.0.1/",
            "https://localhost/",
            "https://10.0.0.1/",
            "https://192.168.1.1/",
            "https://172.16.0.1/",
            "https://169.254.169.254/latest",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://user:secret@idp.example.com/",
            "file:///etc/passwd",
            "gopher://idp.example.com/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://127.1/",
            "https://255.255.255.255/",
            "not an address",
        ] {
            assert!(out.allowed(bad).is_none(), "{bad}");
        }
        assert!(out.allowed("https://idp.example.com/.well-known").is_some());
        let private = Outward::new(true).unwrap();
        assert!(
            private.allowed("http://127.0.0.1:9/").is_some()
                && private.allowed("http://10.0.0.1/").is_none()
                && private.allowed("https://10.0.0.1/").is_some()
        );
    }

    #[test]
    fn names_that_lead_to_private_addresses_are_not_asked() {
        for (ip, public) in [
            ("8.8.8.8", true),
            ("2606:4700::1", true),
            ("10.1.2.3", false),
            ("198.18.0.1", false),
            ("203.0.113.7", false),
            ("::ffff:10.0.0.1", false),
            ("240.0.0.1", false),
        ] {
            assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
        }
    }
}
