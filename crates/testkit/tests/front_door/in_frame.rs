//! Whatever is refused to somebody who is signed in, they stay among their pages and find a way back.
use super::{
    Door,
    browser::{Browser, Page},
};
use interpres_testkit::stories;
use serde_json::json;

fn framed(page: &Page) -> bool {
    page.text.contains("aria-label=\"Main\"") && page.text.contains("Skip to content")
}

stories! {
    async fn every_refusal_stands_in_the_frame_with_a_way_back(house) {
        let door = Door::of(house);
        let mut dora = Browser::of(house).sign_in(house, "Dora").await;
        let id = house.world.appointments["FR-1001"];
        let missing = dora.get_from("/appointments?from=2027-01-01", "/appointments/01890000-0000-7000-8000-000000000000").await;
        assert!(missing.status == 404 && framed(&missing) && missing.text.contains("href=\"/appointments?from=2027-01-01\">Go back"), "{}", missing.text);
        for path in ["/nowhere", "/appointments/nonsense", "/customers?cursor=%ff"] {
            let page = dora.get(path).await;
            assert!(framed(&page) && (page.status == 200 || page.text.contains("Go to the first page")), "{path}: {}", page.text);
        }
        let forbidden = dora.get("/settings/security").await;
        assert!(forbidden.status == 403 && framed(&forbidden), "{}", forbidden.text);
        let wrong = dora.post("/notices/read", &[("csrf", "guess")]).await;
        assert!(wrong.status == 403 && framed(&wrong), "{}", wrong.text);
        let huge = "x".repeat(3 * 1024 * 1024);
        let huge = dora.act("/appointments/new/details", &[("notes", huge.as_str())]).await;
        assert!(huge.status == 413 && framed(&huge), "{} {}", huge.status, huge.text);
        let other_method = dora.get("/appointments/search").await;
        assert!(other_method.status == 405 && framed(&other_method), "{} {}", other_method.status, other_method.text);
        let key = house.person("Dora").api_key.clone();
        door.post(&key, &format!("/api/v1/appointments/{id}/cancellation"), json!({ "reason": "other" })).await;
        let conflict = dora.act(&format!("/appointments/{id}/declination"), &[("note", "")]).await;
        assert!(conflict.status == 409 && framed(&conflict), "{} {}", conflict.status, conflict.text);
        let stranger = dora.fresh().get("/nowhere").await;
        assert!(stranger.status == 404 && !framed(&stranger) && stranger.says("Page not found"), "{}", stranger.text);
    }
}
