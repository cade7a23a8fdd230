//! What belongs to a record and is saved beside it: its changes are told with those of the record.
use crate::ledger::{
    change::{Change, changes},
    versions::{HistorySubject, body},
};
use crate::passage::{integrity::Body, read_tx::ReadTx, refusal::Refusal};
use interpres_store::Val;
use interpres_types::{KeyId, RecordId};

/// A version of a part.
pub(crate) struct PartVersion {
    /// The version of the record that was saved in the same act.
    pub(crate) beside: i64,
    part: HistorySubject,
    before: Option<Body>,
    now: Body,
}

/// The versions of a record's parts that were saved with its own from one to another, in order.
pub(crate) async fn part_versions(
    tx: &mut ReadTx,
    record: &HistorySubject,
    from: i64,
    to: i64,
) -> Result<Vec<PartVersion>, Refusal> {
    let Some(part) = record.kind.history.and_then(|history| history.part) else {
        return Ok(Vec::new());
    };
    let kind = tx
        .inner
        .kind(part.kind)
        .ok_or_else(|| Refusal::fault("a part of no kind"))?;
    let sql = format!(
        "select p.id, w.version as beside, v.kind, v.version, v.body, v.checksum, b.kind as before_kind, b.version as before_version, b.body as before_body, b.checksum as before_checksum
         from {table}_row p join record_version v on v.workspace_id = p.workspace_id and v.record_id = p.id
         join record_version w on w.workspace_id = p.workspace_id and w.record_id = $2 and w.entry_id = v.entry_id
         left join record_version b on b.workspace_id = p.workspace_id and b.record_id = p.id and b.version = v.version - 1
         where p.workspace_id = $1 and p.{by} = $2 and w.version >= $3 and w.version <= $4 order by p.id, v.version",
        table = kind.name,
        by = part.by,
    );
    let args = [
        Val::text(tx.actor().workspace()),
        Val::text(record.id),
        from.into(),
        to.into(),
    ];
    let mut out = Vec::new();
    for row in tx.raw(&sql, &args).await? {
        let id: RecordId = row.text("id")?.parse().map_err(Refusal::fault)?;
        let before = row.part("before_");
        let told = before.may_int("version")?.is_some();
        out.push(PartVersion {
            beside: row.int("beside")?,
            before: if told {
                Some(body(tx, &before, id)?)
            } else {
                None
            },
            now: body(tx, &row, id)?,
            part: HistorySubject {
                kind,
                id,
                ..*record
            },
        });
    }
    let keys: Vec<KeyId> = out
        .iter()
        .flat_map(|version| version.before.iter().chain([&version.now]))
        .filter_map(|body| body.get("key_id")?.as_str()?.parse().ok())
        .collect();
    tx.inner
        .keys
        .fetch(tx.actor.workspace, keys.into_iter())
        .await?;
    Ok(out)
}

/// What a version of a part changed, without what it only repeats of the record.
pub(crate) fn of_part(
    tx: &mut ReadTx,
    version: &PartVersion,
    record: &Body,
) -> Result<Vec<Change>, Refusal> {
    told(
        tx,
        &version.part,
        version.before.as_ref(),
        &version.now,
        record,
    )
}

/// What differs in a record's parts between what stood before these versions and what stands after them.
pub(crate) fn between(
    tx: &mut ReadTx,
    versions: &[PartVersion],
    backwards: bool,
    record: &Body,
) -> Result<Vec<Change>, Refusal> {
    let mut out = Vec::new();
    for of_one in versions.chunk_by(|a, b| a.part.id == b.part.id) {
        let (Some(first), Some(last)) = (of_one.first(), of_one.last()) else {
            continue;
        };
        let nothing = Body::new();
        let (before, now) = if backwards {
            (Some(&last.now), first.before.as_ref().unwrap_or(&nothing))
        } else {
            (first.before.as_ref(), &last.now)
        };
        out.extend(told(tx, &first.part, before, now, record)?);
    }
    Ok(out)
}

fn told(
    tx: &mut ReadTx,
    part: &HistorySubject,
    before: Option<&Body>,
    now: &Body,
    record: &Body,
) -> Result<Vec<Change>, Refusal> {
    let own = part.asked.id.to_string();
    let mut all = changes(tx, part, before, now)?;
    all.retain(|change| {
        let value = now.get(&change.field);
        value.is_none()
            || (value != record.get(&change.field)
                && value.and_then(|value| value.as_str()) != Some(own.as_str()))
    });
    Ok(all)
}
