//! Lists as files: exactly what the filter shows, in its order, for those who may take it away.
use crate::browser::{Browser, Page};
use interpres_testkit::{House, apply, story};

fn lines(file: &Page) -> Vec<&str> {
    assert_eq!(file.status, 200, "{} {}", file.location, file.text);
    file.text.lines().collect()
}

#[apply(story)]
async fn each_list_leaves_as_a_file_exactly_as_it_is_filtered_and_sorted(house: &House) {
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    let page = olivia
        .get("/interpreters?language=Spanish&sort=-name")
        .await;
    assert!(
        page.text
            .contains("/interpreters/export?language=Spanish&#38;sort=-name")
            || page
                .text
                .contains("/interpreters/export?language=Spanish&amp;sort=-name"),
        "{}",
        page.text
    );
    let file = olivia
        .get("/interpreters/export?language=Spanish&sort=-name&past=50")
        .await;
    let all = lines(&file);
    assert!(all[0].starts_with("Last name,First name,Email"), "{all:?}");
    assert_eq!(all.len(), 4, "Ines, Pablo and Ivo speak Spanish: {all:?}");
    let mut turned = all[1..].to_vec();
    turned.sort_unstable();
    turned.reverse();
    assert_eq!(turned, all[1..], "the last name first");
    let file = olivia.get("/customers/export?q=CLINIC").await;
    let all = lines(&file);
    assert!(all.len() == 2 && all[1].starts_with("Cedar Family Clinic"));
    let file = olivia.get("/people/export?q=lindqvist").await;
    let all = lines(&file);
    assert!(
        all.len() == 2 && all[1].starts_with("Dora Lindqvist"),
        "{all:?}"
    );
    let customer = house.world.customers["Mesa Verde County Court"];
    let file = olivia
        .get(&format!("/clients/export?customer={customer}"))
        .await;
    let all = lines(&file);
    assert!(
        all.len() == 2 && all[1].contains("Mesa Verde County Court"),
        "{all:?}"
    );
    for path in [
        "/people/ended/export",
        "/vouchers/export?state=all",
        "/invoices/export?sort=total",
    ] {
        assert_eq!(lines(&olivia.get(path).await).len(), 1, "{path}");
    }
    let wrong = olivia.get("/customers/export?sort=nothing").await;
    assert_eq!(wrong.status, 422);
}

#[apply(story)]
async fn the_rows_that_were_ticked_leave_alone(house: &House) {
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    let customers = &house.world.customers;
    let picks = ["St. Brigid Hospital", "Mesa Verde County Court"]
        .map(|name| format!("{} {name}", customers[name]));
    let fields: Vec<(&str, &str)> = picks.iter().map(|pick| ("pick", pick.as_str())).collect();
    let sent = olivia.act("/customers/selected/export", &fields).await;
    assert!(
        sent.status == 303 && sent.location.starts_with("/customers/export?ids="),
        "{}",
        sent.location
    );
    let file = olivia.get(&sent.location).await;
    let all = lines(&file);
    assert!(
        all.len() == 3 && all.iter().all(|line| !line.contains("Cedar")),
        "{all:?}"
    );
    let reference = format!("{} FR-1001", house.world.appointments["FR-1001"]);
    let sent = olivia
        .act("/appointments/selected/export", &[("pick", &reference)])
        .await;
    let file = olivia.get(&sent.location).await;
    assert!(
        file.text.lines().count() == 2 && file.text.contains("FR-1001"),
        "{}",
        file.text
    );
    let nonsense = olivia.get("/customers/export?ids=x").await;
    assert_eq!(nonsense.status, 422);
}

#[apply(story)]
async fn under_hipaa_mode_only_those_who_are_named_take_a_list_away(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    for list in ["interpreters", "customers", "clients", "people"] {
        assert_eq!(
            dora.get(&format!("/{list}/export")).await.status,
            403,
            "{list}"
        );
        let page = dora.get(&format!("/{list}?view=all")).await;
        assert!(
            page.status == 200 && !page.text.contains(&format!("/{list}/export")),
            "{list}: {}",
            page.text
        );
    }
}

#[apply(story)]
async fn the_list_of_clients_says_how_many_there_are_and_is_paged_both_ways(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let all = dora.get("/clients").await;
    assert!(all.says("1–8 of 8"), "{}", all.text);
    let customer = house.world.customers["Cedar Family Clinic"];
    let few = dora.get(&format!("/clients?customer={customer}")).await;
    assert!(
        few.says("1–2 of 2") && few.says("Cedar Family Clinic"),
        "{}",
        few.text
    );
    let later = dora.get("/clients?past=6").await;
    assert!(
        later.says("7–8 of 8") && later.says("Previous"),
        "{}",
        later.text
    );
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    let log = olivia.get("/audit?action=clients.count").await;
    assert!(
        log.says("Dora Lindqvist") && log.says("counted clients"),
        "{}",
        log.text
    );
}
