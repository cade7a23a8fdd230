//! What is sent to whom.
use super::stream::{Stream, seen};
use crate::{Browser, Door, request};
use interpres_compliance::{LegalHoldInput, PlaceLegalHold};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

async fn listens(house: &House, who: &str) -> Stream {
    let mut browser = Browser::of(house).sign_in(house, who).await;
    Stream::of(house, &mut browser).await
}

pub(crate) async fn does(house: &House, who: &str, path: &str, body: Value) -> Value {
    let key = &house.person(who).api_key;
    let (status, answer) = Door::of(house)
        .post(key, &format!("/api/v1{path}"), body)
        .await;
    assert_eq!(status, 201, "{answer}");
    answer
}

pub(crate) async fn books(house: &House, who: &str, reference: &str) -> String {
    let booked = does(house, who, "/appointments", request(reference)).await;
    booked["id"].as_str().unwrap().to_owned()
}

async fn entries(house: &House) -> i64 {
    let sql = "select count(*) as n from audit_entry";
    house.raw(sql).await[0].int("n").unwrap()
}

#[apply(story)]
async fn whoever_reaches_an_appointment_is_told_that_it_changed_and_nobody_else(house: &House) {
    let (mut told, mut silent) = (Vec::new(), Vec::new());
    for who in ["Dora", "Olivia", "Vera"] {
        told.push(listens(house, who).await);
    }
    for who in ["Sam", "Tess", "Peter", "Ines", "Linh", "Rita"] {
        silent.push(listens(house, who).await);
    }
    let before = entries(house).await;
    let id = books(house, "Dora", "LIVE-1").await;
    let booked = entries(house).await;
    for stream in &mut told {
        assert_eq!(stream.hears(house).await, [format!("appointment {id}")]);
    }
    for stream in &mut silent {
        assert!(stream.hears(house).await.is_empty());
    }
    assert_eq!(entries(house).await, booked, "to be told leaves no entry");
    assert!(booked > before);
    for stream in told.iter().chain(&silent) {
        for word in ["Kanarya", "LIVE-1", "Brigid", "2027", "07:00", "Denver"] {
            assert!(!stream.text.contains(word), "{word}: {}", stream.text);
        }
    }
}

#[apply(story)]
async fn who_is_asked_is_told_of_their_own_offer_and_not_of_the_others(house: &House) {
    let id = books(house, "Dora", "LIVE-2").await;
    let (mut ines, mut linh, mut pablo) = (
        listens(house, "Ines").await,
        listens(house, "Linh").await,
        listens(house, "Pablo").await,
    );
    let mut dora = listens(house, "Dora").await;
    let asked = ["Ines", "Pablo"].map(|who| house.world.interpreters[who]);
    let body = json!({ "kind": "broadcast", "interpreters": asked });
    let made = does(house, "Dora", &format!("/appointments/{id}/offers"), body).await;
    let offers: Vec<String> = made["offers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|offer| format!("offer {}", offer.as_str().unwrap()))
        .collect();
    let appointment = format!("appointment {id}");
    let hears = ines.hears(house).await;
    assert!(
        hears.contains(&offers[0]) && hears.contains(&appointment) && hears.len() == 2,
        "{hears:?}"
    );
    assert!(ines.text.contains("data: notice 1\n"), "{}", ines.text);
    let hears = pablo.hears(house).await;
    assert!(hears.contains(&offers[1]) && hears.len() == 2, "{hears:?}");
    assert!(linh.hears(house).await.is_empty(), "who was not asked");
    assert!(!linh.text.contains("notice 1"));
    assert_eq!(dora.hears(house).await, std::slice::from_ref(&appointment));
    let own = offers[0].strip_prefix("offer ").unwrap();
    does(house, "Ines", &format!("/offers/{own}/refusal"), json!({})).await;
    assert_eq!(dora.hears(house).await, [appointment], "it stands beside");
    let hears = pablo.hears(house).await;
    assert!(
        hears.is_empty(),
        "what others answer is not theirs: {hears:?}"
    );
    assert_eq!(ines.hears(house).await, [offers[0].clone()]);
    let mut phone = Browser::of(house).sign_in_later(house, "Ines").await;
    phone.act("/notices/read", &[]).await;
    ines.hears(house).await;
    assert!(ines.text.ends_with("data: notice 0\n\n"), "{}", ines.text);
}

#[apply(story)]
async fn a_requester_is_told_of_their_own_requests_and_not_of_what_staff_say_beside(house: &House) {
    let mut rita = listens(house, "Rita").await;
    let mut filed = request("");
    filed["customer"] = json!(house.world.customers["St. Brigid Hospital"]);
    let id = does(house, "Rita", "/appointments", filed).await["id"].clone();
    let id = id.as_str().unwrap();
    let own = [format!("appointment {id}")];
    assert_eq!(rita.hears(house).await, own);
    books(house, "Dora", "LIVE-3").await;
    assert!(rita.hears(house).await.is_empty());
    let path = format!("/appointments/{id}");
    does(
        house,
        "Dora",
        &format!("{path}/remarks"),
        json!({ "text": "Call first" }),
    )
    .await;
    assert!(rita.hears(house).await.is_empty(), "staff among themselves");
    let body = json!({ "interpreter": house.world.interpreters["Ines"] });
    does(house, "Dora", &format!("{path}/assignment"), body).await;
    assert_eq!(rita.hears(house).await, own);
}

#[apply(story)]
async fn what_is_said_or_decided_beside_an_appointment_is_sent_to_those_who_see_it_there(
    house: &House,
) {
    let id = books(house, "Dora", "LIVE-5").await;
    let (mut dora, mut vera) = (listens(house, "Dora").await, listens(house, "Vera").await);
    let path = format!("/appointments/{id}/remarks");
    does(house, "Dora", &path, json!({ "text": "Call first" })).await;
    assert_eq!(dora.hears(house).await, [format!("appointment {id}")]);
    assert!(vera.hears(house).await.is_empty(), "who sees no remarks");
    let input = LegalHoldInput {
        matter: "M-1".into(),
    };
    let hold = PlaceLegalHold {
        id: id.parse().unwrap(),
        input,
    };
    let olivia = house.enters("Olivia").await;
    house.gate.perform(&olivia, hold).await.unwrap();
    for stream in [&mut dora, &mut vera] {
        assert!(stream.hears(house).await.is_empty(), "that is compliance's");
    }
}

#[apply(story)]
async fn a_page_is_not_told_of_what_it_shows_already(house: &House) {
    house.gate.hear().await.unwrap();
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let early = seen(&mut dora).await;
    let id = books(house, "Dora", "LIVE-4").await;
    let mut fresh = Stream::after(&dora, &seen(&mut dora.clone()).await).await;
    assert_eq!(fresh.told(), ["notice 0"]);
    assert!(fresh.hears(house).await.is_empty(), "{}", fresh.text);
    let mut stale = Stream::after(&dora, &early).await;
    assert_eq!(
        stale.told(),
        ["notice 0".to_owned(), format!("appointment {id}")]
    );
}
