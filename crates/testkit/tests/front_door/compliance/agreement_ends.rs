//! An agreement ends, or HIPAA mode goes off: whose clients are sealed from view.
use crate::{Door, request};
use interpres_compliance::{BAA, DeclareAgreement, EndAgreement};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

#[apply(story)]
async fn clients_are_sealed_from_view_when_the_agreement_ends_or_the_mode_is_off_and_courts_are_not(
    house: &House,
) {
    let door = Door::of(house);
    let (dora, olivia, adam) = (
        house.person("Dora").api_key.clone(),
        house.person("Olivia").api_key.clone(),
        house.person("Adam").api_key.clone(),
    );
    let (_, hospital) = door
        .post(&dora, "/api/v1/appointments", request("H-1"))
        .await;
    let mut court = request("C-1");
    (court["customer"], court["team"], court["start"]) = (
        "Mesa Verde County Court".into(),
        "Courts".into(),
        "10:00".into(),
    );
    let (_, court) = door.post(&dora, "/api/v1/appointments", court).await;
    let name = async |booked: &Value| {
        let (_, shown) = door
            .get(
                &dora,
                &format!("/api/v1/appointments/{}", booked["id"].as_str().unwrap()),
            )
            .await;
        shown["lep_client"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (name(&hospital).await, name(&court).await),
        ("Rosa Kanarya".to_owned(), "Rosa Kanarya".to_owned())
    );
    let operator = house
        .gate
        .operator(house.world.workspaces["Front Range Interpreters"]);
    house
        .gate
        .perform(&operator, EndAgreement(BAA))
        .await
        .unwrap();
    assert_eq!(
        (name(&hospital).await, name(&court).await),
        ("R. K.".to_owned(), "Rosa Kanarya".to_owned()),
        "at once"
    );
    assert_eq!(
        door.post(&dora, "/api/v1/appointments", request("H-2"))
            .await
            .0,
        422
    );
    assert_eq!(
        door.post(
            &dora,
            "/api/v1/appointments/search",
            json!({ "client": "Rosa" })
        )
        .await
        .0,
        403,
        "searching is seeing"
    );
    house
        .gate
        .perform(
            &operator,
            DeclareAgreement {
                kind: BAA,
                by: "Olivia Hart, owner".parse().unwrap(),
            },
        )
        .await
        .unwrap();
    assert_eq!(name(&hospital).await, "Rosa Kanarya");

    // Off by two: an owner asks, an admin confirms.
    let off = json!({ "reason": "We serve courts only from now on", "confirm": "Controls relax" });
    assert_eq!(
        door.post(&adam, "/api/v1/hipaa/end", off.clone()).await.0,
        403,
        "owners only"
    );
    assert_eq!(
        door.post(
            &olivia,
            "/api/v1/hipaa/end",
            json!({ "reason": "x", "confirm": "yes" })
        )
        .await
        .0,
        422
    );
    let (status, asked) = door.post(&olivia, "/api/v1/hipaa/end", off.clone()).await;
    assert_eq!(
        (
            status,
            asked["on"].as_bool(),
            asked["waits_for_another"].as_bool()
        ),
        (201, Some(true), Some(true))
    );
    assert_eq!(
        door.post(&olivia, "/api/v1/hipaa/end", off).await.0,
        409,
        "asked already"
    );
    let (_, view) = door.get(&olivia, "/api/v1/hipaa").await;
    let change = view["waiting"][0].as_str().unwrap().to_owned();
    assert_eq!(
        door.post(
            &olivia,
            &format!("/api/v1/hipaa/changes/{change}/confirmation"),
            json!({})
        )
        .await
        .0,
        409,
        "not by whoever asked"
    );
    assert_eq!(
        door.post(
            &dora,
            &format!("/api/v1/hipaa/changes/{change}/confirmation"),
            json!({})
        )
        .await
        .0,
        403
    );
    assert_eq!(name(&hospital).await, "Rosa Kanarya", "until then it is on");
    house.wait_seconds(1);
    let before = house.raw("select count(*) as n from audit_entry").await[0]
        .int("n")
        .unwrap();
    assert_eq!(
        door.post(
            &adam,
            &format!("/api/v1/hipaa/changes/{change}/confirmation"),
            json!({})
        )
        .await
        .1["on"],
        false
    );
    assert_eq!(
        (name(&hospital).await, name(&court).await),
        ("R. K.".to_owned(), "Rosa Kanarya".to_owned())
    );
    assert!(
        house.raw("select count(*) as n from audit_entry").await[0]
            .int("n")
            .unwrap()
            > before,
        "no entry is lost"
    );
    let (_, notices) = door.get(&adam, "/api/v1/notices").await;
    assert!(
        notices["items"][0]["text"]
            .as_str()
            .unwrap()
            .contains("HIPAA mode is off"),
        "{notices}"
    );
    assert_eq!(
        door.post(
            &adam,
            &format!("/api/v1/hipaa/changes/{change}/refusal"),
            json!({})
        )
        .await
        .0,
        409,
        "answered"
    );
    let history = door
        .get(
            &olivia,
            &format!("/api/v1/history?kind=mode_change&id={change}"),
        )
        .await;
    assert_eq!(history.0, 200, "what was decided can be looked up");
}
