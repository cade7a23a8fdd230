//! Any column of any record is changed behind our back, and found.
use crate::audit_log::past_the_gate::restore;
use interpres_gate::{Actor, Kind, RecordKind, RestoreOwnRecord};
use interpres_testkit::{House, apply, story};
use interpres_types::{INSTALLATION, WorkspaceId};

/// What is the same as the value and yet not it.
fn changed(house: &House, column: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => format!("{column} || 'x'"),
        Kind::Int => format!("{column} + 1"),
        Kind::Bool => format!("not {column}"),
        Kind::Bytes => house.literal(&[7; 40]),
    }
}

/// A row of a kind in which a column holds something, the latest one. The owner's own membership is
/// left alone: who is taken out of sight can't put anything back.
async fn a_row(house: &House, workspace: &str, kind: &RecordKind, column: &str) -> Option<String> {
    let others = if kind.name == "member" {
        "and role <> 'owner'"
    } else {
        ""
    };
    let sql = format!(
        "select id from {}_row where workspace_id = '{workspace}' \
        and {column} is not null {others} order by id desc limit 1",
        kind.name
    );
    house
        .raw(&sql)
        .await
        .first()
        .map(|row| row.text("id").unwrap().to_owned())
}

/// Every value of a row, as text.
async fn whole(house: &House, kind: &RecordKind, workspace: &str, id: &str) -> String {
    let columns: String = kind
        .columns
        .iter()
        .map(|c| format!(", {}", c.name))
        .collect();
    let rows = house
        .raw(&format!(
            "select version, checksum{columns} from {}_row \
            where workspace_id = '{workspace}' and id = '{id}'",
            kind.name
        ))
        .await;
    assert_eq!(rows.len(), 1, "{} {id}", kind.name);
    kind.columns
        .iter()
        .map(|c| format!("{:?}", rows[0].get(c.name).unwrap()))
        .collect()
}

/// Changes one column of one row of each kind, and looks whether each is found and put back.
async fn round(house: &House, workspace: WorkspaceId, who: &Actor, at: usize) -> usize {
    let (name, mut touched) = (workspace.to_string(), Vec::new());
    for kind in interpres::kinds() {
        let own = [("version", Kind::Int), ("checksum", Kind::Bytes)];
        let Some((column, value)) = own
            .into_iter()
            .chain(kind.columns.iter().map(|c| (c.name, c.kind)))
            .nth(at)
        else {
            continue;
        };
        let Some(id) = a_row(house, &name, &kind, column).await else {
            continue;
        };
        let before = whole(house, &kind, &name, &id).await;
        let sql = format!(
            "update {}_row set {column} = {} where workspace_id = '{name}' and id = '{id}'",
            kind.name,
            changed(house, column, value)
        );
        assert_eq!(house.tamper(&sql).await, Ok(1), "{sql}");
        touched.push((kind, column, id, before));
    }
    assert_eq!(
        house.gate.sweep(workspace).await.unwrap(),
        i64::try_from(touched.len()).unwrap(),
        "{:?}",
        touched.iter().map(|t| (t.0.name, t.1)).collect::<Vec<_>>()
    );
    for (kind, column, id, before) in &touched {
        let left = house
            .raw(&format!(
                "select id from {}_row where workspace_id = '{name}' and id = '{id}'",
                kind.name
            ))
            .await;
        assert!(left.is_empty(), "{}.{column} is still there", kind.name);
        match who.user() {
            Some(_) => drop(
                house
                    .gate
                    .perform(who, restore(kind.name, id))
                    .await
                    .unwrap(),
            ),
            None => drop(
                house
                    .gate
                    .perform(
                        who,
                        RestoreOwnRecord {
                            input: restore(kind.name, id).input,
                        },
                    )
                    .await
                    .unwrap(),
            ),
        }
        assert_eq!(
            whole(house, kind, &name, id).await,
            *before,
            "{}.{column}",
            kind.name
        );
    }
    house.wait_minutes(1);
    touched.len()
}

#[apply(story)]
async fn a_change_of_any_column_of_any_record_is_found_and_can_be_put_back(house: &House) {
    let (olivia, operator) = (
        house.enters("Olivia").await,
        house.gate.operator(INSTALLATION),
    );
    assert_eq!(house.gate.sweep(house.ours()).await.unwrap(), 0);
    assert_eq!(house.gate.sweep(INSTALLATION).await.unwrap(), 0);
    let widest = interpres::kinds()
        .iter()
        .map(|k| k.columns.len() + 2)
        .max()
        .unwrap();
    let mut judged = 0;
    for at in 0..widest {
        judged += round(house, house.ours(), &olivia, at).await
            + round(house, INSTALLATION, &operator, at).await;
    }
    assert!(judged > 80, "only {judged} columns hold anything");
    assert_eq!(
        house.gate.sweep(house.ours()).await.unwrap(),
        0,
        "all is as it was"
    );
}
