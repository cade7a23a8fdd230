//! Doing something: a command, its one transaction, and the entry that commits with it.
use crate::passage::{
    actor::Actor,
    asked::{Asked, Told},
    conclude::nothing_told,
    entry::{Frame, Touched, entry_id},
    gate::Gate,
    once::OneCommand,
    read_tx::{Lane, ReadTx},
    refusal::Refusal,
    rights::rights_now,
    view::Released,
    write_tx::WriteTx,
};
use async_recursion::async_recursion as boxed;
use async_trait::async_trait;
use interpres_audit_log::Outcome;
use interpres_policy::{Action, ActionKind, Grant, Permission};
use interpres_store::Turn;
use interpres_types::Instant;
use serde::{Serialize, de::DeserializeOwned};
use std::marker::PhantomData;

/// Something a user asks to have done. As a [`Query`](crate::passage::view::Query), it is compiled where it is written.
#[async_trait]
pub trait Command: Sized + Send + 'static {
    /// What it is called in the log.
    const ACTION: Action;
    /// What the policy is asked: what the register says of the act, or another that it names there.
    const PERMISSION: Permission = Self::ACTION.permission();
    /// What it tells: ids and plain facts, because it may be kept and told again.
    type Outcome: Serialize + DeserializeOwned + Send + 'static;
    /// What takes too long for a turn, in which others wait: it is done before one, with what can be read, and refuses nothing.
    async fn prepare(&mut self, _tx: &mut ReadTx) -> Result<(), Refusal> {
        Ok(())
    }

    /// Does it, once the policy has granted it.
    async fn run(self, tx: &mut WriteTx, granted: Granted<Self>) -> Result<Self::Outcome, Refusal>;
}

/// Proof that the policy granted this very command. Only the gate makes one, so a command runs another only by
/// [`WriteTx::then`], which asks.
#[derive(Debug)]
pub struct Granted<C>(PhantomData<fn() -> C>);

impl<C> Granted<C> {
    /// After the policy said yes, and nowhere else.
    pub(crate) const fn by_the_policy() -> Self {
        Self(PhantomData)
    }
}

impl Gate {
    /// Refuses, with its entry, what would be refused once it is sent: before a form for it is shown.
    ///
    /// # Errors
    /// As [`Gate::perform`] for this actor.
    #[boxed]
    pub async fn may_begin<C: Command>(&self, actor: &Actor) -> Result<(), Refusal> {
        let now = self.now();
        match actor.permitted(C::ACTION, C::PERMISSION, now) {
            Ok(_) => Ok(()),
            Err(refusal) => {
                self.conclude(
                    actor,
                    C::ACTION,
                    C::PERMISSION,
                    now,
                    Some(refusal),
                    Touched::by(actor),
                )
                .await
            }
        }
    }

    /// Refuses, with its entry, what could not be made a command of what came in.
    ///
    /// # Errors
    /// Always: the refusal that was given, or that of the policy.
    #[boxed]
    pub async fn turn_away<C: Command>(
        &self,
        actor: &Actor,
        refusal: Refusal,
    ) -> Result<Released<C::Outcome>, Refusal> {
        let now = self.now();
        let refusal = actor
            .permitted(C::ACTION, C::PERMISSION, now)
            .err()
            .unwrap_or(refusal);
        self.conclude(
            actor,
            C::ACTION,
            C::PERMISSION,
            now,
            Some(refusal),
            Touched::by(actor),
        )
        .await?;
        Err(nothing_told())
    }

    /// Does something, if the policy grants it: once, where the actor's request has a key, however often it comes.
    ///
    /// # Errors
    /// Every [`Refusal`]; refusals leave an entry too. [`Refusal::Conflict`] when the key came with another request before.
    #[boxed]
    pub async fn perform<C: Command>(
        &self,
        actor: &Actor,
        command: C,
    ) -> Result<Released<C::Outcome>, Refusal> {
        let once = actor
            .once
            .as_ref()
            .map(crate::passage::once::Once::next::<C>);
        let told = self.perform_asked(actor, once, Asked::of(command)).await?;
        told.outcome::<C>().map(Released::of)
    }

    async fn perform_asked(
        &self,
        actor: &Actor,
        once: Option<OneCommand>,
        asked: Asked,
    ) -> Result<Told, Refusal> {
        // A command runs to its end in a task of its own even when the caller vanishes, because
        // on the embedded engine it shares a transaction with its neighbours.
        let (gate, actor, action) = (self.clone(), actor.clone(), asked.action);
        let task = tokio::spawn(async move { gate.run(actor, once, asked).await });
        task.await
            .unwrap_or_else(|e| Err(Refusal::fault(e).logged(action.name())))
    }

    async fn run(
        self,
        mut actor: Actor,
        once: Option<OneCommand>,
        mut asked: Asked,
    ) -> Result<Told, Refusal> {
        let (now, action, permission) = (self.now(), asked.action, asked.permission);
        self.inner.watch.keeps_up(now)?;
        let first = match self.made_ready(&actor, &mut asked, now).await {
            Ok(grant) => grant,
            Err(refusal) => {
                let touched = Touched::by(&actor);
                self.conclude(&actor, action, permission, now, Some(refusal), touched)
                    .await?;
                return Err(nothing_told());
            }
        };
        let mut turn = self.inner.db.turn().await?;
        let granted = self
            .granted_now(&mut actor, &mut turn, action, permission, now)
            .await;
        let mut tx = WriteTx {
            read: ReadTx {
                lane: Lane::Write(turn),
                ..self.read_tx(&actor, granted.as_ref().copied().unwrap_or(first), now)
            },
            entry: entry_id(now),
        };
        let outcome = match granted {
            Ok(_) => tx.guarded(once, asked.command).await,
            Err(refusal) => Err(refusal),
        };
        self.finish(&actor, action, permission, tx, outcome).await
    }

    /// The grant by which a command is prepared, once it is.
    async fn made_ready(
        &self,
        actor: &Actor,
        asked: &mut Asked,
        now: Instant,
    ) -> Result<Grant, Refusal> {
        let grant = actor.permitted(asked.action, asked.permission, now)?;
        if !self.inner.watch.takes(asked.action) {
            return Err(Refusal::conflict(
                "This is a copy to look at while the original is away. Nothing can be changed here; note it on paper and enter it afterwards.",
            ));
        }
        // People come and go, and look: room for that is kept.
        if asked.action.kind() != ActionKind::Door && self.is_full() {
            return Err(Refusal::Full);
        }
        let mut tx = self.read_tx(actor, grant, now);
        asked.command.prepare(&mut tx).await?;
        Ok(grant)
    }

    /// The grant by which a command runs: rights may have changed since the credential was admitted; inside the
    /// turn they can't.
    async fn granted_now(
        &self,
        actor: &mut Actor,
        turn: &mut Turn,
        action: Action,
        permission: Permission,
        now: Instant,
    ) -> Result<Grant, Refusal> {
        let rights = rights_now(&self.inner, turn, actor, now).await?;
        actor.rights = rights.ok_or(Refusal::Forbidden)?;
        actor.permitted(action, permission, now)
    }

    async fn finish(
        &self,
        actor: &Actor,
        action: Action,
        permission: Permission,
        tx: WriteTx,
        outcome: Result<Told, Refusal>,
    ) -> Result<Told, Refusal> {
        let (at, id, mut touched, lane) = (tx.read.now, tx.entry, tx.read.touched, tx.read.lane);
        let Lane::Write(mut turn) = lane else {
            return Err(Refusal::fault("a write without a turn"));
        };
        match outcome {
            Ok(outcome) => {
                let frame = Frame {
                    id,
                    at,
                    actor,
                    action,
                    permission,
                    outcome: Outcome::Done,
                    reason: None,
                };
                touched.settled();
                let kept: Result<(), Refusal> = async {
                    turn.write(frame.writes(touched)).await?;
                    Ok(turn.keep().await?.wait().await?)
                }
                .await;
                kept.map(|()| outcome)
                    .map_err(|refusal| refusal.logged(action.name()))
            }
            Err(refusal) => {
                touched.undo();
                turn.undo()
                    .await
                    .map_err(|e| Refusal::from(e).logged(action.name()))?;
                self.conclude(actor, action, permission, at, Some(refusal), touched)
                    .await?;
                Err(nothing_told())
            }
        }
    }
}
