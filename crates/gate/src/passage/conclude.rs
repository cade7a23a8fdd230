//! The entry of a view or a refusal.
use crate::passage::{
    actor::Actor,
    entry::{Frame, Touched, entry_id},
    gate::Gate,
    refusal::Refusal,
};
use async_recursion::async_recursion as boxed;
use interpres_audit_log::Outcome;
use interpres_policy::{Action, Permission};
use interpres_types::Instant;

impl Gate {
    /// Writes the entry of a view or a refusal and waits until it is on disk. Gives the refusal, if there was one.
    #[boxed]
    pub(crate) async fn conclude(
        &self,
        actor: &Actor,
        action: Action,
        permission: Permission,
        at: Instant,
        refusal: Option<Refusal>,
        mut touched: Touched,
    ) -> Result<(), Refusal> {
        let (outcome, reason) = match &refusal {
            None => (Outcome::Done, None),
            Some(Refusal::Fault(_)) => (Outcome::Fault, Some("fault".to_owned())),
            Some(refusal) => (
                Outcome::Refused,
                Some(if actor.hipaa() {
                    refusal.detail()
                } else {
                    refusal.word().to_owned()
                }),
            ),
        };
        if refusal.is_some() {
            touched.refused();
        }
        let frame = Frame {
            id: entry_id(at),
            at,
            actor,
            action,
            permission,
            outcome,
            reason,
        };
        self.inner.db.note(frame.writes(touched)).wait().await?;
        refusal.map_or(Ok(()), |refusal| Err(refusal.logged(action.name())))
    }
}

/// A refusal that was concluded is given back by [`Gate::conclude`]; what stands after it is never reached.
pub(crate) fn nothing_told() -> Refusal {
    Refusal::fault("a refusal was taken for an answer")
}
