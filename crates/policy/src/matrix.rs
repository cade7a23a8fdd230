use crate::{Permission, Reach, Role, grant};
use std::fmt::Write;

/// The whole policy as a text table: one line a permission with the reaches that it can be granted
/// with, one column a role; then what each role sees of protected fields.
#[must_use]
pub fn matrix() -> String {
    let roles: Vec<Role> = Role::all().collect();
    let mut out = format!("{:<22}{:<14}", "permission", "reaches");
    for role in &roles {
        let _ = write!(out, "{:<18}", role.to_string());
    }
    for permission in Permission::ALL {
        let _ = write!(
            out,
            "\n{:<22}{:<14}",
            permission.to_string(),
            permission.words()
        );
        for role in &roles {
            let reach = grant(*role, *permission).map_or(Reach::None, |g| g.reach);
            let _ = write!(out, "{:<18}", reach.word());
        }
    }
    let _ = write!(out, "\n{:<36}", "client fields");
    for role in &roles {
        let _ = write!(out, "{:<18}", role.fields().word());
    }
    out.lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
        + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_held_by_somebody() {
        for permission in Permission::ALL {
            assert!(
                Role::all().any(|role| grant(role, *permission).is_some()),
                "nobody holds {permission}"
            );
        }
    }

    #[test]
    fn no_role_holds_a_permission_further_than_it_is_declared() {
        for (role, permission) in
            Role::all().flat_map(|role| Permission::ALL.iter().map(move |p| (role, *p)))
        {
            let held = grant(role, permission);
            assert!(
                held.is_none_or(|g| permission.reaches().contains(&g.reach)),
                "{role} {permission}"
            );
        }
        for permission in Permission::ALL {
            assert!(
                permission.reaches().is_sorted() && !permission.reaches().contains(&Reach::None),
                "{permission}"
            );
        }
    }

    #[test]
    fn a_role_comes_back_from_its_name() {
        for role in Role::all() {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
    }

    #[test]
    fn the_systems_own_hands_hold_nothing_that_people_hold() {
        for role in Role::all().filter(|r| !Role::PEOPLE.contains(r)) {
            let shared = Permission::ALL.iter().filter(|p| {
                grant(role, **p).is_some() && Role::PEOPLE.iter().any(|r| grant(*r, **p).is_some())
            });
            assert_eq!(shared.count(), 0, "{role}");
        }
    }
}
