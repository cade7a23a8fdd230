use crate::{
    answer_offer::go_on,
    offer::{Offer, OfferState},
};
use interpres_gate::{
    Action, Command, Due, Gate, Granted, Next, ReadTx, Refusal, Work, WorkerKind, WriteTx,
    async_trait,
};
use interpres_scheduling::appointment_alone;
use interpres_types::Instant;
use serde::{Deserialize, Serialize};

/// How soon offers are looked at again when the next one's row can't be believed.
const UNBELIEVED_SECONDS: i64 = 10;

/// The job that advances a workspace's offers when the next one's time is over.
pub(crate) struct AdvancesOffers;

impl Work for AdvancesOffers {
    const NAME: &'static str = "offers.advance";
    const WORDS: &'static str = "Expires offers and asks the next interpreter";
    const OWED: Option<&'static str> = Some(crate::OPEN_OFFERS);
    async fn work(gate: &Gate, due: &Due) -> Result<Next, Refusal> {
        let worker = gate.worker(due.workspace, WorkerKind::Dispatcher);
        loop {
            match gate.perform(&worker, AdvanceOffers).await?.into_inner() {
                Advanced::One => {}
                Advanced::NoneUntil(at) => return Ok(Next::At(at)),
                Advanced::NoneLeft => return Ok(Next::Over),
            }
        }
    }
}

/// Expires the offer whose time has been over for longest and asks the next of its sequence: one, because who is at work
/// on two appointments could wait for somebody who waits for them. Run again until there is none.
#[derive(Debug)]
pub struct AdvanceOffers;

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Advanced {
    /// An offer has expired; there may be another.
    One,
    /// No offer's time is over before this.
    NoneUntil(Instant),
    /// No offer waits for an answer until some time.
    NoneLeft,
}

#[async_trait]
impl Command for AdvanceOffers {
    const ACTION: Action = Action::OffersAdvance;
    type Outcome = Advanced;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Advanced, Refusal> {
        let next =
            "where state = 'open' and expires_at is not null order by expires_at, id limit 1";
        let next: Vec<Offer> = tx.list(next, vec![]).await?;
        let Some((offer, at)) = next
            .first()
            .and_then(|offer| Some((offer, offer.expires_at?)))
        else {
            // One whose row was changed past the gate is not believed, and is put right within seconds: the others wait
            // for that, and are not forgotten.
            let rest = "where state = 'open' and expires_at is not null";
            let open = ReadTx::count::<Offer>(tx, rest, vec![]).await?;
            return Ok(if open == 0 {
                Advanced::NoneLeft
            } else {
                Advanced::NoneUntil(tx.now().plus_seconds(UNBELIEVED_SECONDS))
            });
        };
        if at > tx.now() {
            return Ok(Advanced::NoneUntil(at));
        }
        let appointment = appointment_alone(tx, offer.appointment_id).await?;
        let mut offer: Offer = tx.find(offer.id).await?;
        // Somebody else may have been faster.
        if offer.state == OfferState::Open {
            offer.state = OfferState::Expired;
            offer.answered_at = Some(tx.now());
            tx.save(&offer).await?;
            go_on(tx, appointment, &offer).await?;
        }
        Ok(Advanced::One)
    }
}
