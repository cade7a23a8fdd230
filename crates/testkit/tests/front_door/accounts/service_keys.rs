//! A program uses its key: narrowed, from its own networks, made with a second factor, never in
//! clear.
use crate::{
    Browser, Door,
    accounts::services::{GRANT, key_of, service, token},
    request,
};
use axum::{body::Body, extract::ConnectInfo, http::Request};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_testkit::{House, apply, story};
use interpres_web::{Challenges, plain_router};
use serde_json::json;
use std::net::SocketAddr;
use tower::ServiceExt;

#[apply(story)]
async fn a_key_opens_no_more_than_it_was_narrowed_to(house: &House) {
    let door = Door::of(house);
    let id = service(house, json!({})).await;
    let narrow = key_of(house, &id, &["customers.view"]).await;
    assert_eq!(
        (
            door.get(&narrow, "/api/v1/customers").await.0,
            door.get(&narrow, "/api/v1/appointments").await.0
        ),
        (200, 403)
    );
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let made = dora
        .act(
            "/account/keys",
            &[
                ("name", "reads"),
                ("days", "30"),
                ("only", "appointments.view"),
                ("only", "interpreters.view"),
            ],
        )
        .await;
    let own = made.token();
    let line = made
        .text
        .split("<b>reads</b>")
        .nth(1)
        .unwrap()
        .split("</li>")
        .next()
        .unwrap();
    assert!(
        line.contains("View appointments")
            && line.contains("View interpreters")
            && !line.contains("View customers"),
        "{line}"
    );
    for (path, status) in [
        ("/api/v1/appointments", 200),
        ("/api/v1/interpreters", 200),
        ("/api/v1/customers", 403),
        ("/api/v1/notices", 403),
        ("/api/v1/teams", 403),
    ] {
        assert_eq!(door.get(&own, path).await.0, status, "{path}");
    }
    assert_eq!(
        door.post(&own, "/api/v1/appointments", request("BR-3"))
            .await
            .0,
        403
    );
    for wrong in ["invoices.make", "door.keep", "nonsense"] {
        assert_eq!(
            dora.act(
                "/account/keys",
                &[("name", "x"), ("days", "1"), ("only", wrong)]
            )
            .await
            .status,
            422,
            "{wrong}"
        );
    }
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    for wrong in ["members.edit", "invoices.make", "nonsense"] {
        assert_eq!(
            olivia
                .act(
                    &format!("/people/services/{id}/keys"),
                    &[("name", "x"), ("days", "1"), ("only", wrong)]
                )
                .await
                .status,
            422,
            "{wrong}"
        );
    }
    for days in ["0", "366"] {
        assert_eq!(
            olivia
                .act(
                    &format!("/people/services/{id}/keys"),
                    &[("name", "x"), ("days", days)]
                )
                .await
                .status,
            422,
            "{days}"
        );
    }
}

#[apply(story)]
async fn from_elsewhere_than_its_networks_a_key_opens_nothing_and_that_is_noted(house: &House) {
    let id = service(house, json!({ "networks": "203.0.113.0/24 2001:db8::/32" })).await;
    let key = key_of(house, &id, &[]).await;
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let made = dora
        .act(
            "/account/keys",
            &[
                ("name", "office"),
                ("days", "30"),
                ("networks", "203.0.113.9"),
            ],
        )
        .await;
    let own = made.token();
    let from = async |key: &str, address: [u8; 4]| {
        let request = Request::builder()
            .uri("/api/v1/customers")
            .header("authorization", format!("Bearer {key}"))
            .extension(ConnectInfo(SocketAddr::from((address, 4000))));
        Door::of(house)
            .send(request.body(Body::empty()).unwrap())
            .await
            .status()
            .as_u16()
    };
    for (address, service, person) in [
        ([203, 0, 113, 9], 200, 200),
        ([203, 0, 113, 10], 200, 401),
        ([198, 51, 100, 1], 401, 401),
    ] {
        assert_eq!(
            (from(&key, address).await, from(&own, address).await),
            (service, person),
            "{address:?}"
        );
    }
    assert_eq!(
        Door::of(house).get(&key, "/api/v1/customers").await.0,
        401,
        "nor from nowhere"
    );
    assert_eq!(token(house, Some((&id, &key)), &[GRANT]).await.0, 401);
    let (_, log) = Door::of(house)
        .get(
            &house.person("Olivia").api_key,
            "/api/v1/audit/entries?action=access.turn-away",
        )
        .await;
    let entries = log["items"].as_array().unwrap();
    assert!(
        entries.len() == 5
            && entries.iter().all(|e| e["outcome"] == "refused")
            && entries.iter().any(|e| e["address"] == "198.51.100.1"),
        "{log}"
    );
    assert_eq!(
        dora.act(
            "/account/keys",
            &[("name", "x"), ("days", "1"), ("networks", "nowhere")]
        )
        .await
        .status,
        422
    );
}

#[apply(story)]
async fn a_services_key_sleeps_that_was_made_without_a_second_factor_and_ends_when_it_was_sent_in_clear(
    house: &House,
) {
    let door = Door::of(house);
    let id = service(house, json!({})).await;
    let (first, second) = (key_of(house, &id, &[]).await, key_of(house, &id, &[]).await);
    let (_, made, _) = token(house, Some((&id, &second)), &[GRANT]).await;
    let short = made["access_token"].as_str().unwrap().to_owned();
    // Basic, as at the token's address.
    let plain = plain_router(house.gate.clone(), Challenges::default(), 443);
    let clear = Request::builder()
        .method("POST")
        .uri("/oauth/token")
        .header("host", "agency.example")
        .header(
            "authorization",
            format!("Basic {}", STANDARD.encode(format!("{id}:{second}"))),
        );
    let peer = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4000)));
    assert_eq!(
        plain
            .oneshot(clear.extension(peer).body(Body::empty()).unwrap())
            .await
            .unwrap()
            .status(),
        403
    );
    let opens = async |key: &str| door.get(key, "/api/v1/customers").await.0;
    assert_eq!(
        (
            opens(&first).await,
            opens(&second).await,
            opens(&short).await
        ),
        (200, 401, 401)
    );
    let (_, notices) = door
        .get(&house.person("Olivia").api_key, "/api/v1/notices")
        .await;
    assert!(
        notices["items"][0]["text"]
            .as_str()
            .unwrap()
            .contains("A key of a service was sent over plain HTTP"),
        "{notices}"
    );
    house
        .from_before_seals("update service_key set strength = 1")
        .await;
    let (status, problem) = door.get(&first, "/api/v1/customers").await;
    assert_eq!(
        (status, problem["type"].as_str()),
        (403, Some("/problems/proof-needed")),
        "{problem}"
    );
}
