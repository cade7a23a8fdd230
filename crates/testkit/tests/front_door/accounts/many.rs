//! A workspace with more members than any page holds.
use crate::{Browser, Door};
use interpres_accounts::{AddMember, OpenAccount, UserAccount};
use interpres_gate::{Action, Permission, Query, ReadTx, Refusal, Role, async_trait};
use interpres_testkit::{House, apply, story};
use interpres_types::INSTALLATION;
use serde_json::{Value, json};

const MANY: usize = 520;

/// The hash of somebody's password, so that it need not be made for each.
struct HashOf(String);

#[async_trait]
impl Query for HashOf {
    const ACTION: Action = Action::AccountLookUp;
    const PERMISSION: Permission = Permission::KeepDoor;
    type View = interpres_accounts::PasswordHash;
    async fn answer(self, tx: &mut ReadTx) -> Result<Self::View, Refusal> {
        let found: Vec<UserAccount> = tx.list("where email = $1", vec![self.0.into()]).await?;
        found
            .into_iter()
            .next()
            .map(|account| account.password_hash)
            .ok_or(Refusal::NotFound)
    }
}

/// Prairie Voices gets viewers without a second factor; the last by name reads a mailbox of several
/// people.
async fn crowd(house: &House) {
    let door = house
        .gate
        .doorkeeper(INSTALLATION, interpres_gate::Origin::default());
    let owner = house.enters("Peter").await;
    for n in 0..MANY {
        // Ids are in the order of time.
        house.wait_seconds(1);
        let hash = house
            .gate
            .view(&door, HashOf(house.person("Tess").email.clone()))
            .await
            .unwrap()
            .into_inner();
        let email = if n + 1 == MANY {
            "info@prairie.example".to_owned()
        } else {
            format!("viewer{n}@prairie.example")
        };
        let name = if n + 1 == MANY {
            "Zoé Ålund".to_owned()
        } else {
            format!("Viewer {n:03}")
        };
        let open = OpenAccount {
            email: email.parse().unwrap(),
            name: name.parse().unwrap(),
            password_hash: hash,
        };
        let user = house
            .gate
            .perform(&house.gate.operator(INSTALLATION), open)
            .await
            .unwrap()
            .into_inner();
        let add = AddMember {
            user,
            name: name.parse().unwrap(),
            email: email.parse().unwrap(),
            role: Role::Viewer,
            teams: Vec::new(),
            interpreter: None,
            customer: None,
        };
        house.gate.perform(&owner, add).await.unwrap();
    }
}

/// Every item of a list, page after page.
async fn all(door: &Door, key: &str, path: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let (status, page) = door
            .get(key, &format!("{path}&limit=200&cursor={cursor}"))
            .await;
        assert_eq!(status, 200, "{page}");
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else {
            return items;
        };
        cursor = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    }
}

#[apply(story)]
async fn of_many_members_none_is_left_out(house: &House) {
    let (door, peter) = (Door::of(house), house.person("Peter").api_key.clone());
    let before = all(&door, &peter, "/api/v1/people?state=active")
        .await
        .len();
    crowd(house).await;
    let people = all(&door, &peter, "/api/v1/people?state=active").await;
    assert_eq!(people.len(), before + MANY);
    let names: Vec<&str> = people.iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert!(
        names.is_sorted_by_key(|name| name.to_lowercase())
            && people.iter().filter(|p| p["enrolled"] == false).count() == MANY,
        "{names:?}"
    );
    for (q, found) in [
        ("zoé", 1),
        ("ålund", 1),
        ("VIEWER 51", 14),
        ("viewer51", 10),
        ("51", 14),
        ("%", 0),
        ("viewer_", 0),
    ] {
        assert_eq!(
            all(
                &door,
                &peter,
                &format!(
                    "/api/v1/people?q={}",
                    form_urlencoded::byte_serialize(q.as_bytes()).collect::<String>()
                )
            )
            .await
            .len(),
            found,
            "{q}"
        );
    }
    assert_eq!(
        all(&door, &peter, "/api/v1/acceptances?").await.len(),
        before + MANY
    );

    let (_, hipaa) = door.get(&peter, "/api/v1/hipaa").await;
    let own = hipaa["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["id"] == "own-accounts")
        .unwrap()
        .clone();
    assert_eq!(
        (
            own["good"].as_bool(),
            own["found"].as_str(),
            hipaa["without_factor"].as_u64()
        ),
        (
            Some(false),
            Some("Shared mailboxes: info@prairie.example."),
            Some(MANY as u64)
        )
    );
    let (_, readiness) = door.get(&peter, "/api/v1/readiness").await;
    assert!(
        readiness.to_string().contains(&format!(
            "{before} of {} members have a second factor.",
            before + MANY
        )),
        "{readiness}"
    );
    assert!(
        readiness.to_string().contains(&format!(
            "{MANY} members have not signed in for ninety days."
        )),
        "{readiness}"
    );

    assert_eq!(
        door.post(&peter, "/api/v1/access-reviews", json!({}))
            .await
            .0,
        201
    );
    let (_, reviews) = door.get(&peter, "/api/v1/access-reviews").await;
    let review = &reviews["items"][0];
    let lines = all(
        &door,
        &peter,
        &format!(
            "/api/v1/access-reviews/lines?review={}&only=left",
            review["id"].as_str().unwrap()
        ),
    )
    .await;
    assert_eq!(
        (
            lines.len(),
            review["lines"].as_u64(),
            review["undecided"].as_u64()
        ),
        (
            before + MANY,
            Some((before + MANY) as u64),
            Some((before + MANY) as u64)
        )
    );
    assert_eq!(lines.last().unwrap()["name"], "Zoé Ålund");

    let mut browser = Browser::of(house).sign_in(house, "Peter").await;
    let first = browser.get("/people").await;
    assert!(
        first.text.contains("rel=\"next\"") && !first.says("Zoé"),
        "{}",
        first.text
    );
    assert!(
        browser
            .get("/people?q=zo%C3%A9")
            .await
            .says("info@prairie.example")
    );
    assert!(browser.get("/people?q=nobody").await.says("No matches"));
    let log = browser.get("/audit?actor=Zo%C3%A9+%C3%85lund").await;
    assert!(
        log.status == 200 && log.says("info@prairie.example") && log.says("No entries match"),
        "{}",
        log.text
    );
    assert!(
        browser
            .get("/audit?actor=peter%40prairie.example&action=people.list")
            .await
            .status
            == 200
    );
    assert!(
        browser
            .get("/audit?actor=who+is+that")
            .await
            .says("matches no member")
    );
}
