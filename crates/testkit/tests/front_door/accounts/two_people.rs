//! What takes two people takes two people: not one twice, not one with a puppet, not a program.
use crate::{
    Browser, Door,
    accounts::{like, member, newcomer},
};
use interpres_gate::Role;
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

/// Another key of the same person.
async fn another_key(house: &House, who: &str) -> String {
    let made = Browser::of(house)
        .sign_in(house, who)
        .await
        .act("/account/keys", &[("name", "another"), ("days", "9")])
        .await;
    house.wait_minutes(1);
    made.token()
}

/// A key of a service with an admin's role.
async fn program(house: &House, door: &Door) -> String {
    let (status, made) = door
        .post(
            &house.person("Olivia").api_key,
            "/api/v1/services",
            json!({ "name": "Bridge", "role": "admin" }),
        )
        .await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/people/services/{}/keys", made["id"].as_str().unwrap());
    let page = Browser::of(house)
        .sign_in(house, "Olivia")
        .await
        .act(&path, &[("name", "production"), ("days", "9")])
        .await;
    house.wait_minutes(1);
    page.token()
}

#[apply(story)]
async fn hipaa_mode_is_not_switched_off_by_one_person_twice_nor_with_a_puppet_or_a_program(
    house: &House,
) {
    let door = Door::of(house);
    let (olivia, adam) = (
        house.person("Olivia").api_key.clone(),
        house.person("Adam").api_key.clone(),
    );
    let (_, puppet) = newcomer(house, "Adam", like(Role::Admin, &[]), "").await;
    let (again, program) = (
        another_key(house, "Olivia").await,
        program(house, &door).await,
    );
    let off = json!({ "reason": "We serve courts only from now on", "confirm": "controls relax" });
    for (key, who) in [
        (&adam, "an admin"),
        (&puppet, "an admin's puppet"),
        (&program, "a program"),
    ] {
        assert_eq!(
            door.post(key, "/api/v1/hipaa/end", off.clone()).await.0,
            403,
            "asked by {who}"
        );
    }
    assert_eq!(
        door.post(&olivia, "/api/v1/hipaa/end", off).await.1["waits_for_another"],
        true
    );
    let (_, view) = door.get(&olivia, "/api/v1/hipaa").await;
    let confirm = format!(
        "/api/v1/hipaa/changes/{}/confirmation",
        view["waiting"][0].as_str().unwrap()
    );
    for (key, expected, who) in [
        (&olivia, 409, "who asked"),
        (&again, 409, "who asked, by another key"),
        (&puppet, 403, "an admin's puppet"),
        (&program, 403, "a program"),
    ] {
        assert_eq!(
            door.post(key, &confirm, json!({})).await.0,
            expected,
            "confirmed by {who}"
        );
    }
    assert!(
        door.get(&olivia, "/api/v1/hipaa").await.1["on_since"].is_string(),
        "on still"
    );
    assert_eq!(door.post(&adam, &confirm, json!({})).await.1["on"], false);
}

#[apply(story)]
async fn an_owner_s_puppet_does_not_ask_for_hipaa_mode_to_be_switched_off(house: &House) {
    let door = Door::of(house);
    let (_, puppet) = newcomer(house, "Olivia", like(Role::Owner, &[]), "").await;
    let off = json!({ "reason": "We serve courts only from now on", "confirm": "controls relax" });
    assert_eq!(door.post(&puppet, "/api/v1/hipaa/end", off).await.0, 403);
}

#[apply(story)]
async fn what_somebody_asked_for_who_is_not_in_charge_any_more_nobody_agrees_to(house: &House) {
    let (door, adam) = (Door::of(house), house.person("Adam").api_key.clone());
    let olivia = house.person("Olivia").api_key.clone();
    let (adams, doras) = (
        member(&door, house, "Adam").await,
        member(&door, house, "Dora").await,
    );
    let seen = json!({ "recognised": "seen on a video call, with the staff card" });
    let (_, asked) = door
        .post(&adam, &format!("/api/v1/people/{doras}/recovery"), seen)
        .await;
    assert_eq!(
        door.post(
            &olivia,
            &format!("/api/v1/people/{adams}/deactivation"),
            json!({})
        )
        .await
        .0,
        201
    );
    let agree = format!(
        "/api/v1/recoveries/{}/agreement",
        asked["id"].as_str().unwrap()
    );
    assert_eq!(door.post(&olivia, &agree, json!({})).await.0, 409);
}

#[apply(story)]
async fn a_way_back_in_is_not_opened_by_one_person_twice_nor_with_a_puppet_or_a_program(
    house: &House,
) {
    let door = Door::of(house);
    let (olivia, adam) = (
        house.person("Olivia").api_key.clone(),
        house.person("Adam").api_key.clone(),
    );
    let (_, puppet) = newcomer(house, "Adam", like(Role::Admin, &[]), "").await;
    let (again, program) = (
        another_key(house, "Adam").await,
        program(house, &door).await,
    );
    let ask = format!(
        "/api/v1/people/{}/recovery",
        member(&door, house, "Dora").await
    );
    let seen = || json!({ "recognised": "seen on a video call, with the staff card" });
    for (key, who) in [(&puppet, "an admin's puppet"), (&program, "a program")] {
        assert_eq!(door.post(key, &ask, seen()).await.0, 403, "asked by {who}");
    }
    let (status, asked): (u16, Value) = door.post(&adam, &ask, seen()).await;
    assert_eq!(status, 201, "{asked}");
    let agree = format!(
        "/api/v1/recoveries/{}/agreement",
        asked["id"].as_str().unwrap()
    );
    for (key, expected, who) in [
        (&adam, 409, "who asked"),
        (&again, 409, "who asked, by another key"),
        (&puppet, 403, "an admin's puppet"),
        (&program, 403, "a program"),
    ] {
        assert_eq!(
            door.post(key, &agree, json!({})).await.0,
            expected,
            "agreed by {who}"
        );
    }
    assert_eq!(door.post(&olivia, &agree, json!({})).await.0, 201);
}

#[apply(story)]
async fn ownership_is_not_passed_by_one_person_twice_nor_with_a_puppet_or_a_program(house: &House) {
    let door = Door::of(house);
    let (olivia, adam) = (
        house.person("Olivia").api_key.clone(),
        house.person("Adam").api_key.clone(),
    );
    let (mut nina, puppet) = newcomer(house, "Olivia", like(Role::Owner, &[]), "").await;
    let program = program(house, &door).await;
    let make_owner = async |key: &str, id: &str| {
        let (_, shown, _) = door
            .ask(&olivia, "GET", &format!("/api/v1/people/{id}"), &[], "")
            .await;
        let tag = format!("\"{}\"", shown["version"]);
        door.ask(
            key,
            "PUT",
            &format!("/api/v1/people/{id}"),
            &[("if-match", &tag)],
            &json!({ "role": "owner" }).to_string(),
        )
        .await
        .0
    };
    let (olivias, adams) = (
        member(&door, house, "Olivia").await,
        member(&door, house, "Adam").await,
    );
    assert_eq!(make_owner(&olivia, &olivias).await, 409, "oneself");
    assert_eq!(
        (
            make_owner(&adam, &adams).await,
            make_owner(&program, &adams).await
        ),
        (409, 403)
    );
    assert_eq!(
        make_owner(&puppet, &adams).await,
        422,
        "only an owner asks somebody to become one"
    );
    assert_eq!(
        nina.act("/account/ownership", &[]).await.status,
        409,
        "nobody asked"
    );
    assert_eq!(make_owner(&olivia, &adams).await, 200);
    assert_eq!(
        nina.act("/account/ownership", &[]).await.status,
        409,
        "somebody else was asked"
    );
}
