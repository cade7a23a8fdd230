//! Those in charge see which programs there are, and who answers for each.
use crate::{Door, accounts::services::service, browser::Browser};
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn services_are_listed_by_name_with_who_answers_for_them_and_without_keys(house: &House) {
    let (door, adam) = (Door::of(house), house.person("Adam").api_key.clone());
    assert_eq!(
        door.get(&adam, "/api/v1/services").await.1["items"],
        json!([])
    );
    let keeper = house.person("Maya").email.clone();
    service(house, json!({ "name": "Old export", "keeper": keeper })).await;
    let bridge = service(house, json!({ "name": "Bridge", "role": "billing" })).await;
    let (status, list) = door.get(&adam, "/api/v1/services").await;
    assert_eq!(status, 200, "{list}");
    let told: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| [&s["name"], &s["role"], &s["keeper"]].map(|of| of.as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ["Bridge", "billing", "olivia@frontrange.example"],
            ["Old export", "scheduler", keeper.as_str()]
        ]
    );
    assert!(!list.to_string().contains("ipk_"), "{list}");
    let end = format!("/api/v1/services/{bridge}/end");
    assert_eq!(door.post(&adam, &end, json!({})).await.0, 201);
    let (_, left) = door.get(&adam, "/api/v1/services").await;
    assert_eq!(left["items"].as_array().unwrap().len(), 1, "{left}");
    let mut browser = Browser::of(house).sign_in(house, "Adam").await;
    let page = browser.get("/people/services").await;
    assert!(
        page.says("Old export") && !page.says("Bridge"),
        "{}",
        page.text
    );
    for (who, status) in [("Dora", 403), ("Carl", 403)] {
        let key = &house.person(who).api_key;
        assert_eq!(door.get(key, "/api/v1/services").await.0, status, "{who}");
    }
    let peter = &house.person("Peter").api_key;
    assert_eq!(
        door.get(peter, "/api/v1/services").await.1["items"],
        json!([])
    );
}
