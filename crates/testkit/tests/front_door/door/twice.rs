//! What is sent twice has one effect: by any page's form, and by any route of the API under one
//! key.
use crate::{Browser, Door, browser::Page, request};
use axum::{body::Body, http::Request};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A booking as the last step sends it, with what was chosen.
pub(crate) fn booking<'f>(
    house: &House,
    reference: &'f str,
    csrf: &'f str,
    choice: &[(&'f str, &'f str)],
) -> Vec<(&'f str, String)> {
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let typed = [
        ("date", "2027-03-09"),
        ("start", "10:00"),
        ("minutes", "60"),
        ("language", "es"),
        ("service_type", "in-person"),
        ("mode", "consecutive"),
        ("team", "Denver Metro"),
    ];
    let all = typed
        .iter()
        .chain(choice)
        .map(|(name, value)| (*name, (*value).to_owned()));
    all.chain([
        ("customer", customer),
        ("reference", reference.to_owned()),
        ("csrf", csrf.to_owned()),
    ])
    .collect()
}

pub(crate) async fn send(browser: &Browser, path: &str, fields: &[(&str, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    browser.clone().post(path, &fields).await
}

pub(crate) async fn booked(house: &House, reference: &str) -> Vec<Value> {
    let (_, list) = Door::of(house)
        .get(
            &house.person("Dora").api_key,
            &format!("/api/v1/appointments?q={reference}"),
        )
        .await;
    list["items"].as_array().unwrap().clone()
}

#[apply(story)]
async fn a_form_pressed_twice_has_one_effect_and_one_answer(house: &House) {
    let mut browser = Browser::of(house).sign_in(house, "Dora").await;
    let csrf = browser.get("/appointments/new").await.field("csrf");
    let form = booking(house, "TWICE-1", &csrf, &[]);
    let (first, second) = tokio::join!(
        send(&browser, "/appointments", &form),
        send(&browser, "/appointments", &form)
    );
    assert_eq!(
        (first.status, second.status),
        (303, 303),
        "{}{}",
        first.text,
        second.text
    );
    assert_eq!(
        first.location, second.location,
        "the second answer is the first's"
    );
    assert_eq!(booked(house, "TWICE-1").await.len(), 1);
    let other = send(
        &browser,
        "/appointments",
        &booking(house, "TWICE-2", &csrf, &[]),
    )
    .await;
    assert!(
        other.status == 422 && other.says("sent before with something else in it"),
        "{}",
        other.text
    );
    assert!(booked(house, "TWICE-2").await.is_empty());
    let fresh = browser.get("/appointments/new").await.field("csrf");
    assert_eq!(
        send(
            &browser,
            "/appointments",
            &booking(house, "TWICE-2", &fresh, &[])
        )
        .await
        .status,
        303,
        "a new form is another"
    );
    let bare = fresh.split('.').next().unwrap().to_owned();
    assert_eq!(
        send(
            &browser,
            "/appointments",
            &booking(house, "TWICE-3", &bare, &[])
        )
        .await
        .status,
        403,
        "no form goes without a key"
    );
}

#[apply(story)]
async fn every_form_of_every_page_has_a_key_of_its_own(house: &House) {
    let mut seen = BTreeSet::new();
    for who in ["Olivia", "Dora", "Bea"] {
        let mut browser = Browser::of(house).sign_in(house, who).await;
        house.wait_minutes(1);
        for path in [
            "/appointments",
            "/appointments/new",
            "/customers/new",
            "/rates",
            "/people/invitations",
            "/people/roles",
            "/account",
            "/settings/workspace",
            "/imports",
            "/invoices",
            "/notices",
        ] {
            for token in browser
                .get(path)
                .await
                .text
                .split("name=\"csrf\" value=\"")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().to_owned())
            {
                assert!(token.contains('.') && seen.insert(token), "{who} {path}");
            }
        }
    }
    assert!(seen.len() > 60, "{}", seen.len());
}

#[apply(story)]
async fn a_file_sent_twice_is_taken_once_by_page_and_by_program(house: &House) {
    const FILE: &[u8] = b"first_name,last_name,email,languages,team\n\
        Ana,Sol,ana@example.org,Spanish,Denver Metro\n";
    let browser = Browser::of(house).sign_in(house, "Dora").await;
    let csrf = browser.clone().get("/imports").await.field("csrf");
    let (mut one, mut two) = (browser.clone(), browser.clone());
    let fields = [("csrf", csrf.as_str()), ("kind", "interpreters")];
    let (first, second) = tokio::join!(
        one.file("/imports", &fields, FILE),
        two.file("/imports", &fields, FILE)
    );
    assert_eq!(
        (first.status, &first.location),
        (303, &second.location),
        "{}",
        first.text
    );
    let start = format!("{}/run", first.location);
    let csrf = browser.clone().get(&first.location).await.field("csrf");
    let (mut one, mut two) = (browser.clone(), browser.clone());
    let fields = [("csrf", csrf.as_str())];
    let (press, again) = tokio::join!(one.post(&start, &fields), two.post(&start, &fields));
    assert_eq!(
        (press.status, again.status),
        (303, 303),
        "{}{}",
        press.text,
        again.text
    );
    let door = Door::of(house);
    let dora = &house.person("Dora").api_key;
    let upload = async |edge: &str, key: &str, file: &str| {
        let body = format!(
            "--{edge}\r\ncontent-disposition: form-data; \
            name=\"kind\"\r\n\r\ninterpreters\r\n--{edge}\r\ncontent-disposition: form-data; \
            name=\"file\"; filename=\"a.csv\"\r\n\r\n{file}\r\n--{edge}--\r\n"
        );
        door.ask(
            dora,
            "POST",
            "/api/v1/imports",
            &[
                ("idempotency-key", key),
                (
                    "content-type",
                    &format!("multipart/form-data; boundary={edge}"),
                ),
            ],
            &body,
        )
        .await
    };
    let file = std::str::from_utf8(FILE).unwrap();
    let ((first, one, _), (second, two, _)) = tokio::join!(
        upload("edge", "file-1", file),
        upload("another", "file-1", file)
    );
    assert_eq!(
        (first, second, &one["id"]),
        (201, 201, &two["id"]),
        "{one} {two}"
    );
    assert_eq!(
        upload("edge", "file-1", &file.replace("Ana", "Eva"))
            .await
            .0,
        409
    );
    let (_, list) = door.get(dora, "/api/v1/imports").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2, "{list}");
    let body = json!({}).to_string();
    let run = async || {
        door.ask(
            dora,
            "POST",
            &format!("/api/v1/imports/{}/run", one["id"].as_str().unwrap()),
            &[("idempotency-key", "run-1")],
            &body,
        )
        .await
        .0
    };
    assert_eq!((run().await, run().await), (202, 202));
}

#[apply(story)]
async fn a_key_that_is_none_is_refused_and_not_passed_over(house: &House) {
    let door = Door::of(house);
    let dora = house.person("Dora").api_key.clone();
    let long = "k".repeat(201);
    for key in [
        "schlüssel".as_bytes(),
        "".as_bytes(),
        long.as_bytes(),
        b"\xff",
    ] {
        let request = Request::builder()
            .method("POST")
            .uri("/api/v1/appointments")
            .header("authorization", format!("Bearer {dora}"))
            .header("idempotency-key", key);
        let answer = door
            .send(request.body(Body::from(request_text())).unwrap())
            .await;
        assert_eq!(answer.status(), 400, "{key:?}");
    }
    assert!(booked(house, "KEY-1").await.is_empty());
    let outcome = door
        .ask(
            &dora,
            "POST",
            "/api/v1/appointments",
            &[("idempotency-key", "k-2")],
            &request_text(),
        )
        .await;
    assert_eq!(outcome.0, 201, "{}", outcome.1);
    let kept = house.raw("select outcome from idempotency").await;
    assert!(
        !kept.is_empty()
            && kept
                .iter()
                .all(|row| !row.text("outcome").unwrap().contains("KEY-1")),
        "answers are kept sealed"
    );
}

fn request_text() -> String {
    request("KEY-1").to_string()
}
