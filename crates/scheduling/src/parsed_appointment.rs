//! What was typed of an appointment, read as far as it goes without looking at other records.
use crate::input::AppointmentInput;
use crate::{Mode, when::instant};
use interpres_directory::{Address, Gender, ServiceType};
use interpres_types::{
    Field, Instant, Language, Line, LocalDate, Minutes, Note, Problems, TypedReference, WallTime,
    Zone,
};

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
    let language = p.need("language", &input.language);
    let service_type = p.need("service_type", &input.service_type);
    let customer = p.need("customer", &input.customer);
    let mode = p.may("mode", &input.mode);
    let zone = p.may("zone", &input.zone);
    let team = p.may("team", &input.team);
    let place = Address {
        street: p.may("address", &input.address),
        city: p.may("city", &input.city),
        state: p.may("state", &input.state),
        zip: p.may("zip", &input.zip),
    };
    let reference = p
        .may::<TypedReference>("reference", &input.reference)
        .map(|r| r.0);
    let meeting = p.may("meeting", &input.meeting);
    let gender = p.may("gender", &input.gender);
    let notes = p.may("notes", &input.notes);
    let internal_notes = p.may("internal_notes", &input.internal_notes);
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
