//! A directory says who is a member: people join by it, are ended by it, and get roles and teams of
//! its groups.
use crate::{
    browser::Browser,
    sso::directory::{Directory, USER, place},
};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

#[apply(story)]
async fn under_hipaa_mode_a_directory_makes_no_member_of_a_mailbox_of_several_people(
    house: &House,
) {
    let directory = Directory::of(house).await;
    for shared in ["scheduler@frontrange.example", "info@frontrange.example"] {
        let user =
            json!({ "schemas": [USER], "userName": shared, "active": true, "displayName": "Desk" });
        let (status, problem) = directory.ask("POST", "/Users", user).await;
        assert!(
            status == 400
                && problem["detail"]
                    .as_str()
                    .unwrap()
                    .contains("several people read"),
            "{problem}"
        );
        assert_eq!(directory.member(house, shared).await, Value::Null);
    }
    let made = directory.add("nina@frontrange.example").await;
    let (status, problem) = directory
        .patch(
            &place(&made),
            json!([{ "op": "replace", "path": "userName", "value": "info@frontrange.example" }]),
        )
        .await;
    assert!(status == 400, "{problem}");
    assert_eq!(
        directory.ask("GET", &place(&made), Value::Null).await.1["userName"],
        "nina@frontrange.example"
    );
    let renamed = json!([
        { "op": "replace", "path": "userName", "value": "nina.moe@frontrange.example" }
    ]);
    let (status, _) = directory.patch(&place(&made), renamed).await;
    assert_eq!(
        (
            status,
            directory.member(house, "nina.moe@frontrange.example").await["name"].as_str()
        ),
        (200, Some("Nina Moe")),
        "her own new one is followed"
    );
}

#[apply(story)]
async fn whom_the_directory_ends_is_out_at_once_everywhere(house: &House) {
    let directory = Directory::of(house).await;
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let key = house.person("Dora").api_key.clone();
    let made = directory.add("Dora@FrontRange.example").await;
    assert_eq!(
        (
            dora.get("/customers").await.status,
            directory.door.get(&key, "/api/v1/appointments").await.0
        ),
        (200, 200),
        "whoever is there already stays"
    );
    assert_eq!(
        directory.member(house, "dora@frontrange.example").await["role"],
        "scheduler",
        "with the role they have"
    );
    // As Okta does it, as Entra does it, and by deleting.
    let ends = [
        json!([{ "op": "replace", "value": { "active": false } }]),
        json!([{ "op": "Replace", "path": "active", "value": "False" }]),
        Value::Null,
    ];
    for (n, end) in ends.into_iter().enumerate() {
        let (status, answer) = if end.is_null() {
            directory.ask("DELETE", &place(&made), Value::Null).await
        } else {
            directory.patch(&place(&made), end).await
        };
        assert_eq!(status, if n == 2 { 204 } else { 200 }, "{answer}");
        assert_eq!(
            (
                dora.get("/customers").await.status,
                directory.door.get(&key, "/api/v1/appointments").await.0
            ),
            (303, 401)
        );
        if n < 2 {
            assert_eq!(
                directory
                    .patch(
                        &place(&made),
                        json!([{ "op": "add", "path": "active", "value": true }])
                    )
                    .await
                    .0,
                200
            );
            assert_eq!(
                directory.door.get(&key, "/api/v1/appointments").await.0,
                401,
                "a key that was ended does not come back"
            );
            house.wait_seconds(60);
            dora = dora.fresh().sign_in(house, "Dora").await;
            assert_eq!(
                dora.get("/customers").await.status,
                200,
                "back when the directory says so"
            );
        }
    }
    assert_eq!(
        directory.ask("GET", &place(&made), Value::Null).await.0,
        404
    );
    assert_eq!(
        directory.ask("DELETE", &place(&made), Value::Null).await.0,
        404
    );
}

#[apply(story)]
async fn new_people_join_and_groups_give_and_take_roles_and_teams(house: &House) {
    let directory = Directory::of(house).await;
    let nina = directory.add("nina@frontrange.example").await;
    assert_eq!(
        directory.member(house, "nina@frontrange.example").await["role"],
        "viewer"
    );
    let (status, group) = directory
        .ask(
            "POST",
            "/Groups",
            json!({
                "displayName": "dispatchers", "externalId": "g-1",
                "members": [{ "value": nina["id"] }]
            }),
        )
        .await;
    assert_eq!(status, 201, "{group}");
    assert_eq!(
        directory.member(house, "nina@frontrange.example").await["role"],
        "scheduler"
    );
    let (_, seen) = directory.ask("GET", &place(&nina), Value::Null).await;
    assert_eq!(seen["groups"][0]["display"], "dispatchers");
    let (_, metro) = directory
        .ask("POST", "/Groups", json!({ "displayName": "denver metro" }))
        .await;
    let add = json!([
        { "op": "Add", "path": "members", "value": [{ "value": nina["id"], "display": null }] }
    ]);
    assert_eq!(directory.patch(&place(&metro), add).await.0, 200);
    assert_eq!(
        directory.member(house, "nina@frontrange.example").await["teams"],
        json!([directory.member(house, "dora@frontrange.example").await["teams"][0]]),
        "the team of this name"
    );
    // Okta's and Entra's ways of taking somebody out.
    let outs = [
        json!([{
            "op": "remove",
            "path": format!("members[value eq \"{}\"]", nina["id"].as_str().unwrap())
        }]),
        json!([{ "op": "Remove", "path": "members", "value": [{ "value": nina["id"] }] }]),
        json!([{ "op": "replace", "path": "members", "value": [] }]),
        json!([{ "op": "replace", "value": { "id": group["id"], "displayName": "nobodies" } }]),
    ];
    for out in outs {
        let words = out.to_string();
        assert_eq!(directory.patch(&place(&group), out).await.0, 200, "{words}");
        assert_eq!(
            directory.member(house, "nina@frontrange.example").await["role"],
            "viewer",
            "what a group gave goes with it: {words}"
        );
        let back = json!([{
            "op": "replace",
            "value": { "displayName": "dispatchers", "members": [{ "value": nina["id"] }] }
        }]);
        assert_eq!(directory.patch(&place(&group), back).await.0, 200);
        assert_eq!(
            directory.member(house, "nina@frontrange.example").await["role"],
            "scheduler",
            "{words}"
        );
    }
    assert_eq!(
        directory.ask("DELETE", &place(&group), Value::Null).await.0,
        204
    );
    assert_eq!(
        directory.ask("DELETE", &place(&metro), Value::Null).await.0,
        204
    );
    let member = directory.member(house, "nina@frontrange.example").await;
    assert_eq!(
        (&member["role"], &member["teams"]),
        (&json!("viewer"), &json!([]))
    );
    // Nobody joins whose address no provider of the workspace speaks for.
    for elsewhere in [
        "ceo@elsewhere.example",
        "peter@prairie.example",
        "no-address",
    ] {
        directory.add(elsewhere).await;
        assert!(
            directory.member(house, elsewhere).await.is_null(),
            "{elsewhere}"
        );
    }
}

#[apply(story)]
async fn a_directory_moves_no_owner_and_revives_nobody_by_the_way(house: &House) {
    let directory = Directory::of(house).await;
    let olivia = directory.add("olivia@frontrange.example").await;
    let (status, _) = directory
        .patch(
            &place(&olivia),
            json!([{ "op": "replace", "path": "active", "value": false }]),
        )
        .await;
    assert_eq!(
        (
            status,
            directory
                .ask("DELETE", &place(&olivia), Value::Null)
                .await
                .0
        ),
        (409, 409)
    );
    let (_, bosses) = directory
        .ask(
            "POST",
            "/Groups",
            json!({ "displayName": "bosses", "members": [{ "value": olivia["id"] }] }),
        )
        .await;
    let member = directory.member(house, "olivia@frontrange.example").await;
    assert_eq!(
        (
            &member["role"],
            directory
                .door
                .get(&house.person("Olivia").api_key, "/api/v1/people")
                .await
                .0
        ),
        (&json!("owner"), 200)
    );
    // With another address somebody else could come in as the owner.
    for moved in [json!({
        "schemas": [USER], "userName": "olivia.x@frontrange.example",
        "emails": [{ "primary": true, "value": "olivia.x@frontrange.example" }],
        "active": true
    })] {
        directory.ask("PUT", &place(&olivia), moved).await;
    }
    assert_eq!(
        directory.member(house, "olivia@frontrange.example").await["role"],
        "owner",
        "her address is hers to change"
    );
    let dora = directory.add("dora@frontrange.example").await;
    let id = directory.member(house, "dora@frontrange.example").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        directory
            .door
            .post(
                &house.person("Olivia").api_key,
                &format!("/api/v1/people/{id}/deactivation"),
                json!({})
            )
            .await
            .0,
        201
    );
    assert_eq!(
        directory
            .patch(
                &place(&dora),
                json!([{ "op": "replace", "path": "displayName", "value": "Dora L." }])
            )
            .await
            .0,
        200
    );
    assert_eq!(
        directory
            .patch(
                &place(&bosses),
                json!([{ "op": "add", "path": "members", "value": [{ "value": dora["id"] }] }])
            )
            .await
            .0,
        200
    );
    assert_eq!(
        directory
            .door
            .get(&house.person("Dora").api_key, "/api/v1/appointments")
            .await
            .0,
        401,
        "whom an admin sent away stays away"
    );
}

#[apply(story)]
async fn what_a_directory_looks_up_saves_and_ends_stands_in_the_log(house: &House) {
    let directory = Directory::of(house).await;
    let nina = directory.add("nina@frontrange.example").await;
    let member = json!([{ "value": nina["id"] }]);
    let group = json!({ "displayName": "dispatchers", "members": member });
    let (status, group) = directory.ask("POST", "/Groups", group).await;
    assert_eq!(status, 201, "{group}");
    assert_eq!(directory.ask("GET", "/Users", Value::Null).await.0, 200);
    assert_eq!(
        directory.ask("GET", &place(&nina), Value::Null).await.0,
        200
    );
    for gone in [&group, &nina] {
        let (status, _) = directory.ask("DELETE", &place(gone), Value::Null).await;
        assert_eq!(status, 204);
    }
    for (action, times) in [
        // Whether an account has the address is looked up between two steps.
        ("provision.user", 2),
        ("provision.group", 1),
        ("provision.list", 1),
        ("provision.show", 1),
        ("provision.end", 2),
    ] {
        let entries = house.entries(action).await;
        assert_eq!(entries.len(), times, "{action}: {entries:?}");
        assert!(
            entries
                .iter()
                .all(|e| e.role.contains("provisioner") && e.outcome == "done"),
            "{action}: {entries:?}"
        );
    }
}
