use crate::audience::{BUT_INTERPRETERS, KNOWS_CLIENT, RATES, STAFF, THERE};
use crate::{EndReason, Party, Status};
use interpres_directory::{Gender, ServiceType};
use interpres_gate::{Json, PersonName, Phi, Retired, record, words};
use interpres_rates::Card;
use interpres_types::{
    AppointmentId, CustomerId, Instant, InterpreterId, Language, LepClientId, Line, Minutes, Note,
    Point, Span, TeamId, UserId, WallTime, Zip, Zone,
};

words! {
    /// How it is interpreted.
    Mode, "must be consecutive, simultaneous or sight translation" {
        /// By turns.
        Consecutive = "consecutive", "Consecutive";
        /// At the same time.
        Simultaneous = "simultaneous", "Simultaneous";
        /// A text read out in the other language.
        Sight = "sight", "Sight translation", "sight translation";
    }
}

record! {
    /// One scheduled interpreting session.
    pub struct Appointment from NewAppointment in "appointment" by AppointmentId, sealed {
        /// The number people call it by; unique in the workspace.
        reference: Line<40>,
        /// The team that schedules it.
        team_id: TeamId,
        /// Who pays.
        customer_id: CustomerId,
        /// Who filed it, when a requester did.
        requester_id: Option<UserId>,
        /// The language beside English.
        language: Language,
        /// How the interpreter is there.
        service_type: ServiceType,
        /// How it is interpreted.
        mode: Mode,
        /// The start on the wall clock of the place.
        wall_start: WallTime,
        /// The zone of the place.
        zone: Zone,
        /// How long, scheduled.
        minutes: Minutes,
        /// The start, derived from wall clock and zone.
        starts_at: Instant,
        /// The end, derived.
        ends_at: Instant,
        /// Where it stands.
        status: Status,
        /// Who covered it, before assignments were records.
        interpreter_id: Option<Retired<InterpreterId>>,
        /// Whether somebody's time is taken by it.
        held: bool,
        /// As the interpreter.
        overridden: Option<Retired<bool>>,
        /// As the interpreter.
        override_reason: Option<Retired<Phi<Note<500>>>>,
        /// Street.
        address: Option<Line<160>>,
        /// City.
        city: Option<Line<80>>,
        /// State.
        state: Option<Line<20>>,
        /// ZIP code.
        zip: Option<Zip>,
        /// Millionths of a degree north.
        latitude: Option<i64>,
        /// Millionths of a degree east.
        longitude: Option<i64>,
        /// Meeting link or dial-in.
        meeting: Option<Line<300>> => THERE,
        /// The gender the client asks for.
        gender: Option<Gender>,
        /// Whether it is for a health-care customer.
        health_care: Option<bool>,
        /// Whom it is for.
        client_id: Option<LepClientId> => BUT_INTERPRETERS,
        /// The client's version when they were last changed with it, so that whoever saw it before is told.
        client_version: Option<i64> => BUT_INTERPRETERS,
        /// The client's name, where it was kept here before clients were records, until it is carried over.
        client_name: Option<Phi<PersonName>> => KNOWS_CLIENT,
        /// Initials or a file number, as far as they were kept here.
        client_label: Option<Line<40>>,
        /// For the interpreter: may name the client.
        notes: Option<Phi<Note<2000>>> => KNOWS_CLIENT,
        /// For staff: may name the client.
        internal_notes: Option<Phi<Note<2000>>> => STAFF,
        /// As the interpreter.
        checked_in_at: Option<Retired<Instant>>,
        /// As the interpreter.
        started_at: Option<Retired<Instant>>,
        /// When it was called off or was marked.
        ended_at: Option<Instant>,
        /// When its voucher was approved: from then on the interpreter no longer sees the name.
        closed_at: Option<Instant>,
        /// Who canceled or did not come.
        ended_by: Option<Party>,
        /// Why it was canceled, as a code.
        end_reason: Option<EndReason>,
        /// Why, in words: may name the client.
        end_note: Option<Phi<Note<500>>> => STAFF,
        /// What the customer is charged by, frozen at booking.
        bill_rate: Option<Json<Card>> => RATES,
        /// As the interpreter.
        pay_rate: Option<Retired<Json<Card>>> => RATES,
        /// Why one or both were frozen anew.
        rates_reason: Option<Phi<Note<500>>> => STAFF,
    }
}

impl Appointment {
    /// The number of its first seat, which is the only one so far.
    pub const FIRST_SEAT: i64 = 1;
    /// From start to end.
    #[must_use]
    pub const fn span(&self) -> Span {
        Span::lasting(self.starts_at, self.minutes)
    }
    /// Where it takes place, when known.
    #[must_use]
    pub fn point(&self) -> Option<Point> {
        self.latitude
            .zip(self.longitude)
            .map(|(latitude, longitude)| Point {
                latitude,
                longitude,
            })
    }
}
