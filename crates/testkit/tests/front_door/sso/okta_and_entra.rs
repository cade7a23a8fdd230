//! What the directories of Okta and Entra send.
use crate::sso::directory::{Directory, PATCH, USER, place};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[apply(story)]
async fn what_okta_and_entra_send_is_understood(house: &House) {
    let directory = Directory::of(house).await;
    // Okta asks first, then makes; it writes null for what it does not know.
    let (status, none) = directory
        .ask(
            "GET",
            "/Users?filter=userName%20eq%20%22nina%40frontrange.example%22&startIndex=1&count=100",
            Value::Null,
        )
        .await;
    assert_eq!(
        (
            status,
            &none["totalResults"],
            none["Resources"].as_array().map(Vec::len)
        ),
        (200, &json!(0), Some(0))
    );
    let okta = json!({
        "schemas": [USER], "userName": "nina@frontrange.example",
        "name": { "givenName": "Nina", "familyName": "Moe", "middleName": null },
        "emails": [{ "primary": true, "value": "nina@frontrange.example", "type": "work" }],
        "displayName": "Nina Moe", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [], "password": "1mz050nq", "active": true
    });
    let (status, nina) = directory.ask("POST", "/Users", okta.clone()).await;
    assert!(
        status == 201 && !nina.to_string().contains("1mz050nq"),
        "{nina}"
    );
    let (status, twice) = directory.ask("POST", "/Users", okta).await;
    assert_eq!(
        (status, twice["scimType"].as_str(), twice["status"].as_str()),
        (409, Some("uniqueness"), Some("409"))
    );
    // Entra asks by externalId too, writes operations in capitals, paths of the extension, and text
    // for truth.
    let (_, found) = directory
        .ask(
            "GET",
            "/Users?filter=externalId+eq+%2200ujl29u0le5T6Aj10h7%22",
            Value::Null,
        )
        .await;
    assert_eq!(found["totalResults"], 1);
    let entra = json!([
        {
            "op": "Replace", "path": "emails[type eq \"work\"].value",
            "value": "nina.moe@frontrange.example"
        },
        { "op": "Add", "path": "emails[type eq \"home\"].value", "value": "nina@home.example" },
        { "op": "Replace", "path": "name.familyName", "value": "Moe-Berg" },
        { "op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "Rehab" },
        { "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "555" },
        {
            "op": "Add",
            "value": { "name.givenName": "Nina Maria", format!("{ENTERPRISE}:manager"): { "value": "x" } }
        },
        { "op": "Replace", "path": "active", "value": "True" }
    ]);
    let (status, after) = directory.patch(&place(&nina), entra).await;
    assert_eq!(status, 200, "{after}");
    assert_eq!(
        (
            &after["name"]["familyName"],
            &after["name"]["givenName"],
            &after["active"]
        ),
        (&json!("Moe-Berg"), &json!("Nina Maria"), &json!(true))
    );
    assert_eq!(
        after["emails"],
        json!([
            { "primary": true, "value": "nina.moe@frontrange.example", "type": "work" },
            { "type": "home", "value": "nina@home.example" }
        ])
    );
    // Entra's own check of a directory asks for somebody who is not there, and for groups without
    // members.
    assert_eq!(
        directory
            .ask(
                "GET",
                "/Users/8f1f3c50-0000-4000-8000-000000000000",
                Value::Null
            )
            .await
            .0,
        404
    );
    assert_eq!(
        directory
            .ask(
                "GET",
                "/Groups?excludedAttributes=members&filter=displayName%20eq%20%22none%22",
                Value::Null
            )
            .await
            .1["totalResults"],
        0
    );
    let both = json!({
        "attributes": ["displayName", "name.givenName"], "filter": "displayName sw \"n\"",
        "startIndex": 1, "count": 1
    });
    directory
        .ask("POST", "/Groups", json!({ "displayName": "nurses" }))
        .await;
    let (_, first) = directory.ask("POST", "/.search", both.clone()).await;
    let one = json!({
        "schemas": [USER], "id": nina["id"], "displayName": "Nina Moe",
        "name": { "givenName": "Nina Maria" }
    });
    assert_eq!(
        (&first["totalResults"], &first["Resources"]),
        (&json!(2), &json!([one]))
    );
    let mut second = both;
    second["startIndex"] = 2.into();
    assert_eq!(
        directory.ask("POST", "/.search", second).await.1["Resources"][0]["displayName"],
        "nurses"
    );
    // One version or none.
    let tag = after["meta"]["version"].as_str().unwrap();
    let send = |tag: &str| [("if-match", tag.to_owned())];
    for (tag, expected) in [
        ("W/\"1\"", 412),
        ("nonsense", 412),
        (tag, 200),
        (tag, 412),
        ("*", 200),
    ] {
        let headers = send(tag);
        let body = json!({
            "schemas": [PATCH],
            "Operations": [{ "op": "replace", "path": "displayName", "value": format!("Nina \
                {expected} {tag}") }]
        })
        .to_string();
        let (status, ..) = directory
            .door
            .ask(
                &directory.token,
                "PATCH",
                &format!("/scim/v2{}", place(&nina)),
                &[(headers[0].0, &headers[0].1)],
                &body,
            )
            .await;
        assert_eq!(status, expected, "{tag}");
    }
}
