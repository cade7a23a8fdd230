//! Providers and directories of organizations, by HTTP; and how one is set up and gone through.
pub(crate) mod come_in;
pub(crate) mod directory;
pub(crate) mod directory_people;
pub(crate) mod identity_provider;
pub(crate) mod issuers;
pub(crate) mod link_account;
pub(crate) mod lying_provider;
pub(crate) mod okta_and_entra;
pub(crate) mod only_by_provider;
pub(crate) mod who_is_who;
pub(crate) mod without_second_factor;

use crate::{
    Door,
    browser::{Browser, Page, plain},
    sso::identity_provider::{CLIENT, IdentityProvider, SECRET},
};
use interpres_sso::GrantDomain;
use interpres_testkit::House;
use serde_json::{Value, json};

pub(crate) async fn set_up(house: &House, idp: &IdentityProvider, more: Value) -> String {
    let door = Door::of(house);
    let mut input = json!({
        "name": "Front Range Okta", "issuer": idp.issuer(), "client_id": CLIENT,
        "client_secret": SECRET, "group_roles": "dispatchers=scheduler\nbosses=admin"
    });
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    let (status, saved) = door
        .post(&house.person("Olivia").api_key, "/api/v1/providers", input)
        .await;
    assert_eq!(status, 201, "{saved}");
    let id = saved["id"].as_str().unwrap().to_owned();
    let operator = house
        .gate
        .operator(house.world.workspaces["Front Range Interpreters"]);
    house
        .gate
        .perform(
            &operator,
            GrantDomain {
                provider: id.parse().unwrap(),
                domain: "frontrange.example".into(),
            },
        )
        .await
        .unwrap();
    id
}

pub(crate) fn dora(more: Value) -> Value {
    let mut who = json!({
        "sub": "00u-dora", "email": "dora@frontrange.example", "email_verified": true,
        "name": "Dora Lindqvist", "amr": ["pwd", "mfa"], "sid": "s-1"
    });
    for (name, value) in more.as_object().unwrap() {
        who[name] = value.clone();
    }
    who
}

/// Where the page leads.
pub(crate) fn url(page: &Page) -> String {
    let at = page
        .text
        .find("0;url=")
        .unwrap_or_else(|| panic!("leads nowhere: {}", page.text))
        + 6;
    plain(&page.text[at..at + page.text[at..].find('"').unwrap()])
}

/// Goes there and back.
pub(crate) async fn round(browser: &mut Browser, idp: &IdentityProvider, email: &str) -> Page {
    let to = browser
        .post(
            "/sign-in/provider",
            &[("email", email), ("next", "/customers")],
        )
        .await;
    if to.status != 200 {
        return to;
    }
    let back = idp.signs_in(&url(&to));
    browser
        .get(&format!("/sign-in/provider/answer?{back}"))
        .await
}
