//! A command on its way through the gate, without its type: everything around it is compiled once.
use crate::passage::{
    once::OneCommand,
    perform::{Command, Granted},
    read_tx::ReadTx,
    refusal::Refusal,
    write_tx::WriteTx,
};
use async_recursion::async_recursion as boxed;
use async_trait::async_trait;
use futures_util::FutureExt;
use interpres_policy::{Action, Permission};
use std::{any::Any, panic::AssertUnwindSafe, time::Duration};
use zeroize::Zeroizing;

const LONGEST_COMMAND: Duration = Duration::from_secs(5);

/// Whether an outcome will be told again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    Once,
    Again,
}

/// A command without its type, so that everything around it is compiled once.
pub(crate) struct BoxedCommand {
    pub(crate) action: Action,
    pub(crate) permission: Permission,
    pub(crate) command: Box<dyn DynCommand>,
}

#[async_trait]
pub(crate) trait DynCommand: Send {
    async fn prepare(&mut self, tx: &mut ReadTx) -> Result<(), Refusal>;
    async fn run(
        self: Box<Self>,
        tx: &mut WriteTx,
        keeping: Keeping,
    ) -> Result<CommandOutcome, Refusal>;
}

#[async_trait]
impl<C: Command> DynCommand for C {
    async fn prepare(&mut self, tx: &mut ReadTx) -> Result<(), Refusal> {
        Command::prepare(self, tx).await
    }

    async fn run(
        self: Box<Self>,
        tx: &mut WriteTx,
        keeping: Keeping,
    ) -> Result<CommandOutcome, Refusal> {
        let outcome = Command::run(*self, tx, Granted::by_the_policy()).await?;
        let json = (keeping == Keeping::Again)
            .then(|| serde_json::to_vec(&outcome).map_err(Refusal::fault))
            .transpose()?;
        Ok(CommandOutcome::Fresh(Box::new(outcome), json))
    }
}

/// The outcome of a command.
pub(crate) enum CommandOutcome {
    /// Of a run just now; and as JSON, where it will be told again.
    Fresh(Box<dyn Any + Send>, Option<Vec<u8>>),
    /// As JSON, of a run before.
    Replayed(Zeroizing<Vec<u8>>),
}

impl BoxedCommand {
    pub(crate) fn of<C: Command>(command: C) -> Self {
        const {
            assert!(
                C::ACTION.asks(C::PERMISSION),
                "the register names no such permission for this act"
            )
        };
        Self {
            action: C::ACTION,
            permission: C::PERMISSION,
            command: Box::new(command),
        }
    }
}

impl CommandOutcome {
    pub(crate) fn outcome<C: Command>(self) -> Result<C::Outcome, Refusal> {
        match self {
            Self::Fresh(outcome, _) => outcome
                .downcast()
                .map(|outcome| *outcome)
                .map_err(|_| Refusal::fault("a command told something of another type")),
            Self::Replayed(json) => serde_json::from_slice(&json).map_err(Refusal::fault),
        }
    }
}

impl WriteTx {
    /// Runs a command with a time limit, and turns a panic into a fault of its own: neither may
    /// take the neighbours in a shared transaction along.
    #[boxed]
    pub(crate) async fn guarded(
        &mut self,
        once: Option<OneCommand>,
        command: Box<dyn DynCommand>,
    ) -> Result<CommandOutcome, Refusal> {
        let run = AssertUnwindSafe(tokio::time::timeout(
            LONGEST_COMMAND,
            self.once(once, command),
        ))
        .catch_unwind();
        match run.await {
            Ok(Ok(Err(Refusal::Conflict(conflict)))) => {
                Err(Refusal::Conflict(self.who_saved(conflict).await?))
            }
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Refusal::fault("the command took longer than five seconds")),
            Err(_) => Err(Refusal::fault("the command panicked")),
        }
    }

    async fn once(
        &mut self,
        once: Option<OneCommand>,
        command: Box<dyn DynCommand>,
    ) -> Result<CommandOutcome, Refusal> {
        let Some(once) = once else {
            return command.run(self, Keeping::Once).await;
        };
        let once = once.under(
            &self
                .read
                .inner
                .keys
                .workspace(self.read.actor.workspace)
                .await?
                .checksum,
        );
        let (workspace, actor, now) = (
            self.read.scope.workspace.clone(),
            self.read.actor.log_name(),
            self.read.now,
        );
        self.alone(format!("once/{actor}/{}", once.mark)).await?;
        let args = [
            workspace.clone().into(),
            actor.clone().into(),
            once.mark.clone().into(),
        ];
        let kept = self.turn()?.rows("select digest, outcome from idempotency where workspace_id = $1 and actor = $2 and key = $3", &args).await?;
        if let Some(row) = kept.first() {
            return once.replay(&workspace, row).map(CommandOutcome::Replayed);
        }
        let outcome = command.run(self, Keeping::Again).await?;
        let CommandOutcome::Fresh(_, Some(json)) = &outcome else {
            return Err(Refusal::fault("a fresh outcome without its JSON"));
        };
        let sealed = once.seal(&workspace, json)?;
        let values = [
            workspace.into(),
            actor.into(),
            once.mark.into(),
            once.digest.to_vec().into(),
            sealed.into(),
            now.micros().into(),
        ];
        self.turn()?.execute("insert into idempotency (workspace_id, actor, key, digest, outcome, at) values ($1, $2, $3, $4, $5, $6)", &values).await?;
        Ok(outcome)
    }

    /// Goes on with another command as a part of this one: with the reach that the policy grants for that, and both or
    /// neither take effect.
    ///
    /// # Errors
    /// As [`Gate::perform`] for it.
    #[boxed]
    pub async fn then<C: Command>(&mut self, command: C) -> Result<C::Outcome, Refusal> {
        const {
            assert!(
                C::ACTION.asks(C::PERMISSION),
                "the register names no such permission for this act"
            )
        };
        let grant = self.read.granted::<C>()?;
        let (scope, before) = (self.read.scope.clone(), self.read.grant);
        self.read.scope = self.read.actor.scope(grant, self.read.inner.facts);
        self.read.grant = grant;
        let outcome = command.run(self, Granted::by_the_policy()).await;
        self.read.scope = scope;
        self.read.grant = before;
        outcome
    }
}
