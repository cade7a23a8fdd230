//! Showing something: the question, its answer, and the entry that is on disk before the answer leaves.
use crate::passage::{
    actor::Actor,
    entry::Touched,
    gate::Gate,
    read_tx::{Lane, ReadTx},
    refusal::Refusal,
    request::Request,
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
        let request = Request {
            actor,
            action: Q::ACTION,
            permission: Q::PERMISSION,
            at: self.now(),
        };
        let mut tx = self.begin_view(request).await?;
        let answer = query.answer(&mut tx).await;
        // The entry waits for the disk; the connection need not.
        tx.rest();
        match answer {
            Ok(view) => {
                self.log_view(request, tx.touched).await?;
                Ok(Released(view))
            }
            Err(refusal) => Err(self.log_refusal(request, refusal, tx.touched).await),
        }
    }

    async fn begin_view(&self, request: Request<'_>) -> Result<ReadTx, Refusal> {
        self.inner.watch.keeps_up(request.at)?;
        match request.permitted() {
            Ok(grant) => Ok(self.read_tx(request.actor, grant, request.at)),
            Err(refusal) => {
                let touched = Touched::by(request.actor);
                Err(self.log_refusal(request, refusal, touched).await)
            }
        }
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
