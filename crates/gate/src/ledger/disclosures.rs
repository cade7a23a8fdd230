//! Who learned what of whom, from the log alone: for a client who asks (45 CFR 164.528), and for
//! telling those who are affected when an account was misused (164.404).
use crate::ledger::list_entries::ListEntries;
use crate::passage::{entry::stored, read_tx::ReadTx, refusal::Refusal};
use interpres_audit_log::{Entry, Outcome, Seen};
use interpres_policy::{Action, ActionKind, Permission, Role, grant};
use interpres_store::bind_list;
use interpres_types::{Problems, RecordId};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// One time that protected fields of a record went to somebody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Disclosure {
    /// The entry that tells of it.
    pub entry: String,
    /// When, in RFC 3339.
    pub at: String,
    /// To whom: a user's id.
    pub to: String,
    /// In which role.
    pub role: String,
    /// By which act.
    pub action: String,
    /// Which fields; none where a file held the whole record.
    pub fields: Vec<String>,
    /// Whether it went outside the agency's own staff: to the customer, to an interpreter, or into
    /// a file.
    pub outside: bool,
}

/// Whether an entry tells that a record's protected fields left the agency's own staff.
pub(crate) fn went_outside(entry: &Entry, record: &Seen) -> bool {
    entry.outcome == Outcome::Done
        && (is_file(entry)
            || (entry.role.parse().is_ok_and(Role::is_outside) && !record.revealed.is_empty()))
}

/// Whether an entry tells of a file that was taken away.
#[must_use]
pub fn is_file(entry: &Entry) -> bool {
    entry.outcome == Outcome::Done
        && Action::named(&entry.action).is_some_and(|action| action.kind() == ActionKind::Export)
}

const AT_A_TIME: i64 = 2_000;
const RECORDS_AT_A_TIME: usize = 256;
/// More than this is not a person's question any more.
const MOST: usize = 10_000;

impl ReadTx {
    /// Every time that protected fields of these records went to somebody, the earliest first.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for those who may not see the log; a conflict when there are more than
    /// ten thousand.
    pub async fn disclosures_of(
        &mut self,
        records: &[RecordId],
    ) -> Result<Vec<Disclosure>, Refusal> {
        let ids: Vec<String> = records.iter().map(ToString::to_string).collect();
        let mut out: BTreeMap<String, Disclosure> = BTreeMap::new();
        for some in ids.chunks(RECORDS_AT_A_TIME) {
            let asked = ListEntries {
                outcome: "done".into(),
                ..ListEntries::default()
            };
            self.each_entry(&asked, some, |entry| {
                let told =
                    |r: &&Seen| some.contains(&r.id) && (!r.revealed.is_empty() || is_file(entry));
                for seen in entry.records.iter().filter(told) {
                    let one = out.entry(entry.id.clone()).or_insert_with(|| Disclosure {
                        entry: entry.id.clone(),
                        at: entry.at.clone(),
                        to: entry.actor.clone(),
                        role: entry.role.clone(),
                        action: entry.action.clone(),
                        fields: Vec::new(),
                        outside: false,
                    });
                    let new = seen.revealed.iter().filter(|f| !one.fields.contains(f));
                    let new: Vec<String> = new.cloned().collect();
                    one.fields.extend(new);
                    one.outside |= went_outside(entry, seen);
                }
                out.len() <= MOST
            })
            .await?;
        }
        if out.len() > MOST {
            return Err(Refusal::conflict(
                "More than ten thousand times: export the log for this record instead.",
            ));
        }
        Ok(out.into_values().collect())
    }

    /// The records of a kind whose protected fields were opened by what a filter of the log finds, with
    /// how often each was.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for a filter that can't be read; [`Refusal::Forbidden`].
    pub async fn opened_by(
        &mut self,
        asked: &ListEntries,
        kind: &str,
    ) -> Result<BTreeMap<String, u64>, Refusal> {
        let mut out: BTreeMap<String, u64> = BTreeMap::new();
        self.each_entry(asked, &[], |entry| {
            for seen in entry
                .records
                .iter()
                .filter(|r| r.kind == kind && (!r.revealed.is_empty() || is_file(entry)))
            {
                *out.entry(seen.id.clone()).or_default() += 1;
            }
            true
        })
        .await?;
        Ok(out)
    }

    /// Goes through the entries that a filter finds, of these records where any are named, the earliest first, until told
    /// to stop.
    async fn each_entry(
        &mut self,
        asked: &ListEntries,
        of: &[String],
        mut take: impl FnMut(&Entry) -> bool,
    ) -> Result<(), Refusal> {
        grant(self.actor.rights.role, Permission::ViewAudit).ok_or(Refusal::Forbidden)?;
        let mut after = String::new();
        loop {
            let mut filter = asked.filter(self, Problems::none())?;
            filter.and("e.id > ?", after.clone());
            if !of.is_empty() {
                let ids = of.iter().map(|id| id.clone().into()).collect();
                let list = bind_list(&mut filter.args, ids);
                filter.sql += &format!(
                    " and e.id in (select s.entry_id from audit_subject s where s.workspace_id = $1 and s.subject_id in ({list}))"
                );
            }
            let most = filter.bind(AT_A_TIME);
            let sql = format!(
                "select e.leaf from audit_entry e where {} order by e.id limit {most}",
                filter.sql
            );
            let rows = self.raw(&sql, &filter.args).await?;
            for row in &rows {
                let entry = stored(row)?;
                after.clone_from(&entry.id);
                if !take(&entry) {
                    return Ok(());
                }
            }
            if (rows.len() as i64) < AT_A_TIME {
                return Ok(());
            }
        }
    }
}
