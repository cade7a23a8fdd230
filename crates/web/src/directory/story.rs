//! What happened to a record of the directory, in sentences.
use crate::{App, shared::Refused};
use interpres_gate::{Actor, Permission as P, RecordVersion, ShowHistory};
use interpres_types::Instant;
use std::fmt;

/// How many of the latest versions are told.
const TOLD: &str = "6";

/// Something that happened.
pub(super) struct Happened {
    pub(super) sign: &'static str,
    pub(super) who: String,
    /// What they did, after their name.
    pub(super) what: String,
    pub(super) at: Instant,
}

/// What happened to a record lately; nothing for those who see no history.
pub(super) async fn story(
    app: &App,
    actor: &Actor,
    kind: &str,
    id: impl fmt::Display,
) -> Result<Vec<Happened>, Refused> {
    if !actor.may(P::ViewHistory) {
        return Ok(Vec::new());
    }
    let asked = ShowHistory {
        limit: TOLD.into(),
        ..ShowHistory::of(kind, id)
    };
    let versions = app.gate.view(actor, asked).await?.into_inner();
    Ok(versions.items.into_iter().map(told).collect())
}

fn told(version: RecordVersion) -> Happened {
    let added = version.version == 1;
    Happened {
        sign: if added { "plus" } else { "edit" },
        what: if added {
            "added the record".to_owned()
        } else {
            changed(&version)
        },
        who: version
            .actor_name
            .unwrap_or_else(|| match version.actor.as_str() {
                "operator" => "The operator".to_owned(),
                _ => "Interpres".to_owned(),
            }),
        at: version.at,
    }
}

fn changed(version: &RecordVersion) -> String {
    let mut fields: Vec<&str> = Vec::new();
    for change in &version.changes {
        let known = FIELDS.iter().find(|(field, _)| *field == change.field);
        if let Some((_, words)) = known.filter(|(_, words)| !fields.contains(words)) {
            fields.push(words);
        }
    }
    match fields.as_slice() {
        [] => "changed the record".to_owned(),
        [one] => format!("changed {one}"),
        [some @ .., last] => format!("changed {} and {last}", some.join(", ")),
    }
}

/// Fields as people call them.
const FIELDS: [(&str, &str); 20] = [
    ("team_id", "the team"),
    ("first_name", "the name"),
    ("last_name", "the name"),
    ("name", "the name"),
    ("email", "the email"),
    ("phone", "the phone number"),
    ("fax", "the fax number"),
    ("website", "the website"),
    ("languages", "the languages"),
    ("service_types", "the services"),
    ("gender", "the gender"),
    ("address", "the address"),
    ("city", "the address"),
    ("state", "the address"),
    ("zip", "the address"),
    ("zone", "the time zone"),
    ("billing_address", "the billing address"),
    ("billing_city", "the billing address"),
    ("billing_zip", "the billing address"),
    ("health_care", "whether it is a health-care customer"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use interpres_gate::Change;

    #[test]
    fn a_change_is_told_by_what_people_call_its_fields() {
        let change = |field: &str| Change {
            field: field.to_owned(),
            before: None,
            after: None,
            before_name: None,
            after_name: None,
        };
        let version = |fields: &[&str]| RecordVersion {
            version: 2,
            at: Instant::default(),
            actor: "x".to_owned(),
            actor_name: Some("Dora".to_owned()),
            changes: fields.iter().map(|field| change(field)).collect(),
        };
        let said = |fields: &[&str]| told(version(fields)).what;
        assert_eq!(said(&["city", "zip"]), "changed the address");
        assert_eq!(
            said(&["phone", "email", "latitude"]),
            "changed the phone number and the email"
        );
        assert_eq!(said(&["latitude"]), "changed the record");
    }
}
