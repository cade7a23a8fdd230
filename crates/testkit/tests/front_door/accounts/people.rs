//! People come, change, and go: invitations, roles, workspaces; days of grace.
use crate::{
    Door,
    browser::Browser,
    sign_in::passwords::{letters, link},
};
use interpres_accounts::TERMS_VERSION;
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

const WORDS: &str = "violet kettle harbor nineteen";

/// Invites by the API, and gives the link in the letter.
pub(crate) async fn invite(house: &House, door: &Door, by: &str, body: Value) -> String {
    let to = body["email"].as_str().unwrap().to_owned();
    house.wait_seconds(1);
    let (status, answer) = door
        .post(&house.person(by).api_key, "/api/v1/invitations", body)
        .await;
    assert_eq!(status, 201, "{answer}");
    link(letters(house, &to).await.last().unwrap())
        .strip_prefix("/invitation/")
        .unwrap()
        .to_owned()
}

/// Accepts an invitation and signs in.
pub(crate) async fn join(
    house: &House,
    browser: &Browser,
    link: &str,
    email: &str,
    name: &str,
) -> Browser {
    let mut browser = browser.fresh();
    let joined = browser
        .post(
            "/invitation",
            &[
                ("link", link),
                ("name", name),
                ("password", WORDS),
                ("terms", TERMS_VERSION),
            ],
        )
        .await;
    assert!(
        joined.status == 200 && joined.says("You’ve joined"),
        "{}",
        joined.text
    );
    let open = browser
        .post("/sign-in", &[("email", email), ("password", WORDS)])
        .await;
    assert_eq!(open.status, 303, "{}", open.text);
    let _ = house;
    browser
}

/// The membership's id of somebody.
pub(crate) async fn member(door: &Door, house: &House, first: &str) -> String {
    let (_, people) = door
        .get(&house.person("Olivia").api_key, "/api/v1/people")
        .await;
    let email = &house.person(first).email;
    people["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["email"] == email.as_str())
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[apply(story)]
async fn an_invited_person_joins_once_and_under_hipaa_mode_sees_initials_until_a_second_factor_is_there(
    house: &House,
) {
    let (door, browser) = (Door::of(house), Browser::of(house));
    let link = invite(
        house,
        &door,
        "Adam",
        json!({ "email": "nina@frontrange.example", "name": "Nina", "role": "scheduler" }),
    )
    .await;
    let mut guest = browser.fresh();
    let page = guest.get(&format!("/invitation/{link}")).await;
    assert!(
        page.says("Join Front Range Interpreters") && page.says("User terms"),
        "{}",
        page.text
    );
    let fields = |password: &'static str, name: &'static str, terms: &'static str| {
        [
            ("link", link.clone()),
            ("name", name.to_owned()),
            ("password", password.to_owned()),
            ("terms", terms.to_owned()),
        ]
    };
    for (password, name, terms) in [
        ("short", "Nina Moe", TERMS_VERSION),
        ("front range interpreters", "Nina Moe", TERMS_VERSION),
        ("ninaninaninaninanina", "Nina Moe", TERMS_VERSION),
        (WORDS, "", TERMS_VERSION),
        (WORDS, "Nina Moe", ""),
        (WORDS, "Nina Moe", "1999-01"),
    ] {
        let typed = fields(password, name, terms);
        let typed: Vec<(&str, &str)> = typed.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let refused = guest.post("/invitation", &typed).await;
        assert!(
            refused.status == 422 && refused.field("name") == name,
            "{password} {name} {terms}"
        );
    }
    let mut nina = join(
        house,
        &browser,
        &link,
        "nina@frontrange.example",
        "Nina Moe",
    )
    .await;
    assert_eq!(
        guest.get(&format!("/invitation/{link}")).await.status,
        404,
        "good once"
    );
    let page = nina.get("/appointments").await;
    assert!(
        page.says("Set up a second factor by") && page.says("R. K.") && !page.says("Rosa Kanarya"),
        "{}",
        page.text
    );
    let search = nina
        .act("/appointments/search", &[("client", "Rosa Kanarya")])
        .await;
    assert_eq!(
        (search.status, search.location.as_str()),
        (303, "/account/factors"),
        "a name can't be guessed by searching"
    );
    house.wait_minutes(6 * 24 * 60);
    let mut nina = browser.fresh();
    nina.post(
        "/sign-in",
        &[("email", "nina@frontrange.example"), ("password", WORDS)],
    )
    .await;
    assert_eq!(
        nina.get("/appointments").await.status,
        200,
        "on the seventh day"
    );
    house.wait_minutes(24 * 60);
    let mut nina = browser.fresh();
    assert_eq!(
        nina.post(
            "/sign-in",
            &[("email", "nina@frontrange.example"), ("password", WORDS)]
        )
        .await
        .status,
        303
    );
    for path in [
        "/appointments",
        "/customers",
        "/account",
        "/people",
        "/notices",
    ] {
        assert_eq!(
            nina.get(path).await.location,
            "/account/factors?next=".to_owned() + path,
            "on the eighth day only setting one up is left"
        );
    }
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
    assert!(
        added.says("You’re all set") && added.text.matches("<code>").count() == 10,
        "{}",
        added.text
    );
    let page = nina.get("/appointments?from=2027-03-01").await;
    assert!(page.says("Rosa Kanarya") && !page.says("Set up a second factor by"));
    let (_, shown) = door
        .get(&house.person("Adam").api_key, "/api/v1/people")
        .await;
    let id = shown["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["name"] == "Nina Moe")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let (_, nina) = door
        .get(
            &house.person("Adam").api_key,
            &format!("/api/v1/people/{id}"),
        )
        .await;
    assert!(
        nina["terms"].as_str().unwrap().contains("as Nina Moe")
            && nina["state"]["enrolled"] == true,
        "{nina}"
    );
}

#[apply(story)]
async fn links_end_when_they_are_sent_again_taken_back_or_a_week_old(house: &House) {
    let (door, mut guest) = (Door::of(house), Browser::of(house));
    let adam = &house.person("Adam").api_key;
    let first = invite(
        house,
        &door,
        "Adam",
        json!({ "email": "nina@frontrange.example", "role": "viewer" }),
    )
    .await;
    let (_, list) = door.get(adam, "/api/v1/invitations?state=open").await;
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let (status, problem) = door
        .post(
            adam,
            "/api/v1/invitations",
            json!({ "email": "nina@frontrange.example", "role": "viewer" }),
        )
        .await;
    assert_eq!(
        (status, problem["errors"][0]["field"].as_str()),
        (422, Some("email")),
        "invited already"
    );
    house.wait_seconds(1);
    assert_eq!(
        door.post(
            adam,
            &format!("/api/v1/invitations/{id}/resending"),
            json!({})
        )
        .await
        .0,
        201
    );
    let second = link(
        letters(house, "nina@frontrange.example")
            .await
            .last()
            .unwrap(),
    )
    .strip_prefix("/invitation/")
    .unwrap()
    .to_owned();
    assert_eq!(
        (
            guest.get(&format!("/invitation/{first}")).await.status,
            guest.get(&format!("/invitation/{second}")).await.status
        ),
        (404, 200)
    );
    house.wait_seconds(7 * 24 * 3600 - 2);
    assert_eq!(
        guest.get(&format!("/invitation/{second}")).await.status,
        200
    );
    house.wait_seconds(3);
    assert_eq!(
        guest.get(&format!("/invitation/{second}")).await.status,
        404,
        "a week old"
    );
    let (_, list) = door.get(adam, "/api/v1/invitations").await;
    assert_eq!(list["items"][0]["state"], "expired");
    let third = invite(
        house,
        &door,
        "Adam",
        json!({ "email": "nina@frontrange.example", "role": "viewer" }),
    )
    .await;
    let (_, list) = door.get(adam, "/api/v1/invitations?state=open").await;
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        door.post(
            adam,
            &format!("/api/v1/invitations/{id}/revocation"),
            json!({})
        )
        .await
        .0,
        201
    );
    assert_eq!(
        guest.get(&format!("/invitation/{third}")).await.status,
        404,
        "taken back"
    );
    assert_eq!(
        guest
            .post(
                "/invitation",
                &[
                    ("link", &third),
                    ("name", "Nina Moe"),
                    ("password", WORDS),
                    ("terms", TERMS_VERSION)
                ]
            )
            .await
            .status,
        404
    );
}

#[apply(story)]
async fn mailboxes_of_several_people_are_refused_under_hipaa_mode_and_asked_about_elsewhere(
    house: &House,
) {
    let door = Door::of(house);
    let send = async |by: &str, body: Value| {
        door.post(&house.person(by).api_key, "/api/v1/invitations", body)
            .await
    };
    let (status, problem) = send("Adam", json!({ "email": "scheduler@frontrange.example", "role": "scheduler", "one_person": "yes" })).await;
    assert!(
        status == 422
            && problem["errors"][0]["rule"]
                .as_str()
                .unwrap()
                .contains("HIPAA mode"),
        "{problem}"
    );
    let (status, problem) = send(
        "Peter",
        json!({ "email": "info@prairie.example", "role": "viewer" }),
    )
    .await;
    assert!(
        status == 422
            && problem["errors"][0]["rule"]
                .as_str()
                .unwrap()
                .contains("only one person"),
        "{problem}"
    );
    assert_eq!(
        send(
            "Peter",
            json!({ "email": "info@prairie.example", "role": "viewer", "one_person": "yes" })
        )
        .await
        .0,
        201
    );
    let (status, problem) = send(
        "Peter",
        json!({ "email": "not an address", "role": "emperor", "teams": "Nowhere" }),
    )
    .await;
    let fields: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        (status, fields),
        (422, vec!["email", "teams", "role"]),
        "all of it at once"
    );
}

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
async fn a_role_of_ones_own_holds_what_its_matrix_says_and_no_more_than_its_author(house: &House) {
    let door = Door::of(house);
    let (olivia, adam) = (
        house.person("Olivia").api_key.clone(),
        house.person("Adam").api_key.clone(),
    );
    let role = json!({ "name": "Night desk", "reaches": { "appointments.view": "team", "interpreters.view": "all" }, "fields": "masked" });
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
async fn one_person_in_two_workspaces_goes_over_and_takes_nothing_along(house: &House) {
    let (door, browser) = (Door::of(house), Browser::of(house));
    let tess = house.person("Tess").email.clone();
    let mut inside = browser.fresh().sign_in(house, "Tess").await;
    assert_eq!(inside.get("/appointments").await.status, 200);
    let link = invite(
        house,
        &door,
        "Adam",
        json!({ "email": tess, "role": "viewer" }),
    )
    .await;
    let joined = inside
        .post(
            "/invitation",
            &[
                ("link", &link),
                ("name", "Tess Dahl"),
                ("terms", TERMS_VERSION),
            ],
        )
        .await;
    assert!(joined.says("Sign in as usual"), "{}", joined.text);
    let recovery = format!(
        "/api/v1/people/{}/recovery",
        member(&door, house, "Tess").await
    );
    let lost = json!({ "recognised": "seen on a video call, with the staff card" });
    assert_eq!(
        door.post(&house.person("Adam").api_key, &recovery, lost)
            .await
            .0,
        409,
        "two admins of one workspace don't decide about another's door"
    );
    house.wait_minutes(1);
    let mut browser = browser.fresh();
    let asked = browser.password(house, "Tess").await;
    let open = browser
        .post(
            "/sign-in/proof",
            &[
                ("ticket", &asked.field("ticket")),
                ("code", &Browser::code(house, "Tess")),
            ],
        )
        .await;
    assert_eq!(
        open.location, "/workspaces",
        "who is at home in two places chooses"
    );
    let page = browser.get("/workspaces").await;
    let front = house.world.workspaces["Front Range Interpreters"];
    assert!(
        page.says(" to Front Range Interpreters")
            && !browser.get("/appointments").await.says("FR-10")
    );
    let before = browser.cookie("session").unwrap().to_owned();
    assert_eq!(
        browser
            .act(&format!("/workspaces/{front}/session"), &[])
            .await
            .status,
        303
    );
    assert_ne!(browser.cookie("session").unwrap(), before);
    let there = browser.get("/appointments").await;
    assert!(
        there.says("FR-1001") && there.says("R. K."),
        "a viewer there"
    );
    assert_eq!(browser.get("/appointments/new").await.status, 403);
    assert_eq!(
        browser
            .act(
                "/workspaces/01890000-0000-7000-8000-000000000000/session",
                &[]
            )
            .await
            .status,
        404
    );
    assert_eq!(inside.get("/appointments").await.status, 200);
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
