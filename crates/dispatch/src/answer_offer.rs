use crate::offer::{Offer, OfferRound, OfferState, RoundKind, RoundState, ask};
use interpres_gate::{Action, Command, Granted, Phi, Refusal, Val, WriteTx, async_trait};
use interpres_scheduling::{
    Appointment, AssignedHow, Slot, Status, Step, Taking, advance, alone_with, appointment_alone,
    interpreters_alone, obstacle,
};
use interpres_types::{AppointmentId, Field, Note, OfferId, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Takes an offer. Of many acceptances at once exactly one wins (DP4): all who answer about one
/// appointment wait their turn on its name, and who comes second finds the offer withdrawn.
#[derive(Debug)]
pub struct AcceptOffer(pub OfferId);

/// What came of an answer.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Answered {
    /// The offer.
    pub id: OfferId,
    /// Where it stands.
    pub state: OfferState,
    /// The appointment.
    pub appointment: AppointmentId,
    /// Where that stands.
    pub status: Status,
}

/// An offer that can still be answered, with its appointment; who comes too late is told so.
async fn open_offer(tx: &mut WriteTx, id: OfferId) -> Result<(Offer, Appointment), Refusal> {
    let known: Offer = tx.find(id).await?;
    alone_with(tx, known.appointment_id).await?;
    let offer: Offer = tx.find(id).await?;
    if let Some(outcome) = offer.state_at(tx.now()).outcome() {
        return Err(Refusal::conflict(outcome));
    }
    let appointment = appointment_alone(tx, offer.appointment_id).await?;
    Ok((offer, appointment))
}

#[async_trait]
impl Command for AcceptOffer {
    const ACTION: Action = Action::OfferAccept;
    type Outcome = Answered;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Answered, Refusal> {
        let (mut offer, appointment) = open_offer(tx, self.0).await?;
        offer.state = OfferState::Accepted;
        offer.answered_at = Some(tx.now());
        tx.save(&offer).await?;
        let taking = Taking {
            interpreter: offer.interpreter_id,
            despite: None,
            how: AssignedHow::OfferAccepted,
        };
        let appointment = advance(tx, appointment, Step::Assign(taking)).await?;
        Ok(Answered {
            id: offer.id,
            state: offer.state,
            appointment: appointment.id,
            status: appointment.status,
        })
    }
}

/// Declines an offer, with a reason if one likes. The next in the sequence is asked.
#[derive(Debug)]
pub struct RefuseOffer {
    /// Which.
    pub id: OfferId,
    /// Why, in words.
    pub reason: Field,
}

#[async_trait]
impl Command for RefuseOffer {
    const ACTION: Action = Action::OfferRefuse;
    type Outcome = Answered;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Answered, Refusal> {
        let mut p = Problems::none();
        let reason = p.may::<Note<500>>("reason", &self.reason);
        if !p.is_empty() {
            return Err(p.into());
        }
        let (mut offer, appointment) = open_offer(tx, self.id).await?;
        offer.state = OfferState::Declined;
        offer.answered_at = Some(tx.now());
        offer.reason = reason.map(Phi::new);
        tx.save(&offer).await?;
        let appointment = go_on(tx, appointment, &offer).await?;
        Ok(Answered {
            id: offer.id,
            state: offer.state,
            appointment: appointment.id,
            status: appointment.status,
        })
    }
}

/// After a "no" or no answer: asks the next of a sequence who is still free; when nobody is left, the
/// appointment is unassigned.
pub(crate) async fn go_on(
    tx: &mut WriteTx,
    a: Appointment,
    offer: &Offer,
) -> Result<Appointment, Refusal> {
    let mut round: OfferRound = tx.find(offer.round_id).await?;
    if a.status != Status::Pending || round.state != RoundState::Open {
        return Ok(a);
    }
    if round.kind == RoundKind::Sequence {
        // Two sequences that go on at once must not both find the same one free.
        interpreters_alone(tx, &round.queue).await?;
    }
    while round.kind == RoundKind::Sequence && !round.queue.is_empty() {
        let next = round.queue.0.remove(0);
        if obstacle(tx, &Slot::from(&a), next).await?.is_none() {
            tx.save(&round).await?;
            ask(tx, &a, &round, next).await?;
            return Ok(a);
        }
    }
    let others = tx
        .rows(
            "select count(*) as n from rival_offer where appointment_id = $1 and state = 'open'",
            vec![Val::text(a.id)],
        )
        .await?;
    if others.first().map_or(Ok(0), |row| row.int("n"))? > 0 {
        return Ok(a);
    }
    advance(tx, a, Step::Release).await
}
