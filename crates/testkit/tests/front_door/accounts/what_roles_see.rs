//! What the holders of a workspace's own roles see of records and their histories.
use crate::{
    Browser, Door,
    accounts::{member, newcomer},
    request,
};
use interpres_testkit::{DRAWN, House, apply, story};
use serde_json::{Value, json};

/// A key of Ines, who interprets, in a role of the workspace's own.
async fn interpreter_in(house: &House, role: Value) -> String {
    let (door, adam) = (Door::of(house), house.person("Adam").api_key.clone());
    let (_, saved) = door.post(&adam, "/api/v1/roles", role).await;
    let path = format!("/api/v1/people/{}", member(&door, house, "Ines").await);
    let (_, shown, _) = door.ask(&adam, "GET", &path, &[], "").await;
    let tag = format!("\"{}\"", shown["version"]);
    let (status, told, _) = door
        .ask(
            &adam,
            "PUT",
            &path,
            &[("if-match", &tag)],
            &json!({ "role": saved["id"], "teams": "Denver Metro" }).to_string(),
        )
        .await;
    assert_eq!(status, 200, "{told}");
    house.wait_minutes(1);
    let made = Browser::of(house)
        .sign_in(house, "Ines")
        .await
        .act("/account/keys", &[("name", "script"), ("days", "90")])
        .await;
    assert_eq!(made.status, 200, "{}", made.text);
    made.token()
}

#[apply(story)]
async fn a_history_opens_a_name_no_longer_than_the_appointment_itself_does(house: &House) {
    let door = Door::of(house);
    let (dora, bea) = (
        house.person("Dora").api_key.clone(),
        house.person("Bea").api_key.clone(),
    );
    let mut booked = request("W-1");
    booked["date"] = "2027-03-04".into();
    booked["notes"] = "Rosa Kanarya waits at the desk".into();
    let (_, booked) = door.post(&dora, "/api/v1/appointments", booked).await;
    let id = booked["id"].as_str().unwrap();
    let role = json!({
        "name": "On call",
        "reaches": {
            "appointments.view": "team", "history.view": "team",
            "vouchers.file": "own", "vouchers.view": "own"
        },
        "fields": "window"
    });
    let ines = interpreter_in(house, role).await;
    let names = async |path: &str| {
        let (status, told) = door.get(&ines, path).await;
        (status, told.to_string().contains("Rosa Kanarya"))
    };
    let (history, shown) = (
        format!("/api/v1/history?kind=appointment&id={id}"),
        format!("/api/v1/appointments/{id}"),
    );
    let compared =
        format!("/api/v1/history/compare?kind=appointment&id={id}&from_version=1&to_version=2");
    let assign = json!({ "interpreter": house.world.interpreters["Ines"] });
    assert_eq!(
        door.post(
            &dora,
            &format!("/api/v1/appointments/{id}/assignment"),
            assign
        )
        .await
        .0,
        201
    );
    assert_eq!(
        (
            names(&history).await,
            names(&shown).await,
            names(&compared).await
        ),
        ((200, false), (200, false), (200, false)),
        "days before"
    );
    house.at("2027-03-03T12:00");
    assert_eq!(
        (names(&history).await, names(&shown).await),
        ((200, true), (200, true)),
        "within a day of the start"
    );
    let (_, seen) = door.get(&dora, &format!("/api/v1/appointments/{id}")).await;
    let client = seen["client"].as_str().unwrap();
    assert_eq!(
        (
            names(&format!("/api/v1/history?kind=client&id={client}")).await,
            names(&format!("/api/v1/clients/{client}")).await
        ),
        ((200, false), (200, false)),
        "a client on their own has no window"
    );
    house.at("2027-03-04T12:00");
    let filed =
        json!({ "start": "07:00", "end": "08:00", "signer": "Rosa Kanarya", "signature": DRAWN });
    let (status, voucher) = door
        .post(&ines, &format!("/api/v1/appointments/{id}/voucher"), filed)
        .await;
    assert_eq!(status, 201, "{voucher}");
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
    assert_eq!(
        (names(&history).await, names(&shown).await),
        ((200, false), (200, false)),
        "after the voucher was approved"
    );
    assert_eq!(
        door.get(&ines, &format!("/api/v1/history?kind=voucher&id={voucher}"))
            .await
            .0,
        404,
        "what is seen as one's own has no history"
    );
    assert_eq!(
        door.get(
            &ines,
            &format!(
                "/api/v1/history?kind=customer&id={}",
                house.world.customers["St. Brigid Hospital"]
            )
        )
        .await
        .0,
        403,
        "no customers"
    );
}

#[apply(story)]
async fn what_a_role_may_not_see_of_a_record_is_masked_in_its_history(house: &House) {
    let door = Door::of(house);
    let role = json!({
        "name": "Books",
        "reaches": {
            "history.view": "all", "interpreters.view": "all",
            "appointments.view": "all", "members.view": "all"
        },
        "fields": "always"
    });
    let (_, nina) = newcomer(house, "Adam", role, "").await;
    let told = async |kind: &str, id: &str| {
        let (status, told) = door
            .get(&nina, &format!("/api/v1/history?kind={kind}&id={id}"))
            .await;
        assert_eq!(status, 200, "{kind}: {told}");
        let changes: Vec<Value> = told["items"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|v| v["changes"].as_array().unwrap().clone())
            .collect();
        move |field: &str| {
            changes
                .iter()
                .find(|c| c["field"] == field)
                .map(|c| c["after"].as_str().unwrap_or_default().to_owned())
        }
    };
    let ines = told("interpreter", &house.world.interpreters["Ines"].to_string()).await;
    assert_eq!(
        (
            ines("first_name").as_deref(),
            ines("email").as_deref(),
            ines("zip").as_deref()
        ),
        (Some("Ines"), Some("•••"), Some("•••")),
        "names, not personal data"
    );
    let appointment = told(
        "appointment",
        &house.world.appointments["FR-1001"].to_string(),
    )
    .await;
    let client = told(
        "client",
        &house
            .client_of(house.world.appointments["FR-1001"])
            .await
            .to_string(),
    )
    .await;
    assert_eq!(
        (
            appointment("bill_rate").as_deref(),
            client("name").as_deref()
        ),
        (Some("•••"), Some("Rosa Kanarya")),
        "no rates"
    );
    let (_, people) = door.get(&nina, "/api/v1/people").await;
    let dora = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["name"] == "Dora Lindqvist")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let dora = told("member", &dora).await;
    assert_eq!(
        (dora("role").as_deref(), dora("terms").as_deref()),
        (Some("scheduler"), Some("•••")),
        "not from where the terms were accepted"
    );
}
