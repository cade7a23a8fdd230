//! Entries as FHIR R4 AuditEvent resources, after IHE Basic Audit Log Patterns (BALP 1.1).
//! References are ids of ours; names are never given.
use crate::ledger::disclosures::went_outside;
use crate::passage::record::RecordKind;
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_audit_log::{Entry, Outcome, Seen};
use interpres_policy::{Action, ActionKind, Role};
use serde_json::{Value, json};

const BALP: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";

/// What a sort of act is called in FHIR: profile, type, subtype, action code.
struct Pattern {
    profile: Option<&'static str>,
    kind: (&'static str, &'static str),
    interaction: (&'static str, &'static str),
    code: &'static str,
}

const REST: (&str, &str) = (
    "http://terminology.hl7.org/CodeSystem/audit-event-type",
    "rest",
);
const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";

const fn rest(profile: &'static str, interaction: &'static str, code: &'static str) -> Pattern {
    Pattern {
        profile: Some(profile),
        kind: REST,
        interaction: (INTERACTION, interaction),
        code,
    }
}

/// The mapping table. The match is exhaustive, so a new sort of act does not build without a line.
const fn pattern(kind: ActionKind) -> Pattern {
    match kind {
        ActionKind::Read => rest("Read", "read", "R"),
        ActionKind::List => rest("Query", "search-type", "E"),
        ActionKind::Create => rest("Create", "create", "C"),
        ActionKind::Change => rest("Update", "update", "U"),
        ActionKind::Erase => rest("Delete", "delete", "D"),
        ActionKind::Export => Pattern {
            profile: None,
            kind: (DICOM, "110106"),
            interaction: (INTERACTION, "operation"),
            code: "R",
        },
        ActionKind::Door => Pattern {
            profile: None,
            kind: (DICOM, "110114"),
            interaction: (DICOM, "110122"),
            code: "E",
        },
    }
}

/// An act that this version does not know, in a log that a later one wrote.
const UNKNOWN: Pattern = Pattern {
    profile: None,
    kind: REST,
    interaction: (INTERACTION, "operation"),
    code: "E",
};

/// Why the act happened (HL7 v3 ActReason).
fn purpose(action: &str, role: &str) -> &'static str {
    if action.starts_with("glass.") {
        return "BTG";
    }
    match role.parse() {
        Ok(Role::Billing) => "HPAYMT",
        Ok(role) if Role::is_outside(role) => "TREAT",
        _ => "HOPERAT",
    }
}

fn coding((system, code): (&str, &str)) -> Value {
    json!({ "system": system, "code": code })
}

/// An entry as an AuditEvent. The same entry gives the same bytes.
pub(crate) fn audit_event(entry: &Entry, site: &str, kinds: &[RecordKind]) -> Value {
    let known = Action::named(&entry.action);
    let pattern = known.map_or(UNKNOWN, |action| pattern(action.kind()));
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": entry.id,
        "type": coding(pattern.kind),
        "subtype": [coding(pattern.interaction), { "system": "urn:interpres:action", "code": entry.action }],
        "action": pattern.code,
        "recorded": entry.at,
        "outcome": match entry.outcome { Outcome::Done => "0", Outcome::Refused => "4", Outcome::Fault => "8" },
        "purposeOfEvent": [{ "coding": [coding(("http://terminology.hl7.org/CodeSystem/v3-ActReason", purpose(&entry.action, &entry.role)))] }],
        "agent": agents(entry),
        "source": { "site": site, "observer": { "identifier": { "system": "urn:interpres:log", "value": site } }, "type": [coding(("http://terminology.hl7.org/CodeSystem/security-source-type", "4"))] },
    });
    let mut profiles: Vec<String> = pattern
        .profile
        .iter()
        .map(|profile| format!("{BALP}{profile}"))
        .collect();
    if entry
        .records
        .iter()
        .any(|record| went_outside(entry, record))
    {
        // What left the agency's own staff is a disclosure as well, for accounting by these alone.
        profiles.push(format!("{BALP}PrivacyDisclosure.Source"));
        if let Some(subtypes) = event["subtype"].as_array_mut() {
            subtypes.push(coding((
                "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle",
                "disclose",
            )));
        }
    }
    if !profiles.is_empty() {
        event["meta"] = json!({ "profile": profiles });
    }
    if let Some(reason) = &entry.reason {
        event["outcomeDesc"] = json!(reason);
    }
    let entities = entities(
        entry,
        kinds,
        known.is_some_and(|action| action.kind() == ActionKind::List),
    );
    if !entities.is_empty() {
        event["entity"] = json!(entities);
    }
    event
}

fn agents(entry: &Entry) -> Value {
    let dicom = |code| json!({ "coding": [coding((DICOM, code))] });
    let mut client = json!({ "type": dicom("110153"), "who": { "identifier": { "system": "urn:interpres:session", "value": entry.session.as_deref().unwrap_or("none") } }, "requestor": false });
    if let Some(address) = &entry.address {
        client["network"] = json!({ "address": address, "type": "2" });
    }
    let server = json!({ "type": dicom("110152"), "who": { "identifier": { "system": "urn:interpres:workspace", "value": entry.workspace } }, "requestor": false });
    let user = json!({
        "type": { "coding": [coding(("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"))] },
        "who": { "identifier": { "system": "urn:interpres:actor", "value": entry.actor } },
        "role": [{ "coding": [coding(("urn:interpres:role", &entry.role))] }],
        "requestor": true,
    });
    json!([client, server, user])
}

const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";

fn entities(entry: &Entry, kinds: &[RecordKind], list: bool) -> Vec<Value> {
    let resource = |record: &Seen| kinds.iter().find(|kind| kind.name == record.kind)?.resource;
    let entity = |record: &Seen| entity(record, resource(record));
    let mut out: Vec<Value> = entry.records.iter().map(entity).collect();
    if list {
        // The profile wants the query; ours is told by its name, because what was typed into it
        // may name somebody.
        out.push(json!({ "type": coding((ENTITY_TYPE, "2")), "role": coding((OBJECT_ROLE, "24")), "query": STANDARD.encode(&entry.action) }));
    }
    out
}

fn entity(record: &Seen, resource: Option<&str>) -> Value {
    let what = match resource {
        Some(name) => json!({ "reference": format!("{name}/{}", record.id) }),
        None => {
            json!({ "identifier": { "system": format!("urn:interpres:{}", record.kind), "value": record.id } })
        }
    };
    let mut out = json!({ "what": what, "type": coding((ENTITY_TYPE, "2")), "role": coding((OBJECT_ROLE, "4")) });
    let details: Vec<Value> = [("revealed", &record.revealed), ("changed", &record.changed)]
        .into_iter()
        .filter(|(_, fields)| !fields.is_empty())
        .map(|(word, fields)| json!({ "type": word, "valueString": fields.join(", ") }))
        .collect();
    if !details.is_empty() {
        out["detail"] = json!(details);
    }
    out
}
