//! The entry of a view or a refusal.
use crate::passage::{
    entry::{Frame, Touched, entry_id},
    gate::Gate,
    refusal::Refusal,
    request::Request,
};
use interpres_audit_log::Outcome;

impl Gate {
    /// Writes the entry of a view, and waits until it is on disk.
    pub(crate) async fn log_view(
        &self,
        request: Request<'_>,
        touched: Touched,
    ) -> Result<(), Refusal> {
        self.log(request, Outcome::Done, None, touched).await
    }

    /// Writes the entry of a refusal, waits until it is on disk, and gives the refusal to answer with: another one where
    /// the entry can't be written.
    pub(crate) async fn log_refusal(
        &self,
        request: Request<'_>,
        refusal: Refusal,
        mut touched: Touched,
    ) -> Refusal {
        let (outcome, reason) = match &refusal {
            Refusal::Fault(_) => (Outcome::Fault, "fault".to_owned()),
            refusal if request.actor.hipaa() => (Outcome::Refused, refusal.detail()),
            refusal => (Outcome::Refused, refusal.word().to_owned()),
        };
        let refusal = refusal.logged(request.action.name());
        touched.refused();
        match self.log(request, outcome, Some(reason), touched).await {
            Ok(()) => refusal,
            Err(unlogged) => unlogged,
        }
    }

    async fn log(
        &self,
        request: Request<'_>,
        outcome: Outcome,
        reason: Option<String>,
        touched: Touched,
    ) -> Result<(), Refusal> {
        let frame = Frame {
            id: entry_id(request.at),
            request,
            outcome,
            reason,
        };
        Ok(self.inner.db.note(frame.writes(touched)).wait().await?)
    }
}
