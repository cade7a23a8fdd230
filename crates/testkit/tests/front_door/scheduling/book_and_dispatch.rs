//! Somebody books and says at once who does it: assigned or asked, with nothing dropped without a
//! word.
use crate::{
    Browser, Door,
    door::twice::{booked, booking, send},
};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn booking_and_dispatch_are_one_act(house: &House) {
    let mut browser = Browser::of(house).sign_in(house, "Dora").await;
    let ines = house.world.interpreters["Ines"].to_string();
    let assign = [("how", "assign"), ("interpreters", ines.as_str())];
    let csrf = browser.get("/appointments/new").await.field("csrf");
    let first = send(
        &browser,
        "/appointments",
        &booking(house, "ONE-1", &csrf, &assign),
    )
    .await;
    assert_eq!(
        (
            first.status,
            booked(house, "ONE-1").await[0]["status"].as_str()
        ),
        (303, Some("assigned")),
        "{}",
        first.text
    );
    for _ in 0..3 {
        let csrf = browser.get("/appointments/new").await.field("csrf");
        let busy = send(
            &browser,
            "/appointments",
            &booking(house, "ONE-2", &csrf, &assign),
        )
        .await;
        assert!(
            busy.status == 422
                && busy.says("Nothing was booked.")
                && busy.says("has another appointment at that time"),
            "{}",
            busy.text
        );
        assert_eq!(
            (
                busy.field("reference").as_str(),
                busy.field("date").as_str()
            ),
            ("ONE-2", "2027-03-09"),
            "the form is kept"
        );
        assert!(booked(house, "ONE-2").await.is_empty());
    }
    let csrf = browser.get("/appointments/new").await.field("csrf");
    let offered = [
        ("how", "broadcast"),
        ("interpreters", ines.as_str()),
        ("start", "14:00"),
    ];
    let mut form = booking(house, "ONE-3", &csrf, &offered);
    form.retain(|(name, value)| *name != "start" || value != "10:00");
    let (one, two) = tokio::join!(
        send(&browser, "/appointments", &form),
        send(&browser, "/appointments", &form)
    );
    assert_eq!(
        (one.status, &one.location),
        (303, &two.location),
        "{}",
        one.text
    );
    let all = booked(house, "ONE-3").await;
    assert_eq!((all.len(), all[0]["status"].as_str()), (1, Some("pending")));
    let (_, offers) = Door::of(house)
        .get(&house.person("Ines").api_key, "/api/v1/offers")
        .await;
    assert_eq!(offers["items"].as_array().unwrap().len(), 1);
}

#[apply(story)]
async fn whom_to_ask_is_never_dropped_without_a_word(house: &House) {
    let browser = Browser::of(house).sign_in(house, "Dora").await;
    let (ines, ivo) = (
        house.world.interpreters["Ines"].to_string(),
        house.world.interpreters["Ivo"].to_string(),
    );
    let csrf = browser.clone().get("/appointments/new").await.field("csrf");
    let step = async |choice: &[(&'static str, &str)]| {
        let form: Vec<(&str, String)> = booking(house, "ASK-1", &csrf, &[])
            .into_iter()
            .chain(
                choice
                    .iter()
                    .map(|(name, value)| (*name, (*value).to_owned())),
            )
            .collect();
        send(&browser, "/appointments/new/review", &form).await
    };
    assert!(step(&[("how", "single")]).await.says("No one is selected"));
    assert!(
        step(&[
            ("how", "single"),
            ("interpreters", &ines),
            ("interpreters", &ivo)
        ])
        .await
        .says("2 are ticked")
    );
    let later = step(&[("how", "later"), ("interpreters", &ines)]).await;
    assert!(
        later.status == 422
            && later.says("“Decide later” is chosen")
            && later.text.contains(&format!(
                "value=\"{ines}\" aria-label=\"Choose Ines Ruiz\" checked"
            )),
        "{}",
        later.text
    );
    let good = step(&[("how", "single"), ("interpreters", &ines)]).await;
    assert!(
        good.status == 200 && good.says("Offer to Ines Ruiz") && good.field("interpreters") == ines,
        "{}",
        good.text
    );
    let id = house.world.appointments["FR-1005"];
    for (fields, words) in [
        (vec![("kind", "single")], "No one is selected"),
        (
            vec![
                ("kind", "single"),
                ("interpreters", ines.as_str()),
                ("interpreters", ivo.as_str()),
            ],
            "2 are ticked",
        ),
    ] {
        let told = browser
            .clone()
            .act(&format!("/appointments/{id}/offers"), &fields)
            .await;
        assert!(
            told.status == 422 && told.says(words) && told.says("FR-1005"),
            "{}",
            told.text
        );
    }
    let found = browser
        .clone()
        .act(
            &format!("/appointments/{id}/candidates"),
            &[("find", "IVO"), ("interpreters", &ines)],
        )
        .await;
    assert!(
        found.says("Choose Ivo")
            && !found.says("Choose Pablo")
            && found.text.contains(&format!("value=\"{ines}\"")),
        "{}",
        found.text
    );
}
