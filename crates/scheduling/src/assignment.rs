//! Who covers an appointment: a record for each time that somebody had a seat of it, never used for anybody else. One that
//! was taken away is what its interpreter keeps: the number, the time, the agreed pay, who took it and when; nothing in it
//! is about the client.
use crate::{
    Appointment,
    audience::{RATES, STAFF},
    conflict::Taking,
};
use interpres_directory::ServiceType;
use interpres_gate::{
    Json, NewRecord, Phi, ReadTx, Refusal, Val, WriteTx, bind_list, record, words,
};
use interpres_rates::{Card, Side, card_in_effect};
use interpres_types::{
    AppointmentId, AssignmentId, Instant, InterpreterId, Language, Line, Minutes, Note, UserId,
    WallTime, Zone,
};
use std::collections::HashMap;

words! {
    /// Where an assignment stands.
    AssignmentState, "must be active, called-off or ended" {
        /// The interpreter has the job, and their time is taken by it.
        Active = "active", "Active";
        /// The job was called off. It is still theirs, should it take place after all.
        CalledOff = "called-off", "Called off";
        /// It was taken away.
        Ended = "ended", "Ended";
    }
}

words! {
    /// How somebody came to an appointment.
    AssignedHow, "must be assigned or offer-accepted" {
        /// Without being asked.
        Assigned = "assigned", "Assigned";
        /// They accepted an offer.
        OfferAccepted = "offer-accepted", "Accepted an offer";
    }
}

record! {
    /// Somebody's seat of an appointment.
    pub struct Assignment from NewAssignment in "assignment" by AssignmentId, sealed {
        /// Of which appointment.
        appointment_id: AppointmentId,
        /// Which of its seats, from 1. At any time one assignment at most has it that has not ended.
        seat: i64,
        /// Who has it.
        interpreter_id: InterpreterId,
        /// Where it stands.
        state: AssignmentState,
        /// How they came to it. Not known of those that are older than this record.
        assigned_how: Option<AssignedHow>,
        /// When they came to it.
        assigned_at: Option<Instant>,
        /// By whose hand.
        assigned_by: Option<UserId>,
        /// The number people call the appointment by.
        reference: Line<40>,
        /// The language beside English.
        language: Language,
        /// How the interpreter is there.
        service_type: ServiceType,
        /// The start on the wall clock of the place.
        wall_start: WallTime,
        /// The zone of the place.
        zone: Zone,
        /// How long, scheduled.
        minutes: Minutes,
        /// From when their time is taken.
        starts_at: Instant,
        /// Until when.
        ends_at: Instant,
        /// Whether somebody took responsibility for a conflict.
        overridden: bool,
        /// Why, in their words.
        override_reason: Option<Phi<Note<500>>> => STAFF,
        /// What they are paid by, frozen when they came to it.
        pay_rate: Option<Json<Card>> => RATES,
        /// When they checked in or arrived. Set once.
        checked_in_at: Option<Instant>,
        /// When they started.
        started_at: Option<Instant>,
        /// When they ended.
        ended_at: Option<Instant>,
        /// When it was taken away.
        removed_at: Option<Instant>,
        /// By whom.
        removed_by: Option<UserId>,
    }
}

impl Assignment {
    /// Takes over what the appointment says of the job: as it is now, until the assignment has ended.
    pub(crate) fn follow(&mut self, a: &Appointment) {
        self.reference = a.reference.clone();
        self.language = a.language;
        self.service_type = a.service_type;
        self.wall_start = a.wall_start;
        self.zone = a.zone.clone();
        self.minutes = a.minutes;
        self.starts_at = a.starts_at;
        self.ends_at = a.ends_at;
    }

    /// Notes whether a conflict was accepted, and why.
    pub(crate) async fn accept_conflict(
        &mut self,
        tx: &mut WriteTx,
        reason: Option<Note<500>>,
    ) -> Result<(), Refusal> {
        // Only what is sealed needs a key.
        if reason.is_some() && self.key.is_none() {
            self.key = tx.new_key().await?;
        }
        self.overridden = reason.is_some();
        self.override_reason = reason.map(Phi::new);
        Ok(())
    }

    /// Takes it away.
    pub(crate) fn end(&mut self, tx: &WriteTx) {
        self.state = AssignmentState::Ended;
        self.removed_at = Some(tx.now());
        self.removed_by = tx.actor().user();
    }
}

/// An assignment that begins. Pay is agreed when somebody comes to a job: who has it keeps the pay, whatever else changes.
pub(crate) async fn begin(
    tx: &mut WriteTx,
    a: &Appointment,
    taking: &Taking,
) -> Result<Assignment, Refusal> {
    Ok(Assignment {
        assigned_how: Some(taking.how),
        assigned_at: Some(tx.now()),
        assigned_by: tx.actor().user(),
        pay_rate: card_in_effect(tx, Side::Pay, a.wall_start.date)
            .await?
            .map(Json),
        ..of_job(a, taking.interpreter).blank(tx.mint(), None)
    })
}

/// What every assignment of a job says of it.
pub(crate) fn of_job(a: &Appointment, interpreter: InterpreterId) -> NewAssignment {
    NewAssignment {
        appointment_id: a.id,
        seat: Appointment::FIRST_SEAT,
        interpreter_id: interpreter,
        state: AssignmentState::Active,
        reference: a.reference.clone(),
        language: a.language,
        service_type: a.service_type,
        wall_start: a.wall_start,
        zone: a.zone.clone(),
        minutes: a.minutes,
        starts_at: a.starts_at,
        ends_at: a.ends_at,
        overridden: false,
    }
}

/// Who has an appointment, also where the actor sees no assignments. Whoever reads it has found the appointment.
///
/// # Errors
/// A fault of the database.
pub async fn assignment_of(
    tx: &mut ReadTx,
    id: AppointmentId,
) -> Result<Option<Assignment>, Refusal> {
    Ok(assignments_of(tx, &[id]).await?.remove(&id))
}

/// The same of as many appointments as a page shows.
///
/// # Errors
/// A fault of the database.
pub async fn assignments_of(
    tx: &mut ReadTx,
    ids: &[AppointmentId],
) -> Result<HashMap<AppointmentId, Assignment>, Refusal> {
    let mut args = Vec::new();
    let list = bind_list(&mut args, ids.iter().map(Val::text).collect());
    let found: Vec<Assignment> = tx
        .beside(
            "assignment_of_job",
            &format!("where appointment_id in ({list}) and state <> 'ended'"),
            args,
        )
        .await?;
    Ok(found
        .into_iter()
        .map(|assignment| (assignment.appointment_id, assignment))
        .collect())
}
