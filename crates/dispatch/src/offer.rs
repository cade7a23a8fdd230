use interpres_accounts::user_of_interpreter;
use interpres_gate::{Json, Notice, Phi, Refusal, Val, WorkerKind, WriteTx, record, words};
use interpres_scheduling::Appointment;
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

record! {
    /// A question to one interpreter whether they take an appointment.
    pub struct Offer in "offer" by OfferId, sealed {
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
    pub struct OfferRound in "offer_round" by OfferRoundId {
        /// About which appointment.
        appointment_id: AppointmentId,
        /// The team that schedules it.
        team_id: TeamId,
        /// How offers go out.
        kind: RoundKind,
        /// `open` while somebody may still be asked, then `closed`.
        state: String,
        /// Who is still to be asked, in order.
        queue: Json<Vec<InterpreterId>>,
        /// How many minutes each has to answer.
        minutes_each: Option<i64>,
    }
}

/// Makes one offer and tells the interpreter.
pub(crate) async fn ask(tx: &mut WriteTx, appointment: &Appointment, round: &OfferRound, interpreter: InterpreterId) -> Result<OfferId, Refusal> {
    let expires_at = round.minutes_each.map(|m| tx.now().plus_minutes(m));
    let key = tx.new_key().await?;
    let offer = Offer {
        id: tx.mint(),
        version: 0,
        key,
        appointment_id: appointment.id,
        interpreter_id: interpreter,
        team_id: appointment.team_id,
        round_id: round.id,
        state: OfferState::Open,
        offered_at: tx.now(),
        expires_at,
        answered_at: None,
        reason: None,
    };
    let id = tx.save(&offer).await?.id;
    if let Some(at) = expires_at {
        tx.ring_at(WorkerKind::Dispatcher, at).await?;
    }
    if let Some(user) = user_of_interpreter(tx, interpreter).await? {
        let notice = Notice::new("offer.made", "New offer: ")
            .mention(&appointment.language)
            .say(", ")
            .mention(&appointment.service_type.label())
            .say(", ")
            .mention(&appointment.wall_start.date)
            .say(", ")
            .mention(&appointment.minutes)
            .say(" minutes");
        tx.notify(user, notice.leads_to("/offers", id)).await?;
    }
    Ok(id)
}

/// Withdraws every other open offer for an appointment and tells those who were asked.
pub(crate) async fn withdraw_others(tx: &mut WriteTx, appointment: &Appointment, except: Option<OfferId>) -> Result<(), Refusal> {
    let open: Vec<Offer> =
        tx.list_as("rival_offer", "where appointment_id = $1 and state = 'open' order by id limit 500", vec![Val::text(appointment.id)]).await?;
    for mut offer in open.into_iter().filter(|o| Some(o.id) != except) {
        (offer.state, offer.answered_at) = (OfferState::Withdrawn, Some(tx.now()));
        tx.save(&offer).await?;
        if let Some(user) = user_of_interpreter(tx, offer.interpreter_id).await? {
            let notice = Notice::new("offer.taken", "No longer available: ").mention(&appointment.language).say(", ").mention(&appointment.wall_start.date);
            tx.notify(user, notice.leads_to("/offers", offer.id)).await?;
        }
    }
    let rounds: Vec<OfferRound> = tx.list("where appointment_id = $1 and state = 'open' order by id limit 100", vec![Val::text(appointment.id)]).await?;
    for mut round in rounds {
        round.state = "closed".to_owned();
        tx.save(&round).await?;
    }
    Ok(())
}
