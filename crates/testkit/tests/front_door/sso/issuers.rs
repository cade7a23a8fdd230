//! An issuer that is none is told to who saves it.
use crate::{
    browser::Browser,
    sso::{
        identity_provider::{CLIENT, SECRET},
        who_is_who::{DOMAIN, Place},
    },
};
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn an_issuer_that_is_a_slash_off_or_every_tenants_is_told_when_it_is_saved_and_to_admins_afterwards(
    house: &House,
) {
    let place = Place::of(house, "generic").await;
    let input = |issuer: &str| {
        json!({
            "name": "Again", "issuer": issuer, "client_id": CLIENT, "client_secret": SECRET
        })
    };
    let issuer = place.idp.issuer().to_owned();
    for (lie, entered, words) in [
        ("", format!("{issuer}/"), "a slash at the end"),
        (
            "metadata with a slash",
            issuer.clone(),
            "a slash at the end",
        ),
        (
            "metadata of every tenant",
            issuer.clone(),
            "your own tenant's id",
        ),
        (
            "metadata of another",
            issuer.clone(),
            "is another than the provider says",
        ),
    ] {
        place.idp.lies(lie);
        for path in [
            "/api/v1/providers".to_owned(),
            format!("/api/v1/providers/{}", place.id),
        ] {
            let (status, problem) = place
                .door
                .post(&place.olivia(), &path, input(&entered))
                .await;
            assert!(
                status == 422 && problem.to_string().contains(words),
                "{lie}: {status} {problem}"
            );
        }
    }
    for (lie, words) in [
        ("metadata with a slash", "differ by a slash at the end"),
        ("metadata of every tenant", "your own tenant's id"),
        ("metadata of another", "another issuer's"),
    ] {
        place.idp.lies(lie);
        assert!(!place.was_told(words).await);
        let page = Browser::of(house)
            .post("/sign-in/provider", &[("email", DOMAIN)])
            .await;
        assert!(page.status == 502 && page.says("tell an admin"), "{lie}");
        assert!(place.was_told(words).await, "{lie}");
    }
}
