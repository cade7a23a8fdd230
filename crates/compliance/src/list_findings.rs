use crate::{Finding, Pattern, Verdict};
use interpres_gate::{
    Action, Command, Filter, Granted, Page, Query, ReadTx, Refusal, WriteTx, async_trait,
};
use interpres_types::{EntryId, Field, FindingId, Instant, Line, Problems, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Findings in the log, latest first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListFindings {
    /// `open` for those not yet signed off.
    pub state: Field,
    /// A pattern's name.
    pub pattern: Field,
    /// Page cursor.
    pub cursor: Field,
    /// Page size, 1–200; default 50.
    pub limit: Field,
}

/// A finding as shown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingView {
    /// Its id.
    pub id: FindingId,
    /// Its version.
    pub version: i64,
    /// Which pattern.
    pub pattern: Pattern,
    /// Who: a user's id or a system role.
    pub who: String,
    /// The person's name.
    pub who_name: Option<String>,
    /// The network address.
    pub address: Option<String>,
    /// The beginning of the hour.
    pub hour: Instant,
    /// The first entry that belongs to it.
    pub first_entry: EntryId,
    /// The count.
    pub times: i64,
    /// The records concerned; at most twenty.
    pub records: Vec<String>,
    /// The verdict; `None` while open.
    pub verdict: Option<Verdict>,
    /// The reviewer's reference.
    pub remark: Option<String>,
    /// The reviewer's name.
    pub signed_by: Option<String>,
    /// When it was signed off.
    pub signed_at: Option<Instant>,
}

#[async_trait]
impl Query for ListFindings {
    const ACTION: Action = Action::FindingsList;
    type View = Page<FindingView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<FindingView>, Refusal> {
        let mut p = Problems::none();
        let (pattern, state) = (
            p.may::<Pattern>("pattern", &self.pattern),
            self.state.raw().trim(),
        );
        if !matches!(state, "" | "open" | "signed") {
            p.add("state", "must be open or signed");
        }
        let (cursor, limit) = (
            p.may::<FindingId>("cursor", &self.cursor),
            p.page_limit(&self.limit),
        );
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::before(cursor);
        if let Some(pattern) = pattern {
            filter.and("pattern = ?", pattern.word());
        }
        match state {
            "open" => filter.sql += " and signed_at is null",
            "signed" => filter.sql += " and signed_at is not null",
            _ => {}
        }
        let page: Page<Finding> = tx.latest(filter, limit).await?;
        let names = tx
            .names_of(page.items.iter().flat_map(|f| {
                std::iter::once(f.who.to_string()).chain(f.signed_by.map(|user| user.to_string()))
            }))
            .await?;
        let name = |id: &str| names.get(id).cloned();
        Ok(page.map(|f| FindingView {
            id: f.id,
            version: f.version,
            pattern: f.pattern,
            who_name: name(f.who.as_str()),
            who: f.who.into(),
            address: f.address.map(Into::into),
            hour: f.hour,
            first_entry: f.first_entry,
            times: f.times,
            records: f.records.0,
            verdict: f.verdict,
            remark: f.remark.map(Into::into),
            signed_by: f.signed_by.and_then(|user| name(&user.to_string())),
            signed_at: f.signed_at,
        }))
    }
}

/// A reviewer's verdict on a finding.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignOffInput {
    /// expected or concern; required.
    pub verdict: Field,
    /// A reference to where it is followed up, without names; required for a concern.
    pub remark: Field,
}

/// Signs a finding off.
#[derive(Debug)]
pub struct SignOffFinding {
    /// The finding.
    pub id: FindingId,
    /// The verdict.
    pub input: SignOffInput,
}

/// A finding signed off.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct SignedOff {
    /// Its version now.
    pub version: i64,
}

#[async_trait]
impl Command for SignOffFinding {
    const ACTION: Action = Action::FindingSignOff;
    type Outcome = SignedOff;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<SignedOff, Refusal> {
        let mut p = Problems::none();
        let (verdict, remark) = (
            p.need::<Verdict>("verdict", &self.input.verdict),
            p.may::<Line<120>>("remark", &self.input.remark),
        );
        if verdict == Some(Verdict::Concern) && remark.is_none() {
            p.add(
                "remark",
                "is required for a concern: where is it followed up?",
            );
        }
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut finding: Finding = tx.find(self.id).await?;
        let reviewer: Option<UserId> = tx.actor().user();
        if finding.signed_at.is_some() {
            return Err(Refusal::conflict("This finding was reviewed already."));
        }
        if reviewer.is_some_and(|user| user.to_string() == finding.who.as_str()) {
            return Err(Refusal::conflict(
                "This finding is about you. Someone else must review it.",
            ));
        }
        finding.verdict = verdict;
        finding.remark = remark;
        finding.signed_by = reviewer;
        finding.signed_at = Some(tx.now());
        Ok(SignedOff {
            version: tx.save(&finding).await?.version,
        })
    }
}
