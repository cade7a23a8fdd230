//! The front door by HTTP: what a program with a key, without one, or with bad intent gets.
#![expect(clippy::unwrap_used, reason = "a story that goes wrong should stop")]
mod accounts;
mod billing;
mod browser;
mod compliance;
mod door;
mod forms;
mod scheduling;
mod sign_in;
mod sso;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response},
};
use interpres_testkit::{House, apply, story};
use interpres_web::{Options, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use browser::Browser;

struct Door {
    router: Router,
}

impl Door {
    fn of(house: &House) -> Self {
        Self {
            router: router(house.gate.clone(), Options::default()),
        }
    }
    async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }
    async fn ask(
        &self,
        key: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, Value, Response<()>) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {key}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, body) = self
            .send(request.body(Body::from(body.to_owned())).unwrap())
            .await
            .into_parts();
        let bytes = to_bytes(body, 1 << 24).await.unwrap();
        (
            parts.status.as_u16(),
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            Response::from_parts(parts, ()),
        )
    }
    async fn post(&self, key: &str, path: &str, body: Value) -> (u16, Value) {
        let (status, json, _) = self.ask(key, "POST", path, &[], &body.to_string()).await;
        (status, json)
    }
    async fn get(&self, key: &str, path: &str) -> (u16, Value) {
        let (status, json, _) = self.ask(key, "GET", path, &[], "").await;
        (status, json)
    }
}

fn request(reference: &str) -> Value {
    json!({ "reference": reference, "date": "2027-03-01", "start": "07:00", "minutes": 60, "language": "Spanish", "service_type": "in-person", "team": "Denver Metro", "customer": "St. Brigid Hospital", "lep_client": "Rosa Kanarya" })
}

const DRAWN: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

#[apply(story)]
async fn the_whole_main_job_by_api(house: &House) {
    let door = Door::of(house);
    let key = |who: &str| house.person(who).api_key.clone();
    let (dora, ines, bea, olivia) = (key("Dora"), key("Ines"), key("Bea"), key("Olivia"));
    let (status, booked) = door
        .post(&dora, "/api/v1/appointments", request("API-1"))
        .await;
    assert_eq!(status, 201, "{booked}");
    let id = booked["id"].as_str().unwrap().to_owned();
    let (_, candidates) = door
        .get(&dora, &format!("/api/v1/appointments/{id}/candidates"))
        .await;
    let first = &candidates["items"][0];
    assert_eq!(
        (
            first["name"].as_str(),
            candidates["excluded"][0]["reasons"].is_array()
        ),
        (Some("Ines Ruiz"), true)
    );
    let (status, made) = door
        .post(
            &dora,
            &format!("/api/v1/appointments/{id}/offers"),
            json!({ "kind": "broadcast", "interpreters": [first["interpreter"]] }),
        )
        .await;
    assert_eq!((status, made["status"].as_str()), (201, Some("pending")));
    let (_, offers) = door.get(&ines, "/api/v1/offers").await;
    let offer = offers["items"][0]["id"].as_str().unwrap();
    assert_eq!(
        door.post(
            &ines,
            &format!("/api/v1/offers/{offer}/acceptance"),
            json!({})
        )
        .await
        .0,
        201
    );
    assert_eq!(
        door.post(
            &ines,
            &format!("/api/v1/offers/{offer}/acceptance"),
            json!({})
        )
        .await
        .0,
        409
    );
    assert_eq!(
        door.get(&ines, &format!("/api/v1/appointments/{id}"))
            .await
            .1["lep_client"],
        "Rosa Kanarya"
    );
    assert_eq!(
        door.post(
            &ines,
            &format!("/api/v1/appointments/{id}/check-in"),
            json!({})
        )
        .await
        .0,
        201
    );
    house.at("2027-03-01T08:10");
    let (status, voucher) = door.post(&ines, &format!("/api/v1/appointments/{id}/voucher"), json!({ "start": "07:00", "end": "08:01", "miles": "12.7", "signer": "Rosa Kanarya", "signature": DRAWN })).await;
    assert_eq!(
        (status, voucher["bill_total"].as_i64()),
        (201, Some(12_796)),
        "{voucher}"
    );
    let voucher = voucher["id"].as_str().unwrap();
    assert_eq!(
        door.post(
            &bea,
            &format!("/api/v1/vouchers/{voucher}/approval"),
            json!({})
        )
        .await
        .0,
        201
    );
    let (status, invoice) = door
        .post(
            &bea,
            "/api/v1/invoices",
            json!({ "customer": house.world.customers["St. Brigid Hospital"] }),
        )
        .await;
    assert_eq!(status, 201, "{invoice}");
    let pdf = format!("/api/v1/invoices/{}/pdf", invoice["id"].as_str().unwrap());
    let (_, _, answer) = door.ask(&bea, "GET", &pdf, &[], "").await;
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    let (_, log) = door
        .get(&olivia, &format!("/api/v1/audit/entries?record={id}"))
        .await;
    let actions: Vec<&str> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["action"].as_str().unwrap())
        .collect();
    assert!(
        [
            "appointment.book",
            "offer.accept",
            "voucher.file",
            "voucher.approve"
        ]
        .iter()
        .all(|a| actions.contains(a)),
        "{actions:?}"
    );
}

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
async fn guessing_passwords_is_slowed_down_and_an_unknown_address_gets_the_same_answer(
    house: &House,
) {
    let door = Door::of(house);
    let text = async |email: &str| {
        let form = format!("email={email}&password=wrong");
        let answer = door
            .send(
                Request::builder()
                    .method("POST")
                    .uri("/sign-in")
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(Body::from(form))
                    .unwrap(),
            )
            .await;
        (
            answer.status().as_u16(),
            String::from_utf8(
                to_bytes(answer.into_body(), 1 << 20)
                    .await
                    .unwrap()
                    .to_vec(),
            )
            .unwrap()
            .replace(email, ""),
        )
    };
    assert_eq!(
        text("dora@frontrange.example").await,
        text("nobody@frontrange.example").await
    );
    for _ in 0..4 {
        text("dora@frontrange.example").await;
    }
    let (status, page) = text("dora@frontrange.example").await;
    assert_eq!(status, 429);
    assert!(page.contains("Try again in"), "{page}");
    let olivia = &house.person("Olivia").api_key;
    let mut reads = browser::Browser::of(house).sign_in(house, "Olivia").await;
    let page = reads.get("/audit?action=session.open").await;
    let told = browser::plain(&page.text);
    assert!(
        told.contains("Someone, as Dora Lindqvist,"),
        "a guess is nobody's own act: {told}"
    );
    let (_, log) = door
        .get(olivia, "/api/v1/audit/entries?action=session.open")
        .await;
    let refused = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["outcome"] == "refused")
        .count();
    assert!(refused >= 1, "the agency's log knows of wrong passwords");
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
