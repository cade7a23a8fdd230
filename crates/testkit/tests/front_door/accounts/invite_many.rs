//! Many people are invited by a file: looked at first, sent only when Import is pressed.
use crate::{
    Browser, Door,
    mailbox::{letters, link},
};
use interpres_accounts::TERMS_VERSION;
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

const FILE: &str = "Email,Full name,Role,Office,Organization\r\n\
    nina@frontrange.example,Nina Moe,Scheduler,Denver Metro,\r\n\
    omar@frontrange.example,Omar Diallo,front desk,Denver Metro; Courts,\r\n\
    ruth@brigid.example,Ruth Adler,requester,,St. Brigid Hospital\r\n\
    nina@frontrange.example,Nina Again,viewer,,\r\n\
    dora@frontrange.example,Dora Once More,scheduler,,\r\n\
    kim@frontrange.example,Kim,emperor,North Colorado,\r\n\
    scheduler@frontrange.example,Everybody,scheduler,,\r\n\
    no address,Ana,viewer,,\r\n\
    rita@brigid.example,Rita,requester,,No Such Clinic\r\n";

async fn upload(house: &House, by: &str, kind: &str, text: &str) -> (u16, Value) {
    let (status, json, _) = Door::of(house)
        .ask(
            &house.person(by).api_key,
            "POST",
            &format!("/api/v1/imports?kind={kind}&file_name=people.csv"),
            &[],
            text,
        )
        .await;
    (status, json)
}

async fn done(house: &House, id: &str) -> Value {
    house.gate.work_off().await.unwrap();
    let adam = &house.person("Adam").api_key;
    let (_, review) = Door::of(house)
        .get(adam, &format!("/api/v1/imports/{id}"))
        .await;
    assert_eq!(review["state"], "done", "{review}");
    review
}

/// How often somebody was invited by mail.
async fn invited(house: &House, email: &str) -> usize {
    letters(house, email)
        .await
        .iter()
        .filter(|letter| letter.contains("/invitation/"))
        .count()
}

#[apply(story)]
async fn people_are_invited_by_a_file_that_is_reviewed_first_and_again_changes_nothing(
    house: &House,
) {
    let (door, adam) = (Door::of(house), house.person("Adam").api_key.clone());
    let (status, uploaded) = upload(house, "Adam", "people", FILE).await;
    assert_eq!(status, 201, "{uploaded}");
    let id = uploaded["id"].as_str().unwrap().to_owned();
    let place = format!("/api/v1/imports/{id}");
    let (_, review) = door.get(&adam, &place).await;
    let unknown: Vec<&str> = review["unknown"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| u["key"].as_str().unwrap())
        .collect();
    assert_eq!(
        unknown,
        [
            "customer|no such clinic",
            "role|emperor",
            "role|front desk",
            "teams|north colorado"
        ]
    );
    let bad: Vec<i64> = review["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|l| !l["problems"].as_array().unwrap().is_empty())
        .map(|l| l["number"].as_i64().unwrap())
        .collect();
    assert_eq!(bad, [3, 5, 7, 9, 10], "{review}");
    assert!(
        review["items"][3]["problems"][0]
            .as_str()
            .unwrap()
            .contains("is a duplicate of row 2")
    );
    assert_eq!(
        invited(house, "nina@frontrange.example").await,
        0,
        "nothing is sent by looking"
    );
    // A role of the workspace's own is known by its name, and a value can mean another.
    let (status, role) = door
        .post(
            &adam,
            "/api/v1/roles",
            json!({ "name": "Front Desk", "reaches": { "appointments.view": "team" } }),
        )
        .await;
    assert_eq!(status, 201, "{role}");
    assert_eq!(
        door.post(
            &adam,
            &format!("{place}/mapping"),
            json!({ "values": { "role|emperor": "viewer", "teams|north colorado": "Courts" } })
        )
        .await
        .0,
        201
    );
    let (status, _, _) = door
        .ask(&adam, "POST", &format!("{place}/run"), &[], "")
        .await;
    assert_eq!(status, 202);
    let review = done(house, &id).await;
    assert_eq!(
        (
            &review["outcomes"]["added"],
            &review["outcomes"]["unchanged"],
            &review["outcomes"]["rejected"]
        ),
        (&json!(4), &json!(1), &json!(4)),
        "{review}"
    );
    let shared = review["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["number"] == 8)
        .unwrap();
    assert!(
        shared["problems"][0]
            .as_str()
            .unwrap()
            .contains("several people read"),
        "{shared}"
    );
    for (email, count) in [
        ("nina@frontrange.example", 1),
        ("omar@frontrange.example", 1),
        ("ruth@brigid.example", 1),
        ("kim@frontrange.example", 1),
        ("dora@frontrange.example", 0),
        ("scheduler@frontrange.example", 0),
    ] {
        assert_eq!(invited(house, email).await, count, "{email}");
    }
    let (_, open) = door.get(&adam, "/api/v1/invitations?state=open").await;
    let as_what = |email: &str| {
        open["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|i| i["email"] == email)
            .unwrap()["role"]
            .clone()
    };
    assert_eq!(
        [
            as_what("nina@frontrange.example"),
            as_what("omar@frontrange.example"),
            as_what("ruth@brigid.example")
        ],
        ["scheduler", "custom", "requester"]
    );
    let (_, again) = upload(house, "Adam", "people", FILE).await;
    let id = again["id"].as_str().unwrap().to_owned();
    assert_eq!(
        door.ask(&adam, "POST", &format!("/api/v1/imports/{id}/run"), &[], "")
            .await
            .0,
        202
    );
    let review = done(house, &id).await;
    assert_eq!(
        (
            review["outcomes"]["added"].as_i64(),
            review["outcomes"]["unchanged"].as_i64()
        ),
        (None, Some(4)),
        "{review}"
    );
    assert_eq!(invited(house, "nina@frontrange.example").await, 1);
}

#[apply(story)]
async fn who_may_not_invite_one_may_not_invite_many_and_proof_is_asked_for(house: &House) {
    assert_eq!(upload(house, "Dora", "people", FILE).await.0, 403);
    assert_eq!(upload(house, "Dora", "nonsense", FILE).await.0, 422);
    // Nobody gives by a file what they do not hold.
    let (_, uploaded) = upload(
        house,
        "Adam",
        "people",
        "email,role\r\nnina@frontrange.example,owner\r\n",
    )
    .await;
    let id = uploaded["id"].as_str().unwrap().to_owned();
    assert_eq!(
        Door::of(house)
            .ask(
                &house.person("Adam").api_key,
                "POST",
                &format!("/api/v1/imports/{id}/run"),
                &[],
                ""
            )
            .await
            .0,
        202
    );
    let review = done(house, &id).await;
    assert!(
        review["outcomes"]["rejected"] == 1
            && review["items"][0]["problems"][0]
                .as_str()
                .unwrap()
                .contains("holds more than you do"),
        "{review}"
    );
    let mut browser = Browser::of(house).sign_in(house, "Adam").await;
    let template = browser.get("/imports/templates/people.csv").await;
    assert_eq!(
        (template.status, template.text.as_str()),
        (
            200,
            "email,name,role,teams,customer,one person reads this mailbox\r\n"
        )
    );
    assert!(
        browser
            .get("/imports?kind=people")
            .await
            .says("People to invite")
    );
    let mut dora = browser.fresh().sign_in(house, "Dora").await;
    assert!(!dora.get("/imports").await.says("People to invite"));
    house.wait_minutes(11);
    let (_, uploaded) = upload(
        house,
        "Adam",
        "people",
        "email,role\r\nnina@frontrange.example,viewer\r\n",
    )
    .await;
    let id = uploaded["id"].as_str().unwrap().to_owned();
    let asked = browser.act(&format!("/imports/{id}/run"), &[]).await;
    assert!(
        asked.status == 403 && asked.says("Confirm it’s you"),
        "{}",
        asked.text
    );
    assert_eq!(invited(house, "nina@frontrange.example").await, 0);
}

#[apply(story)]
async fn a_scheduler_invites_an_interpreter_who_can_be_asked_from_then_on(house: &House) {
    let (door, browser) = (Door::of(house), Browser::of(house));
    let (dora, key) = (
        browser.fresh().sign_in(house, "Dora").await,
        house.person("Dora").api_key.clone(),
    );
    let mut dora = dora;
    let selam = house.world.interpreters["Selam"].to_string();
    let (place, invitation) = (
        format!("/interpreters/{selam}"),
        format!("/api/v1/interpreters/{selam}/invitation"),
    );
    let stands = async || {
        door.get(&key, &format!("/api/v1/interpreters/{selam}"))
            .await
            .1["sign_up"]
            .clone()
    };
    assert_eq!(stands().await, "none");
    assert!(dora.get(&place).await.says("Not invited"));
    assert_eq!(
        door.post(&house.person("Sam").api_key, &invitation, json!({}))
            .await
            .0,
        404,
        "of another team"
    );
    assert_eq!(
        door.post(&house.person("Bea").api_key, &invitation, json!({}))
            .await
            .0,
        403
    );
    let request = json!({
        "reference": "S-1", "date": "2027-03-01", "start": "07:00", "minutes": 60,
        "language": "Tigrinya", "service_type": "in-person", "team": "Denver Metro",
        "customer": "St. Brigid Hospital", "lep_client": "Rosa Kanarya"
    });
    let (_, booked) = door.post(&key, "/api/v1/appointments", request).await;
    let offers = format!(
        "/api/v1/appointments/{}/offers",
        booked["id"].as_str().unwrap()
    );
    let offer = json!({ "kind": "broadcast", "interpreters": [selam] });
    assert_eq!(
        door.post(&key, &offers, offer.clone()).await.0,
        422,
        "can only be assigned"
    );
    assert_eq!(
        dora.act(&format!("{place}/invitation"), &[]).await.status,
        303
    );
    assert!(dora.get(&place).await.says("Invited, hasn’t signed up yet"));
    assert_eq!(
        (
            stands().await,
            door.post(&key, &invitation, json!({})).await.0
        ),
        (json!("invited"), 422),
        "once is enough"
    );
    let link = link(letters(house, "selam@example.org").await.last().unwrap())
        .strip_prefix("/invitation/")
        .unwrap()
        .to_owned();
    let fields = [
        ("link", link.as_str()),
        ("name", "Selam Haile"),
        ("password", "violet kettle harbor nineteen"),
        ("terms", TERMS_VERSION),
    ];
    assert_eq!(
        browser.fresh().post("/invitation", &fields).await.status,
        200
    );
    assert_eq!(stands().await, "accepted");
    assert_eq!(door.post(&key, &invitation, json!({})).await.0, 409);
    assert_eq!(
        door.post(&key, &offers, offer.clone()).await.0,
        201,
        "can be asked now"
    );
    // Whoever is deactivated can't answer either.
    let (_, people) = door
        .get(&house.person("Olivia").api_key, "/api/v1/people")
        .await;
    let member = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["email"] == "selam@example.org")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        door.post(
            &house.person("Olivia").api_key,
            &format!("/api/v1/people/{member}/deactivation"),
            json!({})
        )
        .await
        .0,
        201
    );
    assert_eq!(stands().await, "none");
}
