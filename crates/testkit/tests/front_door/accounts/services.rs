//! Programs with a role of their own: what their keys open, what they never do, and their tokens by
//! OAuth 2.0.
use crate::{Browser, Door, browser::Page, request};
use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::Request,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_testkit::{House, apply, story};
use interpres_web::{Challenges, plain_router};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tower::ServiceExt;

/// A service of Front Range, by Olivia's hand.
async fn service(house: &House, fields: Value) -> String {
    let mut input = json!({ "name": "Hospital bridge", "role": "scheduler" });
    input
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let (status, made) = Door::of(house)
        .post(&house.person("Olivia").api_key, "/api/v1/services", input)
        .await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// The key that a page shows, this once.
fn shown(page: &Page) -> String {
    page.text
        .split("class=\"token\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned()
}

/// A key of it, as its page shows it.
async fn key_of(house: &House, service: &str, only: &[&str]) -> String {
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    let mut fields = vec![("name", "production"), ("days", "365")];
    fields.extend(only.iter().map(|permission| ("only", *permission)));
    let page = olivia
        .act(&format!("/people/services/{service}/keys"), &fields)
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    house.wait_minutes(1);
    shown(&page)
}

/// Asks for a token; the status, what is told, and the headers by name.
async fn token(
    house: &House,
    basic: Option<(&str, &str)>,
    form: &[(&str, &str)],
) -> (u16, Value, axum::http::HeaderMap) {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let mut request = Request::builder()
        .method("POST")
        .uri("/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded");
    if let Some((id, secret)) = basic {
        request = request.header(
            "authorization",
            format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))),
        );
    }
    let (parts, body) = Door::of(house)
        .send(request.body(Body::from(body)).unwrap())
        .await
        .into_parts();
    let bytes = to_bytes(body, 1 << 16).await.unwrap();
    (
        parts.status.as_u16(),
        serde_json::from_slice(&bytes).unwrap_or_default(),
        parts.headers,
    )
}

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[apply(story)]
async fn a_service_works_with_its_role_and_never_decides_about_people(house: &House) {
    let door = Door::of(house);
    let id = service(house, json!({})).await;
    let key = key_of(house, &id, &[]).await;
    let (status, booked) = door
        .post(&key, "/api/v1/appointments", request("BR-1"))
        .await;
    assert_eq!(status, 201, "{booked}");
    let (_, shown) = door
        .get(
            &key,
            &format!("/api/v1/appointments/{}", booked["id"].as_str().unwrap()),
        )
        .await;
    assert_eq!(
        shown["lep_client"], "Rosa Kanarya",
        "a scheduler sees the name"
    );
    let (_, log) = door
        .get(
            &house.person("Olivia").api_key,
            "/api/v1/audit/entries?action=appointment.book",
        )
        .await;
    assert_eq!(
        (&log["items"][0]["actor"], &log["items"][0]["role"]),
        (&json!(id), &json!("scheduler")),
        "{log}"
    );
    let (_, people) = door.get(&key, "/api/v1/people").await;
    let dora = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| {
            p["name"] == "Dora Lindqvist" || p["email"] == house.person("Dora").email.as_str()
        })
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    // Not even where its role has it: an admin's hands are more than a program's.
    let admin = service(house, json!({ "name": "Admin's bridge", "role": "admin" })).await;
    let strong = key_of(house, &admin, &[]).await;
    for (path, body) in [
        (format!("/api/v1/people/{dora}/deactivation"), json!({})),
        (
            "/api/v1/invitations".to_owned(),
            json!({ "email": "a@b.example", "role": "viewer" }),
        ),
        (
            "/api/v1/services".to_owned(),
            json!({ "name": "Another", "role": "viewer" }),
        ),
        (
            "/api/v1/roles".to_owned(),
            json!({ "name": "x", "reaches": {} }),
        ),
        ("/api/v1/hipaa/end".to_owned(), json!({})),
        (
            format!(
                "/api/v1/appointments/{}/erasure",
                booked["id"].as_str().unwrap()
            ),
            json!({ "reason": "asked for by the family" }),
        ),
    ] {
        assert_eq!(door.post(&strong, &path, body).await.0, 403, "{path}");
    }
    for path in [
        "/api/v1/services",
        "/api/v1/security",
        "/api/v1/notices",
        "/api/v1/workspace/export",
    ] {
        assert!(
            [403, 405].contains(&door.get(&strong, path).await.0),
            "{path}"
        );
    }
    assert_eq!(
        door.ask(&strong, "GET", "/api/v1/audit/export?form=csv", &[], "")
            .await
            .0,
        403,
        "under HIPAA mode files leave by people's hands"
    );
    assert_eq!(
        door.post(
            &house.person("Olivia").api_key,
            &format!("/api/v1/services/{id}/end"),
            json!({})
        )
        .await
        .0,
        201
    );
    assert_eq!(
        (
            door.get(&key, "/api/v1/appointments").await.0,
            door.get(&strong, "/api/v1/appointments").await.0
        ),
        (401, 200),
        "ended at once, and only the one"
    );
    assert_eq!(
        door.get(
            &house.person("Peter").api_key,
            &format!("/api/v1/services/{admin}")
        )
        .await
        .0,
        404,
        "another agency finds nothing"
    );
}

#[apply(story)]
async fn a_services_role_is_one_for_programs_and_no_more_than_its_maker_holds(house: &House) {
    let door = Door::of(house);
    let (olivia, adam) = (
        house.person("Olivia").api_key.clone(),
        house.person("Adam").api_key.clone(),
    );
    for role in [
        "owner",
        "interpreter",
        "requester",
        "worker:sweeper",
        "nonsense",
        "",
    ] {
        for by in [&adam, &olivia] {
            let (status, problem) = door
                .post(by, "/api/v1/services", json!({ "name": "x", "role": role }))
                .await;
            assert!(
                status == 422 && problem["errors"][0]["field"] == "role",
                "{role}: {problem}"
            );
        }
    }
    for (field, wrong) in [
        ("name", ""),
        ("teams", "No such team"),
        ("networks", "everywhere"),
        ("keeper", "nobody@elsewhere.example"),
        ("keeper", "x"),
    ] {
        let mut input = json!({ "name": "Bridge", "role": "viewer" });
        input[field] = json!(wrong);
        let (status, problem) = door.post(&olivia, "/api/v1/services", input).await;
        assert!(
            status == 422 && problem["errors"][0]["field"] == field,
            "{field}: {problem}"
        );
    }
    let id = service(
        house,
        json!({ "keeper": house.person("Adam").email, "role": "billing" }),
    )
    .await;
    let key = key_of(house, &id, &[]).await;
    assert_eq!(
        (
            door.get(&key, "/api/v1/invoices").await.0,
            door.post(&key, "/api/v1/appointments", request("BR-2"))
                .await
                .0
        ),
        (200, 403)
    );
    // Another role holds from the next request on, for keys that are out already.
    let (_, shown, response) = door
        .ask(&olivia, "GET", &format!("/api/v1/services/{id}"), &[], "")
        .await;
    assert_eq!(
        shown["keeper"],
        house.person("Adam").email.as_str(),
        "{shown}"
    );
    let tag = response.headers()["etag"].to_str().unwrap().to_owned();
    let put = async |name: &str| {
        let change =
            json!({ "name": name, "role": "scheduler", "keeper": house.person("Adam").email })
                .to_string();
        door.ask(
            &olivia,
            "PUT",
            &format!("/api/v1/services/{id}"),
            &[("if-match", &tag)],
            &change,
        )
        .await
        .0
    };
    assert_eq!(
        (put("Bridge").await, put("Another").await),
        (200, 412),
        "nobody's change is lost"
    );
    assert_eq!(
        door.post(&key, "/api/v1/appointments", request("BR-2"))
            .await
            .0,
        201
    );
    // When whoever answers for it leaves, those in charge are told.
    let (_, people) = door.get(&olivia, "/api/v1/people").await;
    let adam = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["email"] == house.person("Adam").email.as_str())
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        door.post(
            &olivia,
            &format!("/api/v1/people/{adam}/deactivation"),
            json!({})
        )
        .await
        .0,
        201
    );
    let (_, notices) = door.get(&olivia, "/api/v1/notices").await;
    assert!(
        notices["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|n| n["text"]
                .as_str()
                .unwrap()
                .contains("answered for services")),
        "{notices}"
    );
    assert_eq!(
        door.get(&olivia, &format!("/api/v1/services/{id}")).await.1["kept"],
        false
    );
}

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
    let own = shown(&made);
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

#[apply(story)]
async fn who_answers_for_a_key_is_told_two_weeks_before_it_ends(house: &House) {
    let door = Door::of(house);
    let id = service(house, json!({})).await;
    key_of(house, &id, &[]).await;
    let told = async |who: &str| {
        let (_, notices) = door
            .get(&house.person(who).api_key, "/api/v1/notices")
            .await;
        let mut paths: Vec<String> = Vec::new();
        for notice in notices["items"].as_array().unwrap().iter().filter(|n| {
            n["text"]
                .as_str()
                .unwrap()
                .contains("ends within two weeks")
        }) {
            paths.push(notice["path"].as_str().unwrap().to_owned());
        }
        paths.sort();
        paths
    };
    house.wait_minutes(350 * 24 * 60);
    house.gate.work_off().await.unwrap();
    assert_eq!(
        (told("Dora").await.len(), told("Olivia").await.len()),
        (0, 0)
    );
    house.wait_minutes(2 * 24 * 60);
    for _ in 0..2 {
        house.gate.work_off().await.unwrap();
        house.wait_minutes(11);
    }
    assert_eq!(told("Dora").await, ["/account"], "once");
    assert_eq!(
        told("Olivia").await,
        ["/account".to_owned(), format!("/people/services/{id}")]
    );
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
    let own = shown(&made);
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
