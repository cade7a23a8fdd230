//! What somebody with the database in hand does, and what is found of it.
use interpres_gate::{Origin, RestoreInput, RestoreRecord, ShowIntegrity};
use interpres_testkit::House;

/// What was found so far and stands: the kind of record, and what of it.
pub(crate) async fn found(house: &House) -> Vec<(String, String)> {
    house.number_entries().await;
    house.gate.quarantine().await.unwrap();
    let view = house
        .gate
        .view(&house.enters("Olivia").await, ShowIntegrity)
        .await
        .unwrap()
        .into_inner();
    let mut found: Vec<_> = view
        .incidents
        .into_iter()
        .filter(|i| i.restored_at.is_none())
        .map(|i| (i.kind, i.found))
        .collect();
    found.sort();
    found
}

/// What `found` is expected to give.
pub(crate) fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(kind, found)| ((*kind).to_owned(), (*found).to_owned()))
        .collect()
}

/// Whether a key opens anything.
pub(crate) async fn is_let_in(house: &House, key: &str) -> bool {
    house
        .gate
        .admit_key(key, Origin::default())
        .await
        .unwrap()
        .is_some()
}

/// Runs statements in which `{w}` is the workspace.
pub(crate) async fn run(house: &House, statements: &[&str]) {
    for sql in statements {
        house
            .tamper(&sql.replace("{w}", &format!("'{}'", house.ours())))
            .await
            .unwrap();
    }
}

/// Copies tables, as they are now.
pub(crate) async fn keep(house: &House, tables: &[&str]) {
    for table in tables {
        run(
            house,
            &[&format!(
                "create table kept_{table} as select * from {table}"
            )],
        )
        .await;
    }
}

/// Puts tables back as they were kept.
pub(crate) async fn put_back(house: &House, tables: &[&str]) {
    for table in tables {
        run(
            house,
            &[
                &format!("delete from {table}"),
                &format!("insert into {table} select * from kept_{table}"),
                &format!("drop table kept_{table}"),
            ],
        )
        .await;
    }
}

/// What the log stands in.
pub(crate) const TABLES: [&str; 5] = [
    "audit_entry",
    "audit_leaf",
    "audit_node",
    "audit_head",
    "audit_pending",
];

/// Asks for the last good version of a record.
pub(crate) fn restore(kind: &str, record: &str) -> RestoreRecord {
    RestoreRecord {
        input: RestoreInput {
            kind: kind.into(),
            record: record.into(),
        },
    }
}
