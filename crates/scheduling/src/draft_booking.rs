use interpres_gate::{
    Action, Command, DraftId, Granted, Query, ReadTx, Refusal, WriteTx, async_trait,
};
use interpres_types::Field;

/// Keeps what was typed of a booking so far, sealed for who typed it, so that each of its steps can be gone back to.
#[derive(Debug)]
pub struct KeepDraft {
    /// Which booking.
    pub id: DraftId,
    /// The form as it was sent.
    pub form: Field,
}

#[async_trait]
impl Command for KeepDraft {
    const ACTION: Action = Action::AppointmentCheck;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        tx.keep_draft(&self.id, self.form.raw()).await
    }
}

/// What the actor has typed of a booking so far.
#[derive(Debug)]
pub struct ShowDraft(pub DraftId);

#[async_trait]
impl Query for ShowDraft {
    const ACTION: Action = Action::AppointmentCheck;
    type View = Option<String>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Option<String>, Refusal> {
        tx.draft(&self.0).await
    }
}
