use crate::{FieldRule, Grant, Permission, Reach, Role, grant};
use std::collections::BTreeMap;

/// What a role that a workspace made for itself holds: the same permissions as the built-in ones,
/// each with a reach, and what it sees of protected fields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    reaches: BTreeMap<Permission, Reach>,
    fields: FieldRule,
}

const REACHES: [(Reach, &str); 4] = [(Reach::None, "-"), (Reach::Own, "own"), (Reach::Team, "team"), (Reach::All, "all")];
const FIELDS: [(FieldRule, &str); 3] = [(FieldRule::Masked, "masked"), (FieldRule::Window, "window"), (FieldRule::Always, "always")];

impl Reach {
    /// Its word in the matrix.
    #[must_use]
    pub fn word(self) -> &'static str {
        REACHES.iter().find(|(reach, _)| *reach == self).map_or("-", |(_, word)| word)
    }
    /// The reach of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        REACHES.iter().find(|(_, w)| *w == word).map(|(reach, _)| *reach)
    }
}

impl FieldRule {
    /// Its word in the matrix.
    #[must_use]
    pub fn word(self) -> &'static str {
        FIELDS.iter().find(|(rule, _)| *rule == self).map_or("masked", |(_, word)| word)
    }
    /// The rule of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        FIELDS.iter().find(|(_, w)| *w == word).map(|(rule, _)| *rule)
    }
}

impl Permission {
    /// The permission of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.to_string() == name)
    }
    /// Whether it can be part of a role that people hold.
    #[must_use]
    pub fn is_for_people(self) -> bool {
        Role::PEOPLE.iter().any(|role| grant(*role, self).is_some())
    }
}

impl Sheet {
    /// From permissions by name with the words of their reach. Names and words of a later version
    /// grant nothing; everybody keeps their own account.
    #[must_use]
    pub fn of(reaches: &BTreeMap<String, String>, fields: &str) -> Self {
        let known = reaches.iter().filter_map(|(name, word)| Some((Permission::named(name).filter(|p| p.is_for_people())?, Reach::of_word(word)?)));
        let mut reaches: BTreeMap<Permission, Reach> = known.collect();
        reaches.insert(Permission::OwnAccount, Reach::Own);
        Self { reaches, fields: FieldRule::of_word(fields).unwrap_or(FieldRule::Masked) }
    }
    /// What it grants for a permission, or nothing.
    #[must_use]
    pub fn grant(&self, permission: Permission) -> Option<Grant> {
        let reach = self.reaches.get(&permission).copied().filter(|reach| *reach != Reach::None)?;
        Some(Grant { reach, fields: self.fields })
    }
}

/// The first permission that one set of grants holds further than another, if there is one: nobody
/// gives what they don't hold.
#[must_use]
pub fn beyond(given: impl Fn(Permission) -> Option<Grant>, held: impl Fn(Permission) -> Option<Grant>) -> Option<Permission> {
    let rank = |rule: FieldRule| FIELDS.iter().position(|(r, _)| *r == rule);
    Permission::ALL.iter().copied().filter(|p| p.is_for_people()).find(|p| match (given(*p), held(*p)) {
        (None, _) => false,
        // What interpreters do with their own offers and sessions nobody else holds, and giving it
        // gives no sight of others.
        (Some(grant), None) => grant.reach != Reach::Own,
        (Some(grant), Some(own)) => grant.reach > own.reach || (grant.reach > Reach::Own && rank(grant.fields) > rank(own.fields)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_what_they_do_not_hold() {
        let of = |role: Role| move |p: Permission| grant(role, p);
        assert!(beyond(of(Role::Owner), of(Role::Admin)).is_some(), "an admin makes no owner");
        assert!(Role::PEOPLE.iter().all(|role| beyond(of(*role), of(Role::Owner)).is_none()), "an owner gives every role");
        for role in Role::PEOPLE.iter().skip(1) {
            assert_eq!(beyond(of(*role), of(Role::Admin)), None, "{role}");
        }
        assert!(beyond(of(Role::Scheduler), of(Role::Viewer)).is_some());
    }

    #[test]
    fn a_sheet_holds_what_it_says_and_no_worker_s_hands() {
        let words = [("appointments.view", "team"), ("door.keep", "all"), ("no.such", "all"), ("invoices.view", "-"), ("rates.view", "everything")];
        let sheet = Sheet::of(&words.map(|(a, b)| (a.to_owned(), b.to_owned())).into(), "always");
        let held: Vec<Permission> = Permission::ALL.iter().copied().filter(|p| sheet.grant(*p).is_some()).collect();
        assert_eq!(held, [Permission::ViewAppointments, Permission::OwnAccount]);
    }
}
