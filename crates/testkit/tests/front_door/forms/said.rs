//! After an act that leads on, the next page says what was done: once, and to nobody else.
use crate::Browser;
use interpres_testkit::{House, apply, story};

const CUSTOMER: [(&str, &str); 4] = [
    ("name", "Willow Clinic"),
    ("email", "desk@willow.example"),
    ("team", "Denver Metro"),
    ("health_care", "yes"),
];

#[apply(story)]
async fn what_was_done_is_said_on_the_next_page_once(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let added = dora.act("/customers", &CUSTOMER).await;
    assert_eq!(added.status, 303, "{}", added.text);
    let cookie = added.set.iter().find(|c| c.starts_with("done")).unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("Max-Age=60") && !cookie.contains("Willow"),
        "{cookie}"
    );
    let panel = dora.get(&format!("{}?panel", added.location)).await;
    assert!(!panel.says("Customer added."), "a panel has no frame");
    let next = dora.get(&added.location).await;
    assert!(
        next.says("Customer added.") && next.text.contains("role=\"status\""),
        "{}",
        next.text
    );
    assert!(!dora.get(&added.location).await.says("Customer added."));
}

#[apply(story)]
async fn what_was_done_is_said_to_nobody_else_and_made_up_words_never(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let added = dora.act("/customers", &CUSTOMER).await;
    let kept = dora.cookie("done").unwrap().to_owned();
    let mut adam = Browser::of(house).sign_in(house, "Adam").await;
    adam.set("done", &kept);
    assert!(!adam.get("/customers").await.says("Customer added."));
    let (token, _) = kept.split_once(':').unwrap();
    dora.set("done", &format!("{token}:Call 555-0100 now"));
    assert!(!dora.get(&added.location).await.says("Call 555"));
    // What was refused is not said to be done.
    let wrong = dora.act("/customers", &[("name", "")]).await;
    assert!(wrong.status == 422 && wrong.set.iter().all(|c| !c.starts_with("done")));
    let csrf = dora.get("/customers/new").await.field("csrf");
    let fields: Vec<(&str, &str)> = CUSTOMER
        .iter()
        .map(|(name, value)| match *name {
            "name" => ("name", "Aspen Clinic"),
            _ => (*name, *value),
        })
        .chain([("csrf", csrf.as_str())])
        .collect();
    let sent = dora.post("/customers", &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let once_more = dora.post("/customers", &fields).await;
    assert_eq!(
        (once_more.status, &once_more.location),
        (303, &sent.location),
        "a form is not asked about its own first sending: {}",
        once_more.text
    );
    assert!(dora.get(&sent.location).await.says("Customer added."));
    let list = dora.get("/customers?q=aspen").await;
    assert_eq!(
        list.text.matches(">desk@willow.example<").count(),
        1,
        "{}",
        list.text
    );
}

#[apply(story)]
async fn a_booking_says_what_else_it_did(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let ines = house.world.interpreters["Ines"].to_string();
    let booking = |reference: &'static str, date: &'static str, more: &[(&'static str, String)]| {
        let mut fields = vec![
            ("reference", reference.to_owned()),
            ("date", date.to_owned()),
            ("start", "07:00".to_owned()),
            ("minutes", "60".to_owned()),
            ("language", "Spanish".to_owned()),
            ("service_type", "in-person".to_owned()),
            ("mode", "consecutive".to_owned()),
            ("customer", customer.clone()),
        ];
        fields.extend_from_slice(more);
        fields
    };
    for (fields, said) in [
        (booking("SAID-1", "2027-03-01", &[]), "Appointment booked."),
        (
            booking(
                "SAID-2",
                "2027-03-02",
                &[
                    ("kind", "single".to_owned()),
                    ("interpreters", ines.clone()),
                ],
            ),
            "Appointment booked. Offers sent.",
        ),
        (
            booking(
                "SAID-3",
                "2027-03-03",
                &[("kind", "assign".to_owned()), ("interpreters", ines)],
            ),
            "Appointment booked. Interpreter assigned.",
        ),
    ] {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let booked = dora.act("/appointments", &fields).await;
        assert_eq!(booked.status, 303, "{}", booked.text);
        assert!(dora.get(&booked.location).await.says(said), "{said}");
    }
}
