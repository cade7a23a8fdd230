//! Somebody is invited by mail and joins; links end.
use crate::{
    Door,
    accounts::{WORDS, invite, join},
    browser::Browser,
    mailbox::{letters, link},
};
use interpres_accounts::TERMS_VERSION;
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

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
    let seed = begun.token();
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
    let (status, problem) = send(
        "Adam",
        json!({
            "email": "scheduler@frontrange.example", "role": "scheduler", "one_person": "yes"
        }),
    )
    .await;
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
