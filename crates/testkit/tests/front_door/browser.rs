//! A browser without a window: keeps cookies, reads forms, follows nothing by itself.
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, header},
};
use interpres_accounts::{Doors, Passkeys, code_at};
use interpres_sso::Outward;
use interpres_testkit::House;
use interpres_web::{Options, router};
use std::{collections::BTreeMap, sync::Arc};
use tower::ServiceExt;

/// What a page answered.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) text: String,
    /// Every cookie that was set, whole.
    pub(crate) set: Vec<String>,
}

impl Page {
    /// The token or key that it shows, this once.
    pub(crate) fn token(&self) -> String {
        let after = self.text.split("class=\"token\">").nth(1).unwrap();
        after.split('<').next().unwrap().to_owned()
    }
    /// The value of a hidden or shown field.
    pub(crate) fn field(&self, name: &str) -> String {
        let at = self
            .text
            .find(&format!("name=\"{name}\" value=\""))
            .unwrap_or_else(|| panic!("no field {name} in\n{}", self.text));
        let rest = &self.text[at + name.len() + 15..];
        plain(&rest[..rest.find('"').unwrap()])
    }
    /// The value of a field whatever stands between its name and its value.
    pub(crate) fn field_of(&self, name: &str) -> String {
        let rest = self
            .text
            .split(&format!("name=\"{name}\""))
            .nth(1)
            .and_then(|rest| rest.split('>').next())
            .unwrap_or_default();
        plain(
            rest.split("value=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .unwrap_or_default(),
        )
    }
    pub(crate) fn says(&self, words: &str) -> bool {
        plain(&self.text).contains(words)
    }
}

/// Text as a reader sees it.
pub(crate) fn plain(html: &str) -> String {
    html.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&amp;", "&")
        .replace("&#38;", "&")
}

#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    jar: BTreeMap<String, String>,
}

pub(crate) const HERE: &str = "http://localhost:8080";

/// What a cookie is called there.
fn here(what: &str) -> String {
    format!("{what}-8080")
}

impl Browser {
    pub(crate) fn of(house: &House) -> Self {
        let doors = Arc::new(Doors {
            passkeys: Passkeys::at(HERE),
            compromised: None,
        });
        Self {
            router: router(
                house.gate.clone(),
                Options {
                    doors,
                    public_url: HERE.to_owned(),
                    outward: Some(Outward::new(true).unwrap()),
                    ..Options::default()
                },
            ),
            jar: BTreeMap::new(),
        }
    }
    /// One before a server of one's own.
    pub(crate) const fn at(router: Router) -> Self {
        Self {
            router,
            jar: BTreeMap::new(),
        }
    }
    /// One at a network address.
    pub(crate) fn from(house: &House, address: [u8; 4]) -> Self {
        let this = Self::of(house);
        let peer = axum::extract::ConnectInfo(std::net::SocketAddr::from((address, 4000)));
        Self {
            router: this.router.layer(axum::Extension(peer)),
            jar: BTreeMap::new(),
        }
    }
    /// The server that it is before.
    pub(crate) fn server(&self) -> Router {
        self.router.clone()
    }
    /// One of another person: nothing in it, the same server.
    pub(crate) fn fresh(&self) -> Self {
        Self {
            router: self.router.clone(),
            jar: BTreeMap::new(),
        }
    }
    pub(crate) fn cookies(&self) -> String {
        self.jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.jar.keys()
    }
    /// A cookie that we set at [`HERE`].
    pub(crate) fn cookie(&self, what: &str) -> Option<&str> {
        self.jar.get(&here(what)).map(String::as_str)
    }
    pub(crate) fn set(&mut self, what: &str, value: &str) {
        self.jar.insert(here(what), value.to_owned());
    }
    pub(crate) fn forget(&mut self, what: &str) {
        self.jar.remove(&here(what));
    }
    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.send(Request::builder().uri(path), Body::empty()).await
    }
    /// Opens what does not end by itself.
    pub(crate) async fn open(&self, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let mut request = Request::builder()
            .uri(path)
            .header("cookie", self.cookies());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.router
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap()
    }
    /// Follows a link from a page.
    pub(crate) async fn get_from(&mut self, page: &str, path: &str) -> Page {
        self.send(
            Request::builder()
                .uri(path)
                .header(header::REFERER, format!("{HERE}{page}")),
            Body::empty(),
        )
        .await
    }
    /// Sends a form as it is.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send(
            Request::builder()
                .method("POST")
                .uri(path)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
            Body::from(body),
        )
        .await
    }
    /// Sends a form with the token of the session's own pages.
    pub(crate) async fn act(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.get("/session/resumed").await.field("csrf");
        let all: Vec<(&str, &str)> = fields
            .iter()
            .copied()
            .chain([("csrf", csrf.as_str())])
            .collect();
        self.post(path, &all).await
    }
    /// Sends a form with a file, with the token of the session's own pages.
    pub(crate) async fn act_with_file(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file: &[u8],
    ) -> Page {
        let csrf = self.get("/session/resumed").await.field("csrf");
        let all: Vec<(&str, &str)> = fields
            .iter()
            .copied()
            .chain([("csrf", csrf.as_str())])
            .collect();
        self.file(path, &all, file).await
    }
    pub(crate) async fn send_file(&mut self, path: &str, file: &[u8]) -> Page {
        self.act_with_file(path, &[], file).await
    }
    /// Sends a form with a file as it is (RFC 7578).
    pub(crate) async fn file(&mut self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Page {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend_from_slice(
                format!(
                    "--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .as_bytes(),
            );
        }
        body.extend_from_slice(
            b"--edge\r\ncontent-disposition: form-data; name=\"file\"; \
             filename=\"me.png\"\r\ncontent-type: image/png\r\n\r\n",
        );
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        self.send(
            Request::builder()
                .method("POST")
                .uri(path)
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge"),
            Body::from(body),
        )
        .await
    }
    /// Follows a booking's steps as a browser does, and nothing else.
    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Page {
        let page = self.send_once(request, body).await;
        if page.status == 303 && page.location.starts_with("/appointments/new/") {
            return Page {
                location: page.location.clone(),
                ..self
                    .send_once(Request::builder().uri(&page.location), Body::empty())
                    .await
            };
        }
        page
    }
    async fn send_once(&mut self, request: axum::http::request::Builder, body: Body) -> Page {
        let (parts, body) = self
            .router
            .clone()
            .oneshot(request.header("cookie", self.cookies()).body(body).unwrap())
            .await
            .unwrap()
            .into_parts();
        let set: Vec<String> = parts
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|v| v.to_str().unwrap().to_owned())
            .collect();
        for cookie in &set {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.jar.remove(name)
            } else {
                self.jar.insert(name.to_owned(), value.to_owned())
            };
        }
        let location = parts
            .headers
            .get(header::LOCATION)
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let text = String::from_utf8_lossy(&to_bytes(body, 1 << 24).await.unwrap()).into_owned();
        Page {
            status: parts.status.as_u16(),
            location,
            text,
            set,
        }
    }

    /// Types address and password; gives the page that follows.
    pub(crate) async fn password(&mut self, house: &House, first: &str) -> Page {
        let person = house.person(first);
        self.post(
            "/sign-in",
            &[("email", &person.email), ("password", &person.password)],
        )
        .await
    }
    /// The code that a person's app shows now.
    pub(crate) fn code(house: &House, first: &str) -> String {
        code_at(&house.person(first).totp_secret, house.gate.now()).unwrap()
    }
    /// Signs a person of the named world in, by password and code.
    pub(crate) async fn sign_in(mut self, house: &House, first: &str) -> Self {
        let asked = self.password(house, first).await;
        let page = self
            .post(
                "/sign-in/proof",
                &[
                    ("ticket", &asked.field("ticket")),
                    ("code", &Self::code(house, first)),
                ],
            )
            .await;
        assert_eq!(page.status, 303, "{}", page.text);
        self
    }
    /// Proves once more, by code.
    pub(crate) async fn prove(&mut self, house: &House, first: &str) -> Page {
        let ticket = self.get("/proof").await.field("ticket");
        self.act(
            "/proof",
            &[("ticket", &ticket), ("code", &Self::code(house, first))],
        )
        .await
    }
    /// Signs in with the next code.
    pub(crate) async fn sign_in_later(self, house: &House, first: &str) -> Self {
        house.wait_minutes(1);
        self.sign_in(house, first).await
    }
}
