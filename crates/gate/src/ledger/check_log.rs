//! The check of a workspace's whole log: that it is what its checkpoint was signed for, that each entry is found by
//! what it tells of, and that what it tells of records is there.
use crate::ledger::log::LogHead;
use crate::passage::{
    entry,
    gate::{Gate, Inner},
    refusal::Refusal,
};
use interpres_audit_log::{Checkpoint, Entry, Frontier, VerifierKey, leaf_hash};
use interpres_store::{Reader, Row, Shared, Val};
use interpres_types::{Instant, WorkspaceId};
use serde::Serialize;

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
pub(crate) const MOST_PROBLEMS: usize = 1_000;

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
pub(crate) struct Check {
    pub(crate) inner: Shared<Inner>,
    pub(crate) name: String,
    tree: Frontier,
    report: Vec<String>,
    pub(crate) beside: Vec<String>,
    pub(crate) lost: Vec<LostVersion>,
}

impl Check {
    pub(crate) fn wrong(&mut self, problem: String) {
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
