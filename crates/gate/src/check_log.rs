//! The check of a workspace's whole log: that it is what its checkpoint was signed for, that each entry is found by
//! what it tells of, and that what it tells of records is there.
use crate::{Gate, LogHead, Refusal, entry, gate::Inner, passes::ENDED};
use interpres_audit_log::{Checkpoint, Entry, Frontier, VerifierKey, leaf_hash};
use interpres_store::{Reader, Row, Val};
use interpres_types::{Instant, WorkspaceId};
use serde::Serialize;
use std::sync::Arc;

/// What a check of a workspace's log found.
#[derive(Debug, Serialize)]
pub struct LogReport {
    /// Whose log.
    pub workspace: String,
    /// How many entries are in the tree.
    pub entries: u64,
    /// How many wait for their number.
    pub pending: i64,
    /// What is wrong with the log, one line each; nothing when all is well.
    pub problems: Vec<String>,
    /// Where records do not hold what the log tells of them, one line each.
    pub beside: Vec<String>,
    #[serde(skip)]
    pub(crate) lost: Vec<LostVersion>,
}

/// A version of a record, or the end of a pass, that an entry tells of and that is not there.
#[derive(Debug)]
pub(crate) struct LostVersion {
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    /// Its number; 0 where the entry is of a time when entries did not tell it.
    pub(crate) version: i64,
    /// When the entry was made.
    pub(crate) made_at: i64,
}

/// More than these are not told one by one.
const MOST_PROBLEMS: usize = 1_000;
/// Rows that are looked for at once.
const AT_ONCE: usize = 256;
/// What an entry calls a change of a record that made no version of it.
const NO_VERSION: [&str; 2] = ["quarantine", "removed"];

impl Gate {
    /// Checks a workspace's log from its first entry to its last against its signed checkpoint, and what stands
    /// beside it against what its entries tell.
    ///
    /// # Errors
    /// A fault of the database; what is wrong with the log stands in the report.
    pub async fn verify_log(&self, workspace: WorkspaceId) -> Result<LogReport, Refusal> {
        let name = workspace.to_string();
        // The log may grow meanwhile: what stands behind this head is not looked at.
        let head = self.log_head(workspace).await?;
        let mut reader = self.inner.db.reader().await?;
        let ends = reader.rows(ENDS, &[name.clone().into()]).await?;
        let end = |column: &str| ends.first().map_or(Ok(0), |row| row.int(column));
        let mut check = Check {
            inner: self.inner.clone(),
            name,
            tree: Frontier::empty(),
            report: Vec::new(),
            beside: Vec::new(),
            lost: Vec::new(),
        };
        check.ends(&end)?;
        check
            .read(&mut reader, head.as_ref().map_or(0, |head| head.size))
            .await?;
        if let Some(head) = &head {
            let keys = self.keys_of_head(workspace, head).await?;
            check.report.extend(head_problems(head, &keys, &check.tree));
        }
        check.versions_without_entries(&mut reader).await?;
        let Check {
            name,
            tree,
            report,
            beside,
            lost,
            ..
        } = check;
        Ok(LogReport {
            workspace: name,
            entries: tree.size(),
            pending: end("pending")?,
            problems: report,
            beside,
            lost,
        })
    }
}

/// How long the log is by each of its tables and by what others know of it, seen at one moment.
const ENDS: &str = "select
    (select count(*) from audit_pending where workspace_id = $1) as pending,
    (select count(*) from audit_pending p where p.workspace_id = $1 and not exists (select 1 from audit_entry e where e.workspace_id = p.workspace_id and e.id = p.entry_id)) as lost,
    (select count(*) from audit_entry where workspace_id = $1) as entries,
    (select count(*) from audit_leaf where workspace_id = $1) as numbered,
    coalesce((select max(number) + 1 from audit_leaf where workspace_id = $1), 0) as leaves,
    coalesce((select size from audit_head where workspace_id = $1), 0) as size,
    coalesce((select max(size) from audit_cosignature where workspace_id = $1), 0) as witnessed,
    (select count(*) from (select 1 from record_version where workspace_id = $1 limit 1) saved) as saved";

/// A check under way.
struct Check {
    inner: Arc<Inner>,
    name: String,
    tree: Frontier,
    report: Vec<String>,
    beside: Vec<String>,
    lost: Vec<LostVersion>,
}

/// Something that an entry tells of, and by which number the entry goes.
struct Told<'a> {
    number: u64,
    entry: &'a str,
    kind: &'a str,
    id: &'a str,
    version: Option<i64>,
    at: i64,
}

impl Check {
    fn wrong(&mut self, problem: String) {
        if self.report.len() < MOST_PROBLEMS {
            self.report.push(problem);
        }
    }

    fn ends(
        &mut self,
        end: &impl Fn(&str) -> Result<i64, interpres_store::StoreError>,
    ) -> Result<(), Refusal> {
        let (pending, lost, entries, numbered) = (
            end("pending")?,
            end("lost")?,
            end("entries")?,
            end("numbered")?,
        );
        let (leaves, size, witnessed) = (end("leaves")?, end("size")?, end("witnessed")?);
        if lost > 0 {
            self.wrong(format!(
                "entries that waited for their number were deleted: {lost}"
            ));
        }
        if leaves != size {
            self.wrong(format!(
                "the checkpoint speaks of {size} entries, the log holds {leaves}"
            ));
        }
        if entries > numbered + pending - lost {
            self.wrong(format!(
                "entries that have no number and wait for none: {}",
                entries - numbered - pending + lost
            ));
        }
        if witnessed > size {
            self.wrong(format!("a witness has signed for {witnessed} entries, the log holds {size}: it was rolled back"));
        }
        if entries == 0 && size == 0 && end("saved")? > 0 {
            self.wrong("the log is empty, but there are records, none of which is saved without an entry: it was deleted".to_owned());
        }
        Ok(())
    }

    /// Grows the tree anew from the entries' own bytes, up to this size or the first gap.
    async fn read(&mut self, reader: &mut Reader, size: u64) -> Result<(), Refusal> {
        let sql = "select l.number, l.hash, e.id, e.at, e.actor, e.action, e.trouble, e.leaf from audit_leaf l left join audit_entry e on e.workspace_id = l.workspace_id and e.id = l.entry_id
            where l.workspace_id = $1 and l.number >= $2 and l.number < $3 order by l.number limit 1000";
        let number = |n: u64| Val::Int(i64::try_from(n).unwrap_or(i64::MAX));
        while self.tree.size() < size {
            let rows = reader
                .rows(
                    sql,
                    &[
                        self.name.as_str().into(),
                        number(self.tree.size()),
                        number(size),
                    ],
                )
                .await?;
            let mut entries = Vec::with_capacity(rows.len());
            let mut whole = !rows.is_empty();
            for row in &rows {
                let at = self.tree.size();
                if row.int("number")?.unsigned_abs() != at {
                    self.wrong(format!("entry {at} is missing"));
                    whole = false;
                    break;
                }
                entries.extend(self.entry(at, row)?.map(|entry| (at, entry)));
            }
            self.look_up(reader, &entries).await?;
            if !whole {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Takes an entry up; gives what it says, where that is what was hashed.
    fn entry(&mut self, at: u64, row: &Row) -> Result<Option<Entry>, Refusal> {
        let leaf = if row.get("leaf")?.is_null() {
            &[]
        } else {
            row.bytes("leaf")?
        };
        let hash = leaf_hash(leaf);
        self.tree.append(hash);
        if hash.as_slice() != row.bytes("hash")? {
            self.wrong(format!("entry {at} was changed"));
            return Ok(None);
        }
        let entry = entry::parsed(leaf)?;
        let time: Option<Instant> = entry.at.parse().ok();
        let trouble = Some(entry.outcome.word()).filter(|word| *word != "done");
        for (what, same) in [
            ("name", row.text("id")? == entry.id),
            ("time", row.int("at").ok() == time.map(Instant::micros)),
            ("actor", row.text("actor")? == entry.actor),
            ("act", row.text("action")? == entry.action),
            ("outcome", row.may_text("trouble")? == trouble),
        ] {
            if !same {
                self.wrong(format!(
                    "entry {at} is kept under another {what} than it tells"
                ));
            }
        }
        Ok(Some(entry))
    }

    /// Looks for what these entries are found by, and for the versions they tell of.
    async fn look_up(
        &mut self,
        reader: &mut Reader,
        entries: &[(u64, Entry)],
    ) -> Result<(), Refusal> {
        let (mut found_by, mut numbered, mut unnumbered, mut ended) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (number, entry) in entries {
            let number = *number;
            let at = entry.at.parse().map_or(i64::MAX, Instant::micros);
            found_by.extend(entry.found_by().map(|seen| Told {
                number,
                entry: &entry.id,
                kind: &seen.kind,
                id: &seen.id,
                version: None,
                at,
            }));
            let passes = entry
                .records
                .iter()
                .filter(|seen| seen.kind == ENDED && !seen.changed.is_empty());
            ended.extend(passes.map(|seen| Told {
                number,
                entry: &entry.id,
                kind: ENDED,
                id: &seen.id,
                version: None,
                at,
            }));
            let saved = |seen: &&interpres_audit_log::Seen| {
                seen.changed
                    .iter()
                    .any(|field| !NO_VERSION.contains(&field.as_str()))
                    && self.inner.kind(&seen.kind).is_some()
            };
            for seen in entry.records.iter().filter(saved) {
                let of = if seen.version.is_some() {
                    &mut numbered
                } else {
                    &mut unnumbered
                };
                of.push(Told {
                    number,
                    entry: &entry.id,
                    kind: &seen.kind,
                    id: &seen.id,
                    version: seen.version,
                    at,
                });
            }
        }
        let by_subject = "not exists (select 1 from audit_subject s where s.workspace_id = $1 and s.subject_id = t.id and s.entry_id = t.entry)";
        for gone in self.missing(reader, &found_by, by_subject).await? {
            self.wrong(format!(
                "entry {} tells of {} {} and is not found by it: its row in audit_subject is gone",
                gone.number, gone.kind, gone.id
            ));
        }
        for gone in self
            .missing(
                reader,
                &ended,
                "not exists (select 1 from ended_pass p where p.id = t.id)",
            )
            .await?
        {
            self.beside.push(format!(
                "that pass {} has ended is gone, which entry {} tells of",
                gone.id, gone.number
            ));
            self.lost.push(LostVersion {
                kind: ENDED,
                id: gone.id.to_owned(),
                version: 0,
                made_at: gone.at,
            });
        }
        // Entries of before tell no version; the one that each of them made is there all the same.
        for (told, this_one) in [
            (numbered, "v.version = t.version"),
            (unnumbered, "v.entry_id = t.entry"),
        ] {
            let unremoved = format!(
                "not exists (select 1 from record_version v where v.workspace_id = $1 and v.record_id = t.id and {this_one})
                 and not exists (select 1 from tombstone_row d where d.workspace_id = $1 and d.record_id = t.id)"
            );
            for gone in self.missing(reader, &told, &unremoved).await? {
                self.lose(gone);
            }
        }
        Ok(())
    }

    fn lose(&mut self, gone: &Told<'_>) {
        let Some(kind) = self.inner.kind(gone.kind) else {
            return;
        };
        if self.beside.len() < MOST_PROBLEMS {
            let version = gone.version.map_or_else(
                || "a version".to_owned(),
                |version| format!("version {version}"),
            );
            self.beside.push(format!(
                "{version} of {} {} is gone, which entry {} tells of",
                gone.kind, gone.id, gone.number
            ));
            self.lost.push(LostVersion {
                kind: kind.name,
                id: gone.id.to_owned(),
                version: gone.version.unwrap_or(0),
                made_at: gone.at,
            });
        }
    }

    /// For which of these a condition on `t` holds.
    async fn missing<'a, 'b>(
        &self,
        reader: &mut Reader,
        told: &'a [Told<'b>],
        condition: &str,
    ) -> Result<Vec<&'a Told<'b>>, Refusal> {
        let mut gone = Vec::new();
        for some in told.chunks(AT_ONCE) {
            let mut args: Vec<Val> = vec![self.name.as_str().into()];
            let mut values = Vec::with_capacity(some.len());
            for (n, told) in some.iter().enumerate() {
                let at = args.len();
                args.extend([
                    told.id.into(),
                    told.entry.into(),
                    told.version.unwrap_or(0).into(),
                ]);
                values.push(format!("({n}, ${}, ${}, ${})", at + 1, at + 2, at + 3));
            }
            let sql = format!(
                "with told (n, id, entry, version) as (values {}) select cast(t.n as bigint) as n from told t where {condition} order by t.n",
                values.join(", ")
            );
            for row in reader.rows(&sql, &args).await? {
                gone.extend(
                    usize::try_from(row.int("n")?)
                        .ok()
                        .and_then(|n| some.get(n)),
                );
            }
        }
        Ok(gone)
    }

    async fn versions_without_entries(&mut self, reader: &mut Reader) -> Result<(), Refusal> {
        let sql = "select count(*) as n from record_version v where v.workspace_id = $1 and not exists (select 1 from audit_entry e where e.workspace_id = v.workspace_id and e.id = v.entry_id)";
        let rows = reader.rows(sql, &[self.name.as_str().into()]).await?;
        let n = rows.first().map_or(Ok(0), |row| row.int("n"))?;
        if n > 0 {
            self.beside.push(format!(
                "{n} versions of records were saved with entries that are not in the log"
            ));
        }
        Ok(())
    }
}

impl Gate {
    /// The keys that a head may be signed with: the log's own, and the one before, which signed the last
    /// checkpoint until the entry of its hand-over has a number.
    async fn keys_of_head(
        &self,
        workspace: WorkspaceId,
        head: &LogHead,
    ) -> Result<Vec<VerifierKey>, Refusal> {
        let now = i64::try_from(head.handovers.len()).unwrap_or(i64::MAX);
        let mut keys = Vec::new();
        for number in [now, now - 1].into_iter().filter(|number| *number >= 0) {
            keys.push(self.log_key(workspace, number).await?.verifier());
        }
        Ok(keys)
    }
}

fn head_problems(head: &LogHead, keys: &[VerifierKey], tree: &Frontier) -> Option<String> {
    let mut opened = keys
        .iter()
        .map(|key| Checkpoint::open(&head.checkpoint, key))
        .collect::<Vec<_>>();
    let place = opened.iter().position(Result::is_ok).unwrap_or(0);
    match opened.swap_remove(place) {
        Err(e) => Some(format!("the checkpoint is not good: {e}")),
        Ok(point) if point.size != head.size => {
            Some("the checkpoint speaks of another size than the log's head".to_owned())
        }
        // What is missing was told already.
        Ok(point) if point.size != tree.size() => None,
        Ok(point) if point.root != tree.root() => {
            Some("the root of the log is not the checkpoint's".to_owned())
        }
        Ok(_) => None,
    }
}
