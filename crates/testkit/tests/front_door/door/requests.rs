//! What is asked of whoever sends a request: a key, the version it was made from, input that fits,
//! a form of ours.
use crate::{Door, browser::Browser, request};
use axum::{body::Body, http::Request};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

#[apply(story)]
async fn every_route_of_the_api_needs_a_key(house: &House) {
    let door = Door::of(house);
    let (_, document) = door.get("", "/api/v1/openapi.json").await;
    let mut tried = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let address = format!(
                "/api/v1{}",
                path.replace("{id}", "01890000-0000-7000-8000-000000000000")
            );
            for key in ["", "ipk_wrong", "nonsense"] {
                let (status, problem, answer) = door
                    .ask(key, &method.to_uppercase(), &address, &[], "{}")
                    .await;
                assert_eq!(
                    (status, answer.headers()["content-type"].to_str().unwrap()),
                    (401, "application/problem+json"),
                    "{method} {address}"
                );
                assert_eq!(problem["status"], 401);
            }
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
}

#[apply(story)]
async fn a_key_used_twice_has_one_effect_and_another_request_under_it_is_refused(house: &House) {
    let door = Door::of(house);
    let dora = &house.person("Dora").api_key;
    let send = async |body: Value| {
        door.ask(
            dora,
            "POST",
            "/api/v1/appointments",
            &[("idempotency-key", "k-1")],
            &body.to_string(),
        )
        .await
    };
    let (first, second) = (send(request("K-1")).await, send(request("K-1")).await);
    assert_eq!((first.0, second.0, &first.1), (201, 201, &second.1));
    let third = send(request("K-2")).await;
    assert_eq!(
        (third.0, third.1["type"].as_str()),
        (409, Some("/problems/conflict"))
    );
    let (_, list) = door.get(dora, "/api/v1/appointments?q=K-").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[apply(story)]
async fn a_change_needs_the_version_it_was_made_from(house: &House) {
    let door = Door::of(house);
    let dora = &house.person("Dora").api_key;
    let (_, booked) = door
        .post(dora, "/api/v1/appointments", request("V-1"))
        .await;
    let path = format!("/api/v1/appointments/{}", booked["id"].as_str().unwrap());
    let (_, _, shown) = door.ask(dora, "GET", &path, &[], "").await;
    let tag = shown.headers()["etag"].to_str().unwrap().to_owned();
    let mut changed = request("V-1");
    changed["start"] = "06:30".into();
    assert_eq!(
        door.ask(dora, "PUT", &path, &[], &changed.to_string())
            .await
            .0,
        428
    );
    assert_eq!(
        door.ask(
            dora,
            "PUT",
            &path,
            &[("if-match", &tag)],
            &changed.to_string()
        )
        .await
        .0,
        200
    );
    let (status, problem, _) = door
        .ask(
            dora,
            "PUT",
            &path,
            &[("if-match", &tag)],
            &request("V-1").to_string(),
        )
        .await;
    assert_eq!((status, problem["version"].as_i64()), (412, Some(2)));
}

#[apply(story)]
async fn wrong_input_names_field_and_rule_and_never_the_value(house: &House) {
    let door = Door::of(house);
    let dora = &house.person("Dora").api_key;
    let mut bad = request("W-1");
    bad["minutes"] = json!(900_000);
    bad["language"] = "Kanarya-speak".into();
    let (status, problem) = door.post(dora, "/api/v1/appointments", bad).await;
    let fields: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["field"].as_str().unwrap())
        .collect();
    assert_eq!((status, fields), (422, vec!["minutes", "language"]));
    assert!(!problem.to_string().contains("Kanarya"), "{problem}");
    for (body, part) in [
        ("{\"lep_client\": \"Kanarya", "no JSON that fits"),
        ("[1,2]", "no JSON that fits"),
        ("{\"colour\": 1}", "unknown field `colour`"),
        ("{\"date\": {\"Kanarya\": 1}}", "no JSON that fits"),
    ] {
        let (status, problem, _) = door
            .ask(dora, "POST", "/api/v1/appointments", &[], body)
            .await;
        assert_eq!(status, 400, "{body}");
        assert!(
            problem["detail"].as_str().unwrap().contains(part)
                && !problem.to_string().contains("Kanarya"),
            "{problem}"
        );
    }
}

#[apply(story)]
async fn what_is_out_of_scope_is_not_found_in_every_way(house: &House) {
    let door = Door::of(house);
    let (sam, tess) = (
        house.person("Sam").api_key.clone(),
        house.person("Tess").api_key.clone(),
    );
    let id = house.world.appointments["FR-1001"];
    for key in [&sam, &tess] {
        for path in ["", "/candidates", "/offers"] {
            assert_eq!(
                door.get(key, &format!("/api/v1/appointments/{id}{path}"))
                    .await
                    .0,
                404,
                "{path}"
            );
        }
        for path in ["/cancellation", "/assignment/removal", "/offers"] {
            let body = json!({ "reason": "other" });
            let status = door
                .ask(
                    key,
                    "POST",
                    &format!("/api/v1/appointments/{id}{path}"),
                    &[],
                    &if path == "/cancellation" {
                        body.to_string()
                    } else if path == "/offers" {
                        json!({ "interpreters": [house.world.interpreters["Ines"]] }).to_string()
                    } else {
                        "{}".into()
                    },
                )
                .await
                .0;
            assert_eq!(status, 404, "{path}");
        }
    }
    assert_eq!(
        door.get(&sam, "/api/v1/appointments/not-an-id").await.0,
        404
    );
}

#[apply(story)]
async fn another_sites_form_is_refused_and_so_is_one_without_its_token(house: &House) {
    let door = Door::of(house);
    let foreign = Request::builder()
        .method("POST")
        .uri("/sign-in")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("email=a&password=b"))
        .unwrap();
    assert_eq!(door.send(foreign).await.status(), 403);
    let foreign = Request::builder()
        .method("POST")
        .uri("/sign-in")
        .header("origin", "https://evil.example")
        .header("host", "interpres.example")
        .body(Body::empty())
        .unwrap();
    assert_eq!(door.send(foreign).await.status(), 403);
    let mut browser = Browser::of(house).sign_in(house, "Dora").await;
    assert_eq!(browser.post("/notices/read", &[]).await.status, 403);
    assert_eq!(
        browser
            .post("/notices/read", &[("csrf", "guess")])
            .await
            .status,
        403
    );
}

#[apply(story)]
async fn metrics_are_for_owners_and_admins(house: &House) {
    let door = Door::of(house);
    for (who, status) in [("Olivia", 200), ("Adam", 200), ("Dora", 403)] {
        assert_eq!(
            door.ask(&house.person(who).api_key, "GET", "/metrics", &[], "")
                .await
                .0,
            status,
            "{who}"
        );
    }
    assert_eq!(door.ask("", "GET", "/metrics", &[], "").await.0, 401);
}
