//! An organization's directory speaks SCIM 2.0, as the standard has it, and opens nothing else.
use crate::{
    Door,
    sso::{identity_provider::IdentityProvider, set_up},
};
use axum::{body::Body, extract::ConnectInfo, http::Request};
use interpres_sso::scim::{EndScimTokens, MintScimToken};
use interpres_testkit::{House, apply, story};
use interpres_web::{Challenges, plain_router};
use serde_json::{Value, json};
use std::{net::SocketAddr, process::Command};
use tower::ServiceExt;

pub(crate) const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// A directory of Front Range, whose provider speaks for its domain.
pub(crate) struct Directory {
    pub(crate) door: Door,
    pub(crate) token: String,
    pub(crate) _idp: IdentityProvider,
}

impl Directory {
    pub(crate) async fn of(house: &House) -> Self {
        let idp = IdentityProvider::open(&house.gate).await;
        set_up(house, &idp, json!({})).await;
        Self {
            door: Door::of(house),
            token: token(house, "Adam").await,
            _idp: idp,
        }
    }
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
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
    pub(crate) async fn add(&self, user_name: &str) -> Value {
        let (status, made) = self
            .ask(
                "POST",
                "/Users",
                json!({
                    "schemas": [USER], "userName": user_name, "active": true,
                    "displayName": "Nina Moe"
                }),
            )
            .await;
        assert_eq!(status, 201, "{made}");
        made
    }
    pub(crate) async fn patch(&self, place: &str, operations: Value) -> (u16, Value) {
        self.ask(
            "PATCH",
            place,
            json!({ "schemas": [PATCH], "Operations": operations }),
        )
        .await
    }
    /// How the workspace knows the member of an address.
    pub(crate) async fn member(&self, house: &House, email: &str) -> Value {
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

pub(crate) fn place(resource: &Value) -> String {
    format!(
        "/{}s/{}",
        resource["meta"]["resourceType"].as_str().unwrap(),
        resource["id"].as_str().unwrap()
    )
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
            json!({
                "displayName": "g",
                "members": [{ "value": "01890000-0000-7000-8000-000000000000" }]
            }),
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
