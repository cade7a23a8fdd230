use crate::advance_offers::AdvancesOffers;
use interpres_gate::{Json, NewRecord, Phi, Refusal, WriteTx, record, words};
use interpres_scheduling::{Appointment, about, tell_interpreter};
use interpres_types::{AppointmentId, Instant, InterpreterId, Note, OfferId, OfferRoundId, TeamId};

words! {
    /// Where an offer stands.
    OfferState, "must be an offer's state" {
        /// Waiting for an answer.
        Open = "open", "Open";
        /// The interpreter took it.
        Accepted = "accepted", "Accepted";
        /// The interpreter said no.
        Declined = "declined", "Declined";
        /// No answer in time.
        Expired = "expired", "Expired";
        /// Somebody else has it, or it was canceled.
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

impl OfferState {
    /// What became of an offer, to whom it was made; nothing while they can answer.
    #[must_use]
    pub const fn outcome(self) -> Option<&'static str> {
        match self {
            Self::Open => None,
            Self::Accepted => Some("You have accepted this offer."),
            Self::Declined => Some("You have declined this offer."),
            Self::Expired => Some("This offer has expired."),
            Self::Withdrawn => Some(
                "This offer was withdrawn. Someone else accepted it first, or it’s no longer needed.",
            ),
        }
    }
}

words! {
    /// How offers go out.
    RoundKind, "must be single, sequence or broadcast" {
        /// To one interpreter.
        Single = "single", "Offer";
        /// To one after the other.
        Sequence = "sequence", "Auto assign";
        /// To many at once; the first acceptance wins.
        Broadcast = "broadcast", "Broadcast";
    }
}

words! {
    /// Whether somebody may still be asked.
    RoundState, "must be open or closed" {
        /// Somebody may.
        Open = "open", "Open";
        /// It is over.
        Closed = "closed", "Closed";
    }
}

record! {
    /// A question to one interpreter whether they take an appointment.
    pub struct Offer from NewOffer in "offer" by OfferId, sealed {
        /// About which appointment.
        appointment_id: AppointmentId,
        /// Who is asked.
        interpreter_id: InterpreterId,
        /// The team that schedules it.
        team_id: TeamId,
        /// The round it belongs to.
        round_id: OfferRoundId,
        /// Where it stands.
        state: OfferState,
        /// When it was made.
        offered_at: Instant,
        /// Until when it can be accepted.
        expires_at: Option<Instant>,
        /// When it was answered.
        answered_at: Option<Instant>,
        /// Why it was declined, in words.
        reason: Option<Phi<Note<500>>>,
    }
}

record! {
    /// A sequence or a broadcast of offers.
    pub struct OfferRound from NewOfferRound in "offer_round" by OfferRoundId {
        /// About which appointment.
        appointment_id: AppointmentId,
        /// The team that schedules it.
        team_id: TeamId,
        /// How offers go out.
        kind: RoundKind,
        /// Whether somebody may still be asked.
        state: RoundState,
        /// Who is still to be asked, in order.
        queue: Json<Vec<InterpreterId>>,
        /// How many minutes each has to answer.
        minutes_each: Option<i64>,
    }
}

impl Offer {
    /// Where it stands at this moment: one whose time is over has expired, though nobody has noted it yet.
    pub(crate) fn state_at(&self, now: Instant) -> OfferState {
        let over = self.state == OfferState::Open && self.expires_at.is_some_and(|at| at <= now);
        if over {
            OfferState::Expired
        } else {
            self.state
        }
    }
}

/// Makes one offer and tells the interpreter.
pub(crate) async fn ask(
    tx: &mut WriteTx,
    appointment: &Appointment,
    round: &OfferRound,
    interpreter: InterpreterId,
) -> Result<OfferId, Refusal> {
    let expires_at = round.minutes_each.map(|m| tx.now().plus_minutes(m));
    let key = tx.new_key().await?;
    let offer = Offer {
        expires_at,
        ..NewOffer {
            appointment_id: appointment.id,
            interpreter_id: interpreter,
            team_id: appointment.team_id,
            round_id: round.id,
            state: OfferState::Open,
            offered_at: tx.now(),
        }
        .blank(tx.mint(), key)
    };
    let id = tx.save(&offer).await?.id;
    if let Some(at) = expires_at {
        tx.later::<AdvancesOffers>(at, "").await?;
    }
    let notice = about(appointment, "offer.made", "New offer: ")
        .say(", ")
        .mention(&appointment.service_type.label());
    let notice = notice
        .say(", ")
        .mention(&appointment.minutes)
        .say(" minutes");
    tell_interpreter(tx, interpreter, notice.leads_to("/offers", id)).await?;
    Ok(id)
}
