//! Programs with a role of their own: what they are given, and what they never do.
use crate::{Browser, Door, request};
use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

/// A service of Front Range, by Olivia's hand.
pub(crate) async fn service(house: &House, fields: Value) -> String {
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

/// A key of it, as its page shows it.
pub(crate) async fn key_of(house: &House, service: &str, only: &[&str]) -> String {
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    let mut fields = vec![("name", "production"), ("days", "365")];
    fields.extend(only.iter().map(|permission| ("only", *permission)));
    let page = olivia
        .act(&format!("/people/services/{service}/keys"), &fields)
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    house.wait_minutes(1);
    page.token()
}

/// Asks for a token; the status, what is told, and the headers by name.
pub(crate) async fn token(
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

pub(crate) const GRANT: (&str, &str) = ("grant_type", "client_credentials");

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
