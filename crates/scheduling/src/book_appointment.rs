use crate::{
    Appointment, NewAppointment, Status, appointments_called,
    check_booking::{check, fill, team_of_customer},
    for_whom::{ForWhom, for_whom, link},
    input::AppointmentInput,
    reference,
};
use interpres_gate::{
    Action, Command, Granted, Json, NewRecord, Reach, ReadTx, Refusal, WriteTx, async_trait,
};
use interpres_rates::{Side, card_in_effect};
use interpres_types::{AppointmentId, Line};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Books an appointment.
#[derive(Debug)]
pub struct BookAppointment {
    /// As it came in.
    pub input: AppointmentInput,
}

/// An appointment that was booked or changed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Booked {
    /// Its id.
    pub id: AppointmentId,
    /// Its version now.
    pub version: i64,
    /// The number people call it by.
    pub reference: String,
    /// Where it stands.
    pub status: Status,
}

#[async_trait]
impl Command for BookAppointment {
    const ACTION: Action = Action::AppointmentBook;
    type Outcome = Booked;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Booked, Refusal> {
        book(tx, &self.input).await.map(Booked::from)
    }
}

impl From<Appointment> for Booked {
    fn from(a: Appointment) -> Self {
        Self {
            id: a.id,
            version: a.version,
            reference: a.reference.into(),
            status: a.status,
        }
    }
}

/// Books an appointment, as part of a command that may do more with it.
///
/// # Errors
/// Everything wrong with it.
pub async fn book(tx: &mut WriteTx, input: &AppointmentInput) -> Result<Appointment, Refusal> {
    let made_up = if input.reference.is_blank() {
        Some(made_up_reference(tx).await?)
    } else {
        tx.alone(reference::reference_lock(input.reference.raw()))
            .await?;
        None
    };
    let Draft {
        appointment: mut a,
        whom,
    } = drafted(tx, input).await?;
    a.id = tx.mint();
    if let Some(reference) = made_up {
        a.reference = reference;
    }
    a.key = tx.new_key().await?;
    a.bill_rate = card_in_effect(tx, Side::Bill, a.wall_start.date)
        .await?
        .map(Json);
    link(tx, &mut a, whom).await?;
    a.version = tx.save(&a).await?.version;
    Ok(a)
}

/// An appointment as it would be booked, and whom it would be for.
pub(crate) struct Draft {
    pub(crate) appointment: Appointment,
    pub(crate) whom: ForWhom,
}

/// An appointment as it would be booked: everything is checked and nothing is kept.
///
/// # Errors
/// Everything wrong with it.
pub async fn draft(tx: &mut ReadTx, input: &AppointmentInput) -> Result<Appointment, Refusal> {
    let draft = drafted(tx, input).await?;
    Ok(Appointment {
        client_id: draft.whom.known(),
        ..draft.appointment
    })
}

pub(crate) async fn drafted(tx: &mut ReadTx, input: &AppointmentInput) -> Result<Draft, Refusal> {
    let checked = check(tx, input).await?;
    let team_id = match checked.team() {
        Some(team) => team,
        None if tx.reach() == Reach::Own => team_of_customer(tx, checked.customer().id).await?,
        None => return Err(Refusal::invalid("team", "is required")),
    };
    let parsed = checked.parsed();
    let customer = checked.customer();
    let id = AppointmentId::NONE;
    if let Some(typed) = &parsed.reference
        && !appointments_called(tx, typed).await?.is_empty()
    {
        return Err(Refusal::invalid(
            "reference",
            "is taken by another appointment",
        ));
    }
    let reference = parsed.reference.clone().unwrap_or_else(|| made_up(id));
    let requester_id = if tx.reach() == Reach::Own {
        tx.actor().user()
    } else {
        None
    };
    let blank = Appointment {
        requester_id,
        health_care: Some(true),
        ..NewAppointment {
            reference,
            team_id,
            customer_id: customer.id,
            language: parsed.language,
            service_type: parsed.service_type,
            mode: parsed.mode,
            wall_start: parsed.wall,
            zone: customer.zone.clone(),
            minutes: parsed.minutes,
            starts_at: tx.now(),
            ends_at: tx.now(),
            status: Status::Requested,
            held: false,
        }
        .blank(id, None)
    };
    let whom = for_whom(tx, customer, input, None).await?;
    let appointment = fill(tx, blank, checked, input).await?;
    Ok(Draft { appointment, whom })
}

/// How often another reference is made up before it is given up: each has 32 random bits.
const MOST_TRIES: usize = 8;

/// A reference that no appointment within reach has, held until the transaction ends.
async fn made_up_reference(tx: &mut WriteTx) -> Result<Line<40>, Refusal> {
    for _ in 0..MOST_TRIES {
        let reference = made_up(tx.mint());
        tx.alone(reference::reference_lock(reference.as_str()))
            .await?;
        if appointments_called(tx, &reference).await?.is_empty() {
            return Ok(reference);
        }
    }
    Err(Refusal::fault("every reference that was made up is taken"))
}

fn made_up(id: AppointmentId) -> Line<40> {
    let text = id.to_string().to_uppercase();
    Line::kept(format!("A-{}", &text[text.len() - 8..]))
}
