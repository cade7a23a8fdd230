//! A program with keys does the whole job: books, offers, accepts, works, approves, invoices.
use crate::{Door, request};
use interpres_testkit::{DRAWN, House, apply, story};
use serde_json::json;

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
    let (status, voucher) = door
        .post(
            &ines,
            &format!("/api/v1/appointments/{id}/voucher"),
            json!({
                "start": "07:00", "end": "08:01", "miles": "12.7", "signer": "Rosa Kanarya",
                "signature": DRAWN
            }),
        )
        .await;
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
