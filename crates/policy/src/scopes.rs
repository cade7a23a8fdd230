use crate::Permission;
use std::{collections::BTreeSet, fmt, str::FromStr};

/// The permissions to which a key is narrowed: names with spaces between, as `scope` has them in
/// OAuth 2.0 (RFC 6749 section 3.3).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scopes(BTreeSet<Permission>);

impl Scopes {
    /// Whether it includes a permission.
    #[must_use]
    pub fn hold(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }
    /// Whether it is a subset of `others`.
    #[must_use]
    pub fn within(&self, others: &Self) -> bool {
        self.0.is_subset(&others.0)
    }
    /// Each permission.
    pub fn iter(&self) -> impl Iterator<Item = Permission> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Permission> for Scopes {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
    }
}

/// Not the name of a permission that people or programs can hold.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownScope;

impl FromStr for Scopes {
    type Err = UnknownScope;
    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let known = |name: &str| {
            Permission::named(name)
                .filter(|p| p.is_for_people())
                .ok_or(UnknownScope)
        };
        text.split_ascii_whitespace()
            .map(known)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            &self
                .0
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" "),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_come_back_from_their_text_and_hold_no_worker_s_hands() {
        let text = "appointments.view customers.view";
        let scopes: Scopes = text.parse().unwrap();
        assert_eq!(scopes.to_string(), text);
        assert!(scopes.hold(Permission::ViewCustomers) && !scopes.hold(Permission::EditCustomers));
        assert!(
            scopes.within(&Permission::ALL.iter().copied().collect())
                && !scopes.within(&"customers.view".parse().unwrap())
        );
        for wrong in ["door.keep", "appointments.view nonsense"] {
            assert_eq!(wrong.parse::<Scopes>(), Err(UnknownScope), "{wrong}");
        }
    }
}
