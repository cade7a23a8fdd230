//! What a newcomer meets on the first day: pages say beforehand what a button does, and afterwards
//! what became of it.
use crate::{Door, browser::Browser};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

async fn customer(house: &House, name: &str, email: &str) -> Value {
    let input = json!({
        "name": name, "email": email, "team": "Denver Metro", "address": "7 Elm St",
        "city": "Pueblo", "state": "CO", "zip": "81001"
    });
    let (status, added) = Door::of(house)
        .post(&house.person("Adam").api_key, "/api/v1/customers", input)
        .await;
    assert_eq!(status, 201, "{added}");
    added["id"].clone()
}

#[apply(story)]
async fn an_appointment_moved_to_another_customer_is_at_the_new_one_s_address(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let new = customer(house, "Pueblo Clinic", "desk@pueblo.example").await;
    let id = house.world.appointments["FR-1001"];
    let edit = format!("/appointments/{id}/edit");
    const FIELDS: [&str; 10] = [
        "version",
        "date",
        "start",
        "minutes",
        "address",
        "city",
        "state",
        "zip",
        "zone",
        "reference",
    ];
    let change = async |browser: &mut Browser, fields: &[(&str, &str)]| {
        let form = browser.get(&edit).await;
        let mut sent: Vec<(&str, String)> = FIELDS
            .iter()
            .map(|name| (*name, form.field_of(name)))
            .collect();
        sent.extend(
            [
                ("language", "es"),
                ("service_type", "in-person"),
                ("mode", "consecutive"),
                ("team", "Denver Metro"),
                ("lep_client", "Rosa Kanarya"),
            ]
            .map(|(n, v)| (n, v.to_owned())),
        );
        sent.retain(|(name, _)| !fields.iter().any(|(n, _)| n == name));
        sent.extend(fields.iter().map(|(n, v)| (*n, (*v).to_owned())));
        let sent: Vec<(&str, &str)> = sent.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let page = browser.act(&edit, &sent).await;
        assert_eq!(page.status, 303, "{}", page.text);
        browser.get(&format!("/appointments/{id}")).await
    };
    assert_eq!(dora.get(&edit).await.field_of("address"), "100 Main St");
    let moved = change(&mut dora, &[("customer", new.as_str().unwrap())]).await;
    assert!(
        moved.says("Pueblo Clinic") && moved.says("7 Elm St") && !moved.says("100 Main St"),
        "{}",
        moved.text
    );
    let old = house.world.customers["St. Brigid Hospital"].to_string();
    let elsewhere = change(
        &mut dora,
        &[
            ("customer", &old),
            ("address", "1 Other Pl"),
            ("city", "Denver"),
            ("zip", "80204"),
        ],
    )
    .await;
    assert!(
        elsewhere.says("1 Other Pl"),
        "an address that was typed stays: {}",
        elsewhere.text
    );
    let kept = change(&mut dora, &[("customer", new.as_str().unwrap())]).await;
    assert!(
        kept.says("1 Other Pl") && !kept.says("7 Elm St"),
        "{}",
        kept.text
    );
}

#[apply(story)]
async fn a_second_customer_of_one_name_is_asked_about(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    customer(house, "Mercy Clinic", "one@mercy.example").await;
    let typed = [
        ("name", "mercy  CLINIC"),
        ("email", "two@mercy.example"),
        ("team", "Denver Metro"),
        ("health_care", "yes"),
        ("billing", ""),
    ];
    let asked = dora.act("/customers", &typed).await;
    assert!(
        asked.status == 422
            && asked.says("You already have a customer with this name")
            && asked.says("Mercy Clinic – Pueblo, 7 Elm St"),
        "{}",
        asked.text
    );
    assert_eq!(
        asked.field_of("email"),
        "two@mercy.example",
        "what was typed stays"
    );
    let all: Vec<(&str, &str)> = typed.into_iter().chain([("another", "yes")]).collect();
    let saved = dora.act("/customers", &all).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let id = house.world.customers["St. Brigid Hospital"].to_string();
    let place = format!("/customers/{id}");
    let version = dora.get(&format!("{place}/edit")).await.field("version");
    let rename = [
        ("version", version.as_str()),
        ("name", "Mercy Clinic"),
        ("email", "three@mercy.example"),
        ("team", "Denver Metro"),
        ("health_care", "yes"),
        ("billing", ""),
    ];
    assert!(
        dora.act(&place, &rename)
            .await
            .says("You already have a customer with this name")
    );
    let same = [
        ("version", version.as_str()),
        ("name", "St. Brigid Hospital"),
        ("email", "three@mercy.example"),
        ("team", "Denver Metro"),
        ("health_care", "yes"),
        ("billing", ""),
    ];
    assert_eq!(
        dora.act(&place, &same).await.status,
        303,
        "its own name is no other's"
    );
}

#[apply(story)]
async fn who_files_requests_is_not_led_through_the_office_s_steps(house: &House) {
    let mut rita = Browser::of(house).sign_in(house, "Rita").await;
    let form = rita.get("/appointments/new").await;
    assert!(
        form.text.contains("Review</li>")
            && !form.text.contains("Assignment</li>")
            && form.says("Continue to review"),
        "{}",
        form.text
    );
    assert!(form.says("Your organization"), "{}", form.text);
    let customer = form.field("customer");
    let typed = [
        ("date", "2027-03-09"),
        ("start", "10:00"),
        ("minutes", "60"),
        ("language", "es"),
        ("service_type", "phone"),
        ("mode", "consecutive"),
        ("customer", customer.as_str()),
        ("reference", "RITA-1"),
    ];
    let step = rita.act("/appointments/new/assignment", &typed).await;
    assert!(
        step.status == 200 && step.says("RITA-1") || step.text.contains("RITA-1"),
        "{}",
        step.text
    );
    for word in [
        "How to ask",
        "Decide later",
        "Auto assign",
        "Back to assignment",
        "unavailable (see why)",
    ] {
        assert!(!step.says(word), "{word}: {}", step.text);
    }
    let places: Vec<String> = step
        .text
        .split("href=\"/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .filter(|path| !path.starts_with("assets"))
        .collect();
    for path in places {
        let status = rita.get(&format!("/{path}")).await.status;
        assert!([200, 303].contains(&status), "/{path} answers {status}");
    }
    let booked = rita.act("/appointments", &typed).await;
    assert_eq!(booked.status, 303, "{}", booked.text);
}

#[apply(story)]
async fn billing_sees_interpreters_names_and_nothing_personal(house: &House) {
    let door = Door::of(house);
    let (bea, dora) = (
        house.person("Bea").api_key.clone(),
        house.person("Dora").api_key.clone(),
    );
    let id = house.world.interpreters["Ines"];
    let path = format!("/api/v1/interpreters/{id}");
    let (seen, whole) = (
        door.get(&bea, &path).await.1,
        door.get(&dora, &path).await.1,
    );
    assert_eq!(
        (&seen["last_name"], &seen["languages"]),
        (&whole["last_name"], &whole["languages"])
    );
    for field in ["phone", "gender", "address", "city", "state", "zip"] {
        assert!(seen[field].is_null(), "{field}: {seen}");
    }
    assert!(
        seen["email"] == "" && whole["email"] != "" && !whole["zip"].is_null(),
        "{seen} {whole}"
    );
    let email = whole["email"].as_str().unwrap();
    let (_, list) = door
        .get(&bea, &format!("/api/v1/interpreters?q={email}"))
        .await;
    assert!(
        list["items"].as_array().unwrap().is_empty(),
        "nor is it found out by searching: {list}"
    );
    let mut browser = Browser::of(house).sign_in(house, "Bea").await;
    for page in [
        browser.get("/interpreters").await,
        browser.get(&format!("/interpreters/{id}")).await,
    ] {
        assert!(
            page.status == 200
                && page.says("Ruiz")
                && !page.says(email)
                && !page.says("Email")
                && !page.says("ZIP code"),
            "{}",
            page.text
        );
    }
}
