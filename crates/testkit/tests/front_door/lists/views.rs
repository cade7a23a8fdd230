//! Lists as people keep them: a filter under a name, opened first, renamed, shared and deleted.
use crate::{
    Door,
    browser::{Browser, Page},
};
use interpres_testkit::{House, apply, story};
use serde_json::json;

/// Saves a view and gives its id, as the list's page has it.
async fn save(browser: &mut Browser, list: &str, name: &str, filter: &str) -> String {
    let back = format!("/{list}?{filter}");
    let fields = [
        ("list", list),
        ("name", name),
        ("filter", filter),
        ("back", back.as_str()),
    ];
    let saved = browser.act("/views", &fields).await;
    assert_eq!(
        (saved.status, &saved.location),
        (303, &back),
        "{}",
        saved.text
    );
    let page = browser.get(&back).await;
    assert!(page.says(name), "{}", page.text);
    id_of(&page)
}

fn id_of(page: &Page) -> String {
    let rest = page.text.split("/views/").nth(1).unwrap();
    rest.split('/').next().unwrap().to_owned()
}

/// Whether a tab of this name is the one that is open.
fn is_open(page: &Page, name: &str) -> bool {
    page.text.contains(&format!("aria-current=\"page\">{name}"))
}

#[apply(story)]
async fn a_filter_is_saved_as_a_view_opened_first_renamed_and_deleted(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let bare = dora.get("/interpreters").await;
    assert!(
        bare.status == 200 && !bare.says("Save these filters as"),
        "there is nothing to save: {}",
        bare.text
    );
    let narrowed = dora
        .get("/interpreters?language=Spanish&sort=-name&past=0")
        .await;
    assert_eq!(narrowed.field("filter"), "language=Spanish&sort=-name");
    let id = save(
        &mut dora,
        "interpreters",
        "Spanish, Z to A",
        "language=Spanish&sort=-name",
    )
    .await;
    let page = dora.get("/interpreters?sort=-name&language=Spanish").await;
    assert!(
        is_open(&page, "Spanish, Z to A") && !page.says("Save these filters as"),
        "{}",
        page.text
    );
    let back = "/interpreters?view=all";
    let opens = [("opens", id.as_str()), ("back", back)];
    let first = dora.act("/lists/interpreters/opening", &opens).await;
    assert_eq!((first.status, first.location.as_str()), (303, back));
    let opened = dora.get("/interpreters").await;
    assert_eq!(
        (opened.status, opened.location.as_str()),
        (303, "/interpreters?language=Spanish&sort=-name")
    );
    let all = dora.get("/interpreters?view=all").await;
    assert!(
        all.status == 200 && all.says("Selam") && all.says("Opens first"),
        "the whole list is still there: {}",
        all.text
    );
    let cleared = dora.get("/interpreters?language=Spanish").await;
    assert!(
        cleared.text.contains("href=\"/interpreters?view=all\""),
        "clearing leads to the whole list: {}",
        cleared.text
    );
    let named = [("name", "Spanish backwards"), ("back", back)];
    assert_eq!(
        dora.act(&format!("/views/{id}/name"), &named).await.status,
        303
    );
    assert!(dora.get(back).await.says("Spanish backwards"));
    assert_eq!(
        dora.act(&format!("/views/{id}/drop"), &[("back", back)])
            .await
            .status,
        303
    );
    let gone = dora.get("/interpreters").await;
    assert!(
        gone.status == 200 && !gone.says("Spanish backwards"),
        "one that was deleted opens nothing: {}",
        gone.text
    );
    let again = dora.act(&format!("/views/{id}/drop"), &[]).await;
    assert_eq!(again.status, 404);
}

#[apply(story)]
async fn a_view_is_ones_own_until_whoever_may_shares_it_and_then_only_the_agencys_people_see_it(
    house: &House,
) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let hers = save(&mut dora, "appointments", "Courts", "view=all&team=Courts").await;
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    assert!(!olivia.get("/appointments").await.says(">Courts</a>"));
    let unseen = olivia
        .act(&format!("/views/{hers}/sharing"), &[("shared", "yes")])
        .await;
    assert_eq!(unseen.status, 404, "it is Dora's own");
    let denied = dora
        .act(&format!("/views/{hers}/sharing"), &[("shared", "yes")])
        .await;
    assert_eq!(denied.status, 403);
    let shared = save(
        &mut olivia,
        "appointments",
        "Open in Denver",
        "view=upcoming&status=open&team=Denver+Metro",
    )
    .await;
    let share = format!("/views/{shared}/sharing");
    let back = [("shared", "yes"), ("back", "/appointments")];
    assert_eq!(olivia.act(&share, &back).await.status, 303);
    let seen = dora.get("/appointments").await;
    assert!(
        seen.says("Open in Denver") && seen.says("Shared"),
        "{}",
        seen.text
    );
    for path in ["name", "drop"] {
        let tried = dora
            .act(&format!("/views/{shared}/{path}"), &[("name", "Mine")])
            .await;
        assert_eq!(tried.status, 404, "{path}");
    }
    let mut rita = Browser::of(house).sign_in(house, "Rita").await;
    let outside = rita.get("/appointments").await;
    assert!(
        outside.status == 200 && !outside.says("Open in Denver"),
        "a customer's people don't see how the agency works: {}",
        outside.text
    );
    assert_eq!(
        olivia.act(&share, &[("shared", "no")]).await.status,
        303,
        "and it is kept to whoever saved it again"
    );
    assert!(!dora.get("/appointments").await.says("Open in Denver"));
}

#[apply(story)]
async fn a_view_of_this_week_moves_along_with_the_days(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let page = dora.get("/appointments?view=week&team=Courts").await;
    assert_eq!(page.field("filter"), "view=week&team=Courts");
    save(
        &mut dora,
        "appointments",
        "Court week",
        "view=week&team=Courts",
    )
    .await;
    let now = dora.get("/appointments?view=week&team=Courts").await;
    assert!(is_open(&now, "Court week"), "{}", now.text);
    house.at("2027-03-09T08:00");
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let later = dora.get("/appointments?view=week&team=Courts").await;
    assert!(
        is_open(&later, "Court week") && later.says("Mar 7 – Mar 13"),
        "{}",
        later.text
    );
}

#[apply(story)]
async fn nothing_that_could_name_a_client_is_kept_in_a_view(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    for filter in [
        "q=Kanarya",
        "client=Kanarya",
        "team=Courts&lep_client=Kanarya",
    ] {
        let fields = [("list", "appointments"), ("name", "X"), ("filter", filter)];
        let refused = dora.act("/views", &fields).await;
        assert!(
            refused.status == 422 && refused.says("A search for a client can't be saved"),
            "{filter}: {} {}",
            refused.status,
            refused.text
        );
    }
    let fields = [
        ("list", "clients"),
        ("name", "X"),
        ("filter", "customer=Kanarya"),
    ];
    assert_eq!(dora.act("/views", &fields).await.status, 422);
    let found = dora
        .act("/appointments/search", &[("client", "Kanarya")])
        .await;
    assert!(
        found.status == 200 && !found.says("Save these filters as"),
        "{}",
        found.text
    );
}

#[apply(story)]
async fn a_program_saves_a_view_and_says_how_a_list_is_looked_at(house: &House) {
    let (door, key) = (Door::of(house), house.person("Dora").api_key.clone());
    let input = json!({ "list": "customers", "name": "Clinics", "filter": "q=clinic" });
    let (status, saved) = door.post(&key, "/api/v1/views", input).await;
    assert_eq!(status, 201, "{saved}");
    let layout = json!({ "opens": saved["id"], "hidden": ["phone", "email"] });
    let (status, set) = door
        .post(&key, "/api/v1/lists/customers/layout", layout)
        .await;
    assert_eq!((status, &set["hidden"][1]), (201, &json!("email")), "{set}");
    let (_, shown) = door.get(&key, "/api/v1/lists/customers/layout").await;
    assert_eq!(
        (&shown["opens"], &shown["views"][0]["name"]),
        (&saved["id"], &json!("Clinics"))
    );
    let odd = json!({ "hidden": ["<b>"] });
    let (status, _) = door.post(&key, "/api/v1/lists/customers/layout", odd).await;
    assert_eq!(status, 422);
    let strange = json!({ "opens": house.world.customers["Cedar Family Clinic"] });
    let (status, _) = door
        .post(&key, "/api/v1/lists/customers/layout", strange)
        .await;
    assert_eq!(status, 422);
    assert_eq!(door.get(&key, "/api/v1/lists/nothing/layout").await.0, 404);
}
