//! Staff offer by pages: who can be asked is said before, and what became of it after.
use crate::{
    Door,
    browser::{Browser, Page},
};
use interpres_testkit::{House, apply, story};
use serde_json::json;

/// Offers an appointment of the named world; the offers' ids.
async fn offer(
    house: &House,
    kind: &str,
    reference: &str,
    to: &[&str],
    minutes: Option<i64>,
) -> Vec<String> {
    let door = Door::of(house);
    let interpreters: Vec<String> = to
        .iter()
        .map(|who| house.world.interpreters[*who].to_string())
        .collect();
    let path = format!(
        "/api/v1/appointments/{}/offers",
        house.world.appointments[reference]
    );
    let (status, made) = door
        .post(
            &house.person("Dora").api_key,
            &path,
            json!({ "kind": kind, "interpreters": interpreters, "minutes_each": minutes }),
        )
        .await;
    assert_eq!(status, 201, "{made}");
    made["offers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect()
}

#[apply(story)]
async fn an_offer_to_who_has_not_signed_up_is_refused_in_words_and_the_page_says_so_before(
    house: &House,
) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let place = format!("/appointments/{}", house.world.appointments["FR-1001"]);
    let page = dora.get(&place).await;
    assert!(
        page.says("Not signed up, so they can only be assigned"),
        "{}",
        page.text
    );
    let ivo = house.world.interpreters["Ivo"].to_string();
    let refused = dora
        .act(
            &format!("{place}/offers"),
            &[("kind", "single"), ("interpreters", &ivo)],
        )
        .await;
    assert!(
        refused.status == 422
            && refused.says("Ivo Haile hasn't")
            && refused.text.contains(&format!(
                "value=\"{ivo}\" aria-label=\"Choose Ivo Haile\" checked"
            )),
        "{}",
        refused.text
    );
    assert!(dora.get(&place).await.says("Requested"));
    assert_eq!(
        dora.act(&format!("{place}/assignment"), &[("interpreters", &ivo)])
            .await
            .status,
        303
    );
    assert!(dora.get(&place).await.says("Assigned"));
}

#[apply(story)]
async fn an_offer_s_page_tells_what_became_of_it(house: &House) {
    let mut ines = Browser::of(house).sign_in(house, "Ines").await;
    let open = |page: &Page| page.text.contains("/acceptance") && page.text.contains("/refusal");
    let id = offer(house, "single", "FR-1001", &["Ines"], None)
        .await
        .remove(0);
    assert!(open(&ines.get(&format!("/offers/{id}")).await));
    assert_eq!(
        ines.act(&format!("/offers/{id}/acceptance"), &[])
            .await
            .status,
        303
    );
    let accepted = ines.get(&format!("/offers/{id}")).await;
    assert!(
        !open(&accepted)
            && accepted.says("You have accepted this offer.")
            && accepted.text.contains("Open the appointment"),
        "{}",
        accepted.text
    );
    let id = offer(house, "single", "FR-1006", &["Ines"], None)
        .await
        .remove(0);
    ines.act(&format!("/offers/{id}/refusal"), &[("reason", "")])
        .await;
    let declined = ines.get(&format!("/offers/{id}")).await;
    assert!(
        !open(&declined) && declined.says("You have declined this offer."),
        "{}",
        declined.text
    );
    let id = offer(house, "single", "FR-1006", &["Ines"], Some(5))
        .await
        .remove(0);
    house.wait_minutes(6);
    let expired = ines.get(&format!("/offers/{id}")).await;
    assert!(
        !open(&expired) && expired.says("This offer has expired."),
        "{}",
        expired.text
    );
}

#[apply(story)]
async fn an_open_offer_is_withdrawn_from_the_appointment_s_page(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let id = offer(house, "single", "FR-1001", &["Ines"], None)
        .await
        .remove(0);
    let place = format!("/appointments/{}", house.world.appointments["FR-1001"]);
    let page = dora.get(&place).await;
    assert!(
        page.text
            .contains(&format!("action=\"/offers/{id}/withdrawal\""))
            && page.text.contains("Withdraw the offer to Ines Ruiz"),
        "{}",
        page.text
    );
    assert_eq!(
        dora.act(&format!("/offers/{id}/withdrawal"), &[])
            .await
            .location,
        place
    );
    let page = dora.get(&place).await;
    assert!(
        page.says("Withdrawn") && !page.text.contains("/withdrawal\"") && page.says("Unassigned"),
        "{}",
        page.text
    );
    let mut ines = dora.fresh().sign_in(house, "Ines").await;
    let gone = ines.get(&format!("/offers/{id}")).await;
    assert!(
        gone.says("was withdrawn") && !gone.text.contains("/acceptance"),
        "{}",
        gone.text
    );
    let id = offer(house, "single", "FR-1001", &["Ines"], None)
        .await
        .remove(0);
    let (door, path) = (Door::of(house), format!("/api/v1/offers/{id}/withdrawal"));
    for (who, status) in [
        ("Ines", 403),
        ("Bea", 403),
        ("Tess", 404),
        ("Dora", 201),
        ("Dora", 409),
    ] {
        assert_eq!(
            door.post(&house.person(who).api_key, &path, json!({}))
                .await
                .0,
            status,
            "{who}"
        );
    }
}
