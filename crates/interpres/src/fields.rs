use interpres_gate::{
    Audience, Class, ColumnSpec, FactName, FieldRule, Permission, Reach, RecordKind, Role, Tie,
    grant,
};
use std::{
    collections::BTreeMap,
    fmt::{self, Write},
};

/// The kinds of records of every room.
#[must_use]
pub fn kinds() -> Vec<RecordKind> {
    [
        interpres_accounts::RECORDS,
        interpres_sso::RECORDS,
        interpres_rates::RECORDS,
        interpres_directory::RECORDS,
        interpres_scheduling::RECORDS,
        interpres_dispatch::RECORDS,
        interpres_billing::RECORDS,
        interpres_imports::RECORDS,
        interpres_compliance::RECORDS,
        interpres_gate::RECORDS,
    ]
    .concat()
}

/// What somebody is shown of a field.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sight {
    /// What stands there.
    Clear,
    /// The same, from some hours before the start until the voucher is approved; at other times its mask.
    Window,
    /// Its mask.
    Masked,
    /// Not even whether something stands there.
    Nothing,
}

impl fmt::Display for Sight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clear => "clear",
            Self::Window => "window",
            Self::Masked => "masked",
            Self::Nothing => "-",
        })
    }
}

/// Whether people of a role have a record of their own by a fact: interpreters have, and nobody else.
fn has_own(role: Role, by: Option<FactName>) -> bool {
    by.is_some() == (role == Role::Interpreter)
}

/// What a role is shown of a field in the rows it reaches; where these are its own, by how one is tied to them. Nothing
/// where it doesn't view such records at all.
#[must_use]
pub fn sight(
    kind: &RecordKind,
    column: &ColumnSpec,
    role: Role,
    tie: Option<Tie>,
) -> Option<Sight> {
    let grant = grant(role, kind.viewed_by?)?;
    let tied =
        |ties: &[Tie]| grant.reach > Reach::Own || tie.is_some_and(|tie| ties.contains(&tie));
    let holds = |permission: Permission| {
        interpres_gate::grant(role, permission).is_some_and(|held| held.reach >= grant.reach)
    };
    let shown = match column.audience {
        Audience::Viewers => true,
        Audience::Holders(permission) => holds(permission),
        Audience::Without(fact) => !has_own(role, Some(fact)),
        Audience::Tied(ties) => tied(ties),
        Audience::TiedOrMasked(ties) if !tied(ties) => return Some(Sight::Masked),
        Audience::TiedOrMasked(_) => true,
        Audience::Nobody => false,
    };
    Some(match (column.class, grant.fields) {
        _ if !shown => Sight::Nothing,
        (Class::Secret, _) => Sight::Nothing,
        (Class::Plain, _) | (_, FieldRule::Always) => Sight::Clear,
        (_, FieldRule::Masked) => Sight::Masked,
        (_, FieldRule::Window) => Sight::Window,
    })
}

/// Each field that not everybody is shown in clear who views its record, with what each role is shown; of one's own, by how
/// one is tied to it.
fn sights() -> String {
    let mut out = String::from(
        "\nsight   record.field                    role, and of their own rows how they are tied to one\n",
    );
    for kind in kinds().iter().filter(|kind| kind.viewed_by.is_some()) {
        for column in kind.columns {
            let told = column.class != Class::Plain || column.audience != Audience::Viewers;
            let mut lines: BTreeMap<Sight, Vec<String>> = BTreeMap::new();
            for seen in roles(kind, column).into_iter().filter(|_| told) {
                lines.entry(seen.sight).or_default().push(seen.by);
            }
            for (sight, names) in lines {
                let field = format!("{}.{}", kind.name, column.name);
                let _ = writeln!(
                    out,
                    "{:<7} {field:<31} {}",
                    sight.to_string(),
                    names.join(" ")
                );
            }
        }
    }
    out
}

/// What is shown to whom.
struct Seen {
    by: String,
    sight: Sight,
}

fn roles(kind: &RecordKind, column: &ColumnSpec) -> Vec<Seen> {
    let of = |role: Role| {
        let own = kind
            .viewed_by
            .and_then(|permission| grant(role, permission))
            .is_some_and(|grant| grant.reach == Reach::Own);
        let ties: Vec<Option<Tie>> = if own && !kind.ties.is_empty() {
            let theirs = |tie: &&Tie| has_own(role, tie.by);
            kind.ties.iter().filter(theirs).copied().map(Some).collect()
        } else {
            vec![None]
        };
        ties.into_iter().filter_map(move |tie| {
            Some(Seen {
                by: tie.map_or_else(|| role.to_string(), |tie| format!("{role}:{}", tie.name)),
                sight: sight(kind, column, role, tie)?,
            })
        })
    };
    Role::PEOPLE.into_iter().flat_map(of).collect()
}

/// The register of protected fields: every column of every record with its class (EN8), and who is
/// shown it in the record's history. Plain ones are listed too, so that a new column is a visible
/// decision. Below it, what each role is shown of what not everybody is.
#[must_use]
pub fn fields() -> String {
    let word = |class| match class {
        Class::Plain => "-",
        Class::Named => "named",
        Class::Free => "free",
        Class::Secret => "secret",
    };
    let mut out = String::from("class  history                                 record.field\n");
    for kind in kinds() {
        for column in kind.columns {
            let _ = writeln!(
                out,
                "{:<6} {:<39} {}.{}",
                word(column.class),
                audience(&kind, column),
                kind.name,
                column.name
            );
        }
    }
    out + &sights()
}

/// By what permissions a column is shown in a history.
fn audience(kind: &RecordKind, column: &ColumnSpec) -> String {
    let viewed_by = kind
        .history
        .map(|history| history.viewed_by.to_string())
        .unwrap_or_default();
    match kind.audience(column) {
        Audience::Viewers => viewed_by,
        Audience::Holders(permission) => format!("{viewed_by} {permission}"),
        Audience::Without(_) => format!("{viewed_by} (office)"),
        Audience::Tied(_) | Audience::TiedOrMasked(_) => format!("{viewed_by} (by sight)"),
        Audience::Nobody => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// A history's reach is checked on whole rows of its own kind.
    #[test]
    fn every_history_is_of_a_scoped_name_with_whole_rows() {
        let names = crate::names();
        for kind in kinds() {
            let Some(history) = kind.history else {
                continue;
            };
            let scoped = names
                .iter()
                .find(|name| name.name == kind.name)
                .unwrap_or_else(|| panic!("{} has no scoped name", kind.name));
            assert!(
                scoped.table == format!("{}_row", kind.name) && scoped.columns.starts_with('*'),
                "{}",
                kind.name
            );
            let columns: BTreeSet<&str> = kind.columns.iter().map(|column| column.name).collect();
            assert!(
                history.teams.is_none_or(|column| columns.contains(column)),
                "{}",
                kind.name
            );
        }
    }

    /// What is not among them is neither swept for changes nor taken along when a workspace moves.
    #[test]
    fn every_table_of_records_is_of_a_kind_that_a_room_keeps() {
        let kept: BTreeSet<String> = kinds()
            .iter()
            .map(|kind| format!("{}_row", kind.name))
            .collect();
        let text: String = interpres_store::SCHEMA
            .iter()
            .map(|step| step.sql)
            .collect();
        let tables: BTreeSet<String> = text
            .split("create table ")
            .skip(1)
            .filter_map(|rest| rest.split([' ', '(']).next())
            .filter(|t| t.ends_with("_row"))
            .map(str::to_owned)
            .collect();
        assert!(tables.len() > 30);
        assert_eq!(
            kept.difference(&tables)
                .chain(tables.difference(&kept))
                .collect::<Vec<_>>(),
            [""; 0]
        );
    }
}
