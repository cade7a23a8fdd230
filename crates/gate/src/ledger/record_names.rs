//! What people call the records that stand in a record's fields by their ids.
use crate::ledger::change::Change;
use crate::passage::{
    audience::Audience, column::Class, read_tx::ReadTx, record::RecordKind, refusal::Refusal,
};
use interpres_policy::{Action, Permission};
use interpres_store::{Row, StoreError, Val, bind_list};
use interpres_types::RecordId;
use std::collections::{BTreeMap, BTreeSet};

/// The columns by which a kind of record is called, the first that it has.
const CALLED_BY: [&[&str]; 3] = [&["name"], &["first_name", "last_name"], &["reference"]];

/// Whose ids a field holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum IdOwner {
    /// Of people, by their accounts.
    People,
    /// Of records of a kind, with what views them and the columns by which they are called.
    Records {
        kind: &'static str,
        viewed_by: Permission,
        called_by: &'static [&'static str],
    },
}

/// Puts names beside ids: of people of the workspace, and of records that the reader may view, within
/// their reach. What is out of reach, or is not there any more, keeps its id.
pub(crate) async fn name_ids(
    tx: &mut ReadTx,
    mut changes: Vec<&mut Change>,
) -> Result<(), Refusal> {
    let mut wanted: BTreeMap<IdOwner, BTreeSet<String>> = BTreeMap::new();
    for change in &changes {
        let Some(whose) = whose(tx, &change.field) else {
            continue;
        };
        let values = change.before.iter().chain(&change.after);
        wanted
            .entry(whose)
            .or_default()
            .extend(values.flat_map(|value| ids(value)));
    }
    let names = names(tx, Action::HistoryShow, wanted).await?;
    let name = |value: &Option<String>| {
        let ids = ids(value.as_deref()?);
        let known = ids.iter().any(|id| names.contains_key(id));
        known.then(|| {
            ids.into_iter()
                .map(|id| names.get(&id).cloned().unwrap_or(id))
                .collect::<Vec<_>>()
                .join(", ")
        })
    };
    for change in &mut changes {
        change.before_name = name(&change.before);
        change.after_name = name(&change.after);
    }
    Ok(())
}

/// What records are called, by id: those that the reader may view, within their reach.
pub(crate) async fn called(
    tx: &mut ReadTx,
    action: Action,
    records: BTreeSet<(String, String)>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut wanted: BTreeMap<IdOwner, BTreeSet<String>> = BTreeMap::new();
    for (kind, id) in records {
        let whose = tx.inner.kind(&kind).and_then(records_of);
        if let Some(whose) = whose {
            wanted.entry(whose).or_default().insert(id);
        }
    }
    names(tx, action, wanted).await
}

/// How many names are asked for at once.
const AT_A_TIME: usize = 256;

async fn names(
    tx: &mut ReadTx,
    action: Action,
    wanted: BTreeMap<IdOwner, BTreeSet<String>>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut names = BTreeMap::new();
    for (whose, ids) in wanted {
        match whose {
            IdOwner::People => names.extend(tx.names_of(ids.into_iter()).await?),
            IdOwner::Records {
                kind,
                viewed_by,
                called_by,
            } => {
                let Ok(before) = tx.narrow(action, viewed_by) else {
                    continue;
                };
                let ids: Vec<String> = ids.into_iter().collect();
                for some in ids.chunks(AT_A_TIME) {
                    names.extend(names_in(tx, kind, called_by, some).await?);
                }
                tx.go_by(before);
            }
        }
    }
    Ok(names)
}

fn whose(tx: &ReadTx, field: &str) -> Option<IdOwner> {
    let stem = field
        .strip_suffix("_ids")
        .or_else(|| field.strip_suffix("_id"));
    let Some(kind) = stem.and_then(|stem| tx.inner.kind(stem)) else {
        return (stem.is_some_and(|stem| ["user", "requester"].contains(&stem))
            || field.ends_with("_by"))
        .then_some(IdOwner::People);
    };
    records_of(kind)
}

/// Records of a kind, where its viewers are shown what they are called.
fn records_of(kind: RecordKind) -> Option<IdOwner> {
    let open = |name: &&str| {
        kind.columns.iter().any(|c| {
            c.name == *name && c.class == Class::Plain && kind.audience(c) == Audience::Viewers
        })
    };
    let called_by = CALLED_BY.iter().find(|names| names.iter().all(open))?;
    Some(IdOwner::Records {
        kind: kind.name,
        viewed_by: kind.history?.viewed_by,
        called_by,
    })
}

/// The ids in a value: it is one, or a list of them.
fn ids(value: &str) -> Vec<String> {
    let list = serde_json::from_str(value).unwrap_or_else(|_| vec![value.to_owned()]);
    list.into_iter()
        .filter(|id| id.parse::<RecordId>().is_ok())
        .collect()
}

async fn names_in(
    tx: &mut ReadTx,
    kind: &str,
    columns: &[&str],
    ids: &[String],
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut args = Vec::new();
    let list = bind_list(&mut args, ids.iter().cloned().map(Val::from).collect());
    let rows = tx
        .rows(
            &format!(
                "select id, {} from {kind} where id in ({list})",
                columns.join(", ")
            ),
            args,
        )
        .await?;
    let called = |row: &Row| {
        let parts = columns
            .iter()
            .filter_map(|column| row.may_text(column).transpose())
            .collect::<Result<Vec<_>, _>>()?;
        Ok((row.text("id")?.to_owned(), parts.join(" ")))
    };
    let names = rows
        .iter()
        .map(called)
        .collect::<Result<BTreeMap<_, _>, StoreError>>()?;
    Ok(names
        .into_iter()
        .filter(|(_, name)| !name.is_empty())
        .collect())
}
