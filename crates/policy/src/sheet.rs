use crate::{FieldRule, Grant, Permission, Reach, Role, grant};
use std::collections::BTreeMap;

/// The permissions of a custom role, each with a reach, and how much it sees of protected fields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    reaches: BTreeMap<Permission, Reach>,
    fields: FieldRule,
}

const REACHES: [(Reach, &str); 4] = [
    (Reach::None, "-"),
    (Reach::Own, "own"),
    (Reach::Team, "team"),
    (Reach::All, "all"),
];
const FIELDS: [(FieldRule, &str); 3] = [
    (FieldRule::Masked, "masked"),
    (FieldRule::Window, "window"),
    (FieldRule::Always, "always"),
];

impl Reach {
    /// Its word in the matrix.
    #[must_use]
    pub fn word(self) -> &'static str {
        REACHES
            .iter()
            .find(|(reach, _)| *reach == self)
            .map_or("-", |(_, word)| word)
    }
    /// The reach of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        REACHES
            .iter()
            .find(|(_, w)| *w == word)
            .map(|(reach, _)| *reach)
    }
}

impl FieldRule {
    /// Its word in the matrix.
    #[must_use]
    pub fn word(self) -> &'static str {
        FIELDS
            .iter()
            .find(|(rule, _)| *rule == self)
            .map_or("masked", |(_, word)| word)
    }
    /// The rule of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        FIELDS
            .iter()
            .find(|(_, w)| *w == word)
            .map(|(rule, _)| *rule)
    }
}

impl Permission {
    /// The words of the reaches that it can be granted with.
    #[must_use]
    pub fn words(self) -> String {
        self.reaches()
            .iter()
            .map(|reach| reach.word())
            .collect::<Vec<_>>()
            .join(" ")
    }
    /// The permission of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.to_string() == name)
    }
    /// Whether a role that people hold can include it.
    #[must_use]
    pub fn is_for_people(self) -> bool {
        Role::PEOPLE.iter().any(|role| grant(*role, self).is_some())
    }
}

impl Sheet {
    /// Builds a sheet from permission names and reach names. Unknown names, and reaches the permission does not
    /// allow, grant nothing; everyone keeps access to their own account.
    #[must_use]
    pub fn of(reaches: &BTreeMap<String, String>, fields: &str) -> Self {
        let known = |(name, word): (&String, &String)| {
            let permission = Permission::named(name).filter(|p| p.is_for_people())?;
            let reach =
                Reach::of_word(word).filter(|reach| permission.reaches().contains(reach))?;
            Some((permission, reach))
        };
        let mut reaches: BTreeMap<Permission, Reach> = reaches.iter().filter_map(known).collect();
        reaches.insert(Permission::OwnAccount, Reach::Own);
        Self {
            reaches,
            fields: FieldRule::of_word(fields).unwrap_or(FieldRule::Masked),
        }
    }
    /// Each permission with its reach, by their words.
    #[must_use]
    pub fn words(&self) -> BTreeMap<String, String> {
        self.reaches
            .iter()
            .map(|(permission, reach)| (permission.to_string(), reach.word().to_owned()))
            .collect()
    }
    /// The grant for a permission, if any.
    #[must_use]
    pub fn grant(&self, permission: Permission) -> Option<Grant> {
        let reach = self.reaches.get(&permission).copied()?;
        Some(Grant {
            reach,
            fields: self.fields,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_holds_what_it_says_and_no_worker_s_hands() {
        let words = [
            ("appointments.view", "team"),
            ("door.keep", "all"),
            ("no.such", "all"),
            ("invoices.view", "-"),
            ("rates.view", "everything"),
            ("hipaa.set", "own"),
        ];
        let sheet = Sheet::of(
            &words.map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
            "always",
        );
        let held: Vec<Permission> = Permission::ALL
            .iter()
            .copied()
            .filter(|p| sheet.grant(*p).is_some())
            .collect();
        assert_eq!(held, [Permission::ViewAppointments, Permission::OwnAccount]);
    }
}
