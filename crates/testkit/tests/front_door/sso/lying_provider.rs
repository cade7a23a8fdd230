//! A provider lies, or somebody else brings its answer: nobody is let in.
use crate::{
    browser::Browser,
    sso::{dora, identity_provider::IdentityProvider, round, set_up, url},
};
use interpres_testkit::{House, apply, story};
use serde_json::json;

/// Every way in which the provider's answer is wrong.
const LIES: [&str; 49] = [
    "metadata with a slash",
    "metadata of every tenant",
    "metadata of another",
    "tokens elsewhere by plain http",
    "keys in a file",
    "tokens behind a redirect",
    "another state",
    "error",
    "no code",
    "another issuer answers",
    "nobody says who answers",
    "no answer",
    "an answer without a token",
    "another issuer",
    "issuer with a slash",
    "no issuer",
    "for another client",
    "for no client",
    "for two and nobody's",
    "issued to another",
    "expired",
    "never expires",
    "expires as text",
    "from the future",
    "from long ago",
    "made at no time",
    "not yet",
    "another nonce",
    "no nonce",
    "nobody",
    "an empty name",
    "a number for a name",
    "another access token",
    "alg none",
    "alg None",
    "alg HS256 by the secret",
    "alg HS256 by the public key",
    "a key it does not show",
    "a key of no name it shows",
    "a key of its own along",
    "no signature",
    "changed afterwards",
    "no token at all",
    "a token of a megabyte",
    "a key for encrypting",
    "no keys",
    "a key for another algorithm",
    "userinfo of another",
    "an address nobody verified",
];

#[apply(story)]
async fn a_provider_that_lies_lets_nobody_in(house: &House) {
    let idp = IdentityProvider::open(&house.gate).await;
    set_up(house, &idp, json!({})).await;
    for lie in LIES {
        // A server of its own each time: the count by network address is another wall.
        let mut browser = Browser::of(house);
        idp.is(if lie == "an address nobody verified" {
            dora(json!({ "sub": "new", "email_verified": false }))
        } else {
            dora(json!({}))
        });
        idp.lies(lie);
        let page = round(&mut browser, &idp, "dora@frontrange.example").await;
        assert!(
            (400..600).contains(&page.status) && browser.cookie("session").is_none(),
            "{lie}: {} {}",
            page.status,
            page.location
        );
        assert!(
            !page.text.contains("nonce") && !page.text.contains("issuer"),
            "{lie}: the page tells too much"
        );
    }
    idp.lies("");
    idp.is(dora(json!({})));
    assert_eq!(
        round(&mut Browser::of(house), &idp, "dora@frontrange.example")
            .await
            .status,
        303,
        "and the truth does"
    );
}

#[apply(story)]
async fn an_answer_counts_once_and_only_in_the_browser_that_asked(house: &House) {
    let idp = IdentityProvider::open(&house.gate).await;
    set_up(house, &idp, json!({})).await;
    idp.is(dora(json!({})));
    let mut browser = Browser::of(house);
    let to = browser
        .post("/sign-in/provider", &[("email", "dora@frontrange.example")])
        .await;
    let back = format!("/sign-in/provider/answer?{}", idp.signs_in(&url(&to)));
    let mut victim = browser.fresh();
    assert_eq!(victim.get(&back).await.status, 400, "another browser");
    assert_eq!(browser.get(&back).await.status, 400, "and it is used up");
    let to = browser
        .post("/sign-in/provider", &[("email", "dora@frontrange.example")])
        .await;
    let back = format!("/sign-in/provider/answer?{}", idp.signs_in(&url(&to)));
    assert_eq!(
        (
            browser.get(&back).await.status,
            browser.get(&back).await.status
        ),
        (303, 400),
        "once"
    );
    let to = browser
        .post("/sign-in/provider", &[("email", "dora@frontrange.example")])
        .await;
    let back = format!("/sign-in/provider/answer?{}", idp.signs_in(&url(&to)));
    house.wait_seconds(600);
    assert_eq!(browser.get(&back).await.status, 400, "ten minutes later");
    assert_eq!(
        browser
            .post("/sign-in/provider", &[("email", "x@nowhere.example")])
            .await
            .status,
        403
    );
}
