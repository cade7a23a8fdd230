//! A timesheet over the hour that comes twice: asked about, never guessed. Denver, the night of 1
//! November 2026.
use crate::{Browser, Door};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

/// An appointment of that night that Ines has done; gives its id.
async fn worked(
    house: &House,
    reference: &str,
    date: &str,
    start: &str,
    minutes: i64,
    which: &str,
) -> String {
    let (door, dora) = (Door::of(house), house.person("Dora").api_key.clone());
    let body = json!({
        "reference": reference, "date": date, "start": start, "which": which,
        "minutes": minutes, "language": "Spanish", "service_type": "phone",
        "team": "Denver Metro", "customer": "St. Brigid Hospital"
    });
    let (status, booked) = door.post(&dora, "/api/v1/appointments", body).await;
    assert_eq!(status, 201, "{booked}");
    let id = booked["id"].as_str().unwrap().to_owned();
    let (status, assigned) = door
        .post(
            &dora,
            &format!("/api/v1/appointments/{id}/assignment"),
            json!({ "interpreter": house.world.interpreters["Ines"] }),
        )
        .await;
    assert_eq!(status, 201, "{assigned}");
    id
}

async fn file(house: &House, id: &str, input: Value) -> (u16, Value) {
    Door::of(house)
        .post(
            &house.person("Ines").api_key,
            &format!("/api/v1/appointments/{id}/voucher"),
            input,
        )
        .await
}

async fn minutes(house: &House, filed: &Value) -> (i64, String) {
    let (_, voucher) = Door::of(house)
        .get(
            &house.person("Bea").api_key,
            &format!("/api/v1/vouchers/{}", filed["id"].as_str().unwrap()),
        )
        .await;
    (voucher["minutes"].as_i64().unwrap(), voucher.to_string())
}

#[apply(story)]
async fn an_end_in_the_repeated_hour_is_asked_about(house: &House) {
    let id = worked(house, "HOUR-1", "2026-11-01", "00:30", 120, "").await;
    let times = json!({ "date": "2026-11-01", "start": "00:30", "end": "01:30" });
    let (status, asked) = file(house, &id, times.clone()).await;
    assert_eq!(
        (status, asked["errors"][0]["field"].as_str()),
        (422, Some("end")),
        "{asked}"
    );
    assert!(
        asked.to_string().contains("1:30 AM MDT and 1:30 AM MST"),
        "{asked}"
    );
    let mut said = times;
    said["end_which"] = "later".into();
    let (status, filed) = file(house, &id, said).await;
    assert_eq!(
        (status, minutes(house, &filed).await.0),
        (201, 120),
        "{filed}"
    );
}

#[apply(story)]
async fn an_end_before_its_start_on_the_clock_is_of_the_hour_that_comes_again(house: &House) {
    let id = worked(house, "HOUR-2", "2026-11-01", "01:00", 60, "earlier").await;
    let (status, filed) = file(
        house,
        &id,
        json!({ "date": "2026-11-01", "start": "01:45", "end": "01:15" }),
    )
    .await;
    assert_eq!(status, 201, "{filed}");
    let (minutes, trace) = minutes(house, &filed).await;
    assert!(
        minutes == 30 && trace.contains("The clock went back by 60 minutes"),
        "{trace}"
    );
}

#[apply(story)]
async fn both_lengths_are_possible_and_the_answer_decides(house: &House) {
    let id = worked(house, "HOUR-3", "2026-11-01", "00:30", 60, "").await;
    let times = |which: &str| {
        json!({
            "date": "2026-11-01", "start": "00:50", "end": "01:20", "end_which": which
        })
    };
    assert_eq!(file(house, &id, times("")).await.0, 422);
    let (_, filed) = file(house, &id, times("earlier")).await;
    assert_eq!(minutes(house, &filed).await.0, 30, "{filed}");
    house.wait_minutes(1);
    let id = worked(house, "HOUR-3B", "2026-11-01", "04:30", 60, "").await;
    let (status, asked) = file(
        house,
        &id,
        json!({ "date": "2026-11-01", "start": "01:10", "end": "01:40" }),
    )
    .await;
    let fields: Vec<&str> = asked["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["field"].as_str().unwrap())
        .collect();
    assert_eq!((status, fields), (422, vec!["start", "end"]), "{asked}");
}

#[apply(story)]
async fn instants_are_taken_as_they_are(house: &House) {
    let id = worked(house, "HOUR-4", "2026-11-01", "00:30", 60, "").await;
    let (status, filed) = file(
        house,
        &id,
        json!({ "start": "2026-11-01T06:50:00Z", "end": "2026-11-01T08:20:00Z" }),
    )
    .await;
    assert_eq!(
        (status, minutes(house, &filed).await.0),
        (201, 90),
        "{filed}"
    );
}

#[apply(story)]
async fn a_night_over_the_change_has_nine_hours_and_says_why(house: &House) {
    let id = worked(house, "HOUR-5", "2026-10-31", "22:00", 540, "").await;
    let (status, filed) = file(
        house,
        &id,
        json!({ "date": "2026-10-31", "start": "22:00", "end": "06:00" }),
    )
    .await;
    assert_eq!(status, 201, "{filed}");
    let (minutes, trace) = minutes(house, &filed).await;
    assert!(
        minutes == 540
            && trace.contains("The clock went back by 60 minutes")
            && trace.contains("540 minutes passed, 480 on the clock"),
        "{trace}"
    );
}

#[apply(story)]
async fn the_page_asks_which_and_keeps_what_was_typed(house: &House) {
    let id = worked(house, "HOUR-6", "2026-11-01", "00:30", 120, "").await;
    let mut ines = Browser::of(house).sign_in(house, "Ines").await;
    let path = format!("/appointments/{id}/voucher");
    let asked = ines
        .act(
            &path,
            &[("start", "00:30"), ("end", "01:30"), ("note", "stayed on")],
        )
        .await;
    assert!(
        asked.status == 422
            && asked.says("happens twice")
            && asked.text.contains("name=\"end_which\"")
            && asked.says("stayed on"),
        "{}",
        asked.text
    );
    let filed = ines
        .act(
            &path,
            &[
                ("start", "00:30"),
                ("end", "01:30"),
                ("end_which", "later"),
                ("note", "stayed on"),
            ],
        )
        .await;
    assert_eq!(filed.status, 303, "{}", filed.text);
    assert!(ines.get(&filed.location).await.says("120 minutes"));
}
