//! What somebody sends to make the server work without end is refused before the work begins.
use crate::{Browser, Door, wording::choose};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn a_form_of_more_fields_than_any_of_ours_is_refused(house: &House) {
    let mut ines = Browser::of(house).sign_in(house, "Ines").await;
    let csrf = ines.get("/notices").await.field("csrf");
    let fields: Vec<(&str, &str)> = std::iter::once(("csrf", csrf.as_str()))
        .chain(std::iter::repeat_n(("yours.a", ""), 5_000))
        .collect();
    let refused = ines.post("/notices/read", &fields).await;
    assert_eq!(refused.status, 413, "{}", refused.text);
    assert_eq!(
        ines.post("/notices/read", &fields[..1_000]).await.status,
        303
    );
}

#[apply(story)]
async fn messages_made_to_hold_messages_are_shown_as_they_were_typed(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    assert_eq!(choose(&mut dora, "es").await.status, 303);
    let nested = "does+not+fit.+".repeat(1_000);
    let page = dora.get(&format!("/interpreters?language={nested}x")).await;
    assert!(
        page.status < 500 && dora.get("/interpreters").await.status == 200,
        "{}",
        page.status
    );
}

#[apply(story)]
async fn nobody_filters_by_what_they_are_not_shown(house: &House) {
    let door = Door::of(house);
    house.assigned("FR-1001", "Ines").await;
    let key = &house.person("Dora").api_key;
    let at = format!(
        "/api/v1/appointments/{}",
        house.world.appointments["FR-1001"]
    );
    let (_, seen) = door.get(key, &at).await;
    let client = seen["client"].as_str().unwrap();
    let filtered = format!("/api/v1/appointments?client={client}");
    assert_eq!(door.get(key, &filtered).await.0, 200);
    let (status, refused) = door.get(&house.person("Ines").api_key, &filtered).await;
    assert_eq!(
        (status, refused["errors"][0]["field"].as_str()),
        (422, Some("client")),
        "{refused}"
    );
}

#[apply(story)]
async fn the_form_of_a_change_opens_to_those_who_may_make_it(house: &House) {
    house.assigned("FR-1001", "Ines").await;
    let edit = format!("/appointments/{}/edit", house.world.appointments["FR-1001"]);
    for (who, status) in [("Dora", 200), ("Vera", 403), ("Carl", 403), ("Ines", 403)] {
        let mut browser = Browser::of(house).sign_in(house, who).await;
        assert_eq!(browser.get(&edit).await.status, status, "{who}");
    }
}
