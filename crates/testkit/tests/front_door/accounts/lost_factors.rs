//! Somebody who lost every second factor comes back by two in charge.
use crate::{
    Door,
    accounts::{WORDS, member},
    browser::Browser,
    mailbox::{letters, link},
};
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn who_lost_every_factor_comes_back_by_two_admins_and_their_own_mail(house: &House) {
    let (door, browser) = (Door::of(house), Browser::of(house));
    let key = |who: &str| house.person(who).api_key.clone();
    let (adam, olivia, email) = (
        key("Adam"),
        key("Olivia"),
        house.person("Dora").email.clone(),
    );
    let dora = member(&door, house, "Dora").await;
    let seen = || json!({ "recognised": "seen on a video call, with the staff card" });
    let ask = format!("/api/v1/people/{dora}/recovery");
    for (who, id, body, expected) in [
        ("Adam", dora.clone(), json!({ "recognised": "me" }), 422),
        ("Maya", dora.clone(), seen(), 403),
        ("Peter", dora.clone(), seen(), 404),
        ("Adam", member(&door, house, "Olivia").await, seen(), 403),
        ("Adam", member(&door, house, "Adam").await, seen(), 409),
    ] {
        assert_eq!(
            door.post(&key(who), &format!("/api/v1/people/{id}/recovery"), body)
                .await
                .0,
            expected,
            "{who}"
        );
    }
    let (status, asked) = door.post(&adam, &ask, seen()).await;
    assert_eq!(
        (status, door.post(&olivia, &ask, seen()).await.0),
        (201, 409),
        "once: {asked}"
    );
    let agree = format!(
        "/api/v1/recoveries/{}/agreement",
        asked["id"].as_str().unwrap()
    );
    assert_eq!(
        (
            door.post(&adam, &agree, json!({})).await.0,
            door.post(&key("Maya"), &agree, json!({})).await.0
        ),
        (409, 403),
        "by another one in charge"
    );
    house.wait_seconds(1);
    assert!(
        letters(house, &email)
            .await
            .last()
            .unwrap()
            .contains("asked for a way back"),
        "nothing of it is silent"
    );
    assert_eq!(
        (
            door.post(&olivia, &agree, json!({})).await.0,
            door.post(&olivia, &agree, json!({})).await.0
        ),
        (201, 409)
    );
    house.wait_seconds(1);
    let link = link(letters(house, &email).await.last().unwrap())
        .strip_prefix("/password/")
        .unwrap()
        .to_owned();
    let mut there = browser.fresh().sign_in(house, "Dora").await;
    assert_eq!(
        there.get("/customers").await.status,
        200,
        "until the link is used all is as it was"
    );
    let mut back = browser.fresh();
    assert_eq!(
        back.post("/password", &[("link", &link), ("new", "eightchr")])
            .await
            .status,
        422,
        "a password that has to stand alone"
    );
    assert!(
        back.post("/password", &[("link", &link), ("new", WORDS)])
            .await
            .says("Password changed")
    );
    assert_ne!(
        back.post("/password", &[("link", &link), ("new", WORDS)])
            .await
            .status,
        200,
        "once"
    );
    assert_eq!(
        there.get("/customers").await.status,
        303,
        "signed out everywhere"
    );
    assert_eq!(
        back.post("/sign-in", &[("email", &email), ("password", WORDS)])
            .await
            .status,
        303,
        "no code is asked for"
    );
    let page = back.get("/appointments").await;
    assert!(
        page.status == 303
            || (page.says("Set up a second factor by") && !page.says("Rosa Kanarya")),
        "and nobody is seen until new ones are set up"
    );
    let (_, log) = door
        .get(&olivia, "/api/v1/audit/entries?action=recovery.answer")
        .await;
    assert!(
        log["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|e| e["outcome"] == "done" || e["reason"].is_null()),
        "{log}"
    );
    assert_eq!(
        door.post(&adam, &ask, seen()).await.0,
        409,
        "nothing to lose any more"
    );
    // Dropped by whoever asked; too late for whoever agrees.
    let bea = format!(
        "/api/v1/people/{}/recovery",
        member(&door, house, "Bea").await
    );
    let (_, first) = door.post(&adam, &bea, seen()).await;
    assert_eq!(
        door.post(
            &adam,
            &format!(
                "/api/v1/recoveries/{}/refusal",
                first["id"].as_str().unwrap()
            ),
            json!({})
        )
        .await
        .0,
        201
    );
    let (_, second) = door.post(&adam, &bea, seen()).await;
    house.wait_minutes(24 * 60);
    let late = format!(
        "/api/v1/recoveries/{}/agreement",
        second["id"].as_str().unwrap()
    );
    assert_eq!(
        door.post(&olivia, &late, json!({})).await.0,
        409,
        "a day later"
    );
}
