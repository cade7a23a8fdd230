use crate::{
    Appointment, Booked, Status, assignment_of,
    audience::STAFF,
    carry_over::client::carry,
    check_booking::{check, fill},
    conflict::{clear_way, override_reason},
    for_whom::{Relink, for_whom, relink},
    input::AppointmentInput,
    news::{about, tell_interpreter},
    put_on_hold::latest,
    transition::appointment_alone,
};
use interpres_directory::ServiceType;
use interpres_gate::{Action, Command, Event, Granted, Phi, Refusal, WriteTx, async_trait};
use interpres_types::{
    AppointmentId, Blank, CustomerId, InterpreterId, Language, Line, Note, Point, Span, TeamId,
    WallTime, Zip,
};

/// Changes an appointment: every field becomes what is given, by the same check as for booking; but with another
/// customer, an address that was the former one's own becomes the new one's. A changed
/// time or place is checked against the interpreter's other appointments, and the interpreter is told (SC6).
/// The agreed rates stay.
#[derive(Debug)]
pub struct EditAppointment {
    /// Which.
    pub id: AppointmentId,
    /// The version the caller saw.
    pub version: Option<i64>,
    /// As it came in.
    pub input: AppointmentInput,
}

/// An appointment changed in what its interpreter or those who are asked must know, and was saved.
#[derive(Debug)]
pub struct Changed {
    /// As it is now.
    pub appointment: Appointment,
}

impl Event for Changed {
    const NAME: &'static str = "an appointment was changed";
}

#[async_trait]
impl Command for EditAppointment {
    const ACTION: Action = Action::AppointmentEdit;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        change_appointment(tx, self, Blank::Empties).await
    }
}

/// Changes an appointment as part of something else. What is blank may stay as it is; notes that stay are not opened for it.
///
/// # Errors
/// As [`EditAppointment`].
pub async fn change_appointment(
    tx: &mut WriteTx,
    edit: EditAppointment,
    blank: Blank,
) -> Result<Booked, Refusal> {
    let mut a = appointment_alone(tx, edit.id).await?;
    tx.expect_version(&a, edit.version)?;
    if carry(tx, &mut a).await? {
        a.version = tx.save(&a).await?.version;
    }
    let input = if blank == Blank::Stays {
        edit.input.over(a.as_input())
    } else {
        edit.input
    };
    let was = Essence::of(&a);
    let version = a.version;
    let despite = override_reason(tx, &input.override_reason)?;
    let checked = check(tx, &input)
        .await?
        .instead_of(tx, a.customer_id)
        .await?;
    let whom = for_whom(tx, checked.customer(), &input, a.client_id).await?;
    if let Some(team) = checked.team() {
        a.team_id = team;
    }
    let sealed = Sealed::of(&mut a);
    let filled = fill(tx, a, checked, &input).await?;
    let mut a = sealed.renewed(tx, filled, blank)?;
    let open = tx.opens_fields(a.health_care != Some(false));
    relink(tx, &mut a, Relink { whom, blank, open }).await?;
    in_time_for_its_hold(tx, &a).await?;
    let now = Essence::of(&a);
    let mut has = assignment_of(tx, a.id).await?;
    if let Some(has) = has.as_mut().filter(|_| a.held) {
        if now.placing != was.placing {
            let accepted = clear_way(tx, &a, has.interpreter_id, despite).await?;
            has.accept_conflict(tx, accepted).await?;
        }
        has.follow(&a);
    }
    a.version = tx.save(&a).await?.version;
    if let Some(has) = &has {
        tx.save(has).await?;
    }
    if a.status.is_final() && a.version != version {
        return Err(Refusal::conflict(match a.status {
            Status::Completed => {
                "This appointment is completed; its voucher tells what was worked."
            }
            _ => "This appointment is over. Restore it first if it takes place after all.",
        }));
    }
    if now == was {
        return Ok(a.into());
    }
    if let Some(has) = has.filter(|_| a.held) {
        tell(tx, &a, has.interpreter_id, was.wall_start).await?;
    }
    let changed = Changed { appointment: a };
    tx.happened(&changed).await?;
    Ok(changed.appointment.into())
}

/// What waits until a day can't take place before it.
async fn in_time_for_its_hold(tx: &mut WriteTx, a: &Appointment) -> Result<(), Refusal> {
    if a.status != Status::OnHold {
        return Ok(());
    }
    match latest(tx, a.id).await? {
        Some(on_hold) if on_hold.until > a.wall_start.date => Err(Refusal::invalid(
            "date",
            "comes before the day this appointment is on hold until. Take it off hold first",
        )),
        Some(on_hold) => on_hold.follow(tx, a).await,
        None => Ok(()),
    }
}

/// The old time is told beside the new one.
async fn tell(
    tx: &mut WriteTx,
    a: &Appointment,
    interpreter: InterpreterId,
    before: WallTime,
) -> Result<(), Refusal> {
    let notice = about(a, "appointment.changed", "Your appointment was changed: ");
    let notice = if a.wall_start == before {
        notice
    } else {
        notice.say(", before it was ").at(&before)
    };
    tell_interpreter(tx, interpreter, notice.leads_to("/appointments", a.id)).await
}

/// What the interpreter must be told about when it changes: time, place or link, service type,
/// language, customer.
#[derive(PartialEq, Eq)]
struct Essence {
    placing: Placing,
    wall_start: WallTime,
    address: Option<Line<160>>,
    city: Option<Line<80>>,
    zip: Option<Zip>,
    meeting: Option<Line<300>>,
    customer: CustomerId,
}

/// What decides whether its interpreter can take it.
#[derive(PartialEq, Eq)]
struct Placing {
    span: Span,
    point: Option<Point>,
    service_type: ServiceType,
    language: Language,
    team: TeamId,
}

impl Essence {
    fn of(a: &Appointment) -> Self {
        let placing = Placing {
            span: a.span(),
            point: a.point(),
            service_type: a.service_type,
            language: a.language,
            team: a.team_id,
        };
        Self {
            placing,
            wall_start: a.wall_start,
            address: a.address.clone(),
            city: a.city.clone(),
            zip: a.zip.clone(),
            meeting: a.meeting.clone(),
            customer: a.customer_id,
        }
    }
}

/// The protected fields as they were.
struct Sealed {
    notes: Option<Phi<Note<2000>>>,
    internal_notes: Option<Phi<Note<2000>>>,
}

impl Sealed {
    const fn of(a: &mut Appointment) -> Self {
        Self {
            notes: a.notes.take(),
            internal_notes: a.internal_notes.take(),
        }
    }
    /// What the actor does not see stays as it was, and what is typed again keeps its ciphertext. What was not
    /// given stays where blanks do.
    fn renewed(
        self,
        tx: &WriteTx,
        mut a: Appointment,
        blank: Blank,
    ) -> Result<Appointment, Refusal> {
        let open = tx.opens_fields(a.health_care != Some(false));
        let stays = blank == Blank::Stays;
        a.notes = if !open || (stays && a.notes.is_none()) {
            self.notes
        } else {
            tx.renew(self.notes, a.notes)?
        };
        // Who files requests does not see what staff write among themselves, so it stays.
        let staff = open && tx.is_among(STAFF);
        a.internal_notes = if staff && !(stays && a.internal_notes.is_none()) {
            tx.renew(self.internal_notes, a.internal_notes)?
        } else {
            self.internal_notes
        };
        Ok(a)
    }
}
