//! Invoices on paper: a name in any script of the people that are served is printed whole, and what
//! can't be printed takes no number.
use crate::{Door, request};
use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use interpres_testkit::{DRAWN, House, apply, story};
use serde_json::json;
use std::{
    io::Write,
    process::{Command, Stdio},
};

const NAMES: &str = include_str!("../../../../paper/names.txt");

/// A customer of this name with a job done and approved; its id.
async fn served(house: &House, door: &Door, n: usize, name: &str) -> String {
    let key = |who: &str| house.person(who).api_key.clone();
    let customer = json!({
        "name": name, "email": format!("bill{n}@glyphs.example"), "team": "Denver Metro",
        "address": "1 Glyph St", "city": "Denver", "state": "CO", "zip": "80202",
        "zone": "America/Denver", "health_care": "no"
    });
    let (status, customer) = door
        .post(&key("Olivia"), "/api/v1/customers", customer)
        .await;
    assert_eq!(status, 201, "{name}: {customer}");
    let mut job = request(&format!("P-{n}"));
    (job["customer"], job["date"]) = (name.into(), format!("2027-03-{:02}", n + 3).into());
    let (status, booked) = door.post(&key("Dora"), "/api/v1/appointments", job).await;
    assert_eq!(status, 201, "{name}: {booked}");
    let place = format!("/api/v1/appointments/{}", booked["id"].as_str().unwrap());
    let ines = house.world.interpreters["Ines"].to_string();
    assert_eq!(
        door.post(
            &key("Dora"),
            &format!("{place}/assignment"),
            json!({ "interpreter": ines })
        )
        .await
        .0,
        201
    );
    house.at(&format!("2027-03-{:02}T08:10", n + 3));
    let (status, voucher) = door
        .post(
            &key("Ines"),
            &format!("{place}/voucher"),
            json!({
                "start": "07:00", "end": "08:00", "signer": "Rosa Kanarya", "signature": DRAWN
            }),
        )
        .await;
    assert_eq!(status, 201, "{voucher}");
    let (status, _) = door
        .post(
            &key("Bea"),
            &format!(
                "/api/v1/vouchers/{}/approval",
                voucher["id"].as_str().unwrap()
            ),
            json!({}),
        )
        .await;
    assert_eq!(status, 201);
    customer["id"].as_str().unwrap().to_owned()
}

/// What a reader gets out of a PDF.
fn text_of(pdf: &[u8]) -> String {
    let mut reader = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    reader.stdin.take().unwrap().write_all(pdf).unwrap();
    String::from_utf8(reader.wait_with_output().unwrap().stdout).unwrap()
}

#[apply(story)]
async fn names_in_every_script_are_printed_and_what_cannot_be_printed_takes_no_number(
    house: &House,
) {
    let door = Door::of(house);
    let bea = house.person("Bea").api_key.clone();
    let unknown = served(house, &door, 0, "Ward \u{17000} East").await;
    let (status, problem) = door
        .post(&bea, "/api/v1/invoices", json!({ "customer": unknown }))
        .await;
    let words = problem.to_string();
    assert!(
        status == 422 && words.contains("no font of this server has") && words.contains("customer"),
        "{status} {words}"
    );
    assert!(
        !words.contains("Ward") && !words.contains('\u{17000}'),
        "{words}"
    );
    for (n, name) in NAMES.lines().enumerate() {
        let customer = served(house, &door, n + 1, name).await;
        let (status, made) = door
            .post(&bea, "/api/v1/invoices", json!({ "customer": customer }))
            .await;
        assert_eq!(
            (status, made["number"].as_u64()),
            (201, Some(n as u64 + 1)),
            "{name}: {made}"
        );
        let path = format!("/api/v1/invoices/{}/pdf", made["id"].as_str().unwrap());
        let asked = Request::builder()
            .uri(path)
            .header("authorization", format!("Bearer {bea}"))
            .body(Body::empty())
            .unwrap();
        let (parts, body) = door.send(asked).await.into_parts();
        assert_eq!(parts.status, 200, "{name}");
        let text = text_of(&to_bytes(body, 1 << 24).await.unwrap());
        let lost: Vec<char> = name
            .chars()
            .filter(|c| c.is_alphanumeric() && !text.contains(*c))
            .collect();
        assert!(lost.is_empty(), "{name}: {lost:?} is not in\n{text}");
    }
}
