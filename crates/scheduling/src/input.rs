//! An appointment's fields as typed, beside what is there already.
use crate::Appointment;
use interpres_types::{CustomerId, Field, Line};
use schemars::JsonSchema;
use serde::Deserialize;

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
    /// The client's name, or initials or a file number. A name makes a new client, also where there is one of that name.
    pub lep_client: Field,
    /// The id of a client who is known, instead of `lep_client`.
    pub client: Field,
    /// The gender the client asks for.
    pub gender: Field,
    /// For the interpreter.
    pub notes: Field,
    /// For staff.
    pub internal_notes: Field,
    /// Why a conflict of its interpreter is accepted, when an assigned appointment moves; for those who may.
    pub override_reason: Field,
}

impl AppointmentInput {
    /// These fields, and where one is blank the other's. Where the customer is another, so is the place
    /// unless it is said.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        let moves = self.customer.raw().trim().parse::<CustomerId>().is_ok()
            && self.customer != other.customer;
        let other = if moves { other.nowhere() } else { other };
        Self {
            date: self.date.or(other.date),
            start: self.start.or(other.start),
            which: self.which.or(other.which),
            minutes: self.minutes.or(other.minutes),
            zone: self.zone.or(other.zone),
            language: self.language.or(other.language),
            service_type: self.service_type.or(other.service_type),
            mode: self.mode.or(other.mode),
            team: self.team.or(other.team),
            customer: self.customer.or(other.customer),
            reference: self.reference.or(other.reference),
            address: self.address.or(other.address),
            city: self.city.or(other.city),
            state: self.state.or(other.state),
            zip: self.zip.or(other.zip),
            meeting: self.meeting.or(other.meeting),
            lep_client: self.lep_client.or(other.lep_client),
            client: self.client.or(other.client),
            gender: self.gender.or(other.gender),
            notes: self.notes.or(other.notes),
            internal_notes: self.internal_notes.or(other.internal_notes),
            override_reason: self.override_reason,
        }
    }
    fn nowhere(self) -> Self {
        let blank = Field::default;
        Self {
            zone: blank(),
            address: blank(),
            city: blank(),
            state: blank(),
            zip: blank(),
            ..self
        }
    }
}

impl Appointment {
    /// What would change nothing. The client and the notes are sealed, and blank here.
    pub(crate) fn as_input(&self) -> AppointmentInput {
        let text = |text: Option<&str>| Field::from(text.unwrap_or_default());
        AppointmentInput {
            date: self.wall_start.date.to_string().into(),
            start: self.wall_start.clock().into(),
            minutes: self.minutes.to_string().into(),
            zone: self.zone.to_string().into(),
            language: self.language.name().into(),
            service_type: self.service_type.word().into(),
            mode: self.mode.word().into(),
            customer: self.customer_id.to_string().into(),
            reference: self.reference.as_str().into(),
            address: text(self.address.as_ref().map(Line::as_str)),
            city: text(self.city.as_ref().map(Line::as_str)),
            state: text(self.state.as_ref().map(Line::as_str)),
            zip: self
                .zip
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default()
                .into(),
            meeting: text(self.meeting.as_ref().map(Line::as_str)),
            gender: text(self.gender.map(|g| g.word())),
            ..AppointmentInput::default()
        }
    }
}
