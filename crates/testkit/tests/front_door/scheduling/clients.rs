//! Clients by page: found, looked at, booked for again, changed, accounted for and erased.
use crate::{Browser, Door};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

fn booking(reference: &str, start: &str) -> Value {
    json!({
        "reference": reference, "date": "2027-03-10", "start": start, "minutes": 60,
        "language": "Spanish", "service_type": "phone", "team": "Denver Metro",
        "customer": "St. Brigid Hospital"
    })
}

async fn book(house: &House, booking: Value) -> Value {
    let (door, dora) = (Door::of(house), house.person("Dora").api_key.clone());
    let (status, booked) = door.post(&dora, "/api/v1/appointments", booking).await;
    assert_eq!(status, 201, "{booked}");
    door.get(
        &dora,
        &format!("/api/v1/appointments/{}", booked["id"].as_str().unwrap()),
    )
    .await
    .1
}

#[apply(story)]
async fn a_client_is_found_booked_for_again_changed_and_erased_by_page(house: &House) {
    let mut named = booking("FD-1", "09:00");
    named["lep_client"] = "Wilhelmina Kanarya".into();
    let first = book(house, named).await;
    let id = first["client"].as_str().unwrap().to_owned();
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    assert!(dora.get("/clients").await.says("Wilhelmina Kanarya"));
    let found = dora.act("/clients/search", &[("client", "wilh")]).await;
    assert!(
        found.says("Wilhelmina Kanarya") && !found.location.contains("wilh"),
        "{}",
        found.text
    );
    assert!(
        dora.act("/clients/search", &[("client", "nobody")])
            .await
            .says("No clients match")
    );
    let page = dora.get(&format!("/clients/{id}")).await;
    assert!(
        page.says("FD-1")
            && page
                .text
                .contains(&format!("/appointments/new?client={id}")),
        "{}",
        page.text
    );
    let form = dora.get(&format!("/appointments/new?client={id}")).await;
    assert!(
        form.says("Client on file") && form.says("Wilhelmina Kanarya"),
        "{}",
        form.text
    );
    let (customer, draft) = (
        house.world.customers["St. Brigid Hospital"].to_string(),
        form.field("draft"),
    );
    let typed = [
        ("draft", draft.as_str()),
        ("reference", "FD-2"),
        ("date", "2027-03-10"),
        ("start", "11:00"),
        ("minutes", "60"),
        ("language", "es"),
        ("service_type", "phone"),
        ("mode", "consecutive"),
        ("team", "Denver Metro"),
        ("customer", customer.as_str()),
        ("client", id.as_str()),
        ("lep_client", ""),
    ];
    let review = dora.act("/appointments/new/review", &typed).await;
    assert!(
        review.status == 200 && review.says("Wilhelmina Kanarya"),
        "{}",
        review.text
    );
    let both: Vec<(&str, &str)> = typed
        .iter()
        .copied()
        .map(|(name, value)| {
            if name == "lep_client" {
                (name, "Theodora Kanarya")
            } else {
                (name, value)
            }
        })
        .collect();
    let refused = dora.clone().act("/appointments", &both).await;
    assert!(
        refused.status == 422 && refused.says("is given beside a name"),
        "{}",
        refused.text
    );
    assert_eq!(dora.act("/appointments", &typed).await.status, 303);
    let pablo = house.world.interpreters["Pablo"].to_string();
    let page = dora.get(&format!("/clients/{id}")).await;
    assert!(page.says("FD-1") && page.says("FD-2"));
    let wrong = dora
        .act(
            &format!("/clients/{id}"),
            &[
                ("version", "1"),
                ("lep_client", "Wilhelmine Kanarya"),
                ("blocked", "nobody@nowhere.example"),
            ],
        )
        .await;
    assert!(
        wrong.status == 422
            && wrong.says("not one interpreter")
            && wrong.field_of("lep_client") == "Wilhelmine Kanarya",
        "{}",
        wrong.text
    );
    let saved = dora
        .act(
            &format!("/clients/{id}"),
            &[
                ("version", "1"),
                ("lep_client", "Wilhelmine Kanarya"),
                ("blocked", &pablo),
                ("preferred", ""),
            ],
        )
        .await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let page = dora.get(&format!("/clients/{id}")).await;
    assert!(
        page.says("Wilhelmine Kanarya") && page.says("Pablo"),
        "{}",
        page.text
    );
    assert!(
        dora.get(&format!("/appointments/{}", first["id"].as_str().unwrap()))
            .await
            .text
            .contains(&format!("href=\"/clients/{id}\""))
    );
    let mut carl = Browser::of(house).sign_in(house, "Carl").await;
    let account = carl.get(&format!("/clients/{id}/disclosures")).await;
    assert!(
        account.says("Dora Lindqvist")
            && account.says("Viewed a client")
            && !account.says("client.show"),
        "{}",
        account.text
    );
    let masked = carl.get(&format!("/clients/{id}")).await;
    assert!(
        masked.says("W. K.") && !masked.says("Wilhelmine"),
        "{}",
        masked.text
    );
    let door = Door::of(house);
    let (status, list) = door
        .get(&house.person("Bea").api_key, "/api/v1/clients")
        .await;
    assert!(
        status == 200
            && list["items"]
                .as_array()
                .unwrap()
                .iter()
                .any(|c| c["id"] == id.as_str() && c["lep_client"] == "W. K."),
        "{list}"
    );
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    let refused = olivia
        .act(
            &format!("/clients/{id}/erasure"),
            &[("reason", "Request 2027-14")],
        )
        .await;
    assert!(refused.says("not over yet"), "{}", refused.text);
    let mut linh = Browser::of(house).sign_in(house, "Linh").await;
    assert_eq!(linh.get(&format!("/clients/{id}")).await.status, 404);
}
