//! Roles of a workspace's own: what they can hold, by whom and by what way they are given, and what
//! their holders see of histories.
use crate::{
    Browser, DRAWN, Door,
    accounts::people::{invite, join, member},
    request,
};
use interpres_gate::{Permission, Role, grant};
use interpres_testkit::{House, apply, story};
use serde_json::{Map, Value, json};

const NINA: &str = "nina@frontrange.example";

/// Somebody new in a role of the workspace's own that its author made for them, with a second factor:
/// their browser, and a key they made.
pub(crate) async fn newcomer(
    house: &House,
    author: &str,
    role: Value,
    teams: &str,
) -> (Browser, String) {
    let door = Door::of(house);
    let (status, saved) = door
        .post(&house.person(author).api_key, "/api/v1/roles", role)
        .await;
    assert_eq!(status, 201, "{saved}");
    let link = invite(
        house,
        &door,
        author,
        json!({ "email": NINA, "role": saved["id"], "teams": teams }),
    )
    .await;
    let mut nina = join(house, &Browser::of(house), &link, NINA, "Nina Moe").await;
    let begun = nina.act("/account/factors/app", &[]).await;
    let seed = begun
        .text
        .split("class=\"token\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let code = interpres_accounts::code_at(&seed, house.gate.now()).unwrap();
    let added = nina
        .act(
            "/account/factors/app/code",
            &[
                ("ticket", &begun.field("ticket")),
                ("code", &code),
                ("name", "Phone"),
            ],
        )
        .await;
    assert!(added.says("You’re all set"), "{}", added.text);
    let made = nina
        .act("/account/keys", &[("name", "script"), ("days", "90")])
        .await;
    assert_eq!(made.status, 200, "{}", made.text);
    let key = made
        .text
        .split("class=\"token\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    (nina, key)
}

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
    made.text
        .split("class=\"token\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned()
}

/// A role of the workspace's own that holds what a built-in one does, and more.
pub(crate) fn like(role: Role, more: &[(&str, &str)]) -> Value {
    let held = Permission::ALL
        .iter()
        .filter_map(|p| Some((p.to_string(), json!(grant(role, *p)?.reach.word()))));
    let more = more
        .iter()
        .map(|(name, reach)| ((*name).to_owned(), json!(reach)));
    json!({ "name": "Like it", "reaches": held.chain(more).collect::<Map<String, Value>>(), "fields": role.fields().word() })
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
    let desk = json!({ "name": "Desk", "reaches": { "members.edit": "all", "members.view": "all", "security.set": "all", "appointments.view": "team", "appointments.assign": "all" }, "fields": "masked" });
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
    let (_, sees) = door.post(&adam, "/api/v1/roles", json!({ "name": "Sees", "reaches": { "appointments.view": "team" }, "fields": "window" })).await;
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
    let more = json!({ "name": "Metro", "reaches": { "members.view": "all", "appointments.view": "team" } }).to_string();
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
    let provider = |groups: &str, joins: &str, role: &str| json!({ "name": "Okta", "issuer": "https://idp.example", "client_id": "c", "client_secret": "s3cr3t", "group_roles": groups, "joins": joins, "default_role": role });
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
    let role = json!({ "name": "On call", "reaches": { "appointments.view": "team", "history.view": "team", "vouchers.file": "own", "vouchers.view": "own" }, "fields": "window" });
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
    let role = json!({ "name": "Books", "reaches": { "history.view": "all", "interpreters.view": "all", "appointments.view": "all", "members.view": "all" }, "fields": "always" });
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
