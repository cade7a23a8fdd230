//! People work under HIPAA mode: days of grace, files by named hands, and the report that is looked
//! up.
use crate::{
    Door,
    browser::Browser,
    compliance::prairie::{drill, for_hospital, offer, prepare},
    mailbox::{letters, link},
};
use interpres_accounts::TERMS_VERSION;
use interpres_compliance::MODE_TERMS_VERSION;
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

#[apply(story)]
async fn an_invitation_from_before_hipaa_mode_makes_no_member_of_a_mailbox_of_several_people(
    house: &House,
) {
    let door = Door::of(house);
    let peter = house.person("Peter").api_key.clone();
    let invited = json!({ "email": "info@prairie.example", "role": "viewer", "one_person": "yes" });
    assert_eq!(
        door.post(&peter, "/api/v1/invitations", invited).await.0,
        201,
        "outside the mode somebody may say so"
    );
    let link = link(letters(house, "info@prairie.example").await.last().unwrap())
        .strip_prefix("/invitation/")
        .unwrap()
        .to_owned();
    prepare(house, &door, &peter).await;
    let id = offer(house, &door, &peter).await;
    assert_eq!(
        door.post(
            &peter,
            &format!("/api/v1/agreements/{id}/signature"),
            json!({ "name": "Peter Vance", "title": "Owner" })
        )
        .await
        .0,
        201
    );
    let (status, switched) = door
        .post(
            &peter,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION }),
        )
        .await;
    assert_eq!(status, 201, "{switched}");
    let accept = [
        ("link", link.as_str()),
        ("name", "Inga Foss"),
        ("terms", TERMS_VERSION),
        ("password", "violet kettle harbor nineteen"),
    ];
    let page = Browser::of(house).post("/invitation", &accept).await;
    assert!(
        page.status == 422 && page.says("several people read"),
        "{} {}",
        page.status,
        page.text
    );
    let (_, people) = door.get(&peter, "/api/v1/people").await;
    assert!(
        !people.to_string().contains("info@prairie.example"),
        "{people}"
    );
}

#[apply(story)]
async fn a_laggard_works_with_initials_for_seven_days_and_then_only_enrols(house: &House) {
    let (door, browser) = (Door::of(house), Browser::of(house));
    let peter = house.person("Peter").api_key.clone();
    house.wait_seconds(1);
    assert_eq!(
        door.post(
            &peter,
            "/api/v1/invitations",
            json!({ "email": "lee@prairie.example", "role": "scheduler" })
        )
        .await
        .0,
        201
    );
    let link = link(letters(house, "lee@prairie.example").await.last().unwrap());
    let mut lee = browser.fresh();
    let words = "violet kettle harbor nineteen";
    lee.post(
        "/invitation",
        &[
            ("link", link.strip_prefix("/invitation/").unwrap()),
            ("name", "Lee Park"),
            ("password", words),
            ("terms", TERMS_VERSION),
        ],
    )
    .await;
    lee.post(
        "/sign-in",
        &[("email", "lee@prairie.example"), ("password", words)],
    )
    .await;
    let made = lee
        .act("/account/keys", &[("name", "script"), ("days", "90")])
        .await;
    let key = made.token();
    assert_eq!(door.get(&key, "/api/v1/appointments").await.0, 200);
    prepare(house, &door, &peter).await;
    let id = offer(house, &door, &peter).await;
    door.post(
        &peter,
        &format!("/api/v1/agreements/{id}/signature"),
        json!({ "name": "Peter Vance", "title": "Owner" }),
    )
    .await;
    house.wait_seconds(1);
    assert_eq!(
        door.post(
            &peter,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION })
        )
        .await
        .0,
        201
    );
    assert!(
        letters(house, "lee@prairie.example")
            .await
            .last()
            .unwrap()
            .contains("Set up a second factor within seven days")
    );
    door.post(
        &house.person("Tess").api_key,
        "/api/v1/appointments",
        for_hospital("P-1", "Amal Kanarya"),
    )
    .await;
    let page = lee.get("/appointments?from=2027-03-01").await;
    assert!(
        page.says("A. K.") && !page.says("Amal Kanarya") && page.says("Set up a second factor by"),
        "{}",
        page.text
    );
    let (_, list) = door.get(&key, "/api/v1/appointments?from=2027-03-01").await;
    assert_eq!(
        list["items"][0]["lep_client"], "A. K.",
        "the key sees no more than its owner"
    );
    house.wait_seconds(7 * 24 * 3600 - 1);
    assert_eq!(
        door.get(&key, "/api/v1/appointments").await.0,
        200,
        "a second before"
    );
    house.wait_seconds(1);
    let (status, problem) = door.get(&key, "/api/v1/appointments").await;
    assert_eq!(
        (status, problem["type"].as_str()),
        (403, Some("/problems/factor-needed")),
        "the key sleeps"
    );
    let mut lee = browser.fresh();
    lee.post(
        "/sign-in",
        &[("email", "lee@prairie.example"), ("password", words)],
    )
    .await;
    assert_eq!(
        lee.get("/appointments").await.location,
        "/account/factors?next=/appointments"
    );
}

#[apply(story)]
async fn under_hipaa_mode_files_leave_by_named_hands_only(house: &House) {
    let door = Door::of(house);
    house.number_entries().await;
    let key = |who: &str| house.person(who).api_key.clone();
    let export = async |who: &str| {
        door.ask(&key(who), "GET", "/api/v1/audit/export?form=csv", &[], "")
            .await
            .0
    };
    assert_eq!(
        (
            export("Olivia").await,
            export("Adam").await,
            export("Carl").await,
            export("Dora").await
        ),
        (200, 403, 200, 403)
    );
    let (_, view) = door.get(&key("Olivia"), "/api/v1/hipaa").await;
    let adam = view["exporters"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["name"] == "Adam Novak")
        .unwrap()["id"]
        .clone();
    assert_eq!(
        door.post(
            &key("Adam"),
            "/api/v1/hipaa/exporters",
            json!({ "members": [adam] })
        )
        .await
        .0,
        403,
        "an owner names them"
    );
    assert_eq!(
        door.post(
            &key("Olivia"),
            "/api/v1/hipaa/exporters",
            json!({ "members": ["01890000-0000-7000-8000-000000000000"] })
        )
        .await
        .0,
        422
    );
    assert_eq!(
        door.post(
            &key("Olivia"),
            "/api/v1/hipaa/exporters",
            json!({ "members": [adam] })
        )
        .await
        .0,
        201
    );
    assert_eq!(
        (export("Adam").await, export("Carl").await),
        (200, 403),
        "as named, and no more"
    );
    assert_eq!(
        door.ask(&key("Peter"), "GET", "/api/v1/audit/head", &[], "")
            .await
            .0,
        200
    );
}

#[apply(story)]
async fn the_readiness_report_is_looked_up_and_changes_with_what_it_speaks_of(house: &House) {
    let door = Door::of(house);
    let carl = house.person("Carl").api_key.clone();
    house.number_entries().await;
    let report = async || door.get(&carl, "/api/v1/readiness").await.1;
    let evidence = |report: &Value, provision: &str| {
        report["safeguards"]
            .as_array()
            .unwrap()
            .iter()
            .find(|s| s["provision"] == provision)
            .unwrap()["evidence"]
            .to_string()
    };
    let before = report().await;
    let provisions: Vec<&str> = before["safeguards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["provision"].as_str().unwrap())
        .collect();
    for provision in [
        "164.312(a)(1)",
        "164.312(a)(2)(i)",
        "164.312(a)(2)(ii)",
        "164.312(a)(2)(iii)",
        "164.312(a)(2)(iv)",
        "164.312(b)",
        "164.312(c)(1)",
        "164.312(d)",
        "164.312(e)(1)",
        "164.310(d)(1)",
    ] {
        assert!(provisions.contains(&provision), "{provision}");
    }
    assert!(evidence(&before, "164.312(a)(2)(ii)").contains("No restore drill yet"));
    drill(house).await;
    house
        .tamper(
            "update factor_row set ended_at = 1 where kind = 'app' \
            and user_id = (select user_id from member_row where email = 'dora@frontrange.example')",
        )
        .await
        .unwrap();
    let after = report().await;
    assert!(evidence(&after, "164.312(a)(2)(ii)").contains("restored in 3 s"));
    assert_ne!(
        evidence(&before, "164.312(d)"),
        evidence(&after, "164.312(d)")
    );
    assert!(evidence(&before, "164.312(d)").contains("12 of 12"));
    assert!(
        !after.to_string().to_lowercase().contains("compliant"),
        "no page says so"
    );
    let (status, _, answer) = door
        .ask(&carl, "GET", "/api/v1/readiness/pdf", &[], "")
        .await;
    assert_eq!(
        (status, answer.headers()["content-type"].to_str().unwrap()),
        (200, "application/pdf")
    );
    assert_eq!(
        door.get(&house.person("Dora").api_key, "/api/v1/readiness")
            .await
            .0,
        403
    );
}
