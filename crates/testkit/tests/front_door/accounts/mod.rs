//! People, roles and programs, by HTTP; and how somebody comes to be there.
pub(crate) mod change_and_leave;
pub(crate) mod invite_many;
pub(crate) mod join;
pub(crate) mod legal_documents;
pub(crate) mod list_services;
pub(crate) mod lost_factors;
pub(crate) mod make_roles;
pub(crate) mod many;
pub(crate) mod networks;
pub(crate) mod own_profile;
pub(crate) mod service_keys;
pub(crate) mod service_tokens;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod sign_out_others;
pub(crate) mod teams;
pub(crate) mod terms;
pub(crate) mod two_people;
pub(crate) mod two_workspaces;
pub(crate) mod what_roles_see;

use crate::{
    Door,
    browser::Browser,
    mailbox::{letters, link},
};
use interpres_accounts::TERMS_VERSION;
use interpres_gate::{Permission, Role, grant};
use interpres_testkit::House;
use serde_json::{Map, Value, json};

pub(crate) const WORDS: &str = "violet kettle harbor nineteen";

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

pub(crate) const NINA: &str = "nina@frontrange.example";

/// Somebody new in a role of the workspace's own that its author made for them, with a second
/// factor: their browser, and a key they made.
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
    assert!(added.says("You’re all set"), "{}", added.text);
    let made = nina
        .act("/account/keys", &[("name", "script"), ("days", "90")])
        .await;
    assert_eq!(made.status, 200, "{}", made.text);
    let key = made.token();
    (nina, key)
}

/// A role of the workspace's own that holds what a built-in one does, and more.
pub(crate) fn like(role: Role, more: &[(&str, &str)]) -> Value {
    let held = Permission::ALL
        .iter()
        .filter_map(|p| Some((p.to_string(), json!(grant(role, *p)?.reach.word()))));
    let more = more
        .iter()
        .map(|(name, reach)| ((*name).to_owned(), json!(reach)));
    json!({
        "name": "Like it", "reaches": held.chain(more).collect::<Map<String, Value>>(),
        "fields": role.fields().word()
    })
}
