use crate::offer::{Offer, OfferRound, OfferState, RoundKind, ask, withdraw_others};
use interpres_gate::{Action, Command, Permission, Phi, Refusal, WriteTx};
use interpres_scheduling::{Appointment, Move, Status, take};
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

/// An offer that can still be answered; who comes too late is told so.
async fn open_offer(tx: &mut WriteTx, id: OfferId) -> Result<Offer, Refusal> {
    let known: Offer = tx.find(id).await?;
    tx.alone(format!("appointment/{}", known.appointment_id)).await?;
    let offer: Offer = tx.find(id).await?;
    match offer.state {
        OfferState::Open if offer.expires_at.is_some_and(|at| at <= tx.now()) => Err(Refusal::conflict("This offer has expired.")),
        OfferState::Open => Ok(offer),
        OfferState::Accepted => Err(Refusal::conflict("You have accepted this already.")),
        OfferState::Declined => Err(Refusal::conflict("You have declined this already.")),
        OfferState::Expired => Err(Refusal::conflict("This offer has expired.")),
        OfferState::Withdrawn => Err(Refusal::conflict("Somebody else was faster, or the appointment was taken back. It is no longer available.")),
    }
}

impl Command for AcceptOffer {
    const ACTION: Action = Action::OfferAccept;
    const PERMISSION: Permission = Permission::AnswerOffers;
    type Outcome = Answered;
    async fn run(self, tx: &mut WriteTx) -> Result<Answered, Refusal> {
        let mut offer = open_offer(tx, self.0).await?;
        let mut appointment: Appointment = tx.find(offer.appointment_id).await?;
        appointment.status.allow(Move::Assign)?;
        take(tx, &mut appointment, offer.interpreter_id, false).await?;
        tx.save(&appointment).await?;
        (offer.state, offer.answered_at) = (OfferState::Accepted, Some(tx.now()));
        tx.save(&offer).await?;
        withdraw_others(tx, &appointment, Some(offer.id)).await?;
        Ok(Answered { id: offer.id, state: offer.state, appointment: appointment.id, status: appointment.status })
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

impl Command for RefuseOffer {
    const ACTION: Action = Action::OfferRefuse;
    const PERMISSION: Permission = Permission::AnswerOffers;
    type Outcome = Answered;
    async fn run(self, tx: &mut WriteTx) -> Result<Answered, Refusal> {
        let mut p = Problems::none();
        let reason = p.may::<Note<500>>("reason", &self.reason);
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut offer = open_offer(tx, self.id).await?;
        let mut appointment: Appointment = tx.find(offer.appointment_id).await?;
        (offer.state, offer.answered_at, offer.reason) = (OfferState::Declined, Some(tx.now()), reason.map(Phi::new));
        tx.save(&offer).await?;
        go_on(tx, &mut appointment, &offer).await?;
        Ok(Answered { id: offer.id, state: offer.state, appointment: appointment.id, status: appointment.status })
    }
}

/// After a "no" or no answer: asks the next of a sequence; when nobody is left, the appointment
/// is unassigned.
pub(crate) async fn go_on(tx: &mut WriteTx, appointment: &mut Appointment, offer: &Offer) -> Result<(), Refusal> {
    let mut round: OfferRound = tx.find(offer.round_id).await?;
    if appointment.status != Status::Pending || round.state != "open" {
        return Ok(());
    }
    if round.kind == RoundKind::Sequence && !round.queue.is_empty() {
        let next = round.queue.0.remove(0);
        tx.save(&round).await?;
        return ask(tx, appointment, &round, next).await.map(drop);
    }
    let others =
        tx.rows("select count(*) as n from rival_offer where appointment_id = $1 and state = 'open'", vec![interpres_gate::Val::text(appointment.id)]).await?;
    if others.first().map_or(Ok(0), |row| row.int("n"))? > 0 {
        return Ok(());
    }
    round.state = "closed".to_owned();
    tx.save(&round).await?;
    appointment.become_(Status::Unassigned);
    tx.save(appointment).await.map(drop)
}
