//! The steps of a booking are pages of their own addresses: going back and loading again lose
//! nothing, and no address says anything of what was typed.
use crate::browser::{Browser, Page};
use interpres_testkit::{House, apply, story};

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
    page.status == 200
        && page.field_of("reference") == "STEP-1"
        && page.field_of("lep_client") == "Rosa Kanarya"
        && page.says("Ask for Kanarya")
}

async fn begun(house: &House, who: &str) -> (Browser, Page) {
    let mut browser = Browser::of(house).sign_in(house, who).await;
    let form = browser.get("/appointments/new").await;
    (browser, form)
}

#[apply(story)]
async fn going_back_and_loading_again_lose_nothing_in_any_step(house: &House) {
    let (mut dora, form) = begun(house, "Dora").await;
    let (customer, ines) = (
        house.world.customers["St. Brigid Hospital"].to_string(),
        house.world.interpreters["Ines"].to_string(),
    );
    let (first, draft) = (form.location.clone(), form.field("draft"));
    assert_eq!(first, format!("/appointments/new/{draft}/details"));
    let step = dora
        .act("/appointments/new/assignment", &typed(&customer, &draft))
        .await;
    assert!(
        step.status == 200
            && step.location == format!("/appointments/new/{draft}/assignment")
            && step.says("How to ask"),
        "{}",
        step.text
    );
    assert!(
        dora.get(&step.location).await.says("How to ask"),
        "loaded again"
    );
    assert!(is_filled(&dora.get(&first).await), "back to the details");
    let chosen: Vec<(&str, &str)> = typed(&customer, &draft)
        .into_iter()
        .chain([("how", "single"), ("interpreters", ines.as_str())])
        .collect();
    let review = dora.act("/appointments/new/review", &chosen).await;
    assert!(
        review.location == format!("/appointments/new/{draft}/review")
            && review.says("Offer to Ines Ruiz"),
        "{}",
        review.text
    );
    let back = dora.get(&step.location).await;
    assert!(
        back.text.contains(&format!(
            "value=\"{ines}\" aria-label=\"Choose Ines Ruiz\" checked"
        )),
        "the choice is there too: {}",
        back.text
    );
    let csrf = dora.get(&first).await.field("csrf");
    for start in ["11:00", "12:00"] {
        let mut again = typed(&customer, &draft);
        again.retain(|(name, _)| *name != "start");
        again.extend([("start", start), ("csrf", &csrf)]);
        assert!(
            dora.post("/appointments/new/assignment", &again)
                .await
                .says(start),
            "a step's form may be sent again with something else in it"
        );
    }
    assert!(!first.contains("STEP") && !review.location.contains("Kanarya"));
    let booked = dora.act("/appointments", &chosen).await;
    assert_eq!(booked.status, 303, "{}", booked.text);
    let gone = dora.get(&review.location).await;
    assert!(
        gone.location.ends_with("/details") && gone.field_of("reference").is_empty(),
        "what was booked is no draft: {}",
        gone.text
    );
}

#[apply(story)]
async fn a_draft_is_sealed_for_who_typed_it_few_and_short_lived(house: &House) {
    let (mut dora, form) = begun(house, "Dora").await;
    let (customer, draft) = (
        house.world.customers["St. Brigid Hospital"].to_string(),
        form.field("draft"),
    );
    dora.act("/appointments/new/assignment", &typed(&customer, &draft))
        .await;
    house.wait_minutes(1);
    for who in ["Adam", "Tess"] {
        let mut other = dora.fresh().sign_in(house, who).await;
        let seen = other.get(&form.location).await;
        assert!(
            seen.field_of("reference").is_empty() && !seen.says("Kanarya"),
            "{who}: {}",
            seen.text
        );
        other
            .act(
                "/appointments/new/details",
                &[("draft", draft.as_str()), ("reference", "MINE")],
            )
            .await;
    }
    assert!(
        is_filled(&dora.get(&form.location).await),
        "nobody puts anything into it"
    );
    let stranger = dora.fresh().get(&form.location).await;
    assert!(
        stranger.status == 303 && stranger.location.starts_with("/sign-in"),
        "{}",
        stranger.text
    );
    let rows = house.raw("select body from draft").await;
    assert!(
        rows.len() == 3
            && rows.iter().all(|row| !row
                .bytes("body")
                .unwrap()
                .windows(7)
                .any(|w| w == b"Kanarya"))
    );
    for n in 0..20 {
        house.wait_seconds(1);
        let id = format!("more-{n}");
        dora.act(
            "/appointments/new/details",
            &[("draft", id.as_str()), ("reference", "MORE")],
        )
        .await;
    }
    assert_eq!(
        house.raw("select id from draft").await.len(),
        14,
        "a dozen each"
    );
    let large = "x".repeat(70_000);
    let refused = dora
        .act(
            "/appointments/new/details",
            &[("draft", draft.as_str()), ("notes", large.as_str())],
        )
        .await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    house.wait_minutes(12 * 60);
    house.wait_minutes(1);
    let mut dora = dora.fresh().sign_in(house, "Dora").await;
    assert!(
        dora.get(&form.location)
            .await
            .field_of("reference")
            .is_empty(),
        "half a day"
    );
}
#[apply(story)]
async fn a_booking_that_is_reviewed_in_two_tabs_is_booked_once(house: &House) {
    let (mut dora, form) = begun(house, "Dora").await;
    let (customer, draft) = (
        house.world.customers["St. Brigid Hospital"].to_string(),
        form.field("draft"),
    );
    let chosen: Vec<(&str, &str)> = typed(&customer, &draft)
        .into_iter()
        .filter(|(name, _)| *name != "reference")
        .chain([("how", "later")])
        .collect();
    let review = dora.act("/appointments/new/review", &chosen).await;
    let tabs = [
        dora.get(&review.location).await.field("csrf"),
        dora.get(&review.location).await.field("csrf"),
    ];
    assert_ne!(tabs[0], tabs[1], "each tab's form has a key of its own");
    let count = async || {
        house.raw("select count(*) as n from appointment_row").await[0]
            .int("n")
            .unwrap()
    };
    let before = count().await;
    let mut answers = Vec::new();
    for tab in &tabs {
        let form: Vec<(&str, &str)> = chosen
            .iter()
            .copied()
            .chain([("csrf", tab.as_str())])
            .collect();
        answers.push(dora.post("/appointments", &form).await);
    }
    assert_eq!(
        (answers[0].status, answers[1].status),
        (303, 422),
        "{}",
        answers[1].text
    );
    assert!(
        answers[1].says("booked already") && answers[1].says("Nothing was booked"),
        "{}",
        answers[1].text
    );
    assert_eq!(count().await, before + 1);
    let on_purpose = dora.act("/appointments/new/review", &chosen).await;
    assert_eq!(on_purpose.status, 200, "{}", on_purpose.text);
    assert_eq!(
        dora.act("/appointments", &chosen).await.status,
        303,
        "who goes on from there means it"
    );
    assert_eq!(count().await, before + 2);
}

#[apply(story)]
async fn a_step_of_a_booking_is_found_by_a_name_that_we_made(house: &House) {
    let (mut dora, _) = begun(house, "Dora").await;
    for step in ["details", "assignment", "review"] {
        for name in [
            "..%2f..%2fsign-out",
            "a%20b",
            "%3Fx",
            "x%0Dy",
            &"x".repeat(200),
        ] {
            let page = dora.get(&format!("/appointments/new/{name}/{step}")).await;
            assert!(
                page.status == 404 && page.location.is_empty(),
                "{step} {name}: {} {}",
                page.location,
                page.text
            );
        }
    }
}

#[apply(story)]
async fn drafts_go_after_half_a_day_and_with_their_persons_access(house: &House) {
    let (mut dora, form) = begun(house, "Dora").await;
    let (mut adam, draft) = (
        Browser::of(house).sign_in(house, "Adam").await,
        form.field("draft"),
    );
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    dora.act("/appointments/new/assignment", &typed(&customer, &draft))
        .await;
    adam.act("/appointments/new/assignment", &typed(&customer, "of-adam"))
        .await;
    let whose = async || house.raw("select user_id from draft").await.len();
    house.gate.drop_what_is_over().await.unwrap();
    assert_eq!(whose().await, 2, "what is still typed at stays");
    let member = house
        .raw("select id from member_row where email = 'dora@frontrange.example'")
        .await[0]
        .text("id")
        .unwrap()
        .to_owned();
    let ended = interpres_accounts::EndMember {
        id: member.parse().unwrap(),
        remove: false,
    };
    house
        .gate
        .perform(&house.enters("Olivia").await, ended)
        .await
        .unwrap();
    assert_eq!(whose().await, 1, "whose access has ended leaves no draft");
    house.wait_minutes(12 * 60 + 1);
    house.gate.drop_what_is_over().await.unwrap();
    assert_eq!(
        whose().await,
        0,
        "nobody has to type another for the old to go"
    );
}
