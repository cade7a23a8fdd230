//! Doing something: a command, its one transaction, and the entry that commits with it.
use crate::passage::{
    actor::Actor,
    asked::{BoxedCommand, CommandOutcome},
    entry::{Frame, Touched, entry_id},
    gate::Gate,
    news::in_short,
    once::OneCommand,
    read_tx::{Lane, ReadTx},
    refusal::Refusal,
    request::Request,
    rights::rights_now,
    view::Released,
    write_tx::WriteTx,
};
use async_recursion::async_recursion as boxed;
use async_trait::async_trait;
use interpres_audit_log::Outcome;
use interpres_policy::{Action, ActionKind, Grant, Permission};
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
    /// Work that takes too long for a turn, in which others wait, such as printing a PDF: it is done before the turn, with
    /// what can be read then, and `run` sees to it that this still holds. An error refuses the command as one of `run`
    /// does, and what is revealed here is in the command's entry.
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
        let request = self.request_of::<C>(actor);
        match request.permitted() {
            Ok(_) => Ok(()),
            Err(refusal) => {
                let touched = Touched::by(actor);
                Err(self.log_refusal(request, refusal, touched).await)
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
        let request = self.request_of::<C>(actor);
        let refusal = request.permitted().err().unwrap_or(refusal);
        Err(self.log_refusal(request, refusal, Touched::by(actor)).await)
    }

    fn request_of<'a, C: Command>(&self, actor: &'a Actor) -> Request<'a> {
        Request {
            actor,
            action: C::ACTION,
            permission: C::PERMISSION,
            at: self.now(),
        }
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
        let told = self
            .perform_asked(actor, once, BoxedCommand::of(command))
            .await?;
        told.outcome::<C>().map(Released::of)
    }

    async fn perform_asked(
        &self,
        actor: &Actor,
        once: Option<OneCommand>,
        asked: BoxedCommand,
    ) -> Result<CommandOutcome, Refusal> {
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
        mut asked: BoxedCommand,
    ) -> Result<CommandOutcome, Refusal> {
        let (at, action, permission) = (self.now(), asked.action, asked.permission);
        self.inner.watch.keeps_up(at)?;
        let request = Request {
            actor: &actor,
            action,
            permission,
            at,
        };
        let prepared = self.prepare(request, &mut asked).await?;
        let mut turn = self.inner.db.turn().await?;
        // Rights may have changed since the credential was admitted; inside the turn they can't.
        let rights = rights_now(&self.inner, &mut turn, &actor, at).await;
        let granted = rights.and_then(|rights| {
            actor.rights = rights.ok_or(Refusal::Forbidden)?;
            actor.permitted(action, permission, at)
        });
        let grant = granted.as_ref().copied().unwrap_or(prepared.grant);
        let mut read = self.read_tx(&actor, grant, at);
        read.lane = Lane::Write(turn);
        read.touched.take_revealed(prepared.touched);
        let mut tx = WriteTx {
            read,
            entry: entry_id(at),
            news: Vec::new(),
        };
        let outcome = match granted {
            Ok(_) => tx.guarded(once, asked.command).await,
            Err(refusal) => Err(refusal),
        };
        let request = Request {
            actor: &actor,
            action,
            permission,
            at,
        };
        self.finish(request, tx, outcome).await
    }

    /// Prepares a command, once it is granted; gives the transaction in which it was.
    async fn prepare(
        &self,
        request: Request<'_>,
        asked: &mut BoxedCommand,
    ) -> Result<ReadTx, Refusal> {
        let grant = match self.may_change(request) {
            Ok(grant) => grant,
            Err(refusal) => {
                let touched = Touched::by(request.actor);
                return Err(self.log_refusal(request, refusal, touched).await);
            }
        };
        let mut tx = self.read_tx(request.actor, grant, request.at);
        let prepared = asked.command.prepare(&mut tx).await;
        // A turn takes a connection of its own.
        tx.rest();
        match prepared {
            Ok(()) => Ok(tx),
            Err(refusal) => Err(self.log_refusal(request, refusal, tx.touched).await),
        }
    }

    fn may_change(&self, request: Request<'_>) -> Result<Grant, Refusal> {
        let grant = request.permitted()?;
        if !self.inner.watch.takes(request.action) {
            return Err(Refusal::conflict(
                "This is a copy to look at while the original is away. Nothing can be changed here; note it on paper and enter it afterwards.",
            ));
        }
        // People come and go, and look: room for that is kept.
        if request.action.kind() != ActionKind::Door && self.is_full() {
            return Err(Refusal::Full);
        }
        Ok(grant)
    }

    async fn finish(
        &self,
        request: Request<'_>,
        tx: WriteTx,
        outcome: Result<CommandOutcome, Refusal>,
    ) -> Result<CommandOutcome, Refusal> {
        let (id, mut touched, lane) = (tx.entry, tx.read.touched, tx.read.lane);
        let (workspace, news) = (tx.read.scope.workspace, in_short(tx.news));
        let name = request.action.name();
        let Lane::Write(mut turn) = lane else {
            return Err(Refusal::fault("a write without a turn"));
        };
        match outcome {
            Ok(outcome) => {
                let frame = Frame {
                    id,
                    request,
                    outcome: Outcome::Done,
                    reason: None,
                };
                touched.settled();
                let kept: Result<(), Refusal> = async {
                    let told = self.inner.written_news(&workspace, &news, request.at)?;
                    turn.write(frame.writes(touched).into_iter().chain(told).collect())
                        .await?;
                    Ok(turn.keep().await?.wait().await?)
                }
                .await;
                if kept.is_ok() {
                    self.inner.tell_of(workspace, news);
                }
                kept.map(|()| outcome)
                    .map_err(|refusal| refusal.logged(name))
            }
            Err(refusal) => {
                touched.undo();
                turn.undo()
                    .await
                    .map_err(|e| Refusal::from(e).logged(name))?;
                Err(self.log_refusal(request, refusal, touched).await)
            }
        }
    }
}
