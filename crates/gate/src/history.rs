//! The versions of a record.
use crate::{
    Action, ColumnSpec, Filter, History, Page, Permission, Query, Reach, ReadTx, RecordKind,
    Refusal,
    column::Window,
    integrity::{Body, Subject},
    phi::{ERASED, MASK, Opened, Sealed, UNREADABLE},
    record::opening,
    record_names::name_ids,
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_store::{Row, Val};
use interpres_types::{Field, Instant, KeyId, Problems, RecordId, Rule, TeamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeSet, fmt, str::FromStr};

/// The versions of a record, latest first (AL6).
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ShowHistory {
    /// The record's kind, one of those that have a history: appointment, customer, interpreter,
    /// voucher and so on.
    pub kind: Field,
    /// Its id.
    pub id: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

impl ShowHistory {
    /// The latest versions of a record of this kind.
    pub fn of(kind: &str, id: impl fmt::Display) -> Self {
        Self {
            kind: kind.into(),
            id: id.to_string().into(),
            ..Self::default()
        }
    }
}

/// What differs between two versions of a record (AL6).
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CompareVersions {
    /// The record's kind.
    pub kind: Field,
    /// Its id.
    pub id: Field,
    /// The number of the one version.
    pub from_version: Field,
    /// The number of the other.
    pub to_version: Field,
}

/// Two versions of a record, and what differs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Comparison {
    /// The number of the one version.
    pub from: i64,
    /// When it was saved.
    pub from_at: Instant,
    /// The number of the other.
    pub to: i64,
    /// When it was saved.
    pub to_at: Instant,
    /// What differs: before is the one, after the other.
    pub changes: Vec<Change>,
}

/// One version of a record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordVersion {
    /// Its number, from 1 without gaps.
    pub version: i64,
    /// When it was saved.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// The person's name.
    pub actor_name: Option<String>,
    /// What it changed.
    pub changes: Vec<Change>,
}

/// A field before and after.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// The field.
    pub field: String,
    /// The value before; nothing in the first version.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
    /// What the records are called whose ids stand before, where the reader may see them.
    pub before_name: Option<String>,
    /// What the records are called whose ids stand after.
    pub after_name: Option<String>,
}

#[async_trait]
impl Query for ShowHistory {
    const ACTION: Action = Action::HistoryShow;
    const PERMISSION: Permission = Permission::ViewHistory;
    type View = Page<RecordVersion>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<RecordVersion>, Refusal> {
        let mut p = Problems::none();
        let (cursor, limit) = (
            p.may::<VersionNumber>("cursor", &self.cursor),
            p.page_limit(&self.limit),
        );
        let record = within_reach(tx, &self.kind, &self.id, p).await?;
        let mut filter = record.versions(tx);
        if let Some(before) = cursor {
            filter.and("v.version < ?", before.0);
        }
        // One more than asked for tells whether there is a next page, and what the last of this one changed.
        let saved = saved(tx, &record, filter, limit + 1).await?;
        let mut out = Vec::with_capacity(saved.len());
        for (i, (row, body)) in saved.iter().enumerate() {
            let before = saved.get(i + 1).map(|(_, body)| body);
            out.push(RecordVersion {
                version: row.int("version")?,
                at: Instant::from_micros(row.int("at")?),
                actor: row.text("actor")?.to_owned(),
                actor_name: row.may_text("name")?.map(str::to_owned),
                changes: if i < limit {
                    changes(tx, &record, before, body)?
                } else {
                    Vec::new()
                },
            });
        }
        name_ids(
            tx,
            out.iter_mut().flat_map(|v| v.changes.iter_mut()).collect(),
        )
        .await?;
        Ok(Page::cut(out, limit, |v| v.version.to_string()))
    }
}

#[async_trait]
impl Query for CompareVersions {
    const ACTION: Action = Action::HistoryShow;
    const PERMISSION: Permission = Permission::ViewHistory;
    type View = Comparison;
    async fn answer(self, tx: &mut ReadTx) -> Result<Comparison, Refusal> {
        let mut p = Problems::none();
        let from = p.need::<VersionNumber>("from_version", &self.from_version);
        let to = p.need::<VersionNumber>("to_version", &self.to_version);
        let record = within_reach(tx, &self.kind, &self.id, p).await?;
        let one = async |tx: &mut ReadTx, field, number: Option<VersionNumber>| {
            let mut filter = record.versions(tx);
            filter.and("v.version = ?", number.map_or(0, |number| number.0));
            let saved = saved(tx, &record, filter, 1).await?.pop();
            saved.ok_or_else(|| {
                Refusal::invalid(field, "must be the number of a version that there is")
            })
        };
        let ((from, before), (to, after)) = (
            one(tx, "from_version", from).await?,
            one(tx, "to_version", to).await?,
        );
        let (at, number) = (
            |row: &Row| row.int("at").map(Instant::from_micros),
            |row: &Row| row.int("version"),
        );
        let mut changes = changes(tx, &record, Some(&before), &after)?;
        name_ids(tx, changes.iter_mut().collect()).await?;
        Ok(Comparison {
            from: number(&from)?,
            from_at: at(&from)?,
            to: number(&to)?,
            to_at: at(&to)?,
            changes,
        })
    }
}

/// A version's number, from 1.
#[derive(Clone, Copy)]
struct VersionNumber(i64);

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
struct Told {
    kind: RecordKind,
    id: RecordId,
    window: Option<Window>,
    covered: bool,
}

impl Told {
    fn versions(&self, tx: &ReadTx) -> Filter {
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
async fn within_reach(
    tx: &mut ReadTx,
    kind: &Field,
    id: &Field,
    mut p: Problems,
) -> Result<Told, Refusal> {
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
    Ok(Told {
        kind,
        id,
        window,
        covered,
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
async fn saved(
    tx: &mut ReadTx,
    record: &Told,
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
fn body(tx: &ReadTx, row: &Row, id: RecordId) -> Result<Body, Refusal> {
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

/// What a version holds otherwise than one before.
fn changes(
    tx: &mut ReadTx,
    record: &Told,
    before: Option<&Body>,
    now: &Body,
) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    // A field that is not there is empty.
    let fields: BTreeSet<&str> = now
        .keys()
        .chain(before.into_iter().flat_map(Body::keys))
        .map(String::as_str)
        .collect();
    for spec in fields
        .into_iter()
        .filter_map(|field| record.kind.columns.iter().find(|spec| spec.name == field))
    {
        let (old, new) = (before.and_then(|b| b.get(spec.name)), now.get(spec.name));
        if old == new {
            continue;
        }
        let mut shown = |body: Option<&Body>, value: Option<&Value>| {
            let key = body
                .and_then(|b| b.get("key_id"))
                .and_then(Value::as_str)
                .and_then(|key| key.parse().ok());
            value
                .map(|v| show(tx, record, spec, key, v))
                .transpose()
                .map(Option::flatten)
        };
        let (before, after) = (shown(before, old)?, shown(Some(now), new)?);
        changes.push(Change {
            field: spec.name.to_owned(),
            before,
            after,
            before_name: None,
            after_name: None,
        });
    }
    Ok(changes)
}

/// A value for a person to read: what is not for them is masked, and sealed ones open by the scope's
/// field rule.
fn show(
    tx: &mut ReadTx,
    record: &Told,
    spec: &ColumnSpec,
    key: Option<KeyId>,
    value: &Value,
) -> Result<Option<String>, Refusal> {
    let text = match value {
        Value::Null => return Ok(None),
        _ if !tx.is_among(record.kind.audience(spec)) => MASK.to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(map) => match map.get("sealed").and_then(Value::as_str) {
            Some(sealed) => return unsealed(tx, record, spec, key, sealed).map(Some),
            None => "(bytes)".to_owned(),
        },
        // Times are kept in microseconds.
        Value::Number(n) if spec.name.ends_with("_at") => n
            .as_i64()
            .map_or_else(|| n.to_string(), |n| Instant::from_micros(n).to_string()),
        other => other.to_string(),
    };
    Ok(Some(text))
}

/// A sealed value as the record's own view would show it now, and then noted.
fn unsealed(
    tx: &mut ReadTx,
    record: &Told,
    spec: &ColumnSpec,
    key: Option<KeyId>,
    sealed: &str,
) -> Result<String, Refusal> {
    let bytes = STANDARD.decode(sealed).map_err(Refusal::fault)?;
    let (workspace, row) = (tx.scope.workspace.clone(), record.id.to_string());
    let sealed = Sealed {
        bytes,
        workspace,
        table: record.kind.name,
        column: spec.name,
        row,
        key,
        window: record.window,
        covered: record.covered,
    };
    if !tx.is_open(&sealed) {
        return Ok(MASK.to_owned());
    }
    match tx.open(&sealed) {
        Opened::Plain(plain) => {
            tx.touched.revealed(sealed.table, &sealed.row, "history");
            Ok(plain)
        }
        Opened::Erased => Ok(ERASED.to_owned()),
        Opened::Not => Ok(UNREADABLE.to_owned()),
    }
}
