//! Whatever is refused to somebody who is signed in, they stay among their pages and find a way
//! back.
use crate::{
    Door,
    browser::{Browser, Page},
};
use interpres_testkit::{House, apply, story};
use serde_json::json;

fn framed(page: &Page) -> bool {
    page.text.contains("aria-label=\"Main\"") && page.text.contains("Skip to content")
}

#[apply(story)]
async fn every_refusal_stands_in_the_frame_with_a_way_back(house: &House) {
    let door = Door::of(house);
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let id = house.world.appointments["FR-1001"];
    let missing = dora
        .get_from(
            "/appointments?from=2027-01-01",
            "/appointments/01890000-0000-7000-8000-000000000000",
        )
        .await;
    assert!(
        missing.status == 404
            && framed(&missing)
            && missing
                .text
                .contains("href=\"/appointments?from=2027-01-01\">Go back"),
        "{}",
        missing.text
    );
    for path in [
        "/nowhere",
        "/appointments/nonsense",
        "/customers?cursor=%ff",
    ] {
        let page = dora.get(path).await;
        assert!(
            framed(&page) && (page.status == 200 || page.text.contains("Go to the first page")),
            "{path}: {}",
            page.text
        );
    }
    let forbidden = dora.get("/settings/security").await;
    assert!(
        forbidden.status == 403 && framed(&forbidden),
        "{}",
        forbidden.text
    );
    let wrong = dora.post("/notices/read", &[("csrf", "guess")]).await;
    assert!(wrong.status == 403 && framed(&wrong), "{}", wrong.text);
    let huge = "x".repeat(3 * 1024 * 1024);
    let huge = dora
        .act("/appointments/new/details", &[("notes", huge.as_str())])
        .await;
    assert!(
        huge.status == 413 && framed(&huge),
        "{} {}",
        huge.status,
        huge.text
    );
    let other_method = dora.get("/notices/read").await;
    assert!(
        other_method.status == 405 && framed(&other_method),
        "{} {}",
        other_method.status,
        other_method.text
    );
    let key = house.person("Dora").api_key.clone();
    door.post(
        &key,
        &format!("/api/v1/appointments/{id}/cancellation"),
        json!({ "reason": "other" }),
    )
    .await;
    let conflict = dora
        .act(&format!("/appointments/{id}/declination"), &[("note", "")])
        .await;
    assert!(
        conflict.status == 409 && framed(&conflict),
        "{} {}",
        conflict.status,
        conflict.text
    );
    let stranger = dora.fresh().get("/nowhere").await;
    assert!(
        stranger.status == 404 && !framed(&stranger) && stranger.says("Page not found"),
        "{}",
        stranger.text
    );
}

#[apply(story)]
async fn no_page_offers_a_link_that_is_refused(house: &House) {
    for who in ["Olivia", "Dora", "Bea", "Carl", "Ines", "Rita", "Sam"] {
        let mut browser = Browser::of(house).sign_in(house, who).await;
        let first = browser.get("/").await.location;
        let appointment = format!("/appointments/{}", house.world.appointments["FR-1001"]);
        for page in [
            first.as_str(),
            "/overview",
            "/appointments?view=all",
            "/notices",
            "/shortcuts",
            &appointment,
        ] {
            let shown = browser.get(page).await;
            for link in links(&shown.text) {
                let status = browser.get(&link).await.status;
                assert!(
                    status < 400,
                    "{who}: {page} offers {link}, which answers {status}"
                );
            }
        }
    }
}

#[apply(story)]
async fn what_was_sought_everywhere_is_found_in_reach_and_stands_in_no_address(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let found = dora.act("/find", &[("q", "brigid")]).await;
    assert!(
        found.status == 200
            && found.says("St. Brigid Hospital")
            && found.says("FR-1001")
            && !found.text.contains("?q="),
        "{}",
        found.text
    );
    assert!(dora.act("/find", &[("q", "ines")]).await.says("Ines Ruiz"));
    assert!(dora.act("/find", &[("q", "zz9")]).await.says("No matches"));
    let mut sam = Browser::of(house).sign_in(house, "Sam").await;
    assert!(
        !sam.act("/find", &[("q", "fr-1001")])
            .await
            .text
            .contains(&house.world.appointments["FR-1001"].to_string()),
        "another team's"
    );
}

/// The addresses of our own that a page leads to, but what ends the session.
fn links(text: &str) -> Vec<String> {
    let all = text
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let mut own: Vec<String> = all
        .filter(|link| link.starts_with('/') && !link.starts_with("/assets/"))
        .map(crate::browser::plain)
        .collect();
    own.sort();
    own.dedup();
    own
}
