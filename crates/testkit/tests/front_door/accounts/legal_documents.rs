//! Legal documents: who accepted which version.
use crate::{
    Browser, Door,
    mailbox::{letters, link},
};
use interpres_accounts::TERMS_VERSION;
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn legal_documents_tell_versions_and_who_accepted_which(house: &House) {
    let door = Door::of(house);
    let adam = house.person("Adam").api_key.clone();
    assert_eq!(
        door.post(
            &adam,
            "/api/v1/invitations",
            json!({ "email": "nina@frontrange.example", "role": "viewer" })
        )
        .await
        .0,
        201
    );
    let letters = letters(house, "nina@frontrange.example").await;
    let link = link(letters.last().unwrap())
        .strip_prefix("/invitation/")
        .unwrap()
        .to_owned();
    let browser = Browser::of(house);
    let fields = [
        ("link", link.as_str()),
        ("name", "Nina Moe"),
        ("password", "violet kettle harbor nineteen"),
        ("terms", TERMS_VERSION),
    ];
    assert_eq!(
        browser.fresh().post("/invitation", &fields).await.status,
        200
    );
    let mut carl = browser.fresh().sign_in(house, "Carl").await;
    let page = carl.get("/settings/legal").await;
    assert!(
        page.says("Business associate agreement")
            && page.says("In effect")
            && page.says("User terms")
            && page.says("Nina Moe"),
        "{}",
        page.text
    );
    assert!(
        page.says("HIPAA Configuration") && !page.says("Identity providers"),
        "only what they may open"
    );
    let (status, all) = door
        .get(&house.person("Carl").api_key, "/api/v1/acceptances")
        .await;
    let nina = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["member"] == "Nina Moe")
        .unwrap()
        .clone();
    assert_eq!(
        (status, &nina["version"], &nina["typed"]),
        (200, &json!(TERMS_VERSION), &json!("Nina Moe"))
    );
    assert_eq!(
        door.get(&house.person("Bea").api_key, "/api/v1/acceptances")
            .await
            .0,
        403
    );
}
