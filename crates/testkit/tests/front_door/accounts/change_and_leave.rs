//! People get other roles, are deactivated and come back; stricter rules hold at once.
use crate::{
    Door,
    accounts::{invite, member},
    browser::Browser,
    mailbox::letters,
};
use interpres_accounts::TERMS_VERSION;
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn whoever_is_deactivated_is_out_everywhere_at_once_and_comes_back_as_they_were(
    house: &House,
) {
    let door = Door::of(house);
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    house.wait_minutes(1);
    let mut phone = dora.fresh().sign_in(house, "Dora").await;
    let (key, olivia) = (
        house.person("Dora").api_key.clone(),
        house.person("Olivia").api_key.clone(),
    );
    let (_, document) = door.get("", "/api/v1/openapi.json").await;
    let paths: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, operations)| operations.get("get").is_some())
        .map(|(path, _)| {
            format!(
                "/api/v1{}",
                path.replace("{id}", "01890000-0000-7000-8000-000000000000")
            )
        })
        .collect();
    let id = member(&door, house, "Dora").await;
    let (status, ended) = door
        .post(
            &olivia,
            &format!("/api/v1/people/{id}/deactivation"),
            json!({}),
        )
        .await;
    assert_eq!((status, ended["ended"].as_u64()), (201, Some(3)), "{ended}");
    for path in &paths {
        assert_eq!(door.get(&key, path).await.0, 401, "{path}");
    }
    for path in [
        "/appointments",
        "/customers",
        "/account",
        "/interpreters",
        "/imports",
        "/appointments/new",
        "/workspaces",
    ] {
        assert_eq!(
            (dora.get(path).await.status, phone.get(path).await.status),
            (303, 303),
            "{path}"
        );
    }
    let mut again = dora.fresh();
    house.wait_minutes(1);
    let asked = again.password(house, "Dora").await;
    let refused = again
        .post(
            "/sign-in/proof",
            &[
                ("ticket", &asked.field("ticket")),
                ("code", &Browser::code(house, "Dora")),
            ],
        )
        .await;
    assert_eq!(refused.status, 401, "there is no workspace to enter");
    let (_, notices) = door.get(&olivia, "/api/v1/notices").await;
    assert!(
        notices["items"][0]["text"]
            .as_str()
            .unwrap()
            .contains("Within a day"),
        "{notices}"
    );
    assert!(
        letters(house, &house.person("Dora").email)
            .await
            .last()
            .unwrap()
            .contains("Your access")
    );
    assert_eq!(
        door.post(
            &olivia,
            &format!("/api/v1/people/{id}/reinstatement"),
            json!({})
        )
        .await
        .0,
        201
    );
    house.wait_minutes(1);
    let mut back = again.fresh().sign_in(house, "Dora").await;
    assert_eq!(
        (
            back.get("/appointments").await.status,
            door.get(&key, "/api/v1/teams").await.0
        ),
        (200, 401),
        "the old key stays dead"
    );
    assert_eq!(
        door.post(&olivia, &format!("/api/v1/people/{id}/removal"), json!({}))
            .await
            .0,
        201
    );
    assert_eq!(
        door.post(
            &olivia,
            &format!("/api/v1/people/{id}/reinstatement"),
            json!({})
        )
        .await
        .0,
        409,
        "by invitation only"
    );
    let (_, ended) = door.get(&olivia, "/api/v1/people?state=ended").await;
    assert_eq!(
        ended["items"].as_array().unwrap().len(),
        0,
        "removed from every list"
    );
    let link = invite(
        house,
        &door,
        "Olivia",
        json!({ "email": house.person("Dora").email, "role": "viewer" }),
    )
    .await;
    let joined = again
        .post(
            "/invitation",
            &[
                ("link", &link),
                ("name", "Dora Lindqvist"),
                ("terms", TERMS_VERSION),
            ],
        )
        .await;
    assert!(joined.says("Sign in as usual"), "{}", joined.text);
    house.wait_minutes(1);
    let mut back = again.fresh().sign_in(house, "Dora").await;
    assert_eq!(
        (
            back.get("/appointments").await.status,
            back.get("/appointments/new").await.status
        ),
        (200, 403),
        "as a viewer now"
    );
}

#[apply(story)]
async fn nobody_gives_what_they_do_not_hold_and_the_last_owner_stays(house: &House) {
    let door = Door::of(house);
    let (olivia, adam, dora) = (
        house.person("Olivia").api_key.clone(),
        house.person("Adam").api_key.clone(),
        house.person("Dora").api_key.clone(),
    );
    let (olivias, adams, doras) = (
        member(&door, house, "Olivia").await,
        member(&door, house, "Adam").await,
        member(&door, house, "Dora").await,
    );
    let change = async |key: &str, id: &str, role: &str| {
        let (_, shown, _) = door
            .ask(&olivia, "GET", &format!("/api/v1/people/{id}"), &[], "")
            .await;
        let tag = format!("\"{}\"", shown["version"]);
        door.ask(
            key,
            "PUT",
            &format!("/api/v1/people/{id}"),
            &[("if-match", &tag)],
            &json!({ "role": role }).to_string(),
        )
        .await
        .0
    };
    assert_eq!(
        change(&adam, &olivias, "viewer").await,
        403,
        "an admin touches no owner"
    );
    assert_eq!(
        change(&adam, &doras, "owner").await,
        422,
        "an admin makes no owner"
    );
    assert_eq!(
        door.post(
            &adam,
            "/api/v1/invitations",
            json!({ "email": "x@y.example", "role": "owner" })
        )
        .await
        .0,
        422
    );
    assert_eq!(
        change(&adam, &adams, "viewer").await,
        409,
        "nobody changes themselves"
    );
    assert_eq!(
        door.post(
            &olivia,
            &format!("/api/v1/people/{olivias}/deactivation"),
            json!({})
        )
        .await
        .0,
        409
    );
    assert_eq!(
        door.post(
            &dora,
            &format!("/api/v1/people/{adams}/deactivation"),
            json!({})
        )
        .await
        .0,
        403
    );
    assert_eq!(change(&adam, &doras, "manager").await, 200);
    assert_eq!(
        door.get(&dora, "/api/v1/teams").await.0,
        401,
        "a changed role ends what was open"
    );

    // Ownership passes with proof by both.
    assert_eq!(change(&olivia, &adams, "owner").await, 200);
    house.wait_minutes(1);
    let mut browser = Browser::of(house).sign_in(house, "Adam").await;
    assert!(
        browser
            .get("/account")
            .await
            .says("You’re invited to become an owner")
    );
    assert!(
        !browser.get("/account").await.says("Owner · Front"),
        "not yet"
    );
    assert_eq!(browser.get("/retention").await.status, 200);
    house.wait_minutes(10);
    let asked = browser.act("/account/ownership", &[]).await;
    assert!(
        asked.status == 403 && asked.says("Confirm it’s you"),
        "{}",
        asked.text
    );
    assert_eq!(browser.prove(house, "Adam").await.status, 303);
    assert_eq!(browser.act("/account/ownership", &[]).await.status, 303);
    assert!(
        browser.get("/account").await.says("Owner · Front Range"),
        "and now"
    );
    let gone = browser
        .act(&format!("/people/{olivias}/deactivation"), &[])
        .await;
    assert_eq!(
        (gone.status, gone.location.as_str()),
        (303, "/people/ended"),
        "there is another owner"
    );
}

#[apply(story)]
async fn stricter_rules_hold_for_open_sessions_at_once(house: &House) {
    let mut browser = Browser::of(house).sign_in(house, "Peter").await;
    let mut tess = browser.fresh().sign_in(house, "Tess").await;
    house.wait_minutes(6);
    assert_eq!(tess.get("/customers").await.status, 200);
    let page = browser.get("/settings/security").await;
    let version = page.field("version");
    for (idle, hours) in [("0", "8"), ("31", "8"), ("5", "25"), ("x", "")] {
        assert_eq!(
            browser
                .act(
                    "/settings/security",
                    &[
                        ("version", &version),
                        ("idle_minutes", idle),
                        ("session_hours", hours)
                    ]
                )
                .await
                .status,
            422,
            "{idle} {hours}"
        );
    }
    let set = [
        ("version", version.as_str()),
        ("idle_minutes", "5"),
        ("session_hours", "8"),
        ("factor_roles", "scheduler"),
        ("character_classes", "yes"),
    ];
    assert_eq!(browser.act("/settings/security", &set).await.status, 303);
    let older = [
        ("version", version.as_str()),
        ("idle_minutes", "4"),
        ("session_hours", "8"),
    ];
    assert_eq!(
        browser.act("/settings/security", &older).await.status,
        412,
        "from an older page"
    );
    house.wait_seconds(5 * 60 - 1);
    assert_eq!(tess.get("/customers").await.status, 200);
    house.wait_seconds(5 * 60);
    assert_eq!(tess.get("/customers").await.status, 303);
}
