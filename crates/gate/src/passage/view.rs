//! Showing something: the question, its answer, and the entry that is on disk before the answer leaves.
use crate::passage::{
    actor::Actor,
    conclude::nothing_told,
    entry::Touched,
    gate::Gate,
    read_tx::{Lane, ReadTx},
    refusal::Refusal,
};
use async_recursion::async_recursion as boxed;
use async_trait::async_trait;
use interpres_policy::{Action, Grant, Permission};
use interpres_types::Instant;
use serde::Serialize;

/// Something a user asks to see. Its answer is found by code that is compiled in the room that says what the
/// question is, not in each that asks it: hence [`async_trait`].
#[async_trait]
pub trait Query: Sized + Send {
    /// What it is called in the log.
    const ACTION: Action;
    /// What the policy is asked: what the register says of the act, or another that it names there.
    const PERMISSION: Permission = Self::ACTION.permission();
    /// What is shown. A view that holds a `Phi` does not compile.
    type View: Serialize + Send + 'static;
    /// Finds the answer.
    async fn answer(self, tx: &mut ReadTx) -> Result<Self::View, Refusal>;
}

/// What the gate lets out, after its entry is on disk. Nobody else can make one.
#[derive(Debug)]
pub struct Released<T>(T);

impl<T> Released<T> {
    /// For what was let out as part of something larger.
    pub(crate) const fn of(part: T) -> Self {
        Self(part)
    }

    /// What was let out.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Released<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl Gate {
    /// Shows something, if the policy grants it. The view is let out only once its entry in the
    /// log is on disk.
    ///
    /// # Errors
    /// Every [`Refusal`]; refusals leave an entry too.
    #[boxed]
    pub async fn view<Q: Query>(
        &self,
        actor: &Actor,
        query: Q,
    ) -> Result<Released<Q::View>, Refusal> {
        const {
            assert!(
                Q::ACTION.asks(Q::PERMISSION),
                "the register names no such permission for this act"
            )
        };
        let now = self.now();
        let (answer, touched) = match self.begin_view(actor, Q::ACTION, Q::PERMISSION, now)? {
            Err(refusal) => (Err(refusal), Touched::by(actor)),
            Ok(mut tx) => {
                let answer = query.answer(&mut tx).await;
                // The entry waits for the disk; the connection need not.
                tx.rest();
                (answer, tx.touched)
            }
        };
        let (outcome, refusal) = apart(answer);
        self.conclude(actor, Q::ACTION, Q::PERMISSION, now, refusal, touched)
            .await?;
        outcome.map(Released).ok_or_else(nothing_told)
    }

    fn begin_view(
        &self,
        actor: &Actor,
        action: Action,
        permission: Permission,
        now: Instant,
    ) -> Result<Result<ReadTx, Refusal>, Refusal> {
        self.inner.watch.keeps_up(now)?;
        Ok(actor
            .permitted(action, permission, now)
            .map(|grant| self.read_tx(actor, grant, now)))
    }

    pub(crate) fn read_tx(&self, actor: &Actor, grant: Grant, now: Instant) -> ReadTx {
        ReadTx {
            lane: Lane::Read(None),
            inner: self.inner.clone(),
            scope: actor.scope(grant, self.inner.facts),
            actor: actor.clone(),
            grant,
            now,
            touched: Touched::by(actor),
        }
    }
}

/// What came of a question, and why nothing did.
fn apart<T>(answer: Result<T, Refusal>) -> (Option<T>, Option<Refusal>) {
    match answer {
        Ok(answer) => (Some(answer), None),
        Err(refusal) => (None, Some(refusal)),
    }
}
