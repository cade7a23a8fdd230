//! Roles of a workspace's own: what they can hold, and by whom and by what way they are given.
use crate::{
    Door,
    accounts::{invite, join, newcomer},
    browser::Browser,
};
use interpres_gate::{Permission, Role, grant};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

#[apply(story)]
async fn a_role_of_ones_own_holds_what_its_matrix_says_and_no_more_than_its_author(house: &House) {
    let door = Door::of(house);
    let (olivia, adam) = (
        house.person("Olivia").api_key.clone(),
        house.person("Adam").api_key.clone(),
    );
    let role = json!({
        "name": "Night desk",
        "reaches": { "appointments.view": "team", "interpreters.view": "all" },
        "fields": "masked"
    });
    let (status, saved) = door.post(&adam, "/api/v1/roles", role.clone()).await;
    assert_eq!(status, 201, "{saved}");
    let id = saved["id"].as_str().unwrap().to_owned();
    for (bad, field) in [
        (json!({ "name": "Owner" }), "name"),
        (
            json!({ "name": "x", "reaches": { "door.keep": "all" } }),
            "reaches",
        ),
        (
            json!({ "name": "x", "reaches": { "rates.view": "far" } }),
            "reaches",
        ),
        (json!({ "name": "x", "fields": "all" }), "fields"),
        (
            json!({ "name": "x", "reaches": { "workspace.export": "all" } }),
            "role",
        ),
    ] {
        let (status, problem) = door.post(&adam, "/api/v1/roles", bad.clone()).await;
        assert_eq!(
            (status, problem["errors"][0]["field"].as_str()),
            (422, Some(field)),
            "{bad} {problem}"
        );
    }
    assert_eq!(
        door.post(&olivia, "/api/v1/roles", role).await.0,
        409,
        "a name twice"
    );
    let link = invite(
        house,
        &door,
        "Adam",
        json!({ "email": "nina@frontrange.example", "role": id, "teams": "Courts" }),
    )
    .await;
    let mut nina = join(
        house,
        &Browser::of(house),
        &link,
        "nina@frontrange.example",
        "Nina Moe",
    )
    .await;
    let page = nina.get("/appointments").await;
    assert!(
        page.says("FR-1005")
            && !page.says("FR-1001")
            && page.says("L. K.")
            && page.says("Night desk"),
        "{}",
        page.text
    );
    assert_eq!(
        (
            nina.get("/interpreters").await.status,
            nina.get("/customers").await.status,
            nina.get("/appointments/new").await.status
        ),
        (200, 403, 403)
    );
    assert_eq!(
        door.post(&adam, &format!("/api/v1/roles/{id}/end"), json!({}))
            .await
            .0,
        409,
        "somebody holds it"
    );
    let changed = json!({ "name": "Night desk", "reaches": { "customers.view": "all" } });
    assert_eq!(
        door.ask(
            &adam,
            "PUT",
            &format!("/api/v1/roles/{id}"),
            &[("if-match", "\"1\"")],
            &changed.to_string()
        )
        .await
        .0,
        200
    );
    assert_eq!(
        (
            nina.get("/appointments").await.status,
            nina.get("/customers").await.status
        ),
        (403, 200),
        "at once"
    );
}

#[apply(story)]
async fn a_role_holds_permissions_only_at_the_reaches_they_have_and_none_beyond_its_author(
    house: &House,
) {
    let (door, browser) = (Door::of(house), Browser::of(house));
    let (olivia, adam) = (
        house.person("Olivia").api_key.clone(),
        house.person("Adam").api_key.clone(),
    );
    let save = async |key: &str, reaches: Value| {
        let (status, told) = door
            .post(
                key,
                "/api/v1/roles",
                json!({ "name": format!("Role {reaches}"), "reaches": reaches }),
            )
            .await;
        (
            status,
            told["errors"][0]["field"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            told.to_string(),
        )
    };
    let (status, field, told) = save(&adam, json!({ "hipaa.set": "own" })).await;
    assert_eq!((status, field.as_str()), (422, "reaches"));
    assert!(
        told.contains("can be no other for hipaa.set than: all"),
        "{told}"
    );
    for permission in Permission::ALL.iter().filter(|p| p.is_for_people()) {
        for reach in ["own", "team", "all"] {
            let declared = permission.reaches().iter().any(|r| r.word() == reach);
            let held = permission.is_ones_own() || grant(Role::Admin, *permission).is_some();
            let reaches = json!({ permission.to_string(): reach });
            let expected = match (declared, held) {
                (false, _) => (422, "reaches"),
                (true, false) => (422, "role"),
                (true, true) => (201, ""),
            };
            let (status, field, told) = save(&adam, reaches.clone()).await;
            assert_eq!(
                (status, field.as_str()),
                expected,
                "{permission} {reach}: {told}"
            );
            assert_eq!(
                save(&olivia, reaches).await.0,
                if declared && !held {
                    201
                } else if declared {
                    409
                } else {
                    422
                },
                "an owner: {permission} {reach}"
            );
        }
    }
    let page = browser
        .fresh()
        .sign_in(house, "Adam")
        .await
        .get("/people/roles/new")
        .await;
    assert!(
        page.says("name=\"security.set\" value=\"all\"")
            && !page.says("name=\"security.set\" value=\"own\"")
            && !page.says("name=\"hipaa.set\" value=\"all\""),
        "{}",
        page.text
    );
}

#[apply(story)]
async fn nobody_comes_to_more_than_the_giver_holds_by_a_list_a_link_or_a_program(house: &House) {
    let door = Door::of(house);
    let adam = house.person("Adam").api_key.clone();
    let desk = json!({
        "name": "Desk",
        "reaches": {
            "members.edit": "all", "members.view": "all", "security.set": "all",
            "appointments.view": "team", "appointments.assign": "all"
        },
        "fields": "masked"
    });
    let (mut nina_browser, nina) = newcomer(house, "Adam", desk, "Courts").await;
    let (_, wide) = door
        .post(
            &adam,
            "/api/v1/roles",
            json!({ "name": "Wide", "reaches": { "appointments.view": "all" } }),
        )
        .await;
    let (_, team) = door
        .post(
            &adam,
            "/api/v1/roles",
            json!({ "name": "Team", "reaches": { "appointments.view": "team" } }),
        )
        .await;
    let (_, sees) = door
        .post(
            &adam,
            "/api/v1/roles",
            json!({
                "name": "Sees", "reaches": { "appointments.view": "team" }, "fields": "window"
            }),
        )
        .await;
    let (wide, team, sees) = (
        wide["id"].as_str().unwrap(),
        team["id"].as_str().unwrap(),
        sees["id"].as_str().unwrap(),
    );
    house.wait_seconds(1);
    for (role, teams, expected) in [
        ("admin", "", 422),
        (wide, "Courts", 422),
        (sees, "Courts", 422),
        (team, "Denver Metro", 422),
        (team, "", 422),
        (team, "Courts", 201),
    ] {
        let (status, told) = door
            .post(
                &nina,
                "/api/v1/invitations",
                json!({ "email": "x@frontrange.example", "role": role, "teams": teams }),
            )
            .await;
        assert_eq!(status, expected, "an invitation: {role} {teams}: {told}");
        let (status, told) = door
            .post(
                &nina,
                "/api/v1/services",
                json!({ "name": "Bridge", "role": role, "teams": teams }),
            )
            .await;
        assert_eq!(status, expected, "a service: {role} {teams}: {told}");
    }
    let (_, open) = door
        .post(
            &adam,
            "/api/v1/invitations",
            json!({ "email": "boss@frontrange.example", "role": "admin" }),
        )
        .await;
    assert_eq!(
        door.post(
            &nina,
            &format!(
                "/api/v1/invitations/{}/resending",
                open["id"].as_str().unwrap()
            ),
            json!({})
        )
        .await
        .0,
        422,
        "nor sent once more"
    );
    assert_eq!(
        door.ask(
            &nina,
            "PUT",
            &format!("/api/v1/roles/{wide}"),
            &[("if-match", "\"1\"")],
            &json!({ "name": "Wide", "reaches": {} }).to_string()
        )
        .await
        .0,
        422,
        "nor a role that others may hold"
    );
    let held = json!({ "name": "Metro", "reaches": { "members.view": "all" } });
    let (_, metro) = door.post(&adam, "/api/v1/roles", held).await;
    let metro = metro["id"].as_str().unwrap();
    assert_eq!(
        door.post(
            &adam,
            "/api/v1/invitations",
            json!({ "email": "metro@frontrange.example", "role": metro, "teams": "Denver Metro" })
        )
        .await
        .0,
        201
    );
    let more = json!({
        "name": "Metro", "reaches": { "members.view": "all", "appointments.view": "team" }
    })
    .to_string();
    assert_eq!(
        door.ask(
            &nina,
            "PUT",
            &format!("/api/v1/roles/{metro}"),
            &[("if-match", "\"1\"")],
            &more
        )
        .await
        .0,
        422,
        "nor one that is held where they don't reach"
    );
    let provider = |groups: &str, joins: &str, role: &str| {
        json!({
            "name": "Okta", "issuer": "https://idp.example", "client_id": "c",
            "client_secret": "s3cr3t", "group_roles": groups, "joins": joins,
            "default_role": role
        })
    };
    for (groups, joins, role, expected) in [
        ("bosses=admin", "", "", 422),
        ("", "yes", "", 422),
        ("", "", "manager", 422),
        ("", "", "", 201),
    ] {
        assert_eq!(
            door.post(&nina, "/api/v1/providers", provider(groups, joins, role))
                .await
                .0,
            expected,
            "{groups} {joins} {role}"
        );
    }
    assert_eq!(
        nina_browser
            .act("/settings/providers/directory-tokens", &[])
            .await
            .status,
        403,
        "a directory gives all but an owner's role"
    );
    assert_eq!(
        door.post(
            &adam,
            "/api/v1/providers",
            provider("bosses=admin", "yes", "manager")
        )
        .await
        .0,
        201
    );
}

#[apply(story)]
async fn a_role_that_somebody_is_invited_to_is_not_dropped(house: &House) {
    let door = Door::of(house);
    let adam = house.person("Adam").api_key.clone();
    let (_, role) = door
        .post(
            &adam,
            "/api/v1/roles",
            json!({ "name": "On call", "reaches": { "appointments.view": "team" } }),
        )
        .await;
    let role = role["id"].as_str().unwrap();
    let (status, invited) = door
        .post(
            &adam,
            "/api/v1/invitations",
            json!({ "email": "nina@frontrange.example", "role": role }),
        )
        .await;
    assert_eq!(status, 201, "{invited}");
    let end = format!("/api/v1/roles/{role}/end");
    let (status, refused) = door.post(&adam, &end, json!({})).await;
    assert!(
        status == 409 && refused.to_string().contains("1 are invited"),
        "{refused}"
    );
    let revoke = format!(
        "/api/v1/invitations/{}/revocation",
        invited["id"].as_str().unwrap()
    );
    assert_eq!(door.post(&adam, &revoke, json!({})).await.0, 201);
    assert_eq!(door.post(&adam, &end, json!({})).await.0, 201);
}
