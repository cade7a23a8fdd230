//! What is asked once somebody is in: fresh proof, a second factor, another sign-in; nothing typed
//! is lost.
use crate::{
    Door,
    browser::{Browser, Page},
};
use interpres_testkit::{House, apply, story};

/// The id of the app among the second factors on the account's page.
fn app_of(page: &Page) -> String {
    let row = page.text.split("Authenticator app").nth(1).unwrap();
    row.split("/account/factors/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned()
}

/// Signs somebody in where a form waits; gives the page that follows.
pub(crate) async fn signed_in_with(
    browser: &mut Browser,
    house: &House,
    first: &str,
    kept: &str,
) -> Page {
    let person = house.person(first);
    let asked = browser
        .post(
            "/sign-in",
            &[
                ("email", &person.email),
                ("password", &person.password),
                ("again", kept),
            ],
        )
        .await;
    let (ticket, code, kept) = (
        asked.field("ticket"),
        Browser::code(house, first),
        asked.field("again"),
    );
    browser
        .post(
            "/sign-in/proof",
            &[("ticket", &ticket), ("code", &code), ("again", &kept)],
        )
        .await
}

#[apply(story)]
async fn a_session_ends_to_the_second_and_what_was_typed_goes_along(house: &House) {
    let mut browser = Browser::of(house).sign_in(house, "Dora").await;
    let csrf = browser.get("/appointments/new").await.field("csrf");
    let typed = [
        ("csrf", csrf.as_str()),
        ("reference", "KEPT-1"),
        ("lep_client", "Rosa Kanarya"),
        ("notes", "5 > 3 & \"so\" é"),
    ];
    house.wait_seconds(15 * 60 - 1);
    assert_eq!(
        browser.get("/customers").await.status,
        200,
        "a second before the limit"
    );
    house.wait_seconds(15 * 60);
    let sent = browser.get("/customers?q=brigid").await;
    assert_eq!(
        (sent.status, sent.location.as_str()),
        (303, "/sign-in?next=/customers%3Fq=brigid")
    );
    let page = browser.post("/appointments/new/details", &typed).await;
    assert!(
        page.status == 401 && page.says("you’ll find what you typed"),
        "{}",
        page.text
    );
    assert!(
        !page.says("KEPT-1") && !page.says("Kanarya"),
        "nothing of it is shown before somebody signs in"
    );
    let kept = page.field("again");
    let again = signed_in_with(&mut browser, house, "Dora", &kept).await;
    assert!(
        again.says("What you typed is still here")
            && again.field("reference") == "KEPT-1"
            && again.field("notes") == "5 > 3 & \"so\" é",
        "{}",
        again.text
    );
    assert_eq!(
        again.field("csrf").split('.').nth(1),
        csrf.split('.').nth(1),
        "it is the same form still"
    );
    let form = browser
        .post(
            "/appointments/new/details",
            &[
                ("csrf", &again.field("csrf")),
                ("reference", "KEPT-1"),
                ("notes", "5 > 3"),
            ],
        )
        .await;
    assert!(form.status == 200 && form.says("KEPT-1"), "{}", form.text);
    house.wait_minutes(1);
    let other = signed_in_with(&mut browser.fresh(), house, "Sam", &kept).await;
    assert_eq!(
        (other.status, other.location.as_str()),
        (303, "/"),
        "nobody else is offered it: {}",
        other.text
    );
    house.wait_minutes(12 * 60);
    let late = signed_in_with(&mut browser.fresh(), house, "Dora", &kept).await;
    assert_eq!(late.status, 303, "it does not wait for ever");
}

#[apply(story)]
async fn twelve_hours_end_a_session_however_it_is_used(house: &House) {
    let mut browser = Browser::of(house).sign_in(house, "Dora").await;
    for _ in 0..(12 * 6 - 1) {
        house.wait_minutes(10);
        assert_eq!(browser.get("/customers").await.status, 200);
    }
    house.wait_seconds(10 * 60 - 1);
    assert_eq!(
        browser.get("/customers").await.status,
        200,
        "a second before the limit"
    );
    house.wait_seconds(1);
    assert_eq!(browser.get("/customers").await.status, 303);
    let mut ordinary = browser.fresh().sign_in(house, "Tess").await;
    house.wait_minutes(16);
    assert_eq!(
        ordinary.get("/customers").await.status,
        200,
        "half an hour without HIPAA mode"
    );
    house.wait_seconds(30 * 60);
    assert_eq!(ordinary.get("/customers").await.status, 303);
}

#[apply(story)]
async fn grave_acts_ask_for_proof_that_is_not_older_than_ten_minutes(house: &House) {
    let mut browser = Browser::of(house).sign_in(house, "Olivia").await;
    house.wait_seconds(10 * 60 - 1);
    assert_eq!(
        browser
            .act("/account/keys", &[("name", "one"), ("days", "1")])
            .await
            .status,
        200
    );
    house.wait_seconds(1);
    let asked = browser
        .act("/account/keys", &[("name", "two"), ("days", "1")])
        .await;
    assert!(
        asked.status == 403 && asked.says("Confirm it’s you"),
        "{}",
        asked.text
    );
    assert_eq!(
        browser.get("/audit/export?form=csv").await.location,
        "/proof?next=/audit/export%3Fform=csv"
    );
    let before = browser.cookie("session").unwrap().to_owned();
    let fields = [
        ("csrf", asked.field("csrf")),
        ("ticket", asked.field("ticket")),
        ("code", Browser::code(house, "Olivia")),
        ("again", asked.field("again")),
    ];
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let again = browser.post("/proof", &fields).await;
    assert_eq!(
        (again.field("name"), again.field("days")),
        ("two".to_owned(), "1".to_owned())
    );
    assert_ne!(
        browser.cookie("session").unwrap(),
        before,
        "the session has a new token"
    );
    let mut old = browser.fresh();
    old.set("session", &before);
    assert_eq!(
        old.get("/account").await.status,
        303,
        "the old token opens nothing"
    );
    assert_eq!(
        browser
            .post(
                "/account/keys",
                &[
                    ("csrf", &again.field("csrf")),
                    ("name", "two"),
                    ("days", "1")
                ]
            )
            .await
            .status,
        200
    );
    let wrong = browser
        .act(
            "/proof",
            &[
                (
                    "ticket",
                    &browser.clone().get("/proof").await.field("ticket"),
                ),
                ("code", "000000"),
            ],
        )
        .await;
    assert_eq!(wrong.status, 403);
    let password = browser
        .act("/proof", &[("password", &house.person("Olivia").password)])
        .await;
    assert_eq!(
        password.status, 403,
        "whoever has a second factor proves by it"
    );
}

#[apply(story)]
async fn a_key_is_as_strong_as_the_session_it_was_made_in(house: &House) {
    let door = Door::of(house);
    let olivia = house.person("Olivia").api_key.clone();
    house.number_entries().await;
    assert_eq!(
        door.ask(&olivia, "GET", "/api/v1/audit/export?form=csv", &[], "")
            .await
            .0,
        200,
        "made after proof"
    );
    house
        .from_before_seals("update api_key set strength = 1")
        .await;
    let (status, problem, _) = door
        .ask(&olivia, "GET", "/api/v1/audit/export?form=csv", &[], "")
        .await;
    assert_eq!(
        (status, problem["type"].as_str()),
        (403, Some("/problems/proof-needed")),
        "{problem}"
    );
    let (status, problem) = door.get(&olivia, "/api/v1/appointments").await;
    assert_eq!(
        (status, problem["type"].as_str()),
        (403, Some("/problems/proof-needed")),
        "under HIPAA mode a weak key sleeps"
    );
    let (status, _) = door
        .get(&house.person("Tess").api_key, "/api/v1/appointments")
        .await;
    assert_eq!(status, 200, "elsewhere it does not");
}

#[apply(story)]
async fn who_may_not_be_without_a_second_factor_keeps_the_last(house: &House) {
    let mut browser = Browser::of(house).sign_in(house, "Dora").await;
    let page = browser.get("/account").await;
    let id = app_of(&page);
    let refused = browser
        .act(&format!("/account/factors/{id}/end"), &[])
        .await;
    assert!(
        refused.status == 409 && refused.says("this is the last"),
        "{}",
        refused.text
    );
    let mut tess = browser.fresh().sign_in(house, "Tess").await;
    assert_eq!(
        tess.act(&format!("/account/factors/{id}/end"), &[])
            .await
            .status,
        404,
        "nobody takes another's away"
    );
    let own = app_of(&tess.get("/account").await);
    assert_eq!(
        tess.act(&format!("/account/factors/{own}/end"), &[])
            .await
            .status,
        303
    );
    assert!(tess.get("/account").await.says("At least 15 characters"));
}

#[apply(story)]
async fn one_signs_out_one_session_or_all_and_revokes_keys(house: &House) {
    let mut browser = Browser::of(house).sign_in(house, "Dora").await;
    house.wait_minutes(1);
    let mut other = browser.fresh().sign_in(house, "Dora").await;
    let page = browser.get("/account").await;
    let id = page
        .text
        .split("/account/sessions/")
        .filter_map(|part| part.split('/').next())
        .find(|id| id.len() == 36)
        .unwrap()
        .to_owned();
    assert_eq!(
        browser
            .act(&format!("/account/sessions/{id}/end"), &[])
            .await
            .status,
        303
    );
    assert_eq!(
        (
            browser.get("/account").await.status,
            other.get("/account").await.status
        ),
        (200, 303)
    );
    let door = Door::of(house);
    let key = house.person("Dora").api_key.clone();
    assert_eq!(door.get(&key, "/api/v1/teams").await.0, 200);
    let id = page
        .text
        .split("/account/keys/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        browser
            .act(&format!("/account/keys/{id}/end"), &[])
            .await
            .status,
        303
    );
    assert_eq!(door.get(&key, "/api/v1/teams").await.0, 401);
    browser.act("/account/sessions/end", &[]).await;
    assert_eq!(browser.get("/account").await.status, 303);
}
