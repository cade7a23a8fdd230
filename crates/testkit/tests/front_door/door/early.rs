//! Answers of every route and status carry the same headers, those too that come before a handler
//! or instead of one.
use crate::{Browser, Door, door::anonymous::routes};
use axum::{
    body::Body,
    http::{HeaderMap, Request},
};
use interpres_testkit::{House, apply, story};
use std::collections::BTreeMap;

const CARRIED: [&str; 9] = [
    "content-security-policy",
    "strict-transport-security",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "cross-origin-embedder-policy",
    "permissions-policy",
    "cache-control",
];

fn carries_all(headers: &HeaderMap, whose: &str) {
    for header in CARRIED {
        assert!(headers.contains_key(header), "{whose}: {header}");
    }
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        !policy.contains("unsafe") && policy.contains("default-src 'none'"),
        "{whose}: {policy}"
    );
}

fn body_that_never_comes() -> Body {
    Body::from_stream(futures_util::stream::pending::<
        Result<Vec<u8>, std::io::Error>,
    >())
}

#[apply(story)]
async fn every_answer_carries_the_security_headers(house: &House) {
    let door = Door::of(house);
    let dora = Browser::of(house).sign_in(house, "Dora").await;
    let key = &house.person("Dora").api_key;
    let (_, document) = door.get("", "/api/v1/openapi.json").await;
    let of_api = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, all)| {
            all.as_object()
                .unwrap()
                .keys()
                .map(move |method| (method.to_uppercase(), format!("/api/v1{path}")))
        });
    let mut all: Vec<(String, String)> = routes()
        .into_iter()
        .map(|(method, path)| (method.to_owned(), path))
        .chain(of_api)
        .collect();
    for (method, path) in [
        ("GET", "/nowhere"),
        ("GET", "/api/v1/nowhere"),
        ("DELETE", "/api/v1/teams"),
        ("PUT", "/appointments"),
        ("GET", "/assets/0/app.css"),
        ("GET", "/assets/0/nothing.css"),
        ("OPTIONS", "/"),
        ("GET", "/appointments?from=x"),
        ("GET", "/healthz"),
    ] {
        all.push((method.to_owned(), path.to_owned()));
    }
    let mut seen = BTreeMap::new();
    for (method, path) in &all {
        let address: String = path
            .replace("{name}", "app.css")
            .split('/')
            .map(|part| {
                if part.starts_with('{') {
                    "01890000-0000-7000-8000-000000000000"
                } else {
                    part
                }
            })
            .collect::<Vec<_>>()
            .join("/");
        for (name, value) in [
            ("authorization", format!("Bearer {key}")),
            ("cookie", dora.cookies()),
            ("sec-fetch-site", "cross-site".to_owned()),
        ] {
            let request = Request::builder()
                .method(method.as_str())
                .uri(&address)
                .header("content-type", "application/x-www-form-urlencoded")
                .header(name, value);
            let answer = door
                .send(
                    request
                        .body(Body::from(if method == "GET" { "" } else { "a=b" }))
                        .unwrap(),
                )
                .await;
            carries_all(
                answer.headers(),
                &format!("{method} {path} with {name}: {}", answer.status()),
            );
            *seen.entry(answer.status().as_u16()).or_insert(0) += 1;
        }
    }
    assert!(
        [200, 303, 400, 401, 403, 404, 405, 422, 428, 429]
            .iter()
            .all(|status| seen.contains_key(status)),
        "{seen:?}"
    );
}

#[apply(story)]
async fn what_takes_too_long_ends_in_its_own_form_and_is_under_way_no_more(house: &House) {
    let door = Door {
        router: interpres_web::router(
            house.gate.clone(),
            interpres_web::Options {
                patience: interpres_web::Patience(std::time::Duration::from_secs(1)),
                ..Default::default()
            },
        ),
    };
    let send = async |method: &str, path: &str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(
                "authorization",
                format!("Bearer {}", house.person("Olivia").api_key),
            )
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = door
            .send(request.body(body_that_never_comes()).unwrap())
            .await;
        carries_all(answer.headers(), path);
        (
            answer.status().as_u16(),
            answer.headers()["content-type"]
                .to_str()
                .unwrap()
                .to_owned(),
        )
    };
    for (path, form) in [
        ("/sign-in", "text/html; charset=utf-8"),
        ("/api/v1/teams", "application/problem+json"),
        ("/oauth/token", "application/json"),
    ] {
        assert_eq!(send("POST", path).await, (504, form.to_owned()), "{path}");
    }
    // And one whose sender goes away.
    let gone = door.send(
        Request::builder()
            .method("POST")
            .uri("/sign-in")
            .body(body_that_never_comes())
            .unwrap(),
    );
    assert!(futures_util::FutureExt::now_or_never(gone).is_none());
    let (_, _, metrics) = door
        .ask(&house.person("Olivia").api_key, "GET", "/metrics", &[], "")
        .await;
    assert_eq!(metrics.status(), 200);
    let figures = door
        .send(
            Request::builder()
                .uri("/metrics")
                .header(
                    "authorization",
                    format!("Bearer {}", house.person("Olivia").api_key),
                )
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    let text = String::from_utf8(
        axum::body::to_bytes(figures.into_body(), 1 << 20)
            .await
            .unwrap()
            .to_vec(),
    )
    .unwrap();
    assert!(
        text.contains("http_requests_in_flight 1\n") && text.contains("class=\"5xx\"} 3\n"),
        "{text}"
    );
}
