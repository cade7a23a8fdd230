//! HIPAA mode: what must hold, on, days of grace, off by two; and the report that is looked up.
use crate::{
    Door,
    browser::Browser,
    request,
    sign_in::passwords::{letters, link},
};
use interpres_accounts::TERMS_VERSION;
use interpres_compliance::{
    Adapter, BAA, CoverAdapter, DeclareAgreement, ENCRYPTED_VOLUME, EndAgreement,
    MODE_TERMS_VERSION, OfferAgreement,
};
use interpres_gate::{Drill, RecordDrill};
use interpres_testkit::{House, apply, story};
use interpres_types::INSTALLATION;
use interpres_web::{Options, router};
use serde_json::{Value, json};

const PRAIRIE: &str = "Prairie Language Partners";

/// What does not hold, by its stable names.
async fn failing(door: &Door, key: &str) -> Vec<String> {
    let (status, view) = door.get(key, "/api/v1/hipaa").await;
    assert_eq!(status, 200, "{view}");
    view["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["good"] == false)
        .map(|c| c["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn drill(house: &House) {
    let drill = Drill {
        at: house.gate.now(),
        good: true,
        as_of: house.gate.now(),
        seconds: 3,
        size: 1,
        findings: vec![],
    };
    house
        .gate
        .perform(&house.gate.operator(INSTALLATION), RecordDrill(drill))
        .await
        .unwrap();
}

/// Issues an agreement and gives its id.
async fn offer(house: &House, door: &Door, key: &str) -> String {
    let operator = house.gate.operator(house.world.workspaces[PRAIRIE]);
    let text = OfferAgreement {
        text_version: "2026-11".parse().unwrap(),
        body: "The parties agree.".into(),
        issued_by: "Omar Vale, operator".parse().unwrap(),
    };
    house.gate.perform(&operator, text).await.unwrap();
    let (_, all) = door.get(key, "/api/v1/agreements").await;
    all["items"][0]["offer"].as_str().unwrap().to_owned()
}

/// Makes everything hold in Prairie but the agreement.
async fn prepare(house: &House, door: &Door, peter: &str) {
    drill(house).await;
    let (_, rules, _) = door.ask(peter, "GET", "/api/v1/security", &[], "").await;
    let tag = format!("\"{}\"", rules["version"]);
    let (status, _, _) = door
        .ask(
            peter,
            "PUT",
            "/api/v1/security",
            &[("if-match", &tag)],
            r#"{"idle_minutes":"15","session_hours":"12"}"#,
        )
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        door.post(peter, "/api/v1/hipaa/exporters", json!({ "members": [] }))
            .await
            .0,
        201
    );
    let operator = house.gate.operator(house.world.workspaces[PRAIRIE]);
    house
        .gate
        .perform(
            &operator,
            DeclareAgreement {
                kind: ENCRYPTED_VOLUME,
                by: "Omar Vale, operator".parse().unwrap(),
            },
        )
        .await
        .unwrap();
}

fn for_hospital(reference: &str, client: &str) -> Value {
    json!({ "reference": reference, "date": "2027-03-02", "start": "09:00", "minutes": 60, "language": "Arabic", "service_type": "in-person", "team": "Office", "customer": "Plains Community Hospital", "lep_client": client })
}

#[apply(story)]
async fn an_owner_sees_what_is_missing_mends_it_and_switches_hipaa_mode_on(house: &House) {
    let door = Door::of(house);
    let (peter, tess) = (
        house.person("Peter").api_key.clone(),
        house.person("Tess").api_key.clone(),
    );
    let storage = failing(&door, &peter).await.contains(&"storage".to_owned());
    let mut expected = vec!["baa", "drill", "sessions", "exporters"];
    if storage {
        expected.insert(1, "storage");
    }
    assert_eq!(failing(&door, &peter).await, expected);
    let (status, problem) = door
        .post(
            &peter,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION }),
        )
        .await;
    assert!(
        status == 409
            && problem["detail"]
                .as_str()
                .unwrap()
                .contains("Business associate agreement"),
        "{problem}"
    );
    assert_eq!(
        door.post(
            &tess,
            "/api/v1/appointments",
            for_hospital("P-1", "Amal Kanarya")
        )
        .await
        .0,
        422,
        "no patient's name yet"
    );
    prepare(house, &door, &peter).await;
    assert_eq!(failing(&door, &peter).await, ["baa"]);
    let id = offer(house, &door, &peter).await;
    assert_eq!(
        door.post(
            &peter,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION })
        )
        .await
        .0,
        409,
        "issued is not signed"
    );
    assert_eq!(
        door.post(
            &tess,
            &format!("/api/v1/agreements/{id}/signature"),
            json!({ "name": "Tess Dahl", "title": "Scheduler" })
        )
        .await
        .0,
        403
    );
    assert_eq!(
        door.post(
            &peter,
            &format!("/api/v1/agreements/{id}/signature"),
            json!({ "name": "", "title": "" })
        )
        .await
        .0,
        422
    );
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
    assert_eq!(
        door.post(
            &peter,
            &format!("/api/v1/agreements/{id}/signature"),
            json!({ "name": "Peter Vance", "title": "Owner" })
        )
        .await
        .0,
        409,
        "twice"
    );
    assert_eq!(failing(&door, &peter).await, [""; 0]);
    assert_eq!(
        door.post(
            &tess,
            "/api/v1/appointments",
            for_hospital("P-1", "Amal Kanarya")
        )
        .await
        .0,
        422,
        "an agreement alone is not enough"
    );
    for terms in ["", "1999-01"] {
        assert_eq!(
            door.post(&peter, "/api/v1/hipaa", json!({ "terms": terms }))
                .await
                .0,
            422
        );
    }
    assert_eq!(
        door.post(
            &tess,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION })
        )
        .await
        .0,
        403
    );
    let (status, switched) = door
        .post(
            &peter,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION }),
        )
        .await;
    assert_eq!((status, switched["on"].as_bool()), (201, Some(true)));
    assert_eq!(
        door.post(
            &tess,
            "/api/v1/appointments",
            for_hospital("P-1", "Amal Kanarya")
        )
        .await
        .0,
        201
    );
    assert_eq!(
        door.post(
            &peter,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION })
        )
        .await
        .0,
        409,
        "on already"
    );
    house.wait_minutes(91 * 24 * 60);
    assert_eq!(failing(&door, &peter).await, ["drill"], "ninety days later");
}

#[apply(story)]
async fn each_check_of_the_configuration_can_fail_by_what_the_system_is_doing(house: &House) {
    let (peter, olivia) = (
        house.person("Peter").api_key.clone(),
        house.person("Olivia").api_key.clone(),
    );
    let door = Door::of(house);
    let good = |failing: &[String], id: &str| !failing.contains(&id.to_owned());
    let before = failing(&door, &peter).await;
    for id in ["tls", "second-factor", "templates", "features"] {
        assert!(good(&before, id), "{id}: {before:?}");
    }
    let serving = |options: Options| Door {
        router: router(house.gate.clone(), options),
    };
    let exposed = serving(Options {
        secure: true,
        ..Options::default()
    });
    assert!(
        !good(&failing(&exposed, &peter).await, "tls"),
        "no proxy was named that speaks the HTTPS that was promised"
    );
    // A service outside is at work as this process is set up for it, and covered as the operator has recorded.
    let outside = serving(Options {
        outside: Adapter::ALL.to_vec(),
        ..Options::default()
    });
    let cover = async |adapter: Adapter, with: Option<&str>| {
        let operator = house.gate.operator(house.world.workspaces[PRAIRIE]);
        let with = with.map(|with| with.parse().unwrap());
        house
            .gate
            .perform(
                &operator,
                CoverAdapter {
                    adapter,
                    with,
                    by: "Omar Vale, operator".parse().unwrap(),
                },
            )
            .await
            .unwrap();
    };
    for adapter in Adapter::ALL {
        let (_, view) = outside.get(&peter, "/api/v1/hipaa").await;
        let check = view["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["id"] == "features")
            .unwrap()
            .clone();
        assert!(
            check["good"] == false && check["found"].as_str().unwrap().contains(adapter.label()),
            "{check}"
        );
        cover(*adapter, Some("Mail Company, BAA of 2026-11-02")).await;
    }
    assert!(good(&failing(&outside, &peter).await, "features"));
    cover(Adapter::Witness, None).await;
    assert!(
        !good(&failing(&outside, &peter).await, "features"),
        "its agreement has ended"
    );
    // What leaves is looked at: somebody wrote a name past the types.
    door.post(
        &house.person("Dora").api_key,
        "/api/v1/appointments",
        request("T-1"),
    )
    .await;
    crate::Door::of(house)
        .post(
            &olivia,
            "/api/v1/invitations",
            json!({ "email": "nina@frontrange.example", "role": "viewer" }),
        )
        .await;
    assert!(good(&failing(&door, &olivia).await, "templates"));
    house
        .tamper("update letter set text = text || ' for Rosa Kanarya.'")
        .await
        .unwrap();
    assert!(!good(&failing(&door, &olivia).await, "templates"));
    house
        .tamper("update letter set text = replace(text, ' for Rosa Kanarya.', '')")
        .await
        .unwrap();
    // An owner without a second factor would be locked out by the mode.
    let mut browser = Browser::of(house).sign_in(house, "Peter").await;
    let page = browser.get("/account").await.text;
    let factors: Vec<&str> = page
        .split("/account/factors/")
        .skip(1)
        .filter_map(|part| part.split_once("/end\"").map(|(id, _)| id))
        .filter(|id| !id.contains('"'))
        .collect();
    assert!(!factors.is_empty());
    for factor in factors {
        assert_eq!(
            browser
                .act(&format!("/account/factors/{factor}/end"), &[])
                .await
                .status,
            303
        );
    }
    assert!(!good(&failing(&door, &peter).await, "second-factor"));
}

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
async fn clients_are_sealed_from_view_when_the_agreement_ends_or_the_mode_is_off_and_courts_are_not(
    house: &House,
) {
    let door = Door::of(house);
    let (dora, olivia, adam) = (
        house.person("Dora").api_key.clone(),
        house.person("Olivia").api_key.clone(),
        house.person("Adam").api_key.clone(),
    );
    let (_, hospital) = door
        .post(&dora, "/api/v1/appointments", request("H-1"))
        .await;
    let mut court = request("C-1");
    (court["customer"], court["team"], court["start"]) = (
        "Mesa Verde County Court".into(),
        "Courts".into(),
        "10:00".into(),
    );
    let (_, court) = door.post(&dora, "/api/v1/appointments", court).await;
    let name = async |booked: &Value| {
        let (_, shown) = door
            .get(
                &dora,
                &format!("/api/v1/appointments/{}", booked["id"].as_str().unwrap()),
            )
            .await;
        shown["lep_client"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (name(&hospital).await, name(&court).await),
        ("Rosa Kanarya".to_owned(), "Rosa Kanarya".to_owned())
    );
    let operator = house
        .gate
        .operator(house.world.workspaces["Front Range Interpreters"]);
    house
        .gate
        .perform(&operator, EndAgreement(BAA))
        .await
        .unwrap();
    assert_eq!(
        (name(&hospital).await, name(&court).await),
        ("R. K.".to_owned(), "Rosa Kanarya".to_owned()),
        "at once"
    );
    assert_eq!(
        door.post(&dora, "/api/v1/appointments", request("H-2"))
            .await
            .0,
        422
    );
    assert_eq!(
        door.post(
            &dora,
            "/api/v1/appointments/search",
            json!({ "client": "Rosa" })
        )
        .await
        .0,
        403,
        "searching is seeing"
    );
    house
        .gate
        .perform(
            &operator,
            DeclareAgreement {
                kind: BAA,
                by: "Olivia Hart, owner".parse().unwrap(),
            },
        )
        .await
        .unwrap();
    assert_eq!(name(&hospital).await, "Rosa Kanarya");

    // Off by two: an owner asks, an admin confirms.
    let off = json!({ "reason": "We serve courts only from now on", "confirm": "Controls relax" });
    assert_eq!(
        door.post(&adam, "/api/v1/hipaa/end", off.clone()).await.0,
        403,
        "owners only"
    );
    assert_eq!(
        door.post(
            &olivia,
            "/api/v1/hipaa/end",
            json!({ "reason": "x", "confirm": "yes" })
        )
        .await
        .0,
        422
    );
    let (status, asked) = door.post(&olivia, "/api/v1/hipaa/end", off.clone()).await;
    assert_eq!(
        (
            status,
            asked["on"].as_bool(),
            asked["waits_for_another"].as_bool()
        ),
        (201, Some(true), Some(true))
    );
    assert_eq!(
        door.post(&olivia, "/api/v1/hipaa/end", off).await.0,
        409,
        "asked already"
    );
    let (_, view) = door.get(&olivia, "/api/v1/hipaa").await;
    let change = view["waiting"][0].as_str().unwrap().to_owned();
    assert_eq!(
        door.post(
            &olivia,
            &format!("/api/v1/hipaa/changes/{change}/confirmation"),
            json!({})
        )
        .await
        .0,
        409,
        "not by whoever asked"
    );
    assert_eq!(
        door.post(
            &dora,
            &format!("/api/v1/hipaa/changes/{change}/confirmation"),
            json!({})
        )
        .await
        .0,
        403
    );
    assert_eq!(name(&hospital).await, "Rosa Kanarya", "until then it is on");
    house.wait_seconds(1);
    let before = house.raw("select count(*) as n from audit_entry").await[0]
        .int("n")
        .unwrap();
    assert_eq!(
        door.post(
            &adam,
            &format!("/api/v1/hipaa/changes/{change}/confirmation"),
            json!({})
        )
        .await
        .1["on"],
        false
    );
    assert_eq!(
        (name(&hospital).await, name(&court).await),
        ("R. K.".to_owned(), "Rosa Kanarya".to_owned())
    );
    assert!(
        house.raw("select count(*) as n from audit_entry").await[0]
            .int("n")
            .unwrap()
            > before,
        "no entry is lost"
    );
    let (_, notices) = door.get(&adam, "/api/v1/notices").await;
    assert!(
        notices["items"][0]["text"]
            .as_str()
            .unwrap()
            .contains("HIPAA mode is off"),
        "{notices}"
    );
    assert_eq!(
        door.post(
            &adam,
            &format!("/api/v1/hipaa/changes/{change}/refusal"),
            json!({})
        )
        .await
        .0,
        409,
        "answered"
    );
    let history = door
        .get(
            &olivia,
            &format!("/api/v1/history?kind=mode_change&id={change}"),
        )
        .await;
    assert_eq!(history.0, 200, "what was decided can be looked up");
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
    let key = made
        .text
        .split("class=\"token\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
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
    while house.gate.number_entries().await.unwrap() > 0 {}
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
    while house.gate.number_entries().await.unwrap() > 0 {}
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
    house.tamper("update factor_row set ended_at = 1 where kind = 'app' and user_id = (select user_id from member_row where email = 'dora@frontrange.example')").await.unwrap();
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
