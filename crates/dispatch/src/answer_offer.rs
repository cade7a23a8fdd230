use crate::{
    make_offers::askable,
    offer::{Offer, OfferRound, OfferState, RoundKind, RoundState, ask},
};
use interpres_gate::{Action, Command, Granted, Phi, Refusal, Val, WriteTx, async_trait};
use interpres_scheduling::{
    Appointment, AssignedHow, Slot, Status, Step, Taking, Travel, advance, alone_with,
    appointment_alone, busy_near, interpreters_alone,
};
use interpres_types::{AppointmentId, Field, InterpreterId, Note, OfferId, Problems};
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

/// An offer that can still be answered, with its appointment.
struct Answerable {
    offer: Offer,
    appointment: Appointment,
}

/// Finds it; who comes too late is told so.
async fn open_offer(tx: &mut WriteTx, id: OfferId) -> Result<Answerable, Refusal> {
    let known: Offer = tx.find(id).await?;
    alone_with(tx, known.appointment_id).await?;
    let offer: Offer = tx.find(id).await?;
    if let Some(outcome) = offer.state_at(tx.now()).outcome() {
        return Err(Refusal::conflict(outcome));
    }
    let appointment = appointment_alone(tx, offer.appointment_id).await?;
    Ok(Answerable { offer, appointment })
}

#[async_trait]
impl Command for AcceptOffer {
    const ACTION: Action = Action::OfferAccept;
    type Outcome = Answered;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Answered, Refusal> {
        let Answerable {
            mut offer,
            appointment,
        } = open_offer(tx, self.0).await?;
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
        let Answerable {
            mut offer,
            appointment,
        } = open_offer(tx, self.id).await?;
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

/// Takes the next of a sequence from its queue who may be asked as things are now, and is free: since the sequence was made
/// the appointment may have gone to another team, and an interpreter have been blocked.
async fn next_of(
    tx: &mut WriteTx,
    a: &Appointment,
    round: &mut OfferRound,
) -> Result<Option<InterpreterId>, Refusal> {
    if round.queue.is_empty() {
        return Ok(None);
    }
    let askable = askable(tx, a, &round.queue).await?;
    let wanted = Slot::from(a);
    let busy = busy_near(tx, &wanted, Some(&round.queue)).await?;
    let is_free = |id: InterpreterId| {
        let mut theirs = busy.iter().filter(|b| b.interpreter == id);
        !theirs.any(|b| b.in_the_way(&wanted, Travel::USUAL).is_some())
    };
    let fits = |id: &InterpreterId| askable.contains(id) && is_free(*id);
    let Some(at) = round.queue.iter().position(fits) else {
        return Ok(None);
    };
    let mut passed = round.queue.0.drain(..=at);
    Ok(passed.next_back())
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
        if let Some(next) = next_of(tx, &a, &mut round).await? {
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
