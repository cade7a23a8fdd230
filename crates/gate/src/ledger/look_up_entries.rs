//! Whether what an entry tells of is there: the rows it is found by, the versions it made, the passes it ended.
use crate::ledger::check_log::{Check, LostVersion, MOST_PROBLEMS};
use crate::passage::{entry::ENDED, gate::Inner, refusal::Refusal};
use interpres_audit_log::{Entry, Seen};
use interpres_store::{Reader, Val};
use interpres_types::Instant;

/// Rows that are looked for at once.
const AT_ONCE: usize = 256;

/// What an entry calls a change of a record that made no version of it.
const NO_VERSION: [&str; 2] = ["quarantine", "removed"];

/// Something that an entry tells of, and by which number the entry goes.
struct LoggedChange<'a> {
    pub(crate) number: u64,
    pub(crate) entry: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) id: &'a str,
    pub(crate) version: Option<i64>,
    pub(crate) at: i64,
}

/// All that some entries tell of, by what is looked for.
#[derive(Default)]
struct AllTold<'a> {
    found_by: Vec<LoggedChange<'a>>,
    ended: Vec<LoggedChange<'a>>,
    numbered: Vec<LoggedChange<'a>>,
    unnumbered: Vec<LoggedChange<'a>>,
}

impl<'a> AllTold<'a> {
    fn by(entries: &'a [(u64, Entry)], inner: &Inner) -> Self {
        let mut all = Self::default();
        for (number, entry) in entries {
            let told = |seen: &'a Seen| LoggedChange::of(*number, entry, seen);
            all.found_by.extend(entry.found_by().map(told));
            for seen in entry.records.iter().filter(|seen| !seen.changed.is_empty()) {
                if seen.kind == ENDED {
                    all.ended.push(told(seen));
                }
                let saved = seen
                    .changed
                    .iter()
                    .any(|field| !NO_VERSION.contains(&field.as_str()));
                if !saved || inner.kind(&seen.kind).is_none() {
                    continue;
                }
                if seen.version.is_some() {
                    all.numbered.push(told(seen));
                } else {
                    all.unnumbered.push(told(seen));
                }
            }
        }
        all
    }
}

impl<'a> LoggedChange<'a> {
    fn of(number: u64, entry: &'a Entry, seen: &'a Seen) -> Self {
        Self {
            number,
            entry: &entry.id,
            kind: &seen.kind,
            id: &seen.id,
            version: seen.version,
            at: entry.at.parse().map_or(i64::MAX, Instant::micros),
        }
    }
}

impl Check {
    /// Looks for what these entries are found by, and for the versions they tell of.
    pub(crate) async fn look_up(
        &mut self,
        reader: &mut Reader,
        entries: &[(u64, Entry)],
    ) -> Result<(), Refusal> {
        let told = AllTold::by(entries, &self.inner);
        self.look_for_subjects(reader, &told.found_by).await?;
        self.look_for_ended(reader, &told.ended).await?;
        // Entries of before tell no version; the one that each of them made is there all the same.
        self.look_for_versions(reader, &told.numbered, "v.version = t.version")
            .await?;
        self.look_for_versions(reader, &told.unnumbered, "v.entry_id = t.entry")
            .await
    }

    async fn look_for_subjects(
        &mut self,
        reader: &mut Reader,
        found_by: &[LoggedChange<'_>],
    ) -> Result<(), Refusal> {
        let by_subject = "not exists (select 1 from audit_subject s where s.workspace_id = $1 and s.subject_id = t.id and s.entry_id = t.entry)";
        for gone in self.missing(reader, found_by, by_subject).await? {
            self.wrong(format!(
                "entry {} tells of {} {} and is not found by it: its row in audit_subject is gone",
                gone.number, gone.kind, gone.id
            ));
        }
        Ok(())
    }

    async fn look_for_ended(
        &mut self,
        reader: &mut Reader,
        ended: &[LoggedChange<'_>],
    ) -> Result<(), Refusal> {
        let unkept = "not exists (select 1 from ended_pass p where p.id = t.id)";
        for gone in self.missing(reader, ended, unkept).await? {
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
        Ok(())
    }

    async fn look_for_versions(
        &mut self,
        reader: &mut Reader,
        told: &[LoggedChange<'_>],
        this_one: &str,
    ) -> Result<(), Refusal> {
        let unremoved = format!(
            "not exists (select 1 from record_version v where v.workspace_id = $1 and v.record_id = t.id and {this_one})
                 and not exists (select 1 from tombstone_row d where d.workspace_id = $1 and d.record_id = t.id)"
        );
        for gone in self.missing(reader, told, &unremoved).await? {
            self.lose(gone);
        }
        Ok(())
    }

    fn lose(&mut self, gone: &LoggedChange<'_>) {
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
        told: &'a [LoggedChange<'b>],
        condition: &str,
    ) -> Result<Vec<&'a LoggedChange<'b>>, Refusal> {
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

    pub(crate) async fn versions_without_entries(
        &mut self,
        reader: &mut Reader,
    ) -> Result<(), Refusal> {
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
