//! A program changes its key for a token by OAuth 2.0.
use crate::{
    Browser, Door,
    accounts::services::{GRANT, key_of, service, token},
};
use axum::{body::Body, http::Request};
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn a_key_is_changed_for_a_token_of_a_quarter_of_an_hour(house: &House) {
    let door = Door::of(house);
    let id = service(house, json!({})).await;
    let key = key_of(house, &id, &["customers.view", "interpreters.view"]).await;
    let (status, made, headers) = token(house, Some((&id, &key)), &[GRANT]).await;
    assert_eq!(
        (
            status,
            &made["token_type"],
            &made["expires_in"],
            &made["scope"]
        ),
        (
            200,
            &json!("Bearer"),
            &json!(900),
            &json!("interpreters.view customers.view")
        ),
        "{made}"
    );
    assert!(
        headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("no-store")
    );
    let whole = made["access_token"].as_str().unwrap().to_owned();
    let (_, made, _) = token(
        house,
        None,
        &[
            GRANT,
            ("client_id", &id),
            ("client_secret", &key),
            ("scope", "customers.view"),
        ],
    )
    .await;
    let narrow = made["access_token"].as_str().unwrap().to_owned();
    let opens = async |token: &str| {
        (
            door.get(token, "/api/v1/customers").await.0,
            door.get(token, "/api/v1/interpreters").await.0,
            door.get(token, "/api/v1/appointments").await.0,
        )
    };
    assert_eq!(
        (opens(&whole).await, opens(&narrow).await),
        ((200, 200, 403), (200, 403, 403))
    );
    assert_eq!(
        token(house, Some((&id, &whole)), &[GRANT]).await.0,
        401,
        "a token gets no other token"
    );
    house.wait_seconds(15 * 60 - 1);
    assert_eq!(opens(&whole).await.0, 200);
    house.wait_seconds(1);
    assert_eq!(opens(&whole).await.0, 401, "to the second");
    let (_, made, _) = token(house, Some((&id, &key)), &[GRANT]).await;
    let last = made["access_token"].as_str().unwrap().to_owned();
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    let page = olivia.get(&format!("/people/services/{id}")).await;
    let shown = page
        .text
        .split("/keys/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        page.text
            .matches(&format!("/people/services/{id}/keys/"))
            .count(),
        1,
        "tokens are not among the keys:\n{}",
        page.text
    );
    assert_eq!(
        olivia
            .act(&format!("/people/services/{id}/keys/{shown}/end"), &[])
            .await
            .status,
        303
    );
    assert_eq!(
        (
            opens(&last).await.0,
            token(house, Some((&id, &key)), &[GRANT]).await.0
        ),
        (401, 401),
        "with the key end its tokens"
    );
    let (_, log) = door
        .get(
            &house.person("Olivia").api_key,
            "/api/v1/audit/entries?action=service.token",
        )
        .await;
    assert!(
        log["items"].as_array().unwrap().len() >= 3 && !log.to_string().contains(&key),
        "{log}"
    );
}

#[apply(story)]
async fn a_wrong_question_for_a_token_is_told_as_the_standard_has_it(house: &House) {
    let id = service(house, json!({})).await;
    let other = service(house, json!({ "name": "Other" })).await;
    let key = key_of(house, &id, &["customers.view"]).await;
    let dora = house.person("Dora").api_key.clone();
    let cut = &key[..key.len() - 1];
    for (basic, form, status, error) in [
        (
            Some((id.as_str(), key.as_str())),
            vec![],
            400,
            "invalid_request",
        ),
        (
            Some((&id, &key)),
            vec![("grant_type", "password")],
            400,
            "unsupported_grant_type",
        ),
        (
            Some((&id, &key)),
            vec![GRANT, GRANT],
            400,
            "invalid_request",
        ),
        (
            Some((&id, &key)),
            vec![GRANT, ("client_id", &id), ("client_secret", &key)],
            400,
            "invalid_request",
        ),
        (
            Some((&id, &key)),
            vec![GRANT, ("scope", "appointments.view")],
            400,
            "invalid_scope",
        ),
        (
            Some((&id, &key)),
            vec![GRANT, ("scope", "nonsense")],
            400,
            "invalid_scope",
        ),
        (Some((&other, &key)), vec![GRANT], 401, "invalid_client"),
        (Some((&id, cut)), vec![GRANT], 401, "invalid_client"),
        (Some((&id, &dora)), vec![GRANT], 401, "invalid_client"),
        (Some(("nobody", &key)), vec![GRANT], 401, "invalid_client"),
        (None, vec![GRANT, ("client_id", &id)], 401, "invalid_client"),
        (None, vec![GRANT], 401, "invalid_client"),
    ] {
        let (got, told, headers) = token(house, basic, &form).await;
        assert_eq!(
            (got, told["error"].as_str()),
            (status, Some(error)),
            "{form:?}: {told}"
        );
        assert_eq!(headers.contains_key("www-authenticate"), status == 401);
    }
    let unread = Request::builder()
        .method("POST")
        .uri("/oauth/token")
        .header("content-type", "application/json")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(Door::of(house).send(unread).await.status(), 400);
    let (_, about) = Door::of(house)
        .get("", "/.well-known/oauth-authorization-server")
        .await;
    assert_eq!(
        about["grant_types_supported"],
        json!(["client_credentials"])
    );
    assert!(
        about["token_endpoint"]
            .as_str()
            .unwrap()
            .ends_with("/oauth/token")
            && about["scopes_supported"].as_array().unwrap().len() > 10
    );
}
