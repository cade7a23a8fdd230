//! A customer among hundreds is found and chosen on every form, without a script and without losing what is typed.
use crate::{Browser, Door};
use interpres_testkit::{House, apply, story};
use serde_json::json;

const MANY: usize = 400;

/// Front Range gets hundreds of customers, two of one name among them.
async fn crowd(house: &House) {
    let (door, adam) = (Door::of(house), house.person("Adam").api_key.clone());
    for n in 0..MANY {
        let (name, city) = if n >= MANY - 2 {
            (
                "Mercy Clinic".to_owned(),
                if n % 2 == 0 { "Golden" } else { "Pueblo" },
            )
        } else {
            (format!("Clinic {n:03}"), "Denver")
        };
        let input = json!({ "name": name, "email": format!("desk{n}@clinic.example"), "team": "Northern Colorado", "address": "1 Elm St", "city": city, "state": "CO", "zip": "80204", "health_care": "yes" });
        let (status, added) = door.post(&adam, "/api/v1/customers", input).await;
        assert_eq!(status, 201, "{added}");
    }
}

#[apply(story)]
async fn any_of_four_hundred_customers_is_found_and_booked(house: &House) {
    crowd(house).await;
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let form = dora.get("/appointments/new").await;
    assert!(
        form.text.contains("name=\"find_customer\"") && !form.says("Clinic 397"),
        "the list is not cut silently"
    );
    let typed = [
        ("reference", "FOUND-1"),
        ("date", "2027-03-09"),
        ("start", "10:00"),
        ("minutes", "60"),
        ("language", "es"),
        ("service_type", "phone"),
        ("mode", "consecutive"),
    ];
    let look = async |find: &str| {
        let fields: Vec<(&str, &str)> = typed
            .iter()
            .copied()
            .chain([("customer", ""), ("find_customer", find)])
            .collect();
        dora.clone().act("/appointments/new/details", &fields).await
    };
    let found = look("397 clinic").await;
    assert!(
        found.says("Clinic 397 – Denver")
            && !found.says("Clinic 396")
            && found.field("reference") == "FOUND-1",
        "{}",
        found.text
    );
    let twins = look("mercy").await;
    assert!(
        twins.says("Mercy Clinic – Golden") && twins.says("Mercy Clinic – Pueblo"),
        "{}",
        twins.text
    );
    assert!(look("pueblo").await.says("Mercy Clinic – Pueblo"));
    assert!(look("nowhere%").await.says("No customer matches"));
    let id = found
        .text
        .split("\" selected>Clinic 397")
        .next()
        .unwrap()
        .rsplit("value=\"")
        .next()
        .unwrap()
        .to_owned();
    let chosen: Vec<(&str, &str)> = typed
        .iter()
        .copied()
        .chain([("customer", id.as_str()), ("team", "")])
        .collect();
    let step = dora
        .clone()
        .act("/appointments/new/assignment", &chosen)
        .await;
    assert!(
        step.status == 200 && step.says("Clinic 397") && step.says("Northern Colorado"),
        "the team is the customer's: {}",
        step.text
    );
    // Enter in the search field looks, also where a customer is chosen; what was looked for already goes on.
    let enter = |found: &'static str| {
        chosen
            .iter()
            .copied()
            .chain([("find_customer", "pueblo"), ("found_customer", found)])
            .collect::<Vec<_>>()
    };
    assert!(
        dora.clone()
            .act("/appointments/new/assignment", &enter(""))
            .await
            .says("Mercy Clinic – Pueblo")
    );
    assert!(
        dora.clone()
            .act("/appointments/new/assignment", &enter("pueblo"))
            .await
            .says("Continue to review")
    );
    assert_eq!(dora.clone().act("/appointments", &chosen).await.status, 303);
    let mut shown = 0;
    let mut page = form;
    while page.text.contains("name=\"after_customer\"") && shown < MANY {
        let cursor = page.field("after_customer");
        page = dora
            .clone()
            .act("/appointments/new/details", &[("after_customer", &cursor)])
            .await;
        shown += 1;
    }
    assert!(
        shown >= 8 && page.says("St. Brigid Hospital"),
        "every page of the list can be reached: {shown}"
    );
}

#[apply(story)]
async fn a_file_s_unknown_customer_may_mean_any_of_them(house: &House) {
    crowd(house).await;
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let file = "reference,date,start,minutes,language,service_type,team,customer\nF-1,2027-03-09,10:00,60,Spanish,phone,Denver Metro,The Old Clinic\n";
    let taken = dora
        .act_with_file("/imports", &[("kind", "appointments")], file.as_bytes())
        .await;
    assert_eq!(taken.status, 303, "{}", taken.text);
    let review = dora.get(&taken.location).await;
    assert!(
        review
            .text
            .contains("name=\"find|customer|the old clinic\""),
        "{}",
        review.text
    );
    let found = dora
        .act(
            &format!("{}/mapping/customers", taken.location),
            &[
                ("find|customer|the old clinic", "pueblo"),
                ("value|customer|the old clinic", ""),
            ],
        )
        .await;
    assert!(found.says("Mercy Clinic – Pueblo"), "{}", found.text);
    let id = found
        .text
        .split("\" selected>Mercy Clinic")
        .next()
        .unwrap()
        .rsplit("value=\"")
        .next()
        .unwrap()
        .to_owned();
    let mapped = dora
        .act(
            &format!("{}/mapping", taken.location),
            &[("value|customer|the old clinic", &id)],
        )
        .await;
    assert_eq!(mapped.status, 303, "{}", mapped.text);
    assert!(dora.get(&taken.location).await.says("Import 1 row"));
}

#[apply(story)]
async fn a_likely_slip_is_told_and_not_refused(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let mut step = async |date: &str, minutes: &str, service: &str| {
        let fields = [
            ("date", date),
            ("start", "10:00"),
            ("minutes", minutes),
            ("language", "es"),
            ("service_type", service),
            ("mode", "consecutive"),
            ("team", "Denver Metro"),
            ("customer", customer.as_str()),
        ];
        dora.act("/appointments/new/review", &fields).await
    };
    for (date, minutes, service, words) in [
        ("2026-11-02", "60", "phone", "is in the past"),
        ("2126-03-09", "60", "phone", "more than two years away"),
        ("2027-03-09", "3", "phone", "3 minutes is very short"),
        ("2027-03-09", "60", "video", "no meeting link"),
    ] {
        let page = step(date, minutes, service).await;
        assert!(
            page.status == 200 && page.says(words),
            "{words}: {}",
            page.text
        );
    }
    let page = step("2027-03-09", "60", "phone").await;
    assert!(!page.says("Is this right?"), "{}", page.text);
}
