//! Offers follow their appointment: whenever it moves on, what was open is withdrawn and those asked are told, so
//! that no offer outlives a cancellation, a decline, an assignment or a restoration.
use crate::offer::{Offer, OfferRound, OfferState, RoundState};
use interpres_gate::{React, Refusal, Val, WriteTx};
use interpres_scheduling::{Appointment, Changed, Moved, Status, about, tell_interpreter};
use interpres_types::InterpreterId;

/// What offers do when something happened to their appointment.
pub(crate) struct OffersFollow;

impl React<Moved> for OffersFollow {
    async fn react(tx: &mut WriteTx, event: &Moved) -> Result<(), Refusal> {
        let has = event.assignment.as_ref().map(|has| has.interpreter_id);
        withdraw(tx, &event.appointment, has).await
    }
}

impl React<Changed> for OffersFollow {
    async fn react(tx: &mut WriteTx, event: &Changed) -> Result<(), Refusal> {
        let a = &event.appointment;
        if a.status != Status::Pending {
            return Ok(());
        }
        for mut offer in open_offers(tx, a).await? {
            if offer.team_id != a.team_id {
                offer.team_id = a.team_id;
                tx.save(&offer).await?;
            }
            let notice = about(a, "offer.changed", "An offer you received has changed: ");
            tell_interpreter(
                tx,
                offer.interpreter_id,
                notice.leads_to("/offers", offer.id),
            )
            .await?;
        }
        for mut round in open_rounds(tx, a).await? {
            if round.team_id != a.team_id {
                round.team_id = a.team_id;
                tx.save(&round).await?;
            }
        }
        Ok(())
    }
}

async fn open_offers(tx: &mut WriteTx, a: &Appointment) -> Result<Vec<Offer>, Refusal> {
    tx.every_as(
        "rival_offer",
        "appointment_id = $1 and state = 'open'",
        vec![Val::text(a.id)],
    )
    .await
}

async fn open_rounds(tx: &mut WriteTx, a: &Appointment) -> Result<Vec<OfferRound>, Refusal> {
    tx.every(
        "appointment_id = $1 and state = 'open'",
        vec![Val::text(a.id)],
    )
    .await
}

/// Withdraws every open offer, closes the rounds, and tells those who were asked.
async fn withdraw(
    tx: &mut WriteTx,
    a: &Appointment,
    has: Option<InterpreterId>,
) -> Result<(), Refusal> {
    for mut offer in open_offers(tx, a).await? {
        offer.state = OfferState::Withdrawn;
        offer.answered_at = Some(tx.now());
        tx.save(&offer).await?;
        // Whoever was asked and has it now is told that they have it.
        if has != Some(offer.interpreter_id) {
            let notice = about(a, "offer.taken", "No longer available: ");
            tell_interpreter(
                tx,
                offer.interpreter_id,
                notice.leads_to("/offers", offer.id),
            )
            .await?;
        }
    }
    for mut round in open_rounds(tx, a).await? {
        round.state = RoundState::Closed;
        tx.save(&round).await?;
    }
    Ok(())
}
