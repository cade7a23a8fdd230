//! An appointment on hold: by page and by API, until its day or until somebody takes it off, and
//! for whose eyes.
use crate::{Browser, Door, request};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

const REASON: &str = "Kanarya waits for the insurer";

/// Puts FR-1001, which takes place on Tuesday at nine, on hold until that day.
async fn put_on_hold(house: &House, door: &Door) -> String {
    let path = format!(
        "/api/v1/appointments/{}",
        house.world.appointments["FR-1001"]
    );
    let dora = &house.person("Dora").api_key;
    let (status, put) = door
        .post(
            dora,
            &format!("{path}/on-hold"),
            json!({ "until": "2027-03-02", "reason": REASON }),
        )
        .await;
    assert_eq!(
        (status, put["status"].as_str()),
        (201, Some("on-hold")),
        "{put}"
    );
    path
}

async fn status(house: &House, door: &Door, path: &str) -> String {
    house.gate.work_off().await.unwrap();
    let (_, shown) = door.get(&house.person("Dora").api_key, path).await;
    shown["status"].as_str().unwrap().to_owned()
}

#[apply(story)]
async fn what_is_on_hold_is_offered_to_nobody_and_offers_that_were_open_are_gone(house: &House) {
    let door = Door::of(house);
    let key = |who: &str| house.person(who).api_key.clone();
    let (dora, ines) = (key("Dora"), key("Ines"));
    let path = format!(
        "/api/v1/appointments/{}",
        house.world.appointments["FR-1001"]
    );
    let asked = json!({
        "kind": "broadcast",
        "interpreters": [house.world.interpreters["Ines"], house.world.interpreters["Pablo"]]
    });
    let (_, made) = door
        .post(&dora, &format!("{path}/offers"), asked.clone())
        .await;
    put_on_hold(house, &door).await;
    assert_eq!(
        door.get(&ines, "/api/v1/offers").await.1["items"],
        json!([])
    );
    let offer = made["offers"][0].as_str().unwrap();
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
    let (_, told) = door.get(&ines, "/api/v1/notices").await;
    assert!(
        told.to_string().contains("No longer available: FR-1001"),
        "{told}"
    );
    for (what, body) in [
        ("offers", asked),
        (
            "assignment",
            json!({ "interpreter": house.world.interpreters["Ines"] }),
        ),
    ] {
        let (status, refused) = door.post(&dora, &format!("{path}/{what}"), body).await;
        assert_eq!(
            (status, &refused["allowed"]),
            (409, &json!(["take-off-hold", "cancel", "decline"])),
            "{what}: {refused}"
        );
    }
    let (_, open) = door.get(&dora, "/api/v1/appointments?status=on-hold").await;
    assert_eq!(open["items"][0]["reference"], "FR-1001", "{open}");
}

#[apply(story)]
async fn it_comes_back_by_itself_on_the_day_at_its_place_and_not_before(house: &House) {
    let door = Door::of(house);
    let path = put_on_hold(house, &door).await;
    house.at("2027-03-01T23:59");
    assert_eq!(status(house, &door, &path).await, "on-hold");
    house.at("2027-03-02T00:00");
    assert_eq!(status(house, &door, &path).await, "requested");
    let olivia = house.person("Olivia").api_key.clone();
    let east = json!({
        "name": "Harbor Clinic", "email": "bills@harbor.example", "team": "Denver Metro",
        "address": "1 Harbor St", "city": "Boston", "state": "MA", "zip": "02110",
        "zone": "America/New_York", "health_care": "yes"
    });
    let (made, customer) = door.post(&olivia, "/api/v1/customers", east).await;
    assert_eq!(made, 201, "{customer}");
    let mut job = request("H-1");
    (job["customer"], job["date"]) = ("Harbor Clinic".into(), "2027-03-10".into());
    let (booked, at) = door.post(&olivia, "/api/v1/appointments", job).await;
    assert_eq!(booked, 201, "{at}");
    let path = format!("/api/v1/appointments/{}", at["id"].as_str().unwrap());
    door.post(
        &olivia,
        &format!("{path}/on-hold"),
        json!({ "until": "2027-03-05", "reason": REASON }),
    )
    .await;
    house.at("2027-03-04T21:59");
    assert_eq!(status(house, &door, &path).await, "on-hold");
    house.at("2027-03-04T22:00");
    assert_eq!(
        status(house, &door, &path).await,
        "requested",
        "midnight in New York"
    );
}

#[apply(story)]
async fn it_is_taken_off_earlier_and_the_job_of_an_earlier_day_leaves_the_later_one_alone(
    house: &House,
) {
    let door = Door::of(house);
    let dora = house.person("Dora").api_key.clone();
    let (_, booked) = door
        .post(&dora, "/api/v1/appointments", {
            let mut job = request("H-2");
            job["date"] = "2027-03-10".into();
            job
        })
        .await;
    let path = format!("/api/v1/appointments/{}", booked["id"].as_str().unwrap());
    let until = async |day: &str| {
        door.post(
            &dora,
            &format!("{path}/on-hold"),
            json!({ "until": day, "reason": REASON }),
        )
        .await
    };
    assert_eq!(until("2027-03-03").await.0, 201);
    assert_eq!(
        door.post(&dora, &format!("{path}/on-hold/end"), json!({}))
            .await
            .1["status"],
        "requested"
    );
    assert_eq!(
        door.post(&dora, &format!("{path}/on-hold/end"), json!({}))
            .await
            .0,
        409
    );
    house.wait_seconds(1);
    assert_eq!(until("2027-03-06").await.0, 201);
    house.at("2027-03-03T12:00");
    assert_eq!(status(house, &door, &path).await, "on-hold");
    assert_eq!(
        door.get(&dora, &format!("{path}/on-hold")).await.1["until"],
        "2027-03-06"
    );
    house.at("2027-03-06T00:01");
    assert_eq!(status(house, &door, &path).await, "requested");
}

#[apply(story)]
async fn only_what_nobody_has_waits_and_only_until_a_day_between_today_and_its_own(house: &House) {
    let door = Door::of(house);
    let dora = house.person("Dora").api_key.clone();
    let path = format!(
        "/api/v1/appointments/{}",
        house.world.appointments["FR-1001"]
    );
    let put = async |body: Value| door.post(&dora, &format!("{path}/on-hold"), body).await;
    for (body, field) in [
        (json!({ "reason": REASON }), "until"),
        (json!({ "until": "2027-03-02" }), "reason"),
        (json!({ "until": "2027-03-01", "reason": REASON }), "until"),
        (json!({ "until": "2027-03-03", "reason": REASON }), "until"),
    ] {
        let (status, problem) = put(body).await;
        assert_eq!(
            (status, problem["errors"][0]["field"].as_str()),
            (422, Some(field)),
            "{problem}"
        );
        assert!(!problem.to_string().contains("Kanarya"), "{problem}");
    }
    door.post(
        &dora,
        &format!("{path}/assignment"),
        json!({ "interpreter": house.world.interpreters["Ines"] }),
    )
    .await;
    let (status, refused) = put(json!({ "until": "2027-03-02", "reason": REASON })).await;
    assert!(
        status == 409 && refused.to_string().contains("is “Assigned”"),
        "{refused}"
    );
}

#[apply(story)]
async fn whoever_filed_it_reads_until_when_and_not_why(house: &House) {
    let door = Door::of(house);
    let (rita, dora) = (
        house.person("Rita").api_key.clone(),
        house.person("Dora").api_key.clone(),
    );
    let (filed, booked) = door
        .post(&rita, "/api/v1/appointments", {
            let mut job = request("H-3");
            (job["date"], job["team"]) = ("2027-03-10".into(), "".into());
            job
        })
        .await;
    assert_eq!(filed, 201, "{booked}");
    let path = format!(
        "/api/v1/appointments/{}/on-hold",
        booked["id"].as_str().unwrap()
    );
    let (put, told) = door
        .post(
            &dora,
            &path,
            json!({ "until": "2027-03-05", "reason": REASON }),
        )
        .await;
    assert_eq!(put, 201, "{told}");
    let (status, shown) = door.get(&rita, &path).await;
    assert_eq!(
        (status, &shown["until"], &shown["reason"]),
        (200, &json!("2027-03-05"), &Value::Null),
        "{shown}"
    );
    assert_eq!(
        door.post(&rita, &format!("{path}/end"), json!({})).await.0,
        403
    );
}

#[apply(story)]
async fn it_is_not_moved_to_before_the_day_it_waits_for(house: &House) {
    let door = Door::of(house);
    let dora = &house.person("Dora").api_key;
    let path = put_on_hold(house, &door).await;
    let (_, _, shown) = door.ask(dora, "GET", &path, &[], "").await;
    let tag = shown.headers()["etag"].to_str().unwrap().to_owned();
    let mut moved = request("FR-1001");
    moved["date"] = "2027-03-01".into();
    let (status, refused, _) = door
        .ask(
            dora,
            "PUT",
            &path,
            &[("if-match", &tag)],
            &moved.to_string(),
        )
        .await;
    assert!(
        status == 422 && refused["errors"][0]["field"] == "date",
        "{status} {refused}"
    );
    assert!(refused.to_string().contains("on hold until"), "{refused}");
}

#[apply(story)]
async fn staff_read_why_on_its_page_and_interpreters_nowhere(house: &House) {
    let place = format!("/appointments/{}", house.world.appointments["FR-1001"]);
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    assert!(dora.get(&place).await.says("Put on hold"));
    assert_eq!(
        dora.act(
            &format!("{place}/on-hold"),
            &[("until", "2027-03-02"), ("reason", REASON)]
        )
        .await
        .status,
        303
    );
    let page = dora.get(&place).await;
    assert!(
        page.says("On hold")
            && page.says(REASON)
            && page.says("by Dora Lindqvist")
            && page.says("Tue, Mar 2, 2027")
            && !page.says("Find an interpreter"),
        "{}",
        page.text
    );
    let door = Door::of(house);
    let shown = async |who: &str| {
        door.get(
            &house.person(who).api_key,
            &format!("/api/v1{place}/on-hold"),
        )
        .await
    };
    assert_eq!(shown("Dora").await.1["reason"], REASON);
    let (status, masked) = shown("Vera").await;
    assert!(
        status == 200 && masked["until"] == "2027-03-02" && !masked.to_string().contains("Kanarya"),
        "{masked}"
    );
    assert_eq!(shown("Ines").await.0, 404);
    assert_eq!(
        dora.act(&format!("{place}/on-hold/end"), &[]).await.status,
        303
    );
    let page = dora.get(&place).await;
    assert!(
        page.says("Requested") && !page.says(REASON) && page.says("Find an interpreter"),
        "{}",
        page.text
    );
}
