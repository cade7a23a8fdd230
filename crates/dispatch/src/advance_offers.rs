use crate::{
    answer_offer::go_on,
    offer::{Offer, OfferState},
};
use interpres_gate::{Action, Command, Granted, Permission, Refusal, WriteTx, async_trait};
use interpres_scheduling::appointment_alone;

/// Expires the offer whose time has been over for longest and asks the next of its sequence: one, because who is at work
/// on two appointments could wait for somebody who waits for them. Run by the dispatcher, again until it returns nothing.
#[derive(Debug)]
pub struct AdvanceOffers;

#[async_trait]
impl Command for AdvanceOffers {
    const ACTION: Action = Action::OffersAdvance;
    const PERMISSION: Permission = Permission::AdvanceOffers;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        let now = tx.now().micros();
        let over: Vec<Offer> = tx
            .list(
                "where state = 'open' and expires_at <= $1 order by expires_at, id limit 1",
                vec![now.into()],
            )
            .await?;
        let Some(offer) = over.first() else {
            return Ok(0);
        };
        let appointment = appointment_alone(tx, offer.appointment_id).await?;
        let mut offer: Offer = tx.find(offer.id).await?;
        // Somebody else may have been faster.
        if offer.state == OfferState::Open {
            offer.state = OfferState::Expired;
            offer.answered_at = Some(tx.now());
            tx.save(&offer).await?;
            go_on(tx, appointment, &offer).await?;
        }
        Ok(1)
    }
}
