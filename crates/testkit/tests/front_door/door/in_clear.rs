//! Nothing is answered in clear, and the check of encrypted connections looks at what is served.
use crate::{
    Door,
    door::behind_a_proxy::{door, send, text},
};
use axum::http::Request;
use interpres_testkit::{House, apply, story};
use interpres_web::{Options, router};
use serde_json::Value;

#[apply(story)]
async fn behind_a_proxy_nothing_is_answered_in_clear_and_a_key_seen_there_is_revoked(
    house: &House,
) {
    let door = door(house);
    let key = |who: &str| house.person(who).api_key.clone();
    let get = |path: &str, key: &str| {
        Request::builder()
            .uri(path)
            .header("host", "app.agency.example:8443")
            .header("authorization", format!("Bearer {key}"))
    };
    assert_eq!(
        send(&door, "10.0.0.5", get("/api/v1/teams", &key("Dora")), "")
            .await
            .status(),
        200
    );
    assert_eq!(
        send(&door, "203.0.113.200", get("/healthz", ""), "")
            .await
            .status(),
        200,
        "tells nothing of anybody"
    );
    let page = send(
        &door,
        "203.0.113.200",
        Request::builder()
            .uri("/sign-in")
            .header("host", "evil.example"),
        "",
    )
    .await;
    assert_eq!(
        (
            page.status().as_u16(),
            page.headers()["location"].to_str().unwrap()
        ),
        (308, "https://app.agency.example:8443/sign-in")
    );
    let typed = send(
        &door,
        "203.0.113.200",
        Request::builder().method("POST").uri("/sign-in"),
        "email=dora&password=x",
    )
    .await;
    assert_eq!(typed.status(), 403);
    for (who, peer, proto) in [
        ("Dora", "203.0.113.200", None),
        ("Bea", "10.0.0.5", Some(("x-forwarded-proto", "http"))),
        (
            "Sam",
            "10.0.0.5",
            Some(("forwarded", "for=198.51.100.1;proto=http")),
        ),
    ] {
        let mut request = get("/api/v1/teams", &key(who));
        if let Some((name, value)) = proto {
            request = request.header(name, value);
        }
        let refused = send(&door, peer, request, "").await;
        assert_eq!(
            (
                refused.status().as_u16(),
                refused.headers()["content-type"].to_str().unwrap()
            ),
            (403, "application/problem+json"),
            "{who}"
        );
        assert_eq!(
            send(&door, "10.0.0.5", get("/api/v1/teams", &key(who)), "")
                .await
                .status(),
            401,
            "{who}: the key was seen in clear"
        );
    }
    assert_eq!(house.entries("api-key.revoke").await.len(), 3);
}

#[apply(story)]
async fn the_check_of_encrypted_connections_looks_at_what_is_really_served(house: &House) {
    let key = format!("Bearer {}", house.person("Olivia").api_key);
    let proxies = || vec!["10.0.0.0/8".parse().unwrap()];
    let check = async |door: &Door, proto: Option<&str>| {
        let mut request = Request::builder()
            .uri("/api/v1/hipaa")
            .header("authorization", &key)
            .header("x-forwarded-for", "198.51.100.1");
        if let Some(proto) = proto {
            request = request.header("x-forwarded-proto", proto);
        }
        let seen: Value =
            serde_json::from_str(&text(send(door, "10.0.0.5", request, "").await).await).unwrap();
        let all = seen["checks"].as_array().unwrap();
        all.iter().find(|c| c["id"] == "tls").unwrap()["good"]
            .as_bool()
            .unwrap()
    };
    let of = |options: Options| Door {
        router: router(house.gate.clone(), options),
    };
    let behind = of(Options {
        secure: true,
        proxies: proxies(),
        ..Options::default()
    });
    assert!(
        !check(&behind, None).await
            && check(&behind, Some("https")).await
            && !check(&behind, None).await,
        "the proxy must say so"
    );
    assert!(
        !check(
            &of(Options {
                secure: true,
                ..Options::default()
            }),
            Some("https")
        )
        .await,
        "nobody is named who would speak it"
    );
    assert!(
        check(
            &of(Options {
                secure: true,
                tls: true,
                ..Options::default()
            }),
            None
        )
        .await
            && check(&of(Options::default()), None).await
    );
}
