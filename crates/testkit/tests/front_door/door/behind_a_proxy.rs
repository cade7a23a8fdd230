//! Behind a reverse proxy: who asks, and from which site.
use crate::{Browser, Door};
use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, Response},
};
use interpres_testkit::{House, apply, story};
use interpres_web::{Options, router};
use serde_json::Value;
use std::net::{IpAddr, SocketAddr};

const PUBLIC: &str = "https://app.agency.example:8443";

/// The server as a peer reaches it, with 10.0.0.0/8 as its proxies.
pub(crate) fn door(house: &House) -> Door {
    let proxies = vec!["10.0.0.0/8".parse().unwrap()];
    Door {
        router: router(
            house.gate.clone(),
            Options {
                secure: true,
                proxies,
                public_url: PUBLIC.to_owned(),
                ..Options::default()
            },
        ),
    }
}

pub(crate) async fn send(
    door: &Door,
    peer: &str,
    request: axum::http::request::Builder,
    body: &str,
) -> Response<Body> {
    let peer = SocketAddr::new(peer.parse::<IpAddr>().unwrap(), 40_000);
    Door {
        router: door.router.clone().layer(Extension(ConnectInfo(peer))),
    }
    .send(request.body(Body::from(body.to_owned())).unwrap())
    .await
}

pub(crate) async fn text(answer: Response<Body>) -> String {
    String::from_utf8_lossy(&to_bytes(answer.into_body(), 1 << 20).await.unwrap()).into_owned()
}

/// Asks until there was too much from there. A place comes free every two seconds, so it may take
/// some more than thirty.
async fn until_limited(whose: &str, ask: impl AsyncFn() -> u16) {
    for _ in 0..100 {
        match ask().await {
            401 => {}
            status => return assert_eq!(status, 429, "{whose}"),
        }
    }
    panic!("{whose}: there is no limit");
}

/// One way in which proxies tell of a client.
struct Told(Value);

impl Told {
    fn clients(&self) -> Vec<&str> {
        self.0["clients"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c.as_str().unwrap())
            .collect()
    }
    /// Something that is limited by address, from one of the clients.
    async fn ask(&self, door: &Door, client: &str, path: &str, body: &str) -> Response<Body> {
        let mut request = Request::builder()
            .method("POST")
            .uri(path)
            .header("content-type", "application/x-www-form-urlencoded");
        for header in self.0["headers"].as_array().unwrap() {
            request = request.header(
                header[0].as_str().unwrap(),
                header[1].as_str().unwrap().replace("{}", client),
            );
        }
        send(door, self.0["peer"].as_str().unwrap(), request, body).await
    }
}

#[apply(story)]
async fn however_a_proxy_tells_of_a_client_each_has_a_limit_of_its_own_and_the_log_holds_its_address(
    house: &House,
) {
    let door = Door {
        router: router(
            house.gate.clone(),
            Options {
                proxies: vec!["10.0.0.0/8".parse().unwrap()],
                ..Options::default()
            },
        ),
    };
    let dora = house.person("Dora");
    let sign_in = |password: &str| {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("email", dora.email.as_str()), ("password", password)])
            .finish()
    };
    let cases: Vec<Value> = serde_json::from_str(include_str!("forwarded.json")).unwrap();
    for told in cases.into_iter().map(Told) {
        let name = told.0["name"].as_str().unwrap();
        let first = told.clients()[0];
        house.wait_minutes(20);
        assert_eq!(
            told.ask(&door, first, "/sign-in", &sign_in("wrong"))
                .await
                .status(),
            401,
            "{name}"
        );
        assert_eq!(
            told.ask(&door, first, "/sign-in", &sign_in(&dora.password))
                .await
                .status(),
            200,
            "{name}"
        );
        until_limited(name, async || {
            told.ask(&door, first, "/oauth/token", "")
                .await
                .status()
                .as_u16()
        })
        .await;
        if let Some(second) = told.clients().get(1) {
            assert_eq!(
                told.ask(&door, second, "/sign-in", &sign_in(&dora.password))
                    .await
                    .status(),
                200,
                "{name}: another client gets in"
            );
        }
        let (_, log) = door
            .get(
                &house.person("Olivia").api_key,
                "/api/v1/audit/entries?action=session.open&limit=100",
            )
            .await;
        let addresses: Vec<&str> = log["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|e| e["address"].as_str())
            .collect();
        assert!(addresses.contains(&first), "{name}: {addresses:?}");
    }
}

#[apply(story)]
async fn one_ipv6_network_is_one_caller_and_a_mapped_address_is_the_same_as_its_own(house: &House) {
    let door = Door {
        router: router(house.gate.clone(), Options::default()),
    };
    let ask = async |peer: &str| {
        send(
            &door,
            peer,
            Request::builder()
                .method("POST")
                .uri("/oauth/token")
                .header("content-type", "application/x-www-form-urlencoded"),
            "",
        )
        .await
        .status()
        .as_u16()
    };
    let hosts = std::cell::Cell::new(0);
    until_limited("one network", async || {
        hosts.set(hosts.get() + 1);
        ask(&format!("2001:db8:1:1:{:x}::1", hosts.get())).await
    })
    .await;
    assert_eq!(ask("2001:db8:1:2::1").await, 401, "the network beside it");
    until_limited("one address", async || ask("198.51.100.40").await).await;
    assert_eq!(
        (
            ask("::ffff:198.51.100.40").await,
            ask("198.51.100.41").await
        ),
        (429, 401)
    );
}

#[apply(story)]
async fn a_form_is_ours_by_the_public_address_or_by_the_host_and_by_nothing_else(house: &House) {
    let door = door(house);
    let dora = house.person("Dora");
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("email", &dora.email), ("password", &dora.password)])
        .finish();
    let post = async |headers: &[(&str, &str)]| {
        let mut request = Request::builder()
            .method("POST")
            .uri("/sign-in")
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(&door, "10.0.0.5", request, &body).await
    };
    for headers in [
        [("host", "app:8080"), ("origin", PUBLIC)],
        [("host", "app.agency.example:8443"), ("origin", PUBLIC)],
        [
            ("host", "APP.agency.example:8443"),
            ("origin", "https://App.Agency.Example:8443"),
        ],
        [("host", "app.agency.example"), ("origin", PUBLIC)],
        [
            ("host", "other.agency.example"),
            ("origin", "https://other.agency.example:443"),
        ],
        [
            ("host", "other.agency.example:443"),
            ("origin", "https://other.agency.example"),
        ],
        [("host", "app:8080"), ("sec-fetch-site", "same-origin")],
    ] {
        assert_eq!(post(&headers).await.status(), 200, "{headers:?}");
    }
    for headers in [
        [
            ("host", "app.agency.example:8443"),
            ("origin", "https://app.agency.example.evil.example"),
        ],
        [
            ("host", "app.agency.example:8443"),
            ("origin", "https://app.agency.example:8444"),
        ],
        [
            ("host", "app.agency.example:8443"),
            ("origin", "http://app.agency.example:8443"),
        ],
        [("host", "app.agency.example:8443"), ("origin", "null")],
        [("host", "app.agency.example:8443"), ("origin", "Kanarya")],
        [("host", "app.agency.example:8443"), ("origin", "")],
    ] {
        let answer = post(&headers).await;
        let (status, html) = (
            answer.status(),
            answer.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/html"),
        );
        let page = text(answer).await;
        assert!(status == 403 && html, "{headers:?}: {status} {page}");
        assert!(
            page.contains("privacy add-on")
                && page.contains(PUBLIC)
                && !page.contains("evil")
                && !page.contains("Kanarya"),
            "{headers:?}: {page}"
        );
    }
    let request = Request::builder()
        .method("POST")
        .uri("/api/v1/teams")
        .header("origin", "https://evil.example")
        .header("host", "app:8080");
    let answer = send(&door, "10.0.0.5", request, "{}").await;
    assert_eq!(
        (
            answer.status().as_u16(),
            answer.headers()["content-type"].to_str().unwrap()
        ),
        (403, "application/problem+json")
    );
}

#[apply(story)]
async fn two_installs_on_one_host_keep_their_cookies_apart(house: &House) {
    let at = |public_url: &str| {
        Browser::at(router(
            house.gate.clone(),
            Options {
                secure: public_url.starts_with("https"),
                public_url: public_url.to_owned(),
                ..Options::default()
            },
        ))
    };
    let mut names = std::collections::BTreeSet::new();
    for public_url in [
        "https://agency.example",
        "https://agency.example:8443",
        "https://agency.example:9443",
        "http://localhost:8080",
        "http://localhost:8081",
    ] {
        house.wait_minutes(1);
        let mut browser = at(public_url).sign_in(house, "Dora").await;
        assert_eq!(browser.get("/appointments").await.status, 200);
        for name in browser.names() {
            assert_eq!(
                name.starts_with("__Host-"),
                public_url.starts_with("https"),
                "{name} at {public_url}"
            );
            assert!(names.insert(name.clone()), "{name} at {public_url}");
        }
    }
}
