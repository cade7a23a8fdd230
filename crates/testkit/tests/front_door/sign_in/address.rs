//! Another address to sign in with: both mailboxes have to agree.
use crate::{
    Browser, Door,
    mailbox::{letters, link},
};
use interpres_testkit::{House, apply, story};

const NEW: &str = "tess.dahl@prairie.example";

/// The link in the latest letter to an address.
async fn address_link(house: &House, to: &str) -> String {
    let letters = letters(house, to).await;
    link(
        letters
            .iter()
            .rfind(|letter| letter.contains("/address/"))
            .unwrap(),
    )
    .strip_prefix("/address/")
    .unwrap()
    .to_owned()
}

#[apply(story)]
async fn an_address_changes_only_when_both_mailboxes_agree(house: &House) {
    let (old, password) = (
        house.person("Tess").email.clone(),
        house.person("Tess").password.clone(),
    );
    let mut tess = Browser::of(house).sign_in(house, "Tess").await;
    let asked = tess.act("/account/address", &[("address", NEW)]).await;
    assert!(
        asked.status == 200 && asked.says("Check your new mailbox first"),
        "{}",
        asked.text
    );
    assert!(
        letters(house, &old)
            .await
            .last()
            .unwrap()
            .contains("Nothing changes before you agree")
    );
    let mut guest = tess.fresh();
    let first = address_link(house, NEW).await;
    assert!(
        guest
            .get(&format!("/address/{first}"))
            .await
            .says("Confirm change"),
        "looking changes nothing"
    );
    assert!(
        guest
            .post("/address", &[("link", &first)])
            .await
            .says("open the email we sent to your old address")
    );
    assert_eq!(
        guest.post("/address", &[("link", &first)]).await.status,
        404,
        "good once"
    );
    let typed = guest
        .post("/sign-in", &[("email", NEW), ("password", &password)])
        .await;
    assert_eq!(typed.status, 401, "one mailbox alone changes nothing");
    let second = address_link(house, &old).await;
    assert!(
        guest
            .post("/address", &[("link", &second)])
            .await
            .says("Done. Sign in with your new email")
    );
    assert!(
        letters(house, &old)
            .await
            .iter()
            .any(|letter| letter.contains("another address from now on"))
    );
    house.wait_minutes(1);
    let page = guest
        .post("/sign-in", &[("email", NEW), ("password", &password)])
        .await;
    assert!(
        page.says("Code from your authenticator app"),
        "{}",
        page.text
    );
    assert_eq!(
        guest
            .fresh()
            .post("/sign-in", &[("email", &old), ("password", &password)])
            .await
            .status,
        401
    );
    let (_, people) = Door::of(house)
        .get(&house.person("Peter").api_key, "/api/v1/people")
        .await;
    assert!(
        people["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|p| p["email"] == NEW),
        "colleagues see it: {people}"
    );
    assert!(
        tess.get("/account").await.says(NEW),
        "whoever is signed in stays so"
    );
}

#[apply(story)]
async fn a_link_is_good_for_a_day_and_a_taken_address_is_neither_given_nor_told(house: &House) {
    let mut tess = Browser::of(house).sign_in(house, "Tess").await;
    let (old, dora) = (
        house.person("Tess").email.clone(),
        house.person("Dora").email.clone(),
    );
    let before = letters(house, &dora).await.len();
    let free = tess.act("/account/address", &[("address", NEW)]).await;
    let taken = tess.act("/account/address", &[("address", &dora)]).await;
    let words = |page: &crate::browser::Page| page.says("Check your new mailbox first");
    assert!(words(&free) && words(&taken), "the same answer");
    let after = letters(house, &dora).await;
    assert_eq!(after.len(), before, "{after:?}");
    for wrong in ["", "x", "two@a.example, b@a.example"] {
        assert_eq!(
            tess.act("/account/address", &[("address", wrong)])
                .await
                .status,
            422,
            "{wrong}"
        );
    }
    let first = address_link(house, NEW).await;
    house.wait_minutes(24 * 60);
    assert_eq!(
        tess.fresh()
            .post("/address", &[("link", &first)])
            .await
            .status,
        404,
        "a day later"
    );
    // Somebody else gets the address between the two letters.
    let mut tess = tess.fresh().sign_in(house, "Tess").await;
    tess.act("/account/address", &[("address", NEW)]).await;
    tess.fresh()
        .post("/address", &[("link", &address_link(house, NEW).await)])
        .await;
    let second = address_link(house, &old).await;
    house
        .tamper(&format!(
            "update user_account_row set email = '{NEW}' where email = 'noor@prairie.example'"
        ))
        .await
        .unwrap();
    let late = tess.fresh().post("/address", &[("link", &second)]).await;
    assert!(
        late.status == 409 && late.says("belongs to somebody by now"),
        "{}",
        late.text
    );
}

#[apply(story)]
async fn an_address_needs_proof_and_one_that_a_provider_keeps_is_changed_there(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let shared = dora
        .act(
            "/account/address",
            &[("address", "scheduler@elsewhere.example")],
        )
        .await;
    assert!(
        shared.status == 422 && shared.says("several people read"),
        "{}",
        shared.text
    );
    let idp = crate::sso::identity_provider::IdentityProvider::open(&house.gate).await;
    crate::sso::set_up(house, &idp, serde_json::json!({})).await;
    let kept = dora
        .act("/account/address", &[("address", "dora@elsewhere.example")])
        .await;
    assert!(
        kept.status == 409 && kept.says("identity provider keeps your address"),
        "{}",
        kept.text
    );
    let mut tess = dora.fresh().sign_in(house, "Tess").await;
    house.wait_minutes(11);
    let asked = tess.act("/account/address", &[("address", NEW)]).await;
    assert!(
        asked.status == 403 && asked.says("Confirm it’s you"),
        "{}",
        asked.text
    );
}
