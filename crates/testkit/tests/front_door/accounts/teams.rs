//! A team that is limited to some customers, interpreters or ways of working (AC4).
use crate::{Browser, Door, request};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

/// Limits Denver Metro, by Olivia's hand.
async fn limited(house: &House, limits: Value) -> (u16, Value) {
    let door = Door::of(house);
    let olivia = &house.person("Olivia").api_key;
    let id = team(house).await;
    let (_, _, shown) = door
        .ask(olivia, "GET", &format!("/api/v1/teams/{id}"), &[], "")
        .await;
    let tag = shown.headers()["etag"].to_str().unwrap().to_owned();
    let (status, answer, _) = door
        .ask(
            olivia,
            "PUT",
            &format!("/api/v1/teams/{id}"),
            &[("if-match", &tag)],
            &limits.to_string(),
        )
        .await;
    (status, answer)
}

async fn team(house: &House) -> String {
    let (_, teams) = Door::of(house)
        .get(&house.person("Olivia").api_key, "/api/v1/teams")
        .await;
    teams["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["name"] == "Denver Metro")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[apply(story)]
async fn a_team_books_for_its_customers_and_in_its_ways_only(house: &House) {
    let (door, dora) = (Door::of(house), house.person("Dora").api_key.clone());
    assert_eq!(
        limited(
            house,
            json!({ "customers": "st. brigid hospital", "service_types": "in-person; phone" })
        )
        .await
        .0,
        200
    );
    let (status, booked) = door
        .post(&dora, "/api/v1/appointments", request("L-1"))
        .await;
    assert_eq!(status, 201, "{booked}");
    for (field, value, rule) in [
        ("customer", "Cedar Family Clinic", "this team serves"),
        ("service_type", "video", "this team schedules"),
    ] {
        let mut asked = request("L-2");
        asked[field] = json!(value);
        asked["meeting"] = json!("https://meet.example/1");
        let (status, problem) = door
            .post(&dora, "/api/v1/appointments", asked.clone())
            .await;
        assert!(
            status == 422
                && problem["errors"][0]["field"] == field
                && problem["errors"][0]["rule"]
                    .as_str()
                    .unwrap()
                    .contains(rule),
            "{problem}"
        );
        asked["reference"] = json!("L-1");
        let place = format!("/api/v1/appointments/{}", booked["id"].as_str().unwrap());
        let (status, problem, _) = door
            .ask(
                &dora,
                "PUT",
                &place,
                &[("if-match", "\"1\"")],
                &asked.to_string(),
            )
            .await;
        assert_eq!(status, 422, "not by changing either: {problem}");
        asked["team"] = json!("Courts");
        asked["reference"] = json!(format!("L-{field}"));
        assert_eq!(
            door.post(&dora, "/api/v1/appointments", asked).await.0,
            201,
            "another team is not limited"
        );
    }
    assert_eq!(limited(house, json!({})).await.0, 200);
    let mut asked = request("L-3");
    asked["customer"] = json!("Cedar Family Clinic");
    assert_eq!(
        door.post(&dora, "/api/v1/appointments", asked).await.0,
        201,
        "the limit is lifted"
    );
}

#[apply(story)]
async fn a_team_asks_and_assigns_its_interpreters_only(house: &House) {
    let (door, dora) = (Door::of(house), house.person("Dora").api_key.clone());
    let (_, booked) = door
        .post(&dora, "/api/v1/appointments", request("L-1"))
        .await;
    let place = format!("/api/v1/appointments/{}", booked["id"].as_str().unwrap());
    let (ines, pablo) = (
        house.world.interpreters["Ines"].to_string(),
        house.world.interpreters["Pablo"].to_string(),
    );
    assert_eq!(
        limited(house, json!({ "interpreters": house.person("Ines").email }))
            .await
            .0,
        200
    );
    let (_, list) = door.get(&dora, &format!("{place}/candidates")).await;
    assert!(
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|c| c["interpreter"] == ines.as_str()),
        "{list}"
    );
    let kept_out = list["excluded"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["interpreter"] == pablo.as_str())
        .unwrap();
    assert_eq!(kept_out["reasons"][0], "not on this team’s list");
    let offers = json!({ "kind": "broadcast", "interpreters": [ines, pablo] });
    assert_eq!(
        door.post(&dora, &format!("{place}/offers"), offers).await.0,
        422
    );
    let (status, problem) = door
        .post(
            &dora,
            &format!("{place}/assignment"),
            json!({ "interpreter": pablo }),
        )
        .await;
    assert!(
        status == 409
            && problem["detail"]
                .as_str()
                .unwrap()
                .contains("this team assigns"),
        "{problem}"
    );
    // An offer that was open when the limit came is not accepted any more.
    assert_eq!(limited(house, json!({})).await.0, 200);
    assert_eq!(
        door.post(
            &dora,
            &format!("{place}/offers"),
            json!({ "kind": "broadcast", "interpreters": [pablo] })
        )
        .await
        .0,
        201
    );
    assert_eq!(
        limited(house, json!({ "interpreters": house.person("Ines").email }))
            .await
            .0,
        200
    );
    let (_, open) = door
        .get(&house.person("Pablo").api_key, "/api/v1/offers")
        .await;
    let offer = open["items"][0]["id"].as_str().unwrap();
    assert_eq!(
        door.post(
            &house.person("Pablo").api_key,
            &format!("/api/v1/offers/{offer}/acceptance"),
            json!({})
        )
        .await
        .0,
        409
    );
    assert_eq!(
        door.post(
            &dora,
            &format!("{place}/assignment"),
            json!({ "interpreter": ines })
        )
        .await
        .0,
        201
    );
}

#[apply(story)]
async fn limits_are_of_ones_own_workspace_and_nothing_typed_is_lost(house: &House) {
    for (field, wrong) in [
        ("customers", "Plains Community Hospital"),
        ("interpreters", "noor@prairie.example"),
        ("interpreters", "Ines"),
        ("service_types", "by letter"),
    ] {
        let (status, problem) = limited(house, json!({ field: wrong })).await;
        assert!(
            status == 422 && problem["errors"][0]["field"] == field,
            "{field}: {problem}"
        );
    }
    let id = team(house).await;
    let mut adam = Browser::of(house).sign_in(house, "Adam").await;
    let page = adam.get(&format!("/people/teams/{id}")).await;
    let version = page.field("version");
    let wrong = adam
        .act(
            &format!("/people/teams/{id}/limits"),
            &[
                ("version", &version),
                ("customers", "No Such Clinic"),
                ("type", "phone"),
            ],
        )
        .await;
    assert!(
        wrong.status == 422
            && wrong.says("No Such Clinic")
            && wrong.says("must be names of customers"),
        "{}",
        wrong.text
    );
    let saved = adam
        .act(
            &format!("/people/teams/{id}/limits"),
            &[
                ("version", &version),
                ("customers", "St. Brigid Hospital\r\nCedar Family Clinic"),
                ("type", "phone"),
            ],
        )
        .await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let shown = adam.get(&format!("/people/teams/{id}")).await;
    assert!(
        shown.says("Cedar Family Clinic") && shown.says("St. Brigid Hospital"),
        "{}",
        shown.text
    );
    assert_eq!(
        adam.act(&format!("/people/teams/{id}"), &[("name", "Denver")])
            .await
            .status,
        303
    );
    assert!(
        adam.get(&format!("/people/teams/{id}"))
            .await
            .says("St. Brigid Hospital"),
        "another name leaves them"
    );
    let door = Door::of(house);
    assert_eq!(
        door.get(
            &house.person("Dora").api_key,
            &format!("/api/v1/teams/{id}")
        )
        .await
        .0,
        403
    );
    assert_eq!(
        door.get(
            &house.person("Peter").api_key,
            &format!("/api/v1/teams/{id}")
        )
        .await
        .0,
        404
    );
}
