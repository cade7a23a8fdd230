//! Appointments: when, where, for whom, and how they move from requested to completed.
mod appointment;
mod book_appointment;
mod cancel_appointment;
mod check_appointment;
mod client;
mod conflict;
mod day_of_service;
mod edit_appointment;
mod list_appointments;
mod search_appointments;
mod show_appointment;
mod status;
mod view;
mod when;

pub use appointment::{Appointment, Mode};
pub use book_appointment::{AppointmentInput, BookAppointment, Booked, ParsedAppointment, draft, parse_appointment};
pub use cancel_appointment::{CancelAppointment, CancelInput, Canceled, EndReason, RestoreAppointment};
pub use check_appointment::CheckAppointment;
pub use conflict::{Busy, Slot, Travel, busy_near, in_the_way, take};
pub use day_of_service::{CheckIn, EndSession, StartSession};
pub use edit_appointment::EditAppointment;
pub use list_appointments::ListAppointments;
pub use search_appointments::{SearchAppointments, SearchInput};
pub use show_appointment::ShowAppointment;
pub use status::{Move, Status, moves_from};
pub use view::{AppointmentView, Named, Names, views};

use interpres_gate::{RecordKind, Scoped};

/// From when an interpreter sees the client's name (AC5): some hours before the start, as many as the
/// workspace says. What is for a health-care customer is covered by HIPAA mode (HM1).
const WINDOW: &str =
    "*, starts_at as visible_from, closed_at as visible_until, case when health_care = false then cast(0 as bigint) else cast(1 as bigint) end as covered";

/// The names this room brings. An interpreter's own are the ones assigned, and the ones an open
/// offer asks about; a requester's are the ones they filed.
pub const TABLES: &[Scoped] = &[
    Scoped {
        name: "appointment",
        table: "appointment_row",
        columns: WINDOW,
        all: " and team_id <> '00000000-0000-0000-0000-000000000000'",
        team: " and team_id in ({teams})",
        own: " and (interpreter_id = {interpreter} or requester_id = {user} or id in (select o.appointment_id from offer_row o where o.workspace_id = appointment_row.workspace_id and o.interpreter_id = {interpreter} and o.state = 'open'))",
    },
    // Decoys belong to no team, so that nobody meets one.
    Scoped {
        name: "decoy",
        table: "appointment_row",
        columns: "id",
        all: " and team_id = '00000000-0000-0000-0000-000000000000'",
        team: " and false",
        own: " and false",
    },
    Scoped::wide("appointment_reference", "appointment_row", "workspace_id, id, reference"),
    Scoped::wide(
        "busy",
        "appointment_row",
        "workspace_id, id, interpreter_id, customer_id, service_type, starts_at, ends_at, latitude, longitude, status, held",
    ),
];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] = &[RecordKind::of::<Appointment>()];
