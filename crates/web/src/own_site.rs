//! The first wall against cross-site requests: whether a browser says that another site sent this. Programs say
//! nothing; they carry a key and no cookie. Forms carry a token besides.
use crate::early::{Early, Form};
use axum::{
    extract::Request,
    http::{Method, StatusCode, header},
    response::Response,
};
use url::{Origin, Url};

/// Where we are.
pub(crate) struct OwnSite {
    /// The address that people reach us by, as the operator says it.
    public: Option<Url>,
    /// Whether that is by HTTPS only.
    secure: bool,
}

impl OwnSite {
    pub(crate) fn new(public_url: &str, secure: bool) -> Self {
        Self {
            public: Url::parse(public_url).ok(),
            secure,
        }
    }

    /// A path of ours at the public address, where that is by HTTPS.
    pub(crate) fn by_https(&self, path: &str) -> Option<String> {
        let public = self.public.as_ref().filter(|url| url.scheme() == "https")?;
        Some(format!("{}{path}", public.origin().ascii_serialization()))
    }

    /// Refuses what another site sent; nothing where it is from our own or from no site at all.
    pub(crate) fn refuse(
        &self,
        request: &Request,
        may_tell: impl FnOnce() -> bool,
    ) -> Option<Response> {
        let sides = Sides::of(request);
        if matches!(
            *request.method(),
            Method::GET | Method::HEAD | Method::OPTIONS
        ) || self.is_sender(&sides)
        {
            return None;
        }
        let public = self
            .public
            .as_ref()
            .map(|url| url.origin().ascii_serialization())
            .unwrap_or_default();
        if may_tell() {
            let host = sides.host.map(|host| format!("https://{host}"));
            let (origin, host, site) = (
                shown(sides.origin),
                shown(host.as_deref()),
                sides.known_site(),
            );
            tracing::warn!(
                origin,
                host,
                public,
                site,
                "a request was refused as another site's: its origin is neither the host it asks nor the public address"
            );
        }
        Some(Form::of(request.uri().path()).tell(Early {
            status: StatusCode::FORBIDDEN,
            kind: "another-site",
            title: say::another_site_title(),
            words: say::another_site_explained().to_owned(),
            look_at: look_at(&public),
        }))
    }

    fn is_sender(&self, sides: &Sides<'_>) -> bool {
        if let Some(site) = sides.site {
            return matches!(site, "same-origin" | "none");
        }
        let Some(origin) = sides.origin else {
            return true;
        };
        let Some(origin) = Url::parse(origin)
            .ok()
            .map(|url| url.origin())
            .filter(Origin::is_tuple)
        else {
            return false;
        };
        let scheme = if self.secure || origin.ascii_serialization().starts_with("https:") {
            "https"
        } else {
            "http"
        };
        let asked = sides
            .host
            .and_then(|host| Url::parse(&format!("{scheme}://{host}")).ok());
        [asked.as_ref(), self.public.as_ref()]
            .into_iter()
            .flatten()
            .any(|ours| ours.origin() == origin)
    }
}

/// What may be the matter, for the person whose form was refused.
fn look_at(public: &str) -> Vec<String> {
    let address = if public.is_empty() {
        say::another_site_usual_address()
    } else {
        public
    };
    vec![
        say::another_site_open_at(address),
        say::another_site_privacy().to_owned(),
        say::another_site_tell().to_owned(),
    ]
}

/// What a browser says of where a request comes from and goes to.
struct Sides<'r> {
    /// `Sec-Fetch-Site`, which no page can set.
    site: Option<&'r str>,
    origin: Option<&'r str>,
    /// The host, which HTTP/2 tells in the address.
    host: Option<&'r str>,
}

impl<'r> Sides<'r> {
    fn of(request: &'r Request) -> Self {
        // What is no text is no origin of ours: it stands for one that is another's.
        let text = |name| {
            request
                .headers()
                .get(name)
                .map(|v| v.to_str().unwrap_or("null"))
        };
        let host = text(header::HOST.as_str()).or_else(|| {
            request
                .uri()
                .authority()
                .map(axum::http::uri::Authority::as_str)
        });
        Self {
            site: text("sec-fetch-site"),
            origin: text(header::ORIGIN.as_str()),
            host,
        }
    }
    fn known_site(&self) -> &'static str {
        let known = ["same-origin", "same-site", "cross-site", "none"];
        self.site.map_or("not told", |site| {
            known
                .into_iter()
                .find(|word| *word == site)
                .unwrap_or("unreadable")
        })
    }
}

/// An origin for the log; what is none is not repeated.
fn shown(origin: Option<&str>) -> String {
    match origin {
        None => "none".to_owned(),
        Some("null") => "null".to_owned(),
        Some(origin) => Url::parse(origin).ok().filter(Url::has_host).map_or_else(
            || "unreadable".to_owned(),
            |url| url.origin().ascii_serialization(),
        ),
    }
}
