//! HIPAA mode switched on, and off again by two.
use crate::hipaa_checks::{Serving, checks};
use crate::hipaa_mode::{MODE_TERMS_VERSION, ModeChange, NewModeChange, waiting};
use interpres_accounts::{
    HIPAA_MODE, Workspace, another_in_charge, is_in_charge, members_after, second_person,
};
use interpres_gate::{
    Action, Command, Granted, Letter, NewRecord, Notice, Refusal, WriteTx, async_trait,
};
use interpres_types::{Field, Line, MemberId, ModeChangeId, Problems, Rule, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Confirmation to enable HIPAA mode.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EnableInput {
    /// The version of the terms that was read and acknowledged; required.
    pub terms: Field,
}

/// Enables HIPAA mode if every requirement is met.
#[derive(Debug)]
pub struct EnableHipaa {
    /// How the process serves.
    pub serving: Serving,
    /// The input.
    pub input: EnableInput,
}

/// The state of HIPAA mode afterwards.
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
    type Outcome = Switched;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Switched, Refusal> {
        tx.alone(HIPAA_MODE).await?;
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
                "Requirements not met: {}.",
                failing.join("; ")
            )));
        }
        workspace.hipaa_mode_since = Some(now);
        workspace.hipaa_mode_ended_at = None;
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
    NewModeChange {
        turned_on: false,
        asked_by: by,
        asked_at: tx.now(),
    }
    .blank(tx.mint(), None)
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

/// Confirmation to disable HIPAA mode.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DisableInput {
    /// Why, without names; required.
    pub reason: Field,
    /// `controls relax`, typed to show awareness that they do; required.
    pub confirm: Field,
}

/// Disables HIPAA mode, or asks a second owner or admin to confirm if there is one.
#[derive(Debug)]
pub struct DisableHipaa {
    /// The input.
    pub input: DisableInput,
}

#[async_trait]
impl Command for DisableHipaa {
    const ACTION: Action = Action::HipaaDisable;
    type Outcome = Switched;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Switched, Refusal> {
        tx.alone(HIPAA_MODE).await?;
        let mut p = Problems::none();
        let reason = p.need::<Line<200>>("reason", &self.input.reason);
        if self.input.confirm.raw().trim().to_lowercase() != "controls relax" {
            p.add("confirm", Rule::new("must be exactly: controls relax"));
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
    workspace.hipaa_mode_since = None;
    workspace.hipaa_mode_ended_at = Some(now);
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
    /// The request.
    pub id: ModeChangeId,
    /// Whether to confirm.
    pub confirm: bool,
}

#[async_trait]
impl Command for AnswerDisable {
    const ACTION: Action = Action::HipaaConfirm;
    type Outcome = Switched;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Switched, Refusal> {
        tx.alone(HIPAA_MODE).await?;
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
