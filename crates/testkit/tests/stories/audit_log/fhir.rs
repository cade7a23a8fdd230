//! Exported audit events have the structure of FHIR R4 AuditEvent and of the IHE BALP profiles they
//! name.
use interpres_gate::{ExportEntries, Refusal};
use interpres_scheduling::{CancelAppointment, CancelInput, ListAppointments, ShowAppointment};
use interpres_testkit::{House, apply, story};
use serde_json::Value;
use std::collections::BTreeSet;

const INTERACTIONS: [&str; 6] = [
    "read",
    "search-type",
    "create",
    "update",
    "delete",
    "operation",
];
const PROFILE: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";

fn coded(value: &Value) -> bool {
    let system = value["system"].as_str().unwrap_or_default();
    (system.starts_with("http://") || system.starts_with("urn:"))
        && value["code"].as_str().is_some_and(|c| !c.is_empty())
}

fn codings(value: &Value) -> Vec<&Value> {
    value["coding"].as_array().into_iter().flatten().collect()
}

fn has_type(of: &Value, code: &str) -> bool {
    codings(&of["type"]).iter().any(|c| c["code"] == code)
}

/// What the R4 structure and the profiles ask for; the first thing that is missing.
fn problem(event: &Value) -> Option<&'static str> {
    let subtypes: Vec<&Value> = event["subtype"].as_array().into_iter().flatten().collect();
    let agents: Vec<&Value> = event["agent"].as_array().into_iter().flatten().collect();
    let entities: Vec<&Value> = event["entity"].as_array().into_iter().flatten().collect();
    let profiles: Vec<&str> = event["meta"]["profile"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let interaction = subtypes
        .iter()
        .find(|s| INTERACTIONS.contains(&s["code"].as_str().unwrap_or_default()));
    let named = |end: &str| profiles.iter().any(|p| *p == format!("{PROFILE}{end}"));
    let is = |code: &str| interaction.is_some_and(|s| s["code"] == code);
    let with_action = |code: &str| event["action"] == code;
    let requestors = agents.iter().filter(|a| a["requestor"] == true).count();
    let checks = [
        (event["resourceType"] == "AuditEvent", "resourceType"),
        (event["id"].as_str().is_some_and(|id| id.len() == 36), "id"),
        (coded(&event["type"]), "type"),
        (
            !subtypes.is_empty() && subtypes.iter().all(|s| coded(s)),
            "subtype",
        ),
        (
            ["C", "R", "U", "D", "E"].iter().any(|a| with_action(a)),
            "action",
        ),
        (
            event["recorded"]
                .as_str()
                .is_some_and(|at| at.ends_with('Z') && at.len() >= 20),
            "recorded",
        ),
        (
            ["0", "4", "8", "12"].iter().any(|o| event["outcome"] == *o),
            "outcome",
        ),
        (
            event["outcome"] == "0" || event["outcomeDesc"].as_str().is_some_and(|d| !d.is_empty()),
            "outcomeDesc",
        ),
        (
            event["purposeOfEvent"].as_array().is_some_and(|p| {
                p.iter().all(|p| {
                    codings(p).iter().any(|c| {
                        ["TREAT", "HOPERAT", "HPAYMT", "BTG"]
                            .contains(&c["code"].as_str().unwrap_or_default())
                    })
                })
            }),
            "purposeOfEvent",
        ),
        (requestors == 1, "agent.requestor"),
        (
            agents.iter().all(|a| {
                a["requestor"].is_boolean() && a["who"]["identifier"]["value"].is_string()
            }),
            "agent.who",
        ),
        (
            agents.iter().any(|a| has_type(a, "110153"))
                && agents.iter().any(|a| has_type(a, "110152"))
                && agents.iter().any(|a| has_type(a, "IRCP")),
            "agent.type",
        ),
        (
            event["source"]["observer"]["identifier"]["value"].is_string()
                && event["source"]["type"]
                    .as_array()
                    .is_some_and(|t| t.iter().all(coded)),
            "source",
        ),
        (
            entities
                .iter()
                .all(|e| coded(&e["type"]) && coded(&e["role"])),
            "entity",
        ),
        (
            entities.iter().all(|e| {
                e["query"].is_string()
                    || e["what"]["reference"].is_string()
                    || e["what"]["identifier"]["value"].is_string()
            }),
            "entity.what",
        ),
        (
            !named("Read") || (is("read") && with_action("R")),
            "profile Read",
        ),
        (
            !named("Create") || (is("create") && with_action("C")),
            "profile Create",
        ),
        (
            !named("Update") || (is("update") && with_action("U")),
            "profile Update",
        ),
        (
            !named("Delete") || (is("delete") && with_action("D")),
            "profile Delete",
        ),
        (
            !named("Query")
                || (is("search-type")
                    && with_action("E")
                    && entities
                        .iter()
                        .any(|e| e["role"]["code"] == "24" && e["query"].is_string())),
            "profile Query",
        ),
        (
            !named("PrivacyDisclosure.Source") || subtypes.iter().any(|s| s["code"] == "disclose"),
            "profile PrivacyDisclosure",
        ),
        (profiles.iter().all(|p| p.starts_with(PROFILE)), "profile"),
    ];
    checks
        .into_iter()
        .find(|(good, _)| !good)
        .map(|(_, what)| what)
}

/// Copies of an event, each with one thing taken away or made wrong.
fn mutants(event: &Value) -> Vec<Value> {
    let mut out = Vec::new();
    let required = [
        "/resourceType",
        "/id",
        "/type",
        "/subtype",
        "/action",
        "/recorded",
        "/outcome",
        "/purposeOfEvent",
        "/agent",
        "/source",
    ];
    for path in required {
        for wrong in [Value::Null, Value::from(""), Value::from("x")] {
            let mut mutant = event.clone();
            *mutant.pointer_mut(path).unwrap() = wrong;
            out.push(mutant);
        }
    }
    let deeper = [
        ("/type/code", ""),
        ("/type/system", "x"),
        ("/subtype/0/code", ""),
        ("/subtype/1/system", "y"),
        ("/purposeOfEvent/0/coding/0/code", "FUN"),
        ("/agent/2/requestor", "no"),
        ("/agent/0/requestor", "yes"),
        ("/agent/1/who", ""),
        ("/agent/2/type", ""),
        ("/agent/0/type", ""),
        ("/agent/1/type", ""),
        ("/source/observer", ""),
        ("/source/type/0/code", ""),
        ("/meta/profile/0", "https://elsewhere.example/profile"),
    ];
    for (path, wrong) in deeper {
        let mut mutant = event.clone();
        *mutant
            .pointer_mut(path)
            .unwrap_or_else(|| panic!("{path} in {event}")) = wrong.into();
        out.push(mutant);
    }
    out
}

async fn events(house: &House) -> Vec<Value> {
    house
        .export(ExportEntries {
            form: "fhir".into(),
            ..ExportEntries::default()
        })
        .await
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

#[apply(story)]
async fn every_exported_event_has_the_structure_of_its_profiles_and_no_mutant_does(house: &House) {
    let (dora, vera, rita, id) = (
        house.enters("Dora").await,
        house.enters("Vera").await,
        house.enters("Rita").await,
        house.world.appointments["FR-1001"],
    );
    house
        .gate
        .view(&dora, ListAppointments::default())
        .await
        .unwrap();
    house.gate.view(&dora, ShowAppointment(id)).await.unwrap();
    assert!(matches!(
        house.gate.view(&rita, ShowAppointment(id)).await,
        Err(Refusal::NotFound)
    ));
    let cancel = || CancelAppointment {
        id,
        version: None,
        input: CancelInput {
            reason: "other".into(),
            note: "Rosa Kanarya is ill".into(),
        },
    };
    assert!(matches!(
        house.gate.perform(&vera, cancel()).await,
        Err(Refusal::Forbidden)
    ));
    house.gate.perform(&dora, cancel()).await.unwrap();
    let events = events(house).await;
    assert!(events.len() > 20);
    for event in &events {
        assert_eq!(problem(event), None, "{event}");
    }
    let refused: BTreeSet<&str> = events
        .iter()
        .filter(|e| e["outcome"] == "4")
        .map(|e| e["outcomeDesc"].as_str().unwrap())
        .collect();
    assert_eq!(refused, ["not-found", "forbidden"].into());
    let mut tried = 0;
    for code in ["read", "search-type", "create", "update"] {
        let event = events
            .iter()
            .find(|e| e["subtype"][0]["code"] == code)
            .unwrap();
        for mutant in mutants(event) {
            assert!(problem(&mutant).is_some(), "{code}: {mutant}");
            tried += 1;
        }
    }
    assert!(tried >= 40, "{tried}");
}
