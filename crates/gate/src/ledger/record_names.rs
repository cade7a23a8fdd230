//! What people call the records that stand in a record's fields by their ids.
use crate::ledger::change::Change;
use crate::passage::{audience::Audience, column::Class, read_tx::ReadTx, refusal::Refusal};
use interpres_policy::{Action, Permission};
use interpres_store::{Row, StoreError, Val, bind_list};
use interpres_types::RecordId;
use std::collections::{BTreeMap, BTreeSet};

/// The columns by which a kind of record is called, the first that it has.
const CALLED_BY: [&[&str]; 3] = [&["name"], &["first_name", "last_name"], &["reference"]];

/// Whose ids a field holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
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
    let mut wanted: BTreeMap<Whose, BTreeSet<String>> = BTreeMap::new();
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
    let mut names = BTreeMap::new();
    for (whose, ids) in wanted {
        names.extend(match whose {
            Whose::People => tx.names_of(ids.into_iter()).await?,
            Whose::Records {
                kind,
                viewed_by,
                called_by,
            } => match tx.narrow(Action::HistoryShow, viewed_by) {
                Ok(before) => {
                    let names = names_in(tx, kind, called_by, ids).await?;
                    tx.go_by(before);
                    names
                }
                Err(_) => BTreeMap::new(),
            },
        });
    }
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
        (change.before_name, change.after_name) = (name(&change.before), name(&change.after));
    }
    Ok(())
}

fn whose(tx: &ReadTx, field: &str) -> Option<Whose> {
    let stem = field
        .strip_suffix("_ids")
        .or_else(|| field.strip_suffix("_id"));
    let Some(kind) = stem.and_then(|stem| tx.inner.kind(stem)) else {
        return (stem.is_some_and(|stem| ["user", "requester"].contains(&stem))
            || field.ends_with("_by"))
        .then_some(Whose::People);
    };
    let open = |name: &&str| {
        kind.columns.iter().any(|c| {
            c.name == *name && c.class == Class::Plain && kind.audience(c) == Audience::Viewers
        })
    };
    let called_by = CALLED_BY.iter().find(|names| names.iter().all(open))?;
    Some(Whose::Records {
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
    ids: BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut args = Vec::new();
    let list = bind_list(&mut args, ids.into_iter().map(Val::from).collect());
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
