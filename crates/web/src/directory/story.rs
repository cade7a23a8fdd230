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
            what: say::story_added().to_owned(),
        };
    }
    changed(version, &fields(), say::story_record())
}

/// Fields as people call them.
fn fields() -> [(&'static str, &'static str); 20] {
    [
        ("team_id", say::story_team()),
        ("first_name", say::story_name()),
        ("last_name", say::story_name()),
        ("name", say::story_name()),
        ("email", say::story_email()),
        ("phone", say::story_phone()),
        ("fax", say::story_fax()),
        ("website", say::story_website()),
        ("languages", say::story_languages()),
        ("service_types", say::story_services()),
        ("gender", say::story_gender()),
        ("address", say::story_address()),
        ("city", say::story_address()),
        ("state", say::story_address()),
        ("zip", say::story_address()),
        ("zone", say::story_zone()),
        ("billing_address", say::story_billing()),
        ("billing_city", say::story_billing()),
        ("billing_zip", say::story_billing()),
        ("health_care", say::story_health_care()),
    ]
}

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
