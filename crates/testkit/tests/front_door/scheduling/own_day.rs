//! What an interpreter's day and schedule open of clients: nothing, since they show none.
use crate::{Browser, Door};
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn a_day_a_schedule_and_an_offer_open_no_clients_name_and_the_appointments_page_does(
    house: &House,
) {
    let door = Door::of(house);
    let (dora, olivia) = (
        &house.person("Dora").api_key,
        &house.person("Olivia").api_key,
    );
    let path = format!("/appointments/{}", house.world.appointments["FR-1001"]);
    let ines = json!({ "interpreter": house.world.interpreters["Ines"] });
    let assignment = format!("/api/v1{path}/assignment");
    let (status, assigned) = door.post(dora, &assignment, ines.clone()).await;
    assert_eq!(status, 201, "{assigned}");
    let that_day = json!({
        "date": "2027-03-02", "start": "16:00", "minutes": 60, "language": "Spanish", "service_type": "phone",
        "team": "Denver Metro", "customer": "St. Brigid Hospital"
    });
    let (_, booked) = door.post(dora, "/api/v1/appointments", that_day).await;
    let offers = format!(
        "/api/v1/appointments/{}/offers",
        booked["id"].as_str().unwrap()
    );
    let (status, made) = door.post(dora, &offers, ines).await;
    assert_eq!(status, 201, "{made}");
    house.at("2027-03-02T08:00");
    let opened = async || {
        let account = format!("/api/v1{path}/disclosures");
        let (_, account) = door.get(olivia, &account).await;
        let items = account["items"].as_array().unwrap().clone();
        let outside = |item: &&serde_json::Value| item["outside"] == true;
        items.iter().filter(outside).count()
    };
    let mut ines = Browser::of(house).sign_in(house, "Ines").await;
    let offer = format!("/offers/{}", made["id"].as_str().unwrap());
    for page in ["/today", "/schedule", offer.as_str()] {
        let shown = ines.get(page).await;
        assert!(
            shown.status == 200 && shown.says("St. Brigid Hospital"),
            "{page}"
        );
        assert!(!shown.says("Kanarya"), "{page}");
        assert_eq!(opened().await, 0, "{page}");
    }
    assert!(ines.get(&path).await.says("Kanarya"));
    assert!(opened().await > 0);
}
