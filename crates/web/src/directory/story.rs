//! What happened to a record of the directory, in sentences.
use crate::shared::story::{Deed, Teller, changed};
use interpres_gate::RecordVersion;

pub(super) const INTERPRETER: Teller = of("interpreter");
pub(super) const CUSTOMER: Teller = of("customer");

const fn of(kind: &'static str) -> Teller {
    Teller {
        kind,
        most: "6",
        deed,
    }
}

fn deed(version: &RecordVersion) -> Deed {
    if version.version == 1 {
        return Deed {
            sign: "plus",
            what: "added the record".to_owned(),
        };
    }
    changed(version, &FIELDS, "the record")
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
    use crate::shared::story::samples::version;

    #[test]
    fn a_change_is_told_by_what_people_call_its_fields() {
        let said = |fields: &[&str]| {
            let changes: Vec<_> = fields.iter().map(|field| (*field, "a", "b")).collect();
            deed(&version(2, &changes)).what
        };
        assert_eq!(said(&["city", "zip"]), "changed the address");
        assert_eq!(
            said(&["phone", "email", "latitude"]),
            "changed the phone number and the email"
        );
        assert_eq!(said(&["latitude"]), "changed the record");
    }
}
