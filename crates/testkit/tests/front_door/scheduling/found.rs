//! What people look for on the pages, and what is said when it is not there.
use crate::{Door, browser::Browser};
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn people_find_jobs_customers_and_interpreters_by_any_part_and_an_empty_list_says_what_was_sought(
    house: &House,
) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let found = dora.act("/appointments/search", &[("q", "r-1001")]).await;
    assert!(
        found.status == 200
            && found.says("FR-1001")
            && !found.says("FR-1002")
            && !found.text.contains("?q="),
        "{}",
        found.text
    );
    let nothing = dora.act("/appointments/search", &[("q", "zz9")]).await;
    assert!(
        nothing.says("Nothing within your reach, on any day, has “zz9” in its reference"),
        "{}",
        nothing.text
    );
    let nobody = dora
        .act("/appointments/search", &[("client", "Nobody")])
        .await;
    assert!(
        nobody.says("is for a client called “Nobody”"),
        "{}",
        nobody.text
    );
    assert_eq!(
        dora.act("/appointments/search", &[]).await.location,
        "/appointments"
    );
    for (path, name) in [
        ("/customers?q=hospital", "St. Brigid Hospital"),
        ("/customers?q=HOSP+brig", "St. Brigid Hospital"),
        ("/interpreters?q=ines", "Ines"),
    ] {
        assert!(dora.get(path).await.says(name), "{path}");
    }
    assert!(
        dora.get("/customers?q=zz9")
            .await
            .says("No customer within your reach has “zz9” in its name")
    );
    assert!(
        dora.get("/interpreters?q=zz9")
            .await
            .says("No interpreter within your reach has “zz9” in the name")
    );
    let mut bea = Browser::of(house).sign_in(house, "Bea").await;
    assert!(
        bea.act("/appointments/search", &[("q", "r-1001")])
            .await
            .says("FR-1001"),
        "a reference names nobody"
    );
}

#[apply(story)]
async fn a_long_list_is_searched_whatever_the_accents_filtered_sorted_and_paged(house: &House) {
    let (door, adam) = (Door::of(house), house.person("Adam").api_key.clone());
    for n in 0..60 {
        let input = json!({
            "name": format!("Clínica {n:02}"), "email": format!("c{n}@clinica.example"),
            "team": "Northern Colorado", "city": "Pueblo", "state": "CO",
            "health_care": if n == 7 { "no" } else { "yes" }
        });
        let (status, added) = door.post(&adam, "/api/v1/customers", input).await;
        assert_eq!(status, 201, "{added}");
    }
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    for (query, here, first, not) in [
        ("q=CLINICA", "1–50 of 60", "Clínica 00", "Clínica 59"),
        (
            "q=clinica&past=50",
            "51–60 of 60",
            "Clínica 59",
            "Clínica 00",
        ),
        (
            "q=cl%C3%ADnica&sort=-name",
            "1–50 of 60",
            "Clínica 59",
            "Clínica 00",
        ),
        (
            "q=clinica&health_care=no&state=co",
            "1–1 of 1",
            "Clínica 07",
            "Clínica 08",
        ),
    ] {
        let page = dora.get(&format!("/customers?{query}")).await;
        assert!(
            page.says(here) && page.says(first) && !page.says(not),
            "{query}: {}",
            page.text
        );
    }
    assert!(
        dora.get("/customers?team=Nowhere")
            .await
            .says("is not a team of this workspace")
    );
    assert!(
        dora.get("/customers?sort=city&q=clinica")
            .await
            .says("1–50 of 60")
    );
    let waiting = dora
        .get("/interpreters?sign_up=none&language=Tigrinya&sort=team")
        .await;
    assert!(
        waiting.says("Selam") && !waiting.says("Ruiz, Ines"),
        "{}",
        waiting.text
    );
    let mut bea = Browser::of(house).sign_in(house, "Bea").await;
    assert!(
        bea.get("/interpreters?state=CO")
            .await
            .says("isn't shown to you"),
        "nobody finds out by filtering"
    );
}

#[apply(story)]
async fn the_name_of_an_uploaded_file_is_not_taken_from_an_address(house: &House) {
    let (door, key) = (Door::of(house), house.person("Dora").api_key.clone());
    let csv = "Name,Email,Team\nLarkspur Court,clerk@larkspur.example,Courts\n";
    let (status, made, _) = door
        .ask(
            &key,
            "POST",
            "/api/v1/imports?kind=customers&file_name=Kanarya.csv",
            &[("content-type", "text/csv")],
            csv,
        )
        .await;
    assert_eq!(status, 201, "{made}");
    let (_, listed) = door.get(&key, "/api/v1/imports").await;
    assert_eq!(listed["items"][0]["file_name"], "customers.csv");
}
