//! HIPAA mode (HM1 to HM5): on by an owner once everything holds, off by two where there are two.
use crate::{
    cover_adapter::{Feature, features},
    hipaa_checks::{Check, Serving, checks},
};
use interpres_accounts::{
    Member, Workspace, another_in_charge, is_in_charge, members_after, second_person,
};
use interpres_gate::{
    Action, Command, Granted, Letter, NewRecord, Notice, Permission, Query, ReadTx, Refusal,
    WriteTx, async_trait, record,
};
use interpres_types::{Field, Instant, Line, MemberId, ModeChangeId, Problems, Rule, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the terms of HIPAA mode.
pub const MODE_TERMS_VERSION: &str = "2026-11";
/// Their text.
pub const MODE_TERMS: &str = include_str!("../texts/hipaa-mode-terms.md");

record! {
    /// HIPAA mode switched on or off: who asked, who confirmed, when it was done.
    pub struct ModeChange from NewModeChange in "mode_change" by ModeChangeId {
        /// Whether on.
        turned_on: bool,
        /// The version of the terms that were acknowledged.
        terms_version: Option<String>,
        /// Why off. No names.
        reason: Option<Line<200>>,
        /// Who asked.
        asked_by: UserId,
        /// When.
        asked_at: Instant,
        /// Who confirmed, where two are needed.
        confirmed_by: Option<UserId>,
        /// When it was done.
        done_at: Option<Instant>,
        /// When it was dropped instead.
        dropped_at: Option<Instant>,
    }
}

/// The HIPAA configuration as it stands.
#[derive(Clone, Debug)]
pub struct ShowHipaa(pub Serving);

/// Somebody who may be named for taking files away.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Exporter {
    /// The member.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: String,
    /// Whether they may.
    pub may: bool,
    /// Whether they always may: owners.
    pub always: bool,
}

/// What the page shows.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HipaaView {
    /// Since when it is on.
    pub on_since: Option<Instant>,
    /// When it was switched off, where it was on before.
    pub off_since: Option<Instant>,
    /// What must hold, and whether it does.
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
    const PERMISSION: Permission = Permission::ViewReadiness;
    type View = HipaaView;
    async fn answer(self, tx: &mut ReadTx) -> Result<HipaaView, Refusal> {
        let id = tx.actor().workspace();
        let workspace: Workspace = tx.find(id).await?;
        let mut members: Vec<Member> = tx.every("ended_at is null and role in ('owner', 'admin', 'compliance', 'billing', 'manager')", vec![]).await?;
        members.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
        let exporters = members.into_iter().map(|m| Exporter {
            id: m.id,
            name: m.name.to_string(),
            always: m.role.as_str() == "owner",
            may: m.role.as_str() == "owner" || m.may_export == Some(true),
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

async fn waiting(tx: &mut ReadTx) -> Result<Option<ModeChange>, Refusal> {
    let found: Vec<ModeChange> = tx
        .list(
            "where done_at is null and dropped_at is null order by asked_at desc limit 1",
            vec![],
        )
        .await?;
    Ok(found.into_iter().next())
}

/// Names who may take files away under HIPAA mode, beside the owners.
#[derive(Debug)]
pub struct NameExporters {
    /// The members.
    pub members: Vec<MemberId>,
}

#[async_trait]
impl Command for NameExporters {
    const ACTION: Action = Action::HipaaExporters;
    const PERMISSION: Permission = Permission::SetHipaa;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        let id = tx.actor().workspace();
        let may_ever = "ended_at is null and (may_export = true or role in ('owner', 'admin', 'compliance', 'billing', 'manager'))";
        let members: Vec<Member> = tx.every(may_ever, vec![]).await?;
        if self
            .members
            .iter()
            .any(|id| !members.iter().any(|m| m.id == *id))
        {
            return Err(Refusal::invalid(
                "members",
                "must be admins, managers, billing or compliance officers of this workspace",
            ));
        }
        for mut member in members {
            let may = self.members.contains(&member.id);
            if member.may_export.unwrap_or(false) != may {
                member.may_export = Some(may);
                tx.save(&member).await?;
            }
        }
        let mut workspace: Workspace = tx.find(id).await?;
        workspace
            .settings
            .0
            .insert("exporters_named".to_owned(), "yes".to_owned());
        tx.save(&workspace).await?;
        Ok(self.members.len())
    }
}

/// What an owner says to switch HIPAA mode on.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EnableInput {
    /// The version of the terms that was read and acknowledged; required.
    pub terms: Field,
}

/// Switches HIPAA mode on, if everything holds.
#[derive(Debug)]
pub struct EnableHipaa {
    /// What the process knows.
    pub serving: Serving,
    /// What the owner says.
    pub input: EnableInput,
}

/// How HIPAA mode stands afterwards.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Switched {
    /// Whether it is on.
    pub on: bool,
    /// Whether a second person must confirm first.
    pub waits_for_another: bool,
}

#[async_trait]
impl Command for EnableHipaa {
    const ACTION: Action = Action::HipaaEnable;
    const PERMISSION: Permission = Permission::SetHipaa;
    type Outcome = Switched;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Switched, Refusal> {
        tx.alone("hipaa-mode").await?;
        if self.input.terms.raw() != MODE_TERMS_VERSION {
            return Err(Refusal::invalid("terms", "must be acknowledged"));
        }
        let (id, now, by) = (
            tx.actor().workspace(),
            tx.now(),
            tx.actor().user().ok_or(Refusal::Forbidden)?,
        );
        let mut workspace: Workspace = tx.find(id).await?;
        if workspace.hipaa_mode_since.is_some() {
            return Err(Refusal::conflict("HIPAA mode is on already."));
        }
        let failing: Vec<&str> = checks(tx, &self.serving)
            .await?
            .into_iter()
            .filter(|c| !c.good)
            .map(|c| c.title)
            .collect();
        if !failing.is_empty() {
            return Err(Refusal::conflict(format!(
                "This does not hold yet: {}.",
                failing.join("; ")
            )));
        }
        (workspace.hipaa_mode_since, workspace.hipaa_mode_ended_at) = (Some(now), None);
        tx.save(&workspace).await?;
        let change = ModeChange {
            turned_on: true,
            terms_version: Some(MODE_TERMS_VERSION.to_owned()),
            done_at: Some(now),
            ..asked(tx, by)
        };
        tx.save(&change).await?;
        tell_everybody(tx).await?;
        Ok(Switched {
            on: true,
            waits_for_another: false,
        })
    }
}

fn asked(tx: &WriteTx, by: UserId) -> ModeChange {
    let (id, asked_at) = (tx.mint(), tx.now());
    NewModeChange {
        turned_on: false,
        asked_by: by,
        asked_at,
    }
    .blank(id, None)
}

/// Everybody without a second factor is asked to set one up (HM4).
async fn tell_everybody(tx: &mut WriteTx) -> Result<(), Refusal> {
    let words = "Your workspace is under HIPAA mode now. Set a second factor up within seven days; until then clients are masked for you, and afterwards nothing else opens.";
    let mut after = MemberId::NONE;
    loop {
        let members = members_after(tx, after).await?;
        let Some(last) = members.last() else {
            return Ok(());
        };
        after = last.id;
        let users: Vec<UserId> = members.iter().map(|m| m.user_id).collect();
        let states = tx.person_states(&users).await?;
        for member in members
            .into_iter()
            .filter(|m| !states.get(&m.user_id).is_some_and(|s| s.enrolled))
        {
            tx.notify(
                member.user_id,
                Notice::new("legal", words).goes_to("/account/factors"),
            )
            .await?;
            tx.post(Letter::new(
                member.email,
                Notice::new("Set up a second factor within seven days", words)
                    .goes_to("/account/factors"),
            ))
            .await?;
        }
    }
}

/// What an owner says to switch HIPAA mode off.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DisableInput {
    /// Why, without names; required.
    pub reason: Field,
    /// `controls relax`, typed by whoever knows that they do; required.
    pub confirm: Field,
}

/// Switches HIPAA mode off, or asks a second owner or admin to confirm it where there is one.
#[derive(Debug)]
pub struct DisableHipaa {
    /// What the owner says.
    pub input: DisableInput,
}

#[async_trait]
impl Command for DisableHipaa {
    const ACTION: Action = Action::HipaaDisable;
    const PERMISSION: Permission = Permission::SetHipaa;
    type Outcome = Switched;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Switched, Refusal> {
        tx.alone("hipaa-mode").await?;
        let mut p = Problems::none();
        let reason = p.need::<Line<200>>("reason", &self.input.reason);
        if self.input.confirm.raw().trim().to_lowercase() != "controls relax" {
            p.add("confirm", Rule::new("must be: controls relax"));
        }
        let (Some(reason), true) = (reason, p.is_empty()) else {
            return Err(p.into());
        };
        let (id, by) = (
            tx.actor().workspace(),
            tx.actor().user().ok_or(Refusal::Forbidden)?,
        );
        if !is_in_charge(tx, by).await? {
            return Err(Refusal::Forbidden);
        }
        let workspace: Workspace = tx.find(id).await?;
        if workspace.hipaa_mode_since.is_none() {
            return Err(Refusal::conflict("HIPAA mode is not on."));
        }
        if waiting(tx).await?.is_some() {
            return Err(Refusal::conflict(
                "This is asked for already; another owner or admin confirms it.",
            ));
        }
        let change = ModeChange {
            reason: Some(reason),
            ..asked(tx, by)
        };
        if another_in_charge(tx, by).await? {
            tx.save(&change).await?;
            tx.tell_those_in_charge(
                &Notice::new("legal", "An owner asks to switch HIPAA mode off. Another owner or admin confirms or drops it.").goes_to("/settings/hipaa"),
            )
            .await?;
            return Ok(Switched {
                on: true,
                waits_for_another: true,
            });
        }
        switch_off(tx, change, workspace, None).await
    }
}

async fn switch_off(
    tx: &mut WriteTx,
    change: ModeChange,
    mut workspace: Workspace,
    by: Option<UserId>,
) -> Result<Switched, Refusal> {
    let now = tx.now();
    (workspace.hipaa_mode_since, workspace.hipaa_mode_ended_at) = (None, Some(now));
    tx.save(&workspace).await?;
    tx.save(&ModeChange {
        confirmed_by: by,
        done_at: Some(now),
        ..change
    })
    .await?;
    tx.tell_those_in_charge(
        &Notice::new("legal", "HIPAA mode is off. Clients of health-care customers are sealed from view; logs and retention stay as they are.")
            .goes_to("/settings/hipaa"),
    )
    .await?;
    Ok(Switched {
        on: false,
        waits_for_another: false,
    })
}

/// Confirms or drops the switch that waits.
#[derive(Debug)]
pub struct AnswerDisable {
    /// Which.
    pub id: ModeChangeId,
    /// Whether it shall be done.
    pub confirm: bool,
}

#[async_trait]
impl Command for AnswerDisable {
    const ACTION: Action = Action::HipaaConfirm;
    const PERMISSION: Permission = Permission::SetSecurity;
    type Outcome = Switched;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Switched, Refusal> {
        tx.alone("hipaa-mode").await?;
        let (id, now) = (tx.actor().workspace(), tx.now());
        let change: ModeChange = tx.find(self.id).await?;
        if change.done_at.is_some() || change.dropped_at.is_some() {
            return Err(Refusal::conflict("This was answered already."));
        }
        if !self.confirm {
            tx.save(&ModeChange {
                dropped_at: Some(now),
                ..change
            })
            .await?;
            return Ok(Switched {
                on: true,
                waits_for_another: false,
            });
        }
        let by = second_person(tx, change.asked_by).await?;
        let workspace: Workspace = tx.find(id).await?;
        switch_off(tx, change, workspace, Some(by)).await
    }
}
