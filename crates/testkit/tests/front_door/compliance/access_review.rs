//! Once a quarter those in charge go through who has access.
use crate::{Door, compliance::key};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

/// The latest review, with all its lines.
async fn review(door: &Door, key: &str) -> Value {
    let mut review = door.get(key, "/api/v1/access-reviews").await.1["items"][0].clone();
    let path = format!(
        "/api/v1/access-reviews/lines?review={}&limit=200",
        review["id"].as_str().unwrap()
    );
    review["lines"] = door.get(key, &path).await.1["items"].clone();
    review
}

fn of(review: &Value, name: &str) -> Value {
    review["lines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["name"] == name)
        .unwrap()
        .clone()
}

/// How many reviews open when their time has come.
async fn opened(house: &House) -> i64 {
    let count = async || {
        house
            .raw("select count(*) as n from access_review_row")
            .await[0]
            .int("n")
            .unwrap()
    };
    let before = count().await;
    house.wait_minutes(11);
    house.gate.work_off().await.unwrap();
    count().await - before
}

#[apply(story)]
async fn each_quarter_every_member_is_gone_through_and_who_is_revoked_is_out(house: &House) {
    let door = Door::of(house);
    let (olivia, adam, dora, vera) = (
        key(house, "Olivia"),
        key(house, "Adam"),
        key(house, "Dora"),
        key(house, "Vera"),
    );
    assert_eq!(opened(house).await, 2, "the first one of each agency");
    assert_eq!(opened(house).await, 0);
    let open = review(&door, &adam).await;
    let id = open["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (
            open["lines"].as_array().unwrap().len(),
            of(&open, "Vera Pohl")["enrolled"].as_bool(),
            of(&open, "Vera Pohl")["last_seen_at"].is_string()
        ),
        (12, Some(true), true),
        "{open}"
    );
    let decide = async |by: &str, names: &[&str], decision: &str| {
        let lines: Vec<Value> = names
            .iter()
            .map(|name| of(&open, name)["id"].clone())
            .collect();
        door.post(
            by,
            &format!("/api/v1/access-reviews/{id}/decisions"),
            json!({ "lines": lines, "decision": decision }),
        )
        .await
        .0
    };
    assert_eq!(
        (
            decide(&dora, &["Vera Pohl"], "keep").await,
            decide(&adam, &["Vera Pohl"], "perhaps").await
        ),
        (403, 422)
    );
    assert_eq!(door.get(&vera, "/api/v1/teams").await.0, 200);
    assert_eq!(decide(&adam, &["Vera Pohl"], "revoke").await, 201);
    assert_eq!(door.get(&vera, "/api/v1/teams").await.0, 401, "at once");
    assert_eq!(
        decide(&adam, &["Adam Novak"], "keep").await,
        409,
        "nobody reviews themselves"
    );
    assert_eq!(
        decide(&adam, &["Olivia Hart"], "revoke").await,
        403,
        "an admin revokes no owner"
    );
    assert_eq!(
        door.post(
            &adam,
            &format!("/api/v1/access-reviews/{id}/signature"),
            json!({})
        )
        .await
        .0,
        409,
        "not before all are decided"
    );
    let rest: Vec<&str> = [
        "Maya Brooks",
        "Dora Lindqvist",
        "Sam Okafor",
        "Bea Marsh",
        "Carl Jensen",
        "Rita Gomez",
        "Ines Ruiz",
        "Linh Tran",
        "Pablo Reyes",
        "Olivia Hart",
    ]
    .to_vec();
    assert_eq!(
        (
            decide(&adam, &rest, "keep").await,
            decide(&olivia, &["Adam Novak"], "keep").await
        ),
        (201, 201)
    );

    house.wait_minutes(14 * 24 * 60 + 1);
    assert_eq!(review(&door, &adam).await["overdue"], true);
    opened(house).await;
    let overdue = |notices: Value| {
        notices["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|n| n["text"].as_str().unwrap().contains("overdue"))
            .count()
    };
    assert_eq!(overdue(door.get(&adam, "/api/v1/notices").await.1), 1);
    opened(house).await;
    assert_eq!(
        overdue(door.get(&adam, "/api/v1/notices").await.1),
        1,
        "once a week"
    );
    assert_eq!(
        door.post(
            &adam,
            &format!("/api/v1/access-reviews/{id}/signature"),
            json!({})
        )
        .await
        .0,
        201
    );
    assert_eq!(
        (
            review(&door, &adam).await["signed_by"].as_str(),
            decide(&adam, &["Maya Brooks"], "revoke").await
        ),
        (Some("Adam Novak"), 409),
        "signed is signed"
    );
    assert_eq!(opened(house).await, 0);
    house.wait_minutes(90 * 24 * 60);
    assert_eq!(
        opened(house).await,
        1,
        "the next quarter; the other agency's is open still"
    );
    assert_eq!(
        door.get(&adam, "/api/v1/access-reviews").await.1["items"]
            .as_array()
            .unwrap()
            .len(),
        2,
        "the old one is kept"
    );
}

#[apply(story)]
async fn services_are_gone_through_as_well_and_what_is_to_be_changed_is_changed_before_the_signature(
    house: &House,
) {
    let door = Door::of(house);
    let (olivia, adam) = (key(house, "Olivia"), key(house, "Adam"));
    let service = async |name: &str| {
        door.post(
            &adam,
            "/api/v1/services",
            json!({ "name": name, "role": "viewer" }),
        )
        .await
        .1["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (old, feed) = (service("Old export").await, service("Calendar feed").await);
    let minted = interpres_accounts::MintServiceKey {
        id: old.parse().unwrap(),
        name: "nightly".parse().unwrap(),
        days: 30,
        only: "".into(),
    };
    let token = house
        .gate
        .perform(&house.enters("Adam").await, minted)
        .await
        .unwrap()
        .into_inner()
        .token;
    assert_eq!(door.get(&token, "/api/v1/customers").await.0, 200);
    house
        .gate
        .perform(
            &house.enters("Olivia").await,
            interpres_accounts::OpenReview,
        )
        .await
        .unwrap();
    let open = review(&door, &adam).await;
    let id = open["id"].as_str().unwrap().to_owned();
    let (line, unused) = (of(&open, "Old export"), of(&open, "Calendar feed"));
    assert_eq!(
        (
            line["service"].as_str(),
            line["role"].as_str(),
            line["last_seen_at"].is_string(),
            unused["last_seen_at"].is_null()
        ),
        (Some(old.as_str()), Some("viewer"), true, true),
        "{line}"
    );
    let decide = async |by: &str, lines: Vec<Value>, decision: &str| {
        door.post(
            by,
            &format!("/api/v1/access-reviews/{id}/decisions"),
            json!({ "lines": lines, "decision": decision }),
        )
        .await
        .0
    };
    let all = |but: &[&str]| {
        open["lines"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|l| !but.contains(&l["name"].as_str().unwrap()))
            .map(|l| l["id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (
            decide(&adam, vec![], "keep").await,
            decide(
                &adam,
                vec![json!(interpres_types::AccessReviewLineId::NONE)],
                "keep"
            )
            .await
        ),
        (422, 422)
    );
    assert_eq!(decide(&adam, vec![line["id"].clone()], "revoke").await, 201);
    assert_eq!(
        door.get(&token, "/api/v1/customers").await.0,
        401,
        "at once"
    );
    assert_eq!(
        decide(
            &adam,
            vec![unused["id"].clone(), of(&open, "Maya Brooks")["id"].clone()],
            "change"
        )
        .await,
        201
    );
    assert_eq!(
        (
            decide(
                &adam,
                all(&["Old export", "Calendar feed", "Maya Brooks", "Adam Novak"]),
                "keep"
            )
            .await,
            decide(&olivia, vec![of(&open, "Adam Novak")["id"].clone()], "keep").await
        ),
        (201, 201)
    );
    let sign = async || {
        door.post(
            &adam,
            &format!("/api/v1/access-reviews/{id}/signature"),
            json!({}),
        )
        .await
    };
    let (status, problem) = sign().await;
    assert!(
        status == 409 && problem["detail"].as_str().unwrap().starts_with("2 of them"),
        "{problem}"
    );
    let (_, shown) = door.get(&adam, &format!("/api/v1/services/{feed}")).await;
    let version = shown["version"].to_string();
    assert_eq!(
        door.ask(
            &adam,
            "PUT",
            &format!("/api/v1/services/{feed}"),
            &[("if-match", &format!("\"{version}\""))],
            &json!({ "name": "Calendar feed", "role": "scheduler" }).to_string()
        )
        .await
        .0,
        200
    );
    assert_eq!(
        (
            sign().await.0,
            of(&review(&door, &adam).await, "Calendar feed")["unchanged"].as_bool()
        ),
        (409, Some(false))
    );
    let maya = of(&open, "Maya Brooks")["member"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        door.post(
            &adam,
            &format!("/api/v1/people/{maya}/deactivation"),
            json!({})
        )
        .await
        .0,
        201
    );
    assert_eq!(sign().await.0, 201, "who is gone holds nothing");
}
