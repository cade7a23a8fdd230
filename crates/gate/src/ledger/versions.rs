//! A record's versions as they were saved, where the actor may see its history.
use crate::passage::{
    audience::History,
    column::Window,
    filter::Filter,
    integrity::{Body, Subject},
    read_tx::ReadTx,
    record::{RecordKind, opening},
    refusal::Refusal,
};
use interpres_policy::{Action, Reach};
use interpres_store::{Row, Val};
use interpres_types::{Field, KeyId, Problems, RecordId, Rule, TeamId};
use std::str::FromStr;

/// A version's number, from 1.
#[derive(Clone, Copy)]
pub(crate) struct VersionNumber(pub(crate) i64);

impl FromStr for VersionNumber {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        raw.trim()
            .parse()
            .ok()
            .filter(|number| *number > 0)
            .map(Self)
            .ok_or_else(|| Rule::new("must be the number of a version"))
    }
}

/// A record whose history the actor may see, and by what its sealed fields open now.
pub(crate) struct HistorySubject {
    pub(crate) kind: RecordKind,
    pub(crate) id: RecordId,
    pub(crate) window: Option<Window>,
    pub(crate) covered: bool,
    /// Whose history it is that was asked for: itself, or what it belongs to.
    pub(crate) asked: HistoryTarget,
}

/// A record whose history was asked for.
#[derive(Clone, Copy)]
pub(crate) struct HistoryTarget {
    pub(crate) kind: &'static str,
    pub(crate) id: RecordId,
}

impl HistorySubject {
    pub(crate) fn versions(&self, tx: &ReadTx) -> Filter {
        Filter::begin(
            "",
            vec![
                Val::text(tx.actor().workspace()),
                self.kind.name.into(),
                Val::text(self.id),
            ],
        )
    }
}

/// The record, within what `history.view` reaches and what the permission does that views it, where `p`
/// holds no problems. Those who see a record because it is theirs look at it, not at its history.
pub(crate) async fn within_reach(
    tx: &mut ReadTx,
    kind: &Field,
    id: &Field,
    mut p: Problems,
) -> Result<HistorySubject, Refusal> {
    let id = p.need::<RecordId>("id", id);
    let kind = tx.inner.kind(kind.raw().trim()).ok_or(Refusal::NotFound)?;
    let history = kind.history.ok_or(Refusal::NotFound)?;
    tx.narrow(Action::HistoryShow, history.viewed_by)?;
    let Some(id) = id.filter(|_| p.is_empty()) else {
        return Err(p.into());
    };
    let sealed = if kind.sealed {
        ["visible_from", "visible_until", "covered"].as_slice()
    } else {
        &[]
    };
    let columns: Vec<&str> = ["id"]
        .into_iter()
        .chain(history.teams)
        .chain(sealed.iter().copied())
        .collect();
    let rows = tx
        .rows(
            &format!(
                "select {} from {} where id = $1",
                columns.join(", "),
                kind.name
            ),
            vec![Val::text(id)],
        )
        .await?;
    let row = rows
        .first()
        .filter(|_| tx.reach() > Reach::Own)
        .ok_or(Refusal::NotFound)?;
    if tx.reach() == Reach::Team && !shares_a_team(tx, history, row)? {
        return Err(Refusal::NotFound);
    }
    tx.saw(kind.name, id);
    let (window, covered) = if kind.sealed {
        opening(row)?
    } else {
        (None, true)
    };
    Ok(HistorySubject {
        kind,
        id,
        window,
        covered,
        asked: HistoryTarget {
            kind: kind.name,
            id,
        },
    })
}

/// Whether the record belongs to a team of the actor's, where its row says to which it belongs.
fn shares_a_team(tx: &ReadTx, history: History, row: &Row) -> Result<bool, Refusal> {
    let Some(column) = history.teams else {
        return Ok(true);
    };
    let teams: Vec<TeamId> = serde_json::from_str(row.text(column)?).map_err(Refusal::fault)?;
    Ok(teams
        .iter()
        .any(|team| tx.actor.rights.teams.contains(team)))
}

/// Versions as they were saved, latest first, with the keys open that they were sealed under.
pub(crate) async fn saved(
    tx: &mut ReadTx,
    record: &HistorySubject,
    mut filter: Filter,
    most: usize,
) -> Result<Vec<(Row, Body)>, Refusal> {
    let most = filter.bind(i64::try_from(most).unwrap_or(i64::MAX));
    let sql = format!(
        "select v.kind, v.version, v.at, v.actor, v.body, v.checksum, m.name from record_version v
         left join member_row m on m.workspace_id = v.workspace_id and m.user_id = v.actor
         where v.workspace_id = $1 and v.kind = $2 and v.record_id = $3{} order by v.version desc limit {most}",
        filter.sql
    );
    let rows = tx.raw(&sql, &filter.args).await?;
    tx.inner.keys.workspace(tx.actor.workspace).await?;
    let bodies = rows
        .iter()
        .map(|row| body(tx, row, record.id))
        .collect::<Result<Vec<_>, _>>()?;
    let keys: Vec<KeyId> = bodies
        .iter()
        .filter_map(|b| b.get("key_id")?.as_str()?.parse().ok())
        .collect();
    tx.inner
        .keys
        .fetch(tx.actor.workspace, keys.into_iter())
        .await?;
    Ok(rows.into_iter().zip(bodies).collect())
}

/// A version's body, once its checksum holds: a changed one is never shown as true.
pub(crate) fn body(tx: &ReadTx, row: &Row, id: RecordId) -> Result<Body, Refusal> {
    let (text, id) = (row.text("body")?, id.to_string());
    let keys = tx
        .inner
        .keys
        .known(tx.actor.workspace)
        .ok_or_else(|| Refusal::fault("the workspace's keys are not open"))?;
    let subject = Subject {
        workspace: &tx.scope.workspace,
        kind: row.text("kind")?,
        id: &id,
        version: row.int("version")?,
    };
    if subject.sum(&keys, text).as_slice() != row.bytes("checksum")? {
        drop(tx.inner.db.note(vec![subject.incident("version", tx.now)]));
        return Err(Refusal::fault(
            "a record version does not have its checksum: it was changed outside Interpres",
        ));
    }
    serde_json::from_str(text).map_err(Refusal::fault)
}
