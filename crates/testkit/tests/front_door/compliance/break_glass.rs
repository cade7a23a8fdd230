//! Somebody breaks the glass in an emergency.
use crate::{Door, compliance::key, mailbox::letters};
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn the_glass_is_broken_for_a_reason_and_a_short_time_and_owners_know_at_once(house: &House) {
    let door = Door::of(house);
    let (sam, vera, carl, olivia, tess) = (
        key(house, "Sam"),
        key(house, "Vera"),
        key(house, "Carl"),
        key(house, "Olivia"),
        key(house, "Tess"),
    );
    let id = house.world.appointments["FR-1001"];
    assert_eq!(
        door.get(&sam, &format!("/api/v1/appointments/{id}"))
            .await
            .0,
        404,
        "another team's"
    );
    let reason = "The interpreter called from the ward, nobody of Denver Metro answers";
    for (body, field) in [
        (
            json!({ "reference": "FR-1001", "reason": "urgent" }),
            "reason",
        ),
        (json!({ "reference": "", "reason": reason }), "reference"),
        (
            json!({ "reference": "FR-1001", "reason": reason, "minutes": 61 }),
            "minutes",
        ),
        (
            json!({ "reference": "FR-1001", "reason": reason, "minutes": 0 }),
            "minutes",
        ),
    ] {
        let (status, problem) = door.post(&sam, "/api/v1/break-glass", body).await;
        assert_eq!(
            (status, problem["errors"][0]["field"].as_str()),
            (422, Some(field))
        );
    }
    assert_eq!(
        door.post(
            &sam,
            "/api/v1/break-glass",
            json!({ "reference": "FR-9999", "reason": reason })
        )
        .await
        .0,
        404
    );
    assert_eq!(
        door.post(
            &tess,
            "/api/v1/break-glass",
            json!({ "reference": "FR-1001", "reason": reason })
        )
        .await
        .0,
        404,
        "another agency's stays unknown"
    );
    assert_eq!(
        door.post(
            &vera,
            "/api/v1/break-glass",
            json!({ "reference": "FR-1001", "reason": reason })
        )
        .await
        .0,
        403
    );
    let (status, opened) = door
        .post(
            &sam,
            "/api/v1/break-glass",
            json!({ "reference": "FR-1001", "reason": reason, "minutes": 20 }),
        )
        .await;
    assert_eq!(status, 201, "{opened}");
    let path = format!("/api/v1/break-glass/{}", opened["id"].as_str().unwrap());
    let (_, shown) = door.get(&sam, &path).await;
    assert_eq!(
        (
            shown["appointment"]["lep_client"].as_str(),
            shown["appointment"]["reference"].as_str()
        ),
        (Some("Rosa Kanarya"), Some("FR-1001"))
    );
    assert_eq!(
        door.get(&sam, &format!("/api/v1/appointments/{id}"))
            .await
            .0,
        404,
        "nothing else opens"
    );
    assert_eq!(
        door.get(&key(house, "Maya"), &path).await.0,
        404,
        "nobody else looks through it"
    );
    let (_, notices) = door.get(&olivia, "/api/v1/notices").await;
    assert!(
        notices["items"][0]["text"]
            .as_str()
            .unwrap()
            .contains("Emergency access was used")
    );
    assert!(
        letters(house, &house.person("Olivia").email)
            .await
            .last()
            .unwrap()
            .contains("Emergency access was used")
    );
    let (_, seen) = door
        .get(
            &carl,
            &format!("/api/v1/audit/entries?record={id}&action=glass.show"),
        )
        .await;
    assert_eq!(
        seen["items"][0]["records"][0]["revealed"]
            .as_array()
            .map(Vec::is_empty),
        Some(false),
        "an act of its own in the log: {seen}"
    );
    house.wait_seconds(20 * 60 - 1);
    assert_eq!(door.get(&sam, &path).await.0, 200, "a second before");
    house.wait_seconds(1);
    assert_eq!(door.get(&sam, &path).await.0, 404, "twenty minutes later");
    let (_, queue) = door.get(&carl, "/api/v1/break-glass?state=open").await;
    assert_eq!(
        (
            queue["items"][0]["name"].as_str(),
            queue["items"][0]["reason"].as_str()
        ),
        (Some("Sam Okafor"), Some(reason))
    );
    assert_eq!(door.get(&sam, "/api/v1/break-glass").await.0, 403);
    assert_eq!(
        door.post(&carl, &format!("{path}/concern"), json!({}))
            .await
            .0,
        201
    );
    assert_eq!(
        door.post(&olivia, &format!("{path}/approval"), json!({}))
            .await
            .0,
        409,
        "judged already"
    );
    assert_eq!(
        door.get(&carl, "/api/v1/break-glass?state=open").await.1["items"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}
