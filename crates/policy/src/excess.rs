use crate::{FieldRule, Grant, Permission};
use std::fmt;

/// A grant beyond what its author holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Excess {
    /// A permission the author does not hold, or holds with a narrower reach.
    Permission(Permission),
    /// More sight of clients than they have.
    Fields,
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permission(permission) => write!(
                f,
                "holds more than you do ({permission}); ask someone who holds it"
            ),
            Self::Fields => f.write_str("sees more of clients than you do; ask someone who does"),
        }
    }
}

/// Returns the first permission in `given` that exceeds `held`, or `Fields` if it would show more of clients.
/// Own-only permissions never count.
#[must_use]
pub fn beyond(
    given: impl Fn(Permission) -> Option<Grant>,
    held: impl Fn(Permission) -> Option<Grant>,
) -> Option<Excess> {
    let further = |p: &Permission| match (given(*p), held(*p)) {
        (None, _) => false,
        (Some(_), None) => !p.is_ones_own(),
        (Some(grant), Some(own)) => grant.reach > own.reach,
    };
    if let Some(permission) = for_people().find(further) {
        return Some(Excess::Permission(permission));
    }
    (sight(given) > sight(held)).then_some(Excess::Fields)
}

fn for_people() -> impl Iterator<Item = Permission> {
    Permission::ALL
        .iter()
        .copied()
        .filter(|p| p.is_for_people())
}

/// The most that a set of grants shows of clients.
fn sight(held: impl Fn(Permission) -> Option<Grant>) -> Option<FieldRule> {
    for_people()
        .filter_map(held)
        .map(|grant| grant.fields)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Reach, Role, Sheet, grant};
    use std::collections::BTreeMap;

    const REACHES: [Reach; 3] = [Reach::Own, Reach::Team, Reach::All];
    const FIELDS: [FieldRule; 3] = [FieldRule::Masked, FieldRule::Window, FieldRule::Always];

    fn sheet(held: &[(Permission, Reach)], fields: FieldRule) -> Sheet {
        let words: BTreeMap<String, String> = held
            .iter()
            .map(|(p, reach)| (p.to_string(), reach.word().to_owned()))
            .collect();
        Sheet::of(&words, fields.word())
    }

    type Author = Box<dyn Fn(Permission) -> Option<Grant>>;

    /// Every built-in role, and roles of a workspace's own: a narrow one for each way of seeing clients.
    fn authors() -> Vec<Author> {
        let mut all: Vec<Author> = Role::PEOPLE
            .iter()
            .map(|role| Box::new(move |p| grant(*role, p)) as Author)
            .collect();
        for fields in FIELDS {
            let held = [
                (Permission::EditMembers, Reach::All),
                (Permission::ViewAppointments, Reach::Team),
                (Permission::FileVouchers, Reach::Own),
            ];
            let own = sheet(&held, fields);
            all.push(Box::new(move |p| own.grant(p)));
        }
        all
    }

    #[test]
    fn nobody_gives_a_permission_at_any_reach_beyond_their_own() {
        let mut refused = 0;
        for author in authors() {
            let sees = sight(&author);
            for (permission, reach) in for_people().flat_map(|p| REACHES.map(|reach| (p, reach))) {
                for fields in FIELDS {
                    let given = sheet(&[(permission, reach)], fields);
                    let declared = permission.reaches().contains(&reach)
                        || permission == Permission::OwnAccount;
                    assert_eq!(
                        given.grant(permission).is_some(),
                        declared,
                        "{permission} {reach:?}"
                    );
                    let further = declared
                        && !permission.is_ones_own()
                        && author(permission).is_none_or(|held| held.reach < reach);
                    let expected = further
                        .then_some(Excess::Permission(permission))
                        .or((Some(fields) > sees).then_some(Excess::Fields));
                    assert_eq!(
                        beyond(|p| given.grant(p), &author),
                        expected,
                        "{permission} {reach:?} {fields:?}"
                    );
                    refused += usize::from(expected.is_some());
                }
            }
        }
        assert!(refused > 1000, "{refused}");
    }

    #[test]
    fn nobody_gives_what_they_do_not_hold() {
        let of = |role: Role| move |p: Permission| grant(role, p);
        assert!(
            beyond(of(Role::Owner), of(Role::Admin)).is_some(),
            "an admin makes no owner"
        );
        assert!(
            Role::PEOPLE
                .iter()
                .all(|role| beyond(of(*role), of(Role::Owner)).is_none()),
            "an owner gives every role"
        );
        for role in Role::PEOPLE.iter().skip(1) {
            assert_eq!(beyond(of(*role), of(Role::Admin)), None, "{role}");
        }
        assert!(beyond(of(Role::Scheduler), of(Role::Viewer)).is_some());
    }
}
