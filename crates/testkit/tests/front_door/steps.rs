//! The steps of a booking are pages of their own addresses: going back and loading again lose nothing, and no address says
//! anything of what was typed.
use super::browser::{Browser, Page};
use interpres_testkit::{House, stories};

fn typed<'a>(customer: &'a str, draft: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("draft", draft),
        ("reference", "STEP-1"),
        ("date", "2027-03-09"),
        ("start", "10:00"),
        ("minutes", "60"),
        ("language", "es"),
        ("service_type", "phone"),
        ("mode", "consecutive"),
        ("team", "Denver Metro"),
        ("customer", customer),
        ("lep_client", "Rosa Kanarya"),
        ("notes", "Ask for Kanarya"),
    ]
}

fn is_filled(page: &Page) -> bool {
    page.status == 200 && page.field_of("reference") == "STEP-1" && page.field_of("lep_client") == "Rosa Kanarya" && page.says("Ask for Kanarya")
}

async fn begun(house: &House, who: &str) -> (Browser, Page) {
    let mut browser = Browser::of(house).sign_in(house, who).await;
    let form = browser.get("/appointments/new").await;
    (browser, form)
}

stories! {
    async fn going_back_and_loading_again_lose_nothing_in_any_step(house) {
        let (mut dora, form) = begun(house, "Dora").await;
        let (customer, ines) = (house.world.customers["St. Brigid Hospital"].to_string(), house.world.interpreters["Ines"].to_string());
        let (first, draft) = (form.location.clone(), form.field("draft"));
        assert_eq!(first, format!("/appointments/new/{draft}/details"));
        let step = dora.act("/appointments/new/assignment", &typed(&customer, &draft)).await;
        assert!(step.status == 200 && step.location == format!("/appointments/new/{draft}/assignment") && step.says("Who is asked"), "{}", step.text);
        assert!(dora.get(&step.location).await.says("Who is asked"), "loaded again");
        assert!(is_filled(&dora.get(&first).await), "back to the details");
        let chosen: Vec<(&str, &str)> = typed(&customer, &draft).into_iter().chain([("how", "single"), ("interpreters", ines.as_str())]).collect();
        let review = dora.act("/appointments/new/review", &chosen).await;
        assert!(review.location == format!("/appointments/new/{draft}/review") && review.says("Offer to Ines Ruiz"), "{}", review.text);
        let back = dora.get(&step.location).await;
        assert!(back.text.contains(&format!("value=\"{ines}\" aria-label=\"Choose Ines Ruiz\" checked")), "the choice is there too: {}", back.text);
        let csrf = dora.get(&first).await.field("csrf");
        for start in ["11:00", "12:00"] {
            let mut again = typed(&customer, &draft);
            again.retain(|(name, _)| *name != "start");
            again.extend([("start", start), ("csrf", &csrf)]);
            assert!(dora.post("/appointments/new/assignment", &again).await.says(start), "a step's form may be sent again with something else in it");
        }
        assert!(!first.contains("STEP") && !review.location.contains("Kanarya"));
        let booked = dora.act("/appointments", &chosen).await;
        assert_eq!(booked.status, 303, "{}", booked.text);
        let gone = dora.get(&review.location).await;
        assert!(gone.location.ends_with("/details") && gone.field_of("reference").is_empty(), "what was booked is no draft: {}", gone.text);
    }

    async fn a_draft_is_sealed_for_who_typed_it_few_and_short_lived(house) {
        let (mut dora, form) = begun(house, "Dora").await;
        let (customer, draft) = (house.world.customers["St. Brigid Hospital"].to_string(), form.field("draft"));
        dora.act("/appointments/new/assignment", &typed(&customer, &draft)).await;
        house.wait_minutes(1);
        for who in ["Adam", "Tess"] {
            let mut other = dora.fresh().sign_in(house, who).await;
            let seen = other.get(&form.location).await;
            assert!(seen.field_of("reference").is_empty() && !seen.says("Kanarya"), "{who}: {}", seen.text);
            other.act("/appointments/new/details", &[("draft", draft.as_str()), ("reference", "MINE")]).await;
        }
        assert!(is_filled(&dora.get(&form.location).await), "nobody puts anything into it");
        let stranger = dora.fresh().get(&form.location).await;
        assert!(stranger.status == 303 && stranger.location.starts_with("/sign-in"), "{}", stranger.text);
        let rows = house.raw("select body from draft").await;
        assert!(rows.len() == 3 && rows.iter().all(|row| !row.bytes("body").unwrap().windows(7).any(|w| w == b"Kanarya")));
        for n in 0..20 {
            house.wait_seconds(1);
            let id = format!("more-{n}");
            dora.act("/appointments/new/details", &[("draft", id.as_str()), ("reference", "MORE")]).await;
        }
        assert_eq!(house.raw("select id from draft").await.len(), 14, "a dozen each");
        let large = "x".repeat(70_000);
        let refused = dora.act("/appointments/new/details", &[("draft", draft.as_str()), ("notes", large.as_str())]).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        house.wait_minutes(12 * 60);
        house.wait_minutes(1);
        let mut dora = dora.fresh().sign_in(house, "Dora").await;
        dora.act("/appointments/new/details", &[("reference", "NEW")]).await;
        assert_eq!(house.raw("select id from draft").await.len(), 1, "half a day");
    }
}
