//! A customer among hundreds is found and chosen on every form, without a script and without losing what is typed.
use crate::{Browser, Door, browser::Page};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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

/// What is typed of a booking beside its customer.
const TYPED: [(&str, &str); 7] = [
    ("reference", "FOUND-1"),
    ("date", "2027-03-09"),
    ("start", "10:00"),
    ("minutes", "60"),
    ("language", "Spanish"),
    ("service_type", "phone"),
    ("mode", "consecutive"),
];

/// Goes on from the details with this customer.
async fn go_on(dora: &Browser, more: &[(&str, &str)]) -> Page {
    let fields: Vec<(&str, &str)> = TYPED.iter().chain(more).copied().collect();
    dora.clone()
        .act("/appointments/new/assignment", &fields)
        .await
}

/// The value of the choice with these words.
fn choice(page: &Page, words: &str) -> String {
    let before = page.text.split(words).next().unwrap();
    let value = before.rsplit("value=\"").next().unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[apply(story)]
async fn any_of_four_hundred_customers_is_suggested_by_any_part_of_its_name(house: &House) {
    crowd(house).await;
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let form = dora.get("/appointments/new").await;
    assert!(
        form.text.contains("data-pick=\"/pick/customers\""),
        "{}",
        form.text
    );
    let mut find = async |q: &str| {
        let page = dora.get(&format!("/pick/customers?{q}")).await;
        serde_json::from_str::<Value>(&page.text).unwrap()
    };
    let words = |found: &Value| -> Vec<String> {
        let items = found["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["words"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        words(&find("q=397+CLINIC").await),
        ["Clinic 397 – Denver, 1 Elm St"]
    );
    assert_eq!(
        words(&find("q=m%C3%A9rcy").await)
            .into_iter()
            .collect::<BTreeSet<_>>(),
        [
            "Mercy Clinic – Golden, 1 Elm St",
            "Mercy Clinic – Pueblo, 1 Elm St"
        ]
        .map(str::to_owned)
        .into()
    );
    let none = find("q=nowhere%25").await;
    assert!(
        none["told"]
            .as_str()
            .unwrap()
            .starts_with("No customer matches"),
        "{none}"
    );
    // The list goes on to its very end, and says so.
    let (mut seen, mut after) = (BTreeSet::new(), String::new());
    loop {
        let found = find(&format!("q=&after={after}")).await;
        let before = seen.len();
        seen.extend(words(&found));
        assert_eq!(
            seen.len(),
            before + found["items"].as_array().unwrap().len()
        );
        match found["next"].as_str() {
            Some(next) => {
                assert!(
                    found["told"].as_str().unwrap().contains("show more"),
                    "{found}"
                );
                after = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            }
            None => break,
        }
    }
    assert!(seen.len() > MANY, "{}", seen.len());
    // Whoever sees no customers is told of none.
    let mut ines = Browser::of(house).sign_in(house, "Ines").await;
    assert_eq!(ines.get("/pick/customers?q=mercy").await.status, 403);
}

#[apply(story)]
async fn any_of_four_hundred_customers_is_found_and_booked_without_a_script(house: &House) {
    crowd(house).await;
    let dora = Browser::of(house).sign_in(house, "Dora").await;
    let step = go_on(&dora, &[("customer", "397 clinic"), ("team", "")]).await;
    assert!(
        step.status == 200 && step.says("Clinic 397") && step.says("Northern Colorado"),
        "the only one is taken, and the team is the customer's: {}",
        step.text
    );
    let several = go_on(&dora, &[("customer", "mercy")]).await;
    assert!(
        several.says("Customer could be several")
            && several.says("Mercy Clinic – Golden")
            && several.says("Mercy Clinic – Pueblo")
            && several.field("reference") == "FOUND-1",
        "{}",
        several.text
    );
    let pueblo = choice(&several, "Mercy Clinic – Pueblo");
    let said = [
        ("customer", "mercy"),
        ("customer.said", "mercy"),
        ("customer.id", &pueblo),
    ];
    let step = go_on(&dora, &said).await;
    assert!(
        step.says("Continue to review") && step.says("Mercy Clinic"),
        "{}",
        step.text
    );
    let other = [
        ("customer", "clinic 012"),
        ("customer.said", "mercy"),
        ("customer.id", &pueblo),
    ];
    let step = go_on(&dora, &other).await;
    assert!(
        step.says("Clinic 012") && !step.says("Mercy Clinic"),
        "what is typed wins over what was chosen before: {}",
        step.text
    );
    let none = go_on(&dora, &[("customer", "nowhere%")]).await;
    assert!(
        none.says("Customer matches nothing on file"),
        "{}",
        none.text
    );
    let first = go_on(&dora, &[("customer", "clinic 1")]).await;
    let after = first.field_of("customer.after");
    let next = go_on(
        &dora,
        &[("customer", "clinic 1"), ("customer.after", &after)],
    )
    .await;
    assert!(
        !after.is_empty()
            && first.says("Clinic 100")
            && !next.says("Clinic 100 ")
            && next.says("Clinic 12"),
        "the list goes on: {}",
        next.text
    );
    let chosen: Vec<(&str, &str)> = TYPED
        .iter()
        .copied()
        .chain([("customer", "397 clinic")])
        .collect();
    assert_eq!(dora.clone().act("/appointments", &chosen).await.status, 303);
}

#[apply(story)]
async fn a_language_of_thousands_is_found_by_an_alias_or_a_part_of_its_name(house: &House) {
    let dora = Browser::of(house).sign_in(house, "Dora").await;
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let with = async |more: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = TYPED
            .iter()
            .filter(|(name, _)| *name != "language")
            .chain(more)
            .copied()
            .chain([("customer", customer.as_str())])
            .collect();
        dora.clone()
            .act("/appointments/new/assignment", &fields)
            .await
    };
    assert!(with(&[("language", "kreyol")]).await.says("Haitian Creole"));
    let open = with(&[("language", "anjob")]).await;
    assert!(open.says("Q'anjob'al"), "{}", open.text);
    let several = with(&[("language", "sign language")]).await;
    assert!(
        several.says("Language could be several") && several.says("American Sign Language"),
        "{}",
        several.text
    );
    let chosen = with(&[
        ("language", "sign language"),
        ("language.said", "sign language"),
        ("language.id", "American Sign Language"),
    ])
    .await;
    assert!(
        chosen.status == 200
            && !chosen.says("could be several")
            && chosen.says("American Sign Language"),
        "{}",
        chosen.text
    );
    let zone = with(&[("language", "Spanish"), ("zone", "hawaii")]).await;
    assert!(
        zone.says("Time zone could be several") && zone.says("Hawaii Time — Honolulu"),
        "{}",
        zone.text
    );
}

#[apply(story)]
async fn a_file_s_unknown_customer_may_mean_any_of_them(house: &House) {
    crowd(house).await;
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let file = "reference,date,start,minutes,language,service_type,team,customer\nF-1,2027-03-09,10:00,60,Spanish,phone,Denver Metro,The Old Clinic\nF-2,2027-03-09,10:00,60,Rumbling,phone,Denver Metro,St. Brigid Hospital\n";
    let taken = dora
        .act_with_file("/imports", &[("kind", "appointments")], file.as_bytes())
        .await;
    assert_eq!(taken.status, 303, "{}", taken.text);
    let review = dora.get(&taken.location).await;
    let name = "value|customer|the old clinic";
    assert!(
        review.text.contains(&format!("name=\"{name}\"")),
        "{}",
        review.text
    );
    let at = format!("{}/mapping", taken.location);
    let several = dora
        .act(&at, &[(name, "mercy"), ("value|language|rumbling", "")])
        .await;
    assert!(
        several.status == 422 && several.says("The Old Clinic means could be several"),
        "{}",
        several.text
    );
    let pueblo = choice(&several, "Mercy Clinic – Pueblo");
    let (said, id) = (format!("{name}.said"), format!("{name}.id"));
    let mapped = dora
        .act(
            &at,
            &[
                (name, "mercy"),
                (&said, "mercy"),
                (&id, &pueblo),
                ("value|language|rumbling", "K'iche'"),
            ],
        )
        .await;
    assert_eq!(
        mapped.status, 303,
        "any language can be meant: {}",
        mapped.text
    );
    assert!(dora.get(&taken.location).await.says("Import 2 rows"));
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
