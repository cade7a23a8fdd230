//! Those in charge sign somebody out everywhere.
use crate::{Door, accounts::member, browser::Browser};
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn whoever_is_signed_out_by_an_admin_signs_in_again_and_their_key_goes_on(house: &House) {
    let door = Door::of(house);
    let id = member(&door, house, "Dora").await;
    let mut desk = Browser::of(house).sign_in(house, "Dora").await;
    let mut phone = Browser::of(house).sign_in_later(house, "Dora").await;
    let mut bea = Browser::of(house).sign_in(house, "Bea").await;
    let sign_out = format!("/api/v1/people/{id}/sign-out");
    let (status, _) = door
        .post(&house.person("Sam").api_key, &sign_out, json!({}))
        .await;
    assert_eq!(status, 403, "a colleague may not");
    assert_eq!(desk.get("/appointments").await.status, 200);
    let (status, _) = door
        .post(&house.person("Peter").api_key, &sign_out, json!({}))
        .await;
    assert_eq!(status, 404, "nor the owner of another agency");
    let (status, ended) = door
        .post(&house.person("Adam").api_key, &sign_out, json!({}))
        .await;
    assert_eq!(status, 201, "{ended}");
    for browser in [&mut desk, &mut phone] {
        let page = browser.get("/appointments").await;
        assert!(
            page.status == 303 && page.location.starts_with("/sign-in"),
            "{} {}",
            page.status,
            page.location
        );
    }
    assert_eq!(bea.get("/vouchers").await.status, 200, "nobody else is");
    let (status, _) = door
        .get(&house.person("Dora").api_key, "/api/v1/appointments")
        .await;
    assert_eq!(status, 200, "programs are ended by their keys");
    let mut again = Browser::of(house).sign_in_later(house, "Dora").await;
    assert_eq!(again.get("/appointments").await.status, 200);
    let entries = house.entries("member.sign-out").await;
    let mut by: Vec<_> = entries
        .iter()
        .map(|e| (e.actor_name.as_deref().unwrap_or("-"), e.outcome.as_str()))
        .collect();
    by.sort_unstable();
    assert_eq!(by, [("Adam Novak", "done"), ("Sam Okafor", "refused")]);
}

#[apply(story)]
async fn an_admin_signs_somebody_out_by_the_page_of_the_person(house: &House) {
    let id = member(&Door::of(house), house, "Dora").await;
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let mut adam = Browser::of(house).sign_in(house, "Adam").await;
    let page = adam.get(&format!("/people/{id}")).await;
    let action = format!("/people/{id}/sessions/end");
    assert!(page.text.contains(&action), "{}", page.text);
    let done = adam.act(&action, &[]).await;
    assert_eq!((done.status, done.location), (303, format!("/people/{id}")));
    assert_eq!(dora.get("/appointments").await.status, 303);
}
