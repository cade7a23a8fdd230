use interpres_gate::{Audience, Class, ColumnSpec, RecordKind};
use std::fmt::Write;

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

/// The register of protected fields: every column of every record with its class (EN8), and who is
/// shown it in the record's history. Plain ones are listed too, so that a new column is a visible
/// decision.
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
    out
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
