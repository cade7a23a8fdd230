use crate::{
    answer_offer::go_on,
    offer::{Offer, OfferState},
};
use interpres_gate::{Action, Command, Permission, Refusal, WriteTx, async_trait};
use interpres_scheduling::appointment_alone;

/// Expires the offers whose time is over and asks the next of each sequence; a few at a time, so
/// that it never holds others up. Run by the dispatcher, again until it returns nothing.
#[derive(Debug)]
pub struct AdvanceOffers;

#[async_trait]
impl Command for AdvanceOffers {
    const ACTION: Action = Action::OffersAdvance;
    const PERMISSION: Permission = Permission::AdvanceOffers;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx) -> Result<usize, Refusal> {
        let now = tx.now().micros();
        let over: Vec<Offer> = tx.list("where state = 'open' and expires_at <= $1 order by expires_at, id limit 20", vec![now.into()]).await?;
        let count = over.len();
        for offer in over {
            let appointment = appointment_alone(tx, offer.appointment_id).await?;
            let mut offer: Offer = tx.find(offer.id).await?;
            if offer.state != OfferState::Open {
                continue;
            }
            offer.state = OfferState::Expired;
            offer.answered_at = Some(tx.now());
            tx.save(&offer).await?;
            go_on(tx, appointment, &offer).await?;
        }
        Ok(count)
    }
}
