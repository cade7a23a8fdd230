use crate::{
    Appointment, Mode, NewAppointment, Status, appointments_called, client::client, reference,
    when::instant,
};
use interpres_accounts::{OWN_CUSTOMER, fold};
use interpres_directory::{
    Address, CustomerCard, Gender, ServiceType, customer_card, customers_named, own_team,
    within_team,
};
use interpres_gate::{
    Action, Command, Granted, Json, NewRecord, Permission, Phi, Reach, ReadTx, Refusal, Val,
    WriteTx, async_trait,
};
use interpres_rates::{Side, card_in_effect};
use interpres_types::{
    AppointmentId, CustomerId, Field, Instant, Language, Line, LocalDate, Minutes, Note, Problems,
    TeamId, TypedReference, WallTime, Zone,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An appointment as typed into the form, sent to the API, or read from a file.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AppointmentInput {
    /// Date at the place; required.
    pub date: Field,
    /// Time of day at the place, like 09:30; required.
    pub start: Field,
    /// Which of the two, when the clock shows the time twice: `earlier` or `later`.
    pub which: Field,
    /// Length in minutes, 1 to 1,440; required.
    pub minutes: Field,
    /// IANA zone of the place; that of the ZIP code given unless said, or else the customer's.
    pub zone: Field,
    /// Language beside English, by name or tag; required.
    pub language: Field,
    /// in-person, video or phone; required.
    pub service_type: Field,
    /// consecutive (unless said), simultaneous or sight.
    pub mode: Field,
    /// The scheduling team's name; required for staff.
    pub team: Field,
    /// The customer's id, or its name when only one has it; required.
    pub customer: Field,
    /// Own reference number; made up when empty.
    pub reference: Field,
    /// Street; the customer's location when all four are empty.
    pub address: Field,
    /// City.
    pub city: Field,
    /// State.
    pub state: Field,
    /// ZIP code.
    pub zip: Field,
    /// Meeting link or dial-in.
    pub meeting: Field,
    /// The client's name, or initials or a file number.
    pub lep_client: Field,
    /// The gender the client asks for.
    pub gender: Field,
    /// For the interpreter.
    pub notes: Field,
    /// For staff.
    pub internal_notes: Field,
    /// Why a conflict of its interpreter is accepted, when an assigned appointment moves; for those who may.
    pub override_reason: Field,
}

/// The same, parsed as far as it goes without looking at other records.
pub struct ParsedAppointment {
    pub(crate) wall: WallTime,
    pub(crate) minutes: Minutes,
    pub(crate) zone: Option<Zone>,
    pub(crate) language: Language,
    pub(crate) service_type: ServiceType,
    pub(crate) mode: Mode,
    pub(crate) team: Option<Line<80>>,
    /// The customer's id or name.
    pub customer: Line<160>,
    /// Own reference number.
    pub reference: Option<Line<40>>,
    pub(crate) place: Address,
    pub(crate) meeting: Option<Line<300>>,
    pub(crate) gender: Option<Gender>,
    pub(crate) notes: Option<Note<2000>>,
    pub(crate) internal_notes: Option<Note<2000>>,
}

impl ParsedAppointment {
    /// The instant it starts, in its own zone or else this one.
    ///
    /// # Errors
    /// The question that a gap or a repeated hour raises.
    pub fn starts_at(&self, zone: &Zone, which: &Field) -> Result<Instant, Problems> {
        instant(self.zone.as_ref().unwrap_or(zone), self.wall, which)
    }
}

/// Parses an appointment, or tells everything that is wrong.
///
/// # Errors
/// Every field with the rule it broke.
pub fn parse_appointment(input: &AppointmentInput) -> Result<ParsedAppointment, Problems> {
    let mut p = Problems::none();
    let date = p.need::<LocalDate>("date", &input.date);
    let start = p.need::<Line<20>>("start", &input.start);
    // The time is checked beside any date, so that both problems are told at once.
    let any_day = date.or_else(|| "2000-01-01".parse().ok());
    let wall = start.zip(any_day).and_then(|(start, day)| {
        WallTime::parse(day, start.as_str())
            .map_err(|rule| p.add("start", rule))
            .ok()
    });
    let minutes = p.need("minutes", &input.minutes);
    let (language, service_type, customer) = (
        p.need("language", &input.language),
        p.need("service_type", &input.service_type),
        p.need("customer", &input.customer),
    );
    let (mode, zone, team) = (
        p.may("mode", &input.mode),
        p.may("zone", &input.zone),
        p.may("team", &input.team),
    );
    let place = Address {
        street: p.may("address", &input.address),
        city: p.may("city", &input.city),
        state: p.may("state", &input.state),
        zip: p.may("zip", &input.zip),
    };
    let (reference, meeting, gender) = (
        p.may::<TypedReference>("reference", &input.reference)
            .map(|r| r.0),
        p.may("meeting", &input.meeting),
        p.may("gender", &input.gender),
    );
    let (notes, internal_notes) = (
        p.may("notes", &input.notes),
        p.may("internal_notes", &input.internal_notes),
    );
    match (wall, date, minutes, language, service_type, customer) {
        (
            Some(wall),
            Some(_),
            Some(minutes),
            Some(language),
            Some(service_type),
            Some(customer),
        ) if p.is_empty() => Ok(ParsedAppointment {
            wall,
            minutes,
            zone: zone.or_else(|| place.zone()),
            language,
            service_type,
            mode: mode.unwrap_or(Mode::Consecutive),
            team,
            customer,
            reference,
            place,
            meeting,
            gender,
            notes,
            internal_notes,
        }),
        _ => Err(p),
    }
}

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
    const PERMISSION: Permission = Permission::BookAppointments;
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
    if !input.reference.is_blank() {
        tx.alone(reference::turn(input.reference.raw())).await?;
    }
    let mut a = draft(tx, input).await?;
    a.id = tx.mint();
    if input.reference.is_blank() {
        a.reference = made_up(a.id);
    }
    a.key = tx.new_key().await?;
    a.bill_rate = card_in_effect(tx, Side::Bill, a.wall_start.date)
        .await?
        .map(Json);
    a.version = tx.save(&a).await?.version;
    Ok(a)
}

/// An appointment as it would be booked: everything is checked and nothing is kept.
///
/// # Errors
/// Everything wrong with it.
pub async fn draft(tx: &mut ReadTx, input: &AppointmentInput) -> Result<Appointment, Refusal> {
    let checked = check(tx, input).await?;
    let team_id = match checked.team {
        Some(team) => team,
        None if tx.reach() == Reach::Own => team_of_customer(tx, checked.customer.id).await?,
        None => return Err(Refusal::invalid("team", "is required")),
    };
    let (parsed, customer) = (&checked.parsed, &checked.customer);
    let id = AppointmentId::NONE;
    let reference = parsed.reference.clone().unwrap_or_else(|| made_up(id));
    if !appointments_called(tx, &reference).await?.is_empty() {
        return Err(Refusal::invalid(
            "reference",
            "is taken by another appointment",
        ));
    }
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
            overridden: false,
        }
        .blank(id, None)
    };
    fill(tx, blank, checked, input).await
}

/// What was given, checked against what this actor may book for. Only [`check`] makes one, and nothing is put
/// onto an appointment without it: booking and changing can't differ in what they let through.
pub(crate) struct Checked {
    parsed: ParsedAppointment,
    customer: CustomerCard,
    team: Option<TeamId>,
}

impl Checked {
    /// The team that staff named.
    pub(crate) const fn team(&self) -> Option<TeamId> {
        self.team
    }
    /// Where another customer takes the place of this one, what was this one's own address and zone goes with it: a form
    /// sends back what it was filled with.
    pub(crate) async fn instead_of(
        mut self,
        tx: &mut ReadTx,
        before: CustomerId,
    ) -> Result<Self, Refusal> {
        if self.customer.id == before {
            return Ok(self);
        }
        let old = match customer_card(tx, before).await {
            Ok(old) => old,
            Err(Refusal::NotFound) => return Ok(self),
            Err(refusal) => return Err(refusal),
        };
        if self.parsed.place == old.location {
            self.parsed.place = Address::default();
            let of_place = old.location.zone();
            self.parsed.zone = self
                .parsed
                .zone
                .filter(|zone| *zone != old.zone && Some(zone) != of_place.as_ref());
        }
        Ok(self)
    }
}

/// Checks what was given: its form, the customer, and for staff the team.
///
/// # Errors
/// Every field with the rule it broke.
pub(crate) async fn check(tx: &mut ReadTx, input: &AppointmentInput) -> Result<Checked, Refusal> {
    let parsed = parse_appointment(input)?;
    let customer = customer(tx, parsed.customer.as_str()).await?;
    let team = match &parsed.team {
        Some(name) if tx.reach() != Reach::Own => Some(own_team(tx, name).await?),
        _ => None,
    };
    Ok(Checked {
        parsed,
        customer,
        team,
    })
}

/// Puts what was given onto an appointment, new or old.
pub(crate) async fn fill(
    tx: &mut ReadTx,
    mut a: Appointment,
    checked: Checked,
    input: &AppointmentInput,
) -> Result<Appointment, Refusal> {
    let Checked {
        parsed, customer, ..
    } = checked;
    a.health_care = Some(customer.health_care);
    a.starts_at = parsed.starts_at(&customer.zone, &input.which)?;
    let zone = parsed.zone.unwrap_or_else(|| customer.zone.clone());
    a.ends_at = a.starts_at.plus_minutes(parsed.minutes.get());
    (a.wall_start, a.zone, a.minutes) = (parsed.wall, zone, parsed.minutes);
    (a.language, a.service_type, a.mode, a.gender, a.meeting) = (
        parsed.language,
        parsed.service_type,
        parsed.mode,
        parsed.gender,
        parsed.meeting,
    );
    a.customer_id = customer.id;
    let elsewhere = !parsed.place.is_empty();
    let place = if elsewhere {
        parsed.place.filled()
    } else {
        customer.location.clone()
    };
    let point = if elsewhere {
        place.point()
    } else {
        customer.point
    };
    (a.address, a.city, a.state, a.zip) = (place.street, place.city, place.state, place.zip);
    (a.latitude, a.longitude) = (point.map(|p| p.latitude), point.map(|p| p.longitude));
    within_team(tx, a.team_id, a.customer_id, a.service_type).await?;
    let client = client(tx, &customer, &input.lep_client).await?;
    (a.client_name, a.client_label) = (client.name.map(Phi::new), client.label);
    (a.notes, a.internal_notes) = (
        parsed.notes.map(Phi::new),
        parsed.internal_notes.map(Phi::new),
    );
    Ok(a)
}

fn made_up(id: AppointmentId) -> Line<40> {
    let text = id.to_string().to_uppercase();
    Line::kept(format!("A-{}", &text[text.len() - 8..]))
}

/// The customer by id, or by name when only one has it. Of a requester only the own one is looked at, so
/// that nobody learns whether there is another.
async fn customer(tx: &mut ReadTx, text: &str) -> Result<CustomerCard, Refusal> {
    if tx.reach() == Reach::Own {
        let foreign = || Refusal::invalid("customer", "is not the one you file requests for");
        let own = customer_card(
            tx,
            tx.actor().rights().own(&OWN_CUSTOMER).ok_or_else(foreign)?,
        )
        .await?;
        return if text == own.id.to_string() || fold(text) == fold(own.name.as_str()) {
            Ok(own)
        } else {
            Err(foreign())
        };
    }
    if let Ok(id) = text.parse::<CustomerId>() {
        return customer_card(tx, id)
            .await
            .map_err(|_| Refusal::invalid("customer", "is not a customer of this workspace"));
    }
    let mut found = customers_named(tx, text).await?;
    match (found.len(), found.pop()) {
        (1, Some(card)) => Ok(card),
        (0, _) => Err(Refusal::invalid(
            "customer",
            "is not a customer of this workspace",
        )),
        _ => Err(Refusal::invalid(
            "customer",
            "is the name of several customers; choose one of them",
        )),
    }
}

/// The team that schedules what a requester files.
async fn team_of_customer(tx: &mut ReadTx, customer: CustomerId) -> Result<TeamId, Refusal> {
    let rows = tx
        .rows(
            "select team_id from customer_team where id = $1",
            vec![Val::text(customer)],
        )
        .await?;
    let team = rows
        .first()
        .ok_or(Refusal::NotFound)?
        .text("team_id")?
        .parse();
    team.map_err(|_| Refusal::fault("a customer's team id can't be read"))
}
