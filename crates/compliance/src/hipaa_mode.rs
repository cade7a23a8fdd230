//! HIPAA mode (HM1 to HM5): enabled by an owner once every requirement is met, disabled by two people where there are
//! two.
use crate::{
    cover_adapter::{Feature, features},
    hipaa_checks::{Check, Serving, checks},
};
use interpres_accounts::{Member, Workspace};
use interpres_gate::{Action, Query, ReadTx, Refusal, async_trait, record};
use interpres_types::{Instant, Line, MemberId, ModeChangeId, UserId};
use schemars::JsonSchema;
use serde::Serialize;

/// The version of the terms of HIPAA mode.
pub const MODE_TERMS_VERSION: &str = "2026-11";
/// Their text.
pub const MODE_TERMS: &str = include_str!("../texts/hipaa-mode-terms.md");

record! {
    /// HIPAA mode switched on or off: who asked, who confirmed, when it was done.
    pub struct ModeChange from NewModeChange in "mode_change" by ModeChangeId {
        /// Whether it was turned on.
        turned_on: bool,
        /// The version of the terms that were acknowledged.
        terms_version: Option<String>,
        /// Why off. No names.
        reason: Option<Line<200>>,
        /// Who asked.
        asked_by: UserId,
        /// When it was requested.
        asked_at: Instant,
        /// Who confirmed, where two are needed.
        confirmed_by: Option<UserId>,
        /// When it was done.
        done_at: Option<Instant>,
        /// When it was dropped instead.
        dropped_at: Option<Instant>,
    }
}

/// The current HIPAA configuration.
#[derive(Clone, Debug)]
pub struct ShowHipaa(pub Serving);

/// A member who can be allowed to export.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Exporter {
    /// The member.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: String,
    /// Whether they may export.
    pub may: bool,
    /// Whether they always may: owners.
    pub always: bool,
}

/// The HIPAA configuration page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HipaaView {
    /// Since when it is on.
    pub on_since: Option<Instant>,
    /// When it was switched off, where it was on before.
    pub off_since: Option<Instant>,
    /// The requirements, and whether each is met.
    pub checks: Vec<Check>,
    /// The version of the terms.
    pub terms_version: String,
    /// The terms.
    pub terms: String,
    /// Who may take files away.
    pub exporters: Vec<Exporter>,
    /// Members without a second factor.
    pub without_factor: i64,
    /// A switch that waits for a second person, and who asked for it.
    pub waiting: Option<(ModeChangeId, UserId, String)>,
    /// Parts that reach outside.
    pub features: Vec<Feature>,
}

#[async_trait]
impl Query for ShowHipaa {
    const ACTION: Action = Action::HipaaShow;
    type View = HipaaView;
    async fn answer(self, tx: &mut ReadTx) -> Result<HipaaView, Refusal> {
        let id = tx.actor().workspace();
        let workspace: Workspace = tx.find(id).await?;
        let mut members: Vec<Member> = tx.every("ended_at is null and role in ('owner', 'admin', 'compliance', 'billing', 'manager')", vec![]).await?;
        members.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
        let exporters = members.into_iter().map(|m| Exporter {
            id: m.id,
            name: m.name.to_string(),
            always: m.owns(),
            may: m.owns() || m.may_export == Some(true),
            role: m.role.to_string(),
        });
        let waiting = waiting(tx).await?.map(|w| {
            (
                w.id,
                w.asked_by,
                w.reason.map(|r| r.to_string()).unwrap_or_default(),
            )
        });
        let people = tx.presence(tx.now()).await?;
        Ok(HipaaView {
            on_since: workspace.hipaa_mode_since,
            off_since: workspace.hipaa_mode_ended_at,
            checks: checks(tx, &self.0).await?,
            terms_version: MODE_TERMS_VERSION.to_owned(),
            terms: MODE_TERMS.to_owned(),
            exporters: exporters.collect(),
            without_factor: people.members - people.enrolled,
            waiting,
            features: features(tx, &self.0.outside).await?,
        })
    }
}

pub(crate) async fn waiting(tx: &mut ReadTx) -> Result<Option<ModeChange>, Refusal> {
    let found: Vec<ModeChange> = tx
        .list(
            "where done_at is null and dropped_at is null order by asked_at desc limit 1",
            vec![],
        )
        .await?;
    Ok(found.into_iter().next())
}
