//! Several workspaces (AC10): where one is at home, and going over.
use crate::{Workspace, at_the_door::may_come_in, member::member_of};
use interpres_gate::{
    Action, Actor, Command, Gate, Granted, Query, ReadTx, Refusal, WriteTx, async_trait,
};
use interpres_types::{UserId, WorkspaceId};
use serde::Serialize;

/// The workspaces one is a member of.
#[derive(Debug)]
pub struct MyWorkspaces;

/// A workspace one can go to.
#[derive(Debug, Serialize)]
pub struct WorkspaceCard {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
}

#[async_trait]
impl Query for MyWorkspaces {
    const ACTION: Action = Action::IdentityShow;
    type View = Vec<WorkspaceCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<WorkspaceCard>, Refusal> {
        let user = tx.actor().user().ok_or(Refusal::Forbidden)?;
        Ok(tx
            .workspaces_of(user)
            .await?
            .into_iter()
            .map(|(id, name)| WorkspaceCard { id, name })
            .collect())
    }
}

/// A signed-in person's workspaces.
///
/// # Errors
/// As the gate refuses.
pub async fn my_workspaces(gate: &Gate, actor: &Actor) -> Result<Vec<WorkspaceCard>, Refusal> {
    let home = gate.at_home(actor).ok_or(Refusal::Forbidden)?;
    Ok(gate.view(&home, MyWorkspaces).await?.into_inner())
}

/// Switches to another workspace in the same session, which keeps its expiry; returns its new token.
///
/// # Errors
/// [`Refusal::NotFound`] for a workspace the person is not a member of, [`Refusal::Conflict`] for one they may not
/// enter this way.
pub async fn switch_workspace(
    gate: &Gate,
    actor: &Actor,
    to: WorkspaceId,
) -> Result<String, Refusal> {
    let (Some(user), Some(session)) = (actor.user(), actor.session()) else {
        return Err(Refusal::Forbidden);
    };
    if !my_workspaces(gate, actor).await?.iter().any(|w| w.id == to) {
        return Err(Refusal::NotFound);
    }
    let door = gate.doorkeeper(to, actor.origin().clone());
    Ok(gate
        .perform(
            &door,
            MoveSession {
                user,
                session: session.to_owned(),
            },
        )
        .await?
        .into_inner())
}

struct MoveSession {
    user: UserId,
    session: String,
}

#[async_trait]
impl Command for MoveSession {
    const ACTION: Action = Action::SessionSwitch;
    type Outcome = String;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<String, Refusal> {
        let member = member_of(tx, self.user).await?.ok_or(Refusal::NotFound)?;
        tx.saw("member", member.id);
        let id = tx.actor().workspace();
        let workspace: Workspace = tx.find(id).await?;
        may_come_in(tx, &workspace, &member)?;
        Ok(tx
            .move_session(self.user, &self.session)
            .await?
            .expose()
            .to_owned())
    }
}
