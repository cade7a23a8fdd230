//! Prairie Language Partners on the way to HIPAA mode: a drill, rules, an agreement.
use crate::Door;
use interpres_compliance::{DeclareAgreement, ENCRYPTED_VOLUME, OfferAgreement};
use interpres_gate::{Drill, RecordDrill};
use interpres_testkit::House;
use interpres_types::INSTALLATION;
use serde_json::{Value, json};

pub(crate) const PRAIRIE: &str = "Prairie Language Partners";

pub(crate) async fn drill(house: &House) {
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
pub(crate) async fn offer(house: &House, door: &Door, key: &str) -> String {
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
pub(crate) async fn prepare(house: &House, door: &Door, peter: &str) {
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

pub(crate) fn for_hospital(reference: &str, client: &str) -> Value {
    json!({
        "reference": reference, "date": "2027-03-02", "start": "09:00", "minutes": 60,
        "language": "Arabic", "service_type": "in-person", "team": "Office",
        "customer": "Plains Community Hospital", "lep_client": client
    })
}
