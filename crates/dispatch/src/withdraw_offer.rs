use crate::{
    answer_offer::{Answered, go_on},
    offer::{Offer, OfferState},
};
use interpres_gate::{Action, Command, Granted, Refusal, WriteTx, async_trait};
use interpres_scheduling::{about, appointment_alone, tell_interpreter};
use interpres_types::OfferId;

/// Takes an open offer back. Who was asked is told, and the next in the sequence is asked.
#[derive(Debug)]
pub struct WithdrawOffer(pub OfferId);

#[async_trait]
impl Command for WithdrawOffer {
    const ACTION: Action = Action::OfferWithdraw;
    type Outcome = Answered;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Answered, Refusal> {
        let known: Offer = tx.find(self.0).await?;
        let appointment = appointment_alone(tx, known.appointment_id).await?;
        let mut offer: Offer = tx.find(self.0).await?;
        let stands = offer.state_at(tx.now());
        if stands != OfferState::Open {
            return Err(Refusal::conflict(format!(
                "This offer is no longer open: {}.",
                stands.label().to_lowercase()
            )));
        }
        offer.state = OfferState::Withdrawn;
        offer.answered_at = Some(tx.now());
        tx.save(&offer).await?;
        let notice = about(&appointment, "offer.taken", "No longer available: ");
        tell_interpreter(
            tx,
            offer.interpreter_id,
            notice.leads_to("/offers", offer.id),
        )
        .await?;
        let appointment = go_on(tx, appointment, &offer).await?;
        Ok(Answered {
            id: offer.id,
            state: offer.state,
            appointment: appointment.id,
            status: appointment.status,
        })
    }
}
