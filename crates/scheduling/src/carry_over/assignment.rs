//! Carrying over what was saved before assignments were records: who had an appointment stood on its own row, and what
//! somebody kept of one that was taken away was a record of another kind. It is done before anybody is let in, some at a
//! time, each whole in its own transaction; stopped anywhere it is gone on with.
use crate::{
    Appointment, Assignment, AssignmentState, NewAssignment, assignment::of_job,
    transition::alone_with,
};
use interpres_directory::ServiceType;
use interpres_gate::{
    Action, Command, Due, Gate, Granted, Json, NewRecord, Next, Phi, PutBack, React, Record,
    Refusal, Retired, Work, WriteTx, async_trait, record,
};
use interpres_rates::Card;
use interpres_types::{
    AppointmentId, AssignmentId, FormerAssignmentId, Instant, InterpreterId, Language, Line,
    Minutes, Moment, Note, TeamId, UserId, WallTime, WorkspaceId, Zone,
};
use serde::{Deserialize, Serialize};

record! {
    /// What somebody kept of an appointment that was taken away, before assignments were records.
    pub struct FormerAssignment from NewFormerAssignment in "former_assignment" by FormerAssignmentId {
        /// Which appointment.
        appointment_id: AppointmentId,
        /// Who had it.
        interpreter_id: InterpreterId,
        /// The team that schedules it.
        team_id: TeamId,
        /// The number people call it by.
        reference: Line<40>,
        /// The language beside English.
        language: Language,
        /// How the interpreter would have been there.
        service_type: ServiceType,
        /// The start on the wall clock of the place, as it was then.
        wall_start: WallTime,
        /// The zone of the place.
        zone: Zone,
        /// How long, scheduled.
        minutes: Minutes,
        /// The pay that was agreed.
        pay_rate: Option<Json<Card>>,
        /// When it was taken away.
        removed_at: Instant,
        /// By whom.
        removed_by: Option<UserId>,
        /// As which assignment it goes on.
        assignment_id: Option<AssignmentId>,
    }
}

/// Records of each kind that one transaction carries over.
const AT_A_TIME: i64 = 10;

/// Carries some over, behind where it had come to; gives how far it has come.
#[derive(Debug)]
pub(crate) struct CarryOver {
    after: Reached,
}

/// How far it has come. A record that is not what was saved is passed over, and stays for whoever puts it back.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Reached {
    appointment: String,
    former: String,
}

#[async_trait]
impl Command for CarryOver {
    const ACTION: Action = Action::AssignmentsCarryOver;
    type Outcome = Reached;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Reached, Refusal> {
        // Several processes may begin with the same work at once.
        tx.alone("assignments").await?;
        let mut reached = self.after;
        for id in next(
            tx,
            "appointment",
            "interpreter_id",
            "not null",
            &reached.appointment,
        )
        .await?
        {
            let found: Vec<Appointment> = tx
                .beside("appointment", "where id = $1", vec![id.clone().into()])
                .await?;
            for a in found {
                alone_with(tx, a.id).await?;
                seat(tx, a).await?;
            }
            reached.appointment = id;
        }
        for id in next(
            tx,
            "former_assignment",
            "assignment_id",
            "null",
            &reached.former,
        )
        .await?
        {
            let found: Vec<FormerAssignment> = tx
                .beside(
                    "former_assignment",
                    "where id = $1",
                    vec![id.clone().into()],
                )
                .await?;
            for former in found {
                end(tx, former).await?;
            }
            reached.former = id;
        }
        Ok(reached)
    }
}

async fn next(
    tx: &mut WriteTx,
    name: &str,
    column: &str,
    is: &str,
    after: &str,
) -> Result<Vec<String>, Refusal> {
    let sql = format!(
        "select id from {name} where {column} is {is} and id > $1 order by id limit {AT_A_TIME}"
    );
    let rows = tx.rows(&sql, vec![after.into()]).await?;
    rows.iter()
        .map(|row| Ok(row.text("id")?.to_owned()))
        .collect()
}

/// Whoever an appointment's row names gets its seat.
async fn seat(tx: &mut WriteTx, mut a: Appointment) -> Result<(), Refusal> {
    let Some(interpreter) = a.interpreter_id.take() else {
        return Ok(());
    };
    let mut has = of_job(&a, interpreter.into_inner()).blank(tx.mint(), None);
    has.overridden = a.overridden.take().is_some_and(Retired::into_inner);
    has.pay_rate = a.pay_rate.take().map(Retired::into_inner);
    has.checked_in_at = a.checked_in_at.take().map(Retired::into_inner);
    has.started_at = a.started_at.take().map(Retired::into_inner);
    if a.held {
        has.ended_at = a.ended_at.take();
    } else {
        has.state = AssignmentState::CalledOff;
    }
    let reason = a.override_reason.take();
    a.override_reason = match reason {
        Some(reason) => hand_on(tx, &mut has, reason).await?,
        None => None,
    };
    tx.save(&has).await?;
    tx.save(&a).await.map(drop)
}

/// Why a conflict was accepted goes along, unless it was erased or does not open: then it stays where it is.
async fn hand_on(
    tx: &mut WriteTx,
    has: &mut Assignment,
    reason: Retired<Phi<Note<500>>>,
) -> Result<Option<Retired<Phi<Note<500>>>>, Refusal> {
    has.override_reason = tx.resealed_copy(&reason);
    if has.override_reason.is_none() {
        return Ok(Some(reason));
    }
    has.key = tx.new_key().await?;
    Ok(None)
}

/// What somebody kept of a job goes on as their assignment, which has ended.
async fn end(tx: &mut WriteTx, mut former: FormerAssignment) -> Result<(), Refusal> {
    let starts_at = match former.zone.moment(former.wall_start) {
        Moment::Once(at) | Moment::Twice { first: at, .. } => at,
        Moment::Never { next } => match former.zone.moment(next) {
            Moment::Once(at) | Moment::Twice { first: at, .. } => at,
            Moment::Never { .. } => former.removed_at,
        },
    };
    let ended = Assignment {
        pay_rate: former.pay_rate.take(),
        removed_at: Some(former.removed_at),
        removed_by: former.removed_by,
        ..NewAssignment {
            appointment_id: former.appointment_id,
            seat: Appointment::FIRST_SEAT,
            interpreter_id: former.interpreter_id,
            state: AssignmentState::Ended,
            reference: former.reference.clone(),
            language: former.language,
            service_type: former.service_type,
            wall_start: former.wall_start,
            zone: former.zone.clone(),
            minutes: former.minutes,
            starts_at,
            ends_at: starts_at.plus_minutes(former.minutes.get()),
            overridden: false,
        }
        .blank(tx.mint(), None)
    };
    former.assignment_id = Some(ended.id);
    tx.save(&ended).await?;
    tx.save(&former).await.map(drop)
}

/// The job that carries a workspace's assignments over, left there by the schema's step 40.
#[derive(Debug)]
pub struct CarriesOver;

impl Work for CarriesOver {
    const NAME: &'static str = "assignments.carry-over";
    const WORDS: &'static str = "Carries assignments over from an earlier version";
    async fn work(gate: &Gate, due: &Due) -> Result<Next, Refusal> {
        carry_over(gate, due.workspace).await?;
        Ok(Next::Over)
    }
}

/// Carries over whatever a workspace holds from before assignments were records.
///
/// # Errors
/// A fault of a database.
pub async fn carry_over(gate: &Gate, workspace: WorkspaceId) -> Result<(), Refusal> {
    let operator = gate.operator(workspace);
    let mut after = Reached::default();
    loop {
        let carry = CarryOver {
            after: after.clone(),
        };
        let reached = gate.perform(&operator, carry).await?.into_inner();
        if reached == after {
            return Ok(());
        }
        after = reached;
    }
}

/// What comes back from quarantine may be from before.
pub(crate) struct CarriesBack;

impl React<PutBack> for CarriesBack {
    async fn react(tx: &mut WriteTx, event: &PutBack) -> Result<(), Refusal> {
        if [Appointment::NAME, FormerAssignment::NAME].contains(&event.kind) {
            tx.later::<CarriesOver>(tx.now(), "").await?;
        }
        Ok(())
    }
}
