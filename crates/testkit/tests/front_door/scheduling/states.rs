//! How an appointment ends that does not take place, and the day of service, by page and by API.
use crate::{Browser, Door};
use interpres_testkit::{House, apply, story};
use serde_json::json;

async fn assigned(house: &House) -> String {
    let appointment = house.assigned("FR-1001", "Ines").await;
    format!("/appointments/{appointment}")
}

#[apply(story)]
async fn client_did_not_come_on_the_cancel_form_makes_a_missed_job_with_its_voucher(house: &House) {
    let path = assigned(house).await;
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let early = dora.get(&path).await;
    assert!(
        !early.says("Client did not come") && !early.says("Mark as missed"),
        "{}",
        early.text
    );
    house.at("2027-03-02T11:00");
    let mut dora = dora.fresh().sign_in(house, "Dora").await;
    let page = dora.get(&path).await;
    assert!(
        page.says("Client did not come") && page.says("Mark as missed"),
        "{}",
        page.text
    );
    assert_eq!(
        dora.act(
            &format!("{path}/cancellation"),
            &[("reason", "client-no-show"), ("note", "")]
        )
        .await
        .status,
        303
    );
    let page = dora.get(&path).await;
    assert!(
        page.says("Missed") && !page.says("late-cancel") && page.says("Open the voucher"),
        "{}",
        page.text
    );
    assert_eq!(
        dora.act(&format!("{path}/restoration"), &[]).await.status,
        303
    );
    assert_eq!(
        dora.act(
            &format!("{path}/missed"),
            &[("by", "customer"), ("note", "")]
        )
        .await
        .status,
        303
    );
    assert!(dora.get(&path).await.says("<small>Customer</small>"));
}

#[apply(story)]
async fn starting_ending_declining_and_recalculating_are_had_by_page(house: &House) {
    let path = assigned(house).await;
    let mut ines = Browser::of(house).sign_in(house, "Ines").await;
    let page = ines.get(&path).await;
    assert!(
        page.says("You can check in from two hours before")
            && !page.says("Mark arrived")
            && !page.says("End session"),
        "{}",
        page.text
    );
    house.at("2027-03-02T08:30");
    let mut ines = ines.fresh().sign_in(house, "Ines").await;
    assert!(ines.get(&path).await.says("Mark arrived"));
    ines.act(&format!("{path}/check-in"), &[]).await;
    let page = ines.get(&path).await;
    assert!(
        page.says("Start early") && !page.says("End session"),
        "{}",
        page.text
    );
    ines.act(&format!("{path}/start"), &[]).await;
    house.wait_minutes(10);
    let page = ines.get(&path).await;
    assert!(
        page.says("Running since") && page.says("End session") && !page.says("Start early"),
        "{}",
        page.text
    );
    assert_eq!(ines.act(&format!("{path}/end"), &[]).await.status, 303);
    let mut bea = ines.fresh().sign_in(house, "Bea").await;
    assert!(bea.get(&path).await.says("Recalculate rates"));
    assert_eq!(
        bea.act(
            &format!("{path}/recalculation"),
            &[("side", "pay"), ("reason", "agreed anew")]
        )
        .await
        .status,
        303
    );
    let other = format!("/appointments/{}", house.world.appointments["FR-1002"]);
    let mut maya = bea.fresh().sign_in(house, "Maya").await;
    let taken = [
        ("interpreter", house.world.interpreters["Ines"].to_string()),
        ("reason", "it is short".to_owned()),
    ];
    let taken: Vec<(&str, &str)> = taken.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert!(maya.get(&other).await.says("Assign despite a conflict"));
    assert_eq!(
        maya.act(&format!("{other}/assignment/override"), &taken)
            .await
            .status,
        303
    );
    let third = format!("/appointments/{}", house.world.appointments["FR-1003"]);
    assert_eq!(
        maya.act(&format!("{third}/declination"), &[("note", "")])
            .await
            .status,
        303
    );
    assert!(maya.get(&third).await.says("Declined"));
}

#[apply(story)]
async fn what_was_taken_away_stands_in_the_schedule_with_its_number(house: &House) {
    let path = assigned(house).await;
    let door = Door::of(house);
    let (dora, ines) = (&house.person("Dora").api_key, &house.person("Ines").api_key);
    let (status, _) = door
        .post(
            dora,
            &format!("/api/v1{path}/assignment/removal"),
            json!({}),
        )
        .await;
    let (_, former) = door
        .get(ines, "/api/v1/former-assignments?reference=fr-1001")
        .await;
    assert_eq!(
        (status, former["items"][0]["removed_by"].as_str()),
        (201, Some("Dora Lindqvist")),
        "{former}"
    );
    let mut ines = Browser::of(house).sign_in(house, "Ines").await;
    for page in ["/today", "/schedule"] {
        let page = ines.get(page).await;
        assert!(
            page.says("No longer yours")
                && page.says("FR-1001")
                && page.says("by Dora Lindqvist")
                && !page.says("Kanarya"),
            "{}",
            page.text
        );
    }
}

#[apply(story)]
async fn every_way_out_is_had_by_api(house: &House) {
    let path = assigned(house).await;
    let door = Door::of(house);
    let (dora, maya, bea) = (
        &house.person("Dora").api_key,
        &house.person("Maya").api_key,
        &house.person("Bea").api_key,
    );
    let post = async |key: &str, what: &str, body: serde_json::Value| {
        door.post(key, &format!("/api/v1{path}/{what}"), body).await
    };
    let (status, early) = post(dora, "missed", json!({ "by": "client" })).await;
    assert!(
        status == 409 && early.to_string().contains("has not begun yet"),
        "{early}"
    );
    assert_eq!(
        post(bea, "recalculation", json!({ "reason": "agreed anew" }))
            .await
            .0,
        201
    );
    house.at("2027-03-02T11:00");
    let (status, missed) = post(dora, "missed", json!({ "by": "client" })).await;
    assert_eq!(
        (status, missed["status"].as_str()),
        (201, Some("missed")),
        "{missed}"
    );
    assert_eq!(
        post(dora, "restoration", json!({})).await.1["status"],
        "assigned"
    );
    let other = format!(
        "/api/v1/appointments/{}/assignment",
        house.world.appointments["FR-1002"]
    );
    let body = json!({ "interpreter": house.world.interpreters["Ines"] });
    let (status, clash) = door.post(dora, &other, body.clone()).await;
    assert!(
        status == 409 && clash.to_string().contains("FR-1001"),
        "{clash}"
    );
    let (status, _) = door
        .post(
            maya,
            &format!("{other}/override"),
            json!({ "interpreter": house.world.interpreters["Ines"], "reason": "it is short" }),
        )
        .await;
    assert_eq!(status, 201);
    let third = format!(
        "/api/v1/appointments/{}/declination",
        house.world.appointments["FR-1003"]
    );
    assert_eq!(
        door.post(dora, &third, json!({})).await.1["status"],
        "declined"
    );
}
