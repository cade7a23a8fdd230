//! An organization's directory says who is a member, by SCIM 2.0: as the standard has it, and as Okta
//! and Entra write it.
use crate::{
    Door, browser::Browser, sso::identity_provider::IdentityProvider, sso::provider::set_up,
};
use axum::{body::Body, extract::ConnectInfo, http::Request};
use interpres_sso::scim::{EndScimTokens, MintScimToken};
use interpres_testkit::{House, apply, story};
use interpres_web::{Challenges, plain_router};
use serde_json::{Value, json};
use std::{net::SocketAddr, process::Command};
use tower::ServiceExt;

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A directory of Front Range, whose provider speaks for its domain.
struct Directory {
    door: Door,
    token: String,
    _idp: IdentityProvider,
}

impl Directory {
    async fn of(house: &House) -> Self {
        let idp = IdentityProvider::open(&house.gate).await;
        set_up(house, &idp, json!({})).await;
        Self {
            door: Door::of(house),
            token: token(house, "Adam").await,
            _idp: idp,
        }
    }
    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let (status, json, response) = self
            .door
            .ask(&self.token, method, &format!("/scim/v2{path}"), &[], &body)
            .await;
        if status != 204 {
            assert_eq!(
                response.headers()["content-type"],
                "application/scim+json",
                "{method} {path}"
            );
        }
        (status, json)
    }
    async fn add(&self, user_name: &str) -> Value {
        let (status, made) = self.ask("POST", "/Users", json!({ "schemas": [USER], "userName": user_name, "active": true, "displayName": "Nina Moe" })).await;
        assert_eq!(status, 201, "{made}");
        made
    }
    async fn patch(&self, place: &str, operations: Value) -> (u16, Value) {
        self.ask(
            "PATCH",
            place,
            json!({ "schemas": [PATCH], "Operations": operations }),
        )
        .await
    }
    /// How the workspace knows the member of an address.
    async fn member(&self, house: &House, email: &str) -> Value {
        let (_, people) = self
            .door
            .get(&house.person("Olivia").api_key, "/api/v1/people")
            .await;
        people["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|p| p["email"] == email)
            .cloned()
            .unwrap_or_default()
    }
}

async fn token(house: &House, first: &str) -> String {
    house
        .gate
        .perform(&house.enters(first).await, MintScimToken)
        .await
        .unwrap()
        .into_inner()
        .token
}

fn place(resource: &Value) -> String {
    format!(
        "/{}s/{}",
        resource["meta"]["resourceType"].as_str().unwrap(),
        resource["id"].as_str().unwrap()
    )
}

#[apply(story)]
async fn under_hipaa_mode_a_directory_makes_no_member_of_a_mailbox_of_several_people(
    house: &House,
) {
    let directory = Directory::of(house).await;
    for shared in ["scheduler@frontrange.example", "info@frontrange.example"] {
        let user =
            json!({ "schemas": [USER], "userName": shared, "active": true, "displayName": "Desk" });
        let (status, problem) = directory.ask("POST", "/Users", user).await;
        assert!(
            status == 400
                && problem["detail"]
                    .as_str()
                    .unwrap()
                    .contains("several people read"),
            "{problem}"
        );
        assert_eq!(directory.member(house, shared).await, Value::Null);
    }
    let made = directory.add("nina@frontrange.example").await;
    let (status, problem) = directory
        .patch(
            &place(&made),
            json!([{ "op": "replace", "path": "userName", "value": "info@frontrange.example" }]),
        )
        .await;
    assert!(status == 400, "{problem}");
    assert_eq!(
        directory.ask("GET", &place(&made), Value::Null).await.1["userName"],
        "nina@frontrange.example"
    );
    let (status, _) = directory.patch(&place(&made), json!([{ "op": "replace", "path": "userName", "value": "nina.moe@frontrange.example" }])).await;
    assert_eq!(
        (
            status,
            directory.member(house, "nina.moe@frontrange.example").await["name"].as_str()
        ),
        (200, Some("Nina Moe")),
        "her own new one is followed"
    );
}

#[apply(story)]
async fn whom_the_directory_ends_is_out_at_once_everywhere(house: &House) {
    let directory = Directory::of(house).await;
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let key = house.person("Dora").api_key.clone();
    let made = directory.add("Dora@FrontRange.example").await;
    assert_eq!(
        (
            dora.get("/customers").await.status,
            directory.door.get(&key, "/api/v1/appointments").await.0
        ),
        (200, 200),
        "whoever is there already stays"
    );
    assert_eq!(
        directory.member(house, "dora@frontrange.example").await["role"],
        "scheduler",
        "with the role they have"
    );
    // As Okta does it, as Entra does it, and by deleting.
    let ends = [
        json!([{ "op": "replace", "value": { "active": false } }]),
        json!([{ "op": "Replace", "path": "active", "value": "False" }]),
        Value::Null,
    ];
    for (n, end) in ends.into_iter().enumerate() {
        let (status, answer) = if end.is_null() {
            directory.ask("DELETE", &place(&made), Value::Null).await
        } else {
            directory.patch(&place(&made), end).await
        };
        assert_eq!(status, if n == 2 { 204 } else { 200 }, "{answer}");
        assert_eq!(
            (
                dora.get("/customers").await.status,
                directory.door.get(&key, "/api/v1/appointments").await.0
            ),
            (303, 401)
        );
        if n < 2 {
            assert_eq!(
                directory
                    .patch(
                        &place(&made),
                        json!([{ "op": "add", "path": "active", "value": true }])
                    )
                    .await
                    .0,
                200
            );
            assert_eq!(
                directory.door.get(&key, "/api/v1/appointments").await.0,
                401,
                "a key that was ended does not come back"
            );
            house.wait_seconds(60);
            dora = dora.fresh().sign_in(house, "Dora").await;
            assert_eq!(
                dora.get("/customers").await.status,
                200,
                "back when the directory says so"
            );
        }
    }
    assert_eq!(
        directory.ask("GET", &place(&made), Value::Null).await.0,
        404
    );
    assert_eq!(
        directory.ask("DELETE", &place(&made), Value::Null).await.0,
        404
    );
}

#[apply(story)]
async fn new_people_join_and_groups_give_and_take_roles_and_teams(house: &House) {
    let directory = Directory::of(house).await;
    let nina = directory.add("nina@frontrange.example").await;
    assert_eq!(
        directory.member(house, "nina@frontrange.example").await["role"],
        "viewer"
    );
    let (status, group) = directory.ask("POST", "/Groups", json!({ "displayName": "dispatchers", "externalId": "g-1", "members": [{ "value": nina["id"] }] })).await;
    assert_eq!(status, 201, "{group}");
    assert_eq!(
        directory.member(house, "nina@frontrange.example").await["role"],
        "scheduler"
    );
    let (_, seen) = directory.ask("GET", &place(&nina), Value::Null).await;
    assert_eq!(seen["groups"][0]["display"], "dispatchers");
    let (_, metro) = directory
        .ask("POST", "/Groups", json!({ "displayName": "denver metro" }))
        .await;
    let add = json!([{ "op": "Add", "path": "members", "value": [{ "value": nina["id"], "display": null }] }]);
    assert_eq!(directory.patch(&place(&metro), add).await.0, 200);
    assert_eq!(
        directory.member(house, "nina@frontrange.example").await["teams"],
        json!([directory.member(house, "dora@frontrange.example").await["teams"][0]]),
        "the team of this name"
    );
    // Okta's and Entra's ways of taking somebody out.
    let outs = [
        json!([{ "op": "remove", "path": format!("members[value eq \"{}\"]", nina["id"].as_str().unwrap()) }]),
        json!([{ "op": "Remove", "path": "members", "value": [{ "value": nina["id"] }] }]),
        json!([{ "op": "replace", "path": "members", "value": [] }]),
        json!([{ "op": "replace", "value": { "id": group["id"], "displayName": "nobodies" } }]),
    ];
    for out in outs {
        let words = out.to_string();
        assert_eq!(directory.patch(&place(&group), out).await.0, 200, "{words}");
        assert_eq!(
            directory.member(house, "nina@frontrange.example").await["role"],
            "viewer",
            "what a group gave goes with it: {words}"
        );
        let back = json!([{ "op": "replace", "value": { "displayName": "dispatchers", "members": [{ "value": nina["id"] }] } }]);
        assert_eq!(directory.patch(&place(&group), back).await.0, 200);
        assert_eq!(
            directory.member(house, "nina@frontrange.example").await["role"],
            "scheduler",
            "{words}"
        );
    }
    assert_eq!(
        directory.ask("DELETE", &place(&group), Value::Null).await.0,
        204
    );
    assert_eq!(
        directory.ask("DELETE", &place(&metro), Value::Null).await.0,
        204
    );
    let member = directory.member(house, "nina@frontrange.example").await;
    assert_eq!(
        (&member["role"], &member["teams"]),
        (&json!("viewer"), &json!([]))
    );
    // Nobody joins whose address no provider of the workspace speaks for.
    for elsewhere in [
        "ceo@elsewhere.example",
        "peter@prairie.example",
        "no-address",
    ] {
        directory.add(elsewhere).await;
        assert!(
            directory.member(house, elsewhere).await.is_null(),
            "{elsewhere}"
        );
    }
}

#[apply(story)]
async fn a_directory_moves_no_owner_and_revives_nobody_by_the_way(house: &House) {
    let directory = Directory::of(house).await;
    let olivia = directory.add("olivia@frontrange.example").await;
    let (status, _) = directory
        .patch(
            &place(&olivia),
            json!([{ "op": "replace", "path": "active", "value": false }]),
        )
        .await;
    assert_eq!(
        (
            status,
            directory
                .ask("DELETE", &place(&olivia), Value::Null)
                .await
                .0
        ),
        (409, 409)
    );
    let (_, bosses) = directory
        .ask(
            "POST",
            "/Groups",
            json!({ "displayName": "bosses", "members": [{ "value": olivia["id"] }] }),
        )
        .await;
    let member = directory.member(house, "olivia@frontrange.example").await;
    assert_eq!(
        (
            &member["role"],
            directory
                .door
                .get(&house.person("Olivia").api_key, "/api/v1/people")
                .await
                .0
        ),
        (&json!("owner"), 200)
    );
    // With another address somebody else could come in as the owner.
    for moved in [
        json!({ "schemas": [USER], "userName": "olivia.x@frontrange.example", "emails": [{ "primary": true, "value": "olivia.x@frontrange.example" }], "active": true }),
    ] {
        directory.ask("PUT", &place(&olivia), moved).await;
    }
    assert_eq!(
        directory.member(house, "olivia@frontrange.example").await["role"],
        "owner",
        "her address is hers to change"
    );
    let dora = directory.add("dora@frontrange.example").await;
    let id = directory.member(house, "dora@frontrange.example").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        directory
            .door
            .post(
                &house.person("Olivia").api_key,
                &format!("/api/v1/people/{id}/deactivation"),
                json!({})
            )
            .await
            .0,
        201
    );
    assert_eq!(
        directory
            .patch(
                &place(&dora),
                json!([{ "op": "replace", "path": "displayName", "value": "Dora L." }])
            )
            .await
            .0,
        200
    );
    assert_eq!(
        directory
            .patch(
                &place(&bosses),
                json!([{ "op": "add", "path": "members", "value": [{ "value": dora["id"] }] }])
            )
            .await
            .0,
        200
    );
    assert_eq!(
        directory
            .door
            .get(&house.person("Dora").api_key, "/api/v1/appointments")
            .await
            .0,
        401,
        "whom an admin sent away stays away"
    );
}

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
    let okta = json!({ "schemas": [USER], "userName": "nina@frontrange.example", "name": { "givenName": "Nina", "familyName": "Moe", "middleName": null }, "emails": [{ "primary": true, "value": "nina@frontrange.example", "type": "work" }], "displayName": "Nina Moe", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7", "groups": [], "password": "1mz050nq", "active": true });
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
    // Entra asks by externalId too, writes operations in capitals, paths of the extension, and text for truth.
    let (_, found) = directory
        .ask(
            "GET",
            "/Users?filter=externalId+eq+%2200ujl29u0le5T6Aj10h7%22",
            Value::Null,
        )
        .await;
    assert_eq!(found["totalResults"], 1);
    let entra = json!([
        { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "nina.moe@frontrange.example" },
        { "op": "Add", "path": "emails[type eq \"home\"].value", "value": "nina@home.example" },
        { "op": "Replace", "path": "name.familyName", "value": "Moe-Berg" },
        { "op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "Rehab" },
        { "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "555" },
        { "op": "Add", "value": { "name.givenName": "Nina Maria", format!("{ENTERPRISE}:manager"): { "value": "x" } } },
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
        json!([{ "primary": true, "value": "nina.moe@frontrange.example", "type": "work" }, { "type": "home", "value": "nina@home.example" }])
    );
    // Entra's own check of a directory asks for somebody who is not there, and for groups without members.
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
    let both = json!({ "attributes": ["displayName", "name.givenName"], "filter": "displayName sw \"n\"", "startIndex": 1, "count": 1 });
    directory
        .ask("POST", "/Groups", json!({ "displayName": "nurses" }))
        .await;
    let (_, first) = directory.ask("POST", "/.search", both.clone()).await;
    let one = json!({ "schemas": [USER], "id": nina["id"], "displayName": "Nina Moe", "name": { "givenName": "Nina Maria" } });
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
        let body = json!({ "schemas": [PATCH], "Operations": [{ "op": "replace", "path": "displayName", "value": format!("Nina {expected} {tag}") }] }).to_string();
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

#[apply(story)]
async fn what_is_no_scim_is_refused_in_its_own_words(house: &House) {
    let directory = Directory::of(house).await;
    let nina = directory.add("nina@frontrange.example").await;
    let at = place(&nina);
    let deep = format!(
        "/Users?filter={}userName%20pr{}",
        "(".repeat(400),
        ")".repeat(400)
    );
    let wide = format!(
        "/Users?filter={}",
        vec!["userName%20pr"; 75].join("%20or%20")
    );
    let operation = |operation: Value| json!({ "Operations": [operation] });
    for (method, path, body, kind) in [
        ("GET", deep.as_str(), Value::Null, "invalidFilter"),
        ("GET", wide.as_str(), Value::Null, "invalidFilter"),
        (
            "GET",
            "/Users?filter=userName%20eq%20%27%20or%201=1--",
            Value::Null,
            "invalidFilter",
        ),
        ("POST", "/Users", json!([1]), "invalidSyntax"),
        ("POST", "/Users", json!({}), "invalidValue"),
        (
            "POST",
            "/Users",
            json!({ "userName": "  " }),
            "invalidValue",
        ),
        (
            "POST",
            "/Users",
            json!({ "userName": "x".repeat(300) }),
            "invalidValue",
        ),
        (
            "POST",
            "/Users",
            json!({ "userName": "x", "active": 7 }),
            "invalidValue",
        ),
        (
            "POST",
            "/Users",
            json!({ "userName": "x", "emails": "x" }),
            "invalidValue",
        ),
        (
            "POST",
            "/Groups",
            json!({ "displayName": "g", "members": [{ "value": "nobody" }] }),
            "invalidValue",
        ),
        (
            "POST",
            "/Groups",
            json!({ "displayName": "g", "members": [{ "value": "01890000-0000-7000-8000-000000000000" }] }),
            "invalidValue",
        ),
        ("PATCH", at.as_str(), json!({}), "invalidSyntax"),
        (
            "PATCH",
            at.as_str(),
            operation(json!({ "op": "burn", "path": "active" })),
            "invalidSyntax",
        ),
        (
            "PATCH",
            at.as_str(),
            operation(json!({ "op": "remove" })),
            "noTarget",
        ),
        (
            "PATCH",
            at.as_str(),
            operation(json!({ "op": "replace", "path": "emails[", "value": 1 })),
            "invalidPath",
        ),
        (
            "PATCH",
            at.as_str(),
            operation(json!({ "op": "replace", "path": "name[a eq 1]", "value": 1 })),
            "invalidPath",
        ),
        (
            "PATCH",
            at.as_str(),
            operation(json!({ "op": "replace", "path": "emails[type pr]", "value": {} })),
            "noTarget",
        ),
    ] {
        let (status, answer) = directory.ask(method, path, body).await;
        assert_eq!(
            (status, answer["scimType"].as_str()),
            (400, Some(kind)),
            "{method} {path}: {answer}"
        );
    }
    assert_eq!(directory.ask("PUT", "/Users", json!({})).await.0, 405);
    assert_eq!(directory.ask("GET", "/Nothing", Value::Null).await.0, 404);
    assert_eq!(
        directory.ask("GET", "/Users/nobody", Value::Null).await.0,
        404
    );
    let (_, same) = directory.ask("GET", &at, Value::Null).await;
    assert_eq!(same, nina, "nothing of it was done");
}

/// Run by `cargo xtask ci`, which installs scim2-tester and says where it is.
#[ignore = "needs scim2-tester"]
#[apply(story)]
async fn scim2_tester_finds_nothing_wrong(house: &House) {
    let directory = Directory::of(house).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/scim/v2", listener.local_addr().unwrap());
    let serving = tokio::spawn(axum::serve(listener, directory.door.router.clone()).into_future());
    let mut tester = Command::new(std::env::var("SCIM2").unwrap());
    tester.args(["--url", &url, "test", "--verbose"]).env(
        "SCIM_CLI_HEADERS",
        format!("Authorization: Bearer {}", directory.token),
    );
    let asked = tokio::task::spawn_blocking(move || tester.output().unwrap())
        .await
        .unwrap();
    serving.abort();
    let said = String::from_utf8_lossy(&asked.stdout).into_owned()
        + &String::from_utf8_lossy(&asked.stderr);
    let wrong: Vec<&str> = said
        .lines()
        .filter(|line| {
            ["ERROR", "CRITICAL", "Traceback"]
                .iter()
                .any(|word| line.contains(word))
        })
        .collect();
    assert!(
        asked.status.success() && said.matches("SUCCESS").count() > 20 && wrong.is_empty(),
        "{wrong:?} in {said}"
    );
}

#[apply(story)]
async fn a_token_opens_its_own_directory_and_nothing_else(house: &House) {
    let directory = Directory::of(house).await;
    let nina = directory.add("nina@frontrange.example").await;
    let other = Directory {
        token: token(house, "Peter").await,
        ..Directory {
            door: Door::of(house),
            token: String::new(),
            _idp: IdentityProvider::open(&house.gate).await,
        }
    };
    assert_eq!(
        other.ask("GET", &place(&nina), Value::Null).await.0,
        404,
        "another agency's"
    );
    assert_eq!(
        other.ask("GET", "/Users", Value::Null).await.1["totalResults"],
        0
    );
    assert_eq!(
        directory
            .door
            .get(&directory.token, "/api/v1/appointments")
            .await
            .0,
        401,
        "no key of the API"
    );
    let dora = house.person("Dora").api_key.clone();
    for wrong in ["", "ips_nonsense", "nonsense", dora.as_str()] {
        for path in [
            "/Users",
            "/Groups",
            "/ServiceProviderConfig",
            "/Schemas",
            "/ResourceTypes",
            "/Users/x",
        ] {
            let (status, answer, response) = directory
                .door
                .ask(wrong, "GET", &format!("/scim/v2{path}"), &[], "")
                .await;
            assert!(
                status == 401
                    && answer["status"] == "401"
                    && response.headers().contains_key("www-authenticate"),
                "{wrong} {path}"
            );
        }
    }
    assert!(
        house
            .gate
            .perform(&house.enters("Dora").await, MintScimToken)
            .await
            .is_err()
    );
    let (_, log) = directory
        .door
        .get(
            &house.person("Olivia").api_key,
            "/api/v1/audit/entries?action=provision.user",
        )
        .await;
    let first = &log["items"][0];
    assert!(first["role"].to_string().contains("provisioner"), "{first}");
    let again = Directory {
        token: token(house, "Adam").await,
        ..directory
    };
    assert_eq!(again.ask("GET", "/Users", Value::Null).await.0, 200);
    house
        .gate
        .perform(&house.enters("Adam").await, EndScimTokens)
        .await
        .unwrap();
    assert_eq!(
        (
            again.ask("GET", "/Users", Value::Null).await.0,
            other.ask("GET", "/Users", Value::Null).await.0
        ),
        (401, 200),
        "one's own workspace's only"
    );
    // Sent over plain HTTP, a token is worth nothing any more.
    let clear = Directory {
        token: token(house, "Adam").await,
        ..again
    };
    let plain = plain_router(house.gate.clone(), Challenges::default(), 443);
    let request = Request::builder()
        .uri("/scim/v2/Users")
        .header("host", "agency.example")
        .header("authorization", format!("Bearer {}", clear.token));
    let peer = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4000)));
    assert_eq!(
        plain
            .oneshot(request.extension(peer).body(Body::empty()).unwrap())
            .await
            .unwrap()
            .status(),
        403
    );
    assert_eq!(clear.ask("GET", "/Users", Value::Null).await.0, 401);
    let (_, notices) = clear
        .door
        .get(&house.person("Olivia").api_key, "/api/v1/notices")
        .await;
    assert!(
        notices["items"][0]["text"]
            .as_str()
            .unwrap()
            .contains("over plain HTTP"),
        "{notices}"
    );
    let third = Directory {
        token: token(house, "Adam").await,
        ..clear
    };
    house.wait_minutes(365 * 24 * 60 - 1);
    assert_eq!(third.ask("GET", "/Users", Value::Null).await.0, 200);
    house.wait_seconds(60);
    assert_eq!(
        third.ask("GET", "/Users", Value::Null).await.0,
        401,
        "a year later"
    );
}
