//! Owners and admins link their account to a provider themselves.
use crate::{
    browser::Browser,
    mailbox::letters,
    sso::{
        url,
        who_is_who::{Place, somebody},
    },
};
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn owners_and_admins_link_their_account_themselves_with_a_fresh_second_factor(house: &House) {
    let place = Place::of(house, "generic").await;
    for (sub, email) in [
        ("o", "olivia@frontrange.example"),
        ("a", "adam@frontrange.example"),
    ] {
        place
            .is_out(
                somebody(sub, email, json!({})),
                "link your account to the identity provider",
            )
            .await;
    }
    assert!(place.was_told("has not linked their account").await);
    let path = format!("/account/providers/{}", place.id);
    let mut adam = Browser::of(house).sign_in(house, "Adam").await;
    assert!(
        adam.get("/account")
            .await
            .says("<span class=\"out\">Front Range Okta</span>")
    );
    house.wait_minutes(11);
    assert_eq!(
        adam.act(&path, &[]).await.status,
        403,
        "not without a fresh proof"
    );
    assert_eq!(adam.prove(house, "Adam").await.status, 303);
    place
        .idp
        .is(somebody("a", "adam@frontrange.example", json!({})));
    let to = adam.act(&path, &[]).await;
    let back = format!("/sign-in/provider/answer?{}", place.idp.signs_in(&url(&to)));
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    assert_eq!(
        olivia.get(&back).await.status,
        400,
        "in another's browser it links nothing"
    );
    let to = adam.act(&path, &[]).await;
    let linked = adam
        .get(&format!(
            "/sign-in/provider/answer?{}",
            place.idp.signs_in(&url(&to))
        ))
        .await;
    assert_eq!(
        (linked.status, linked.location.as_str()),
        (303, "/account"),
        "{}",
        linked.text
    );
    assert!(
        letters(house, "adam@frontrange.example")
            .await
            .last()
            .unwrap()
            .contains("was linked to your organization's identity provider")
    );
    let mut by_provider = place
        .is_in(somebody("a", "adam@frontrange.example", json!({})))
        .await;
    assert_eq!(by_provider.get("/people").await.status, 200, "as Adam");
    assert_eq!(
        by_provider.act(&path, &[]).await.status,
        403,
        "who came by it proves nothing more by it"
    );
    // Nobody links somebody else's account there, and one subject is one person.
    for (email, words) in [
        ("adam@frontrange.example", "as yourself"),
        ("olivia@frontrange.example", "who is another member here"),
    ] {
        place.idp.is(somebody("a", email, json!({})));
        let to = olivia.act(&path, &[]).await;
        let refused = olivia
            .get(&format!(
                "/sign-in/provider/answer?{}",
                place.idp.signs_in(&url(&to))
            ))
            .await;
        assert!(
            refused.status == 409 && refused.says(words),
            "{}",
            refused.text
        );
    }
}
