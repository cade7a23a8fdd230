//! Appointments: when, where, for whom, and how they move from requested to completed.
mod appointment;
mod book_appointment;
mod cancel_appointment;
mod check_appointment;
mod check_booking;
mod client;
mod conflict;
mod count_appointments;
mod day_of_service;
mod decline_appointment;
mod draft_booking;
mod edit_appointment;
mod ending;
mod export_appointments;
mod former_assignment;
mod in_one_line;
mod input;
mod list_appointments;
mod mark_missed;
mod news;
mod overview;
mod parsed_appointment;
mod reference;
mod restore_appointment;
mod search_appointments;
mod show_appointment;
mod status;
mod transition;
mod view;
mod when;

pub use appointment::{Appointment, Mode, NewAppointment};
pub use book_appointment::{BookAppointment, Booked, book, draft};
pub use cancel_appointment::{CancelAppointment, CancelInput, Canceled};
pub use check_appointment::CheckAppointment;
pub use conflict::{Busy, Slot, Taking, Travel, busy_near, obstacle, references};
pub use count_appointments::{CountAppointments, MOST_COUNTED};
pub use day_of_service::{CHECK_IN_OPENS, CheckIn, EndSession, StartSession};
pub use decline_appointment::{DeclineAppointment, DeclineInput};
pub use draft_booking::{KeepDraft, ShowDraft};
pub use edit_appointment::{Changed, EditAppointment, change_appointment};
pub use ending::{EndReason, Party};
pub use export_appointments::ExportAppointments;
pub use former_assignment::{
    FormerAssignment, FormerView, ListFormerAssignments, NewFormerAssignment,
};
pub use in_one_line::Coming;
pub use input::AppointmentInput;
pub use list_appointments::{ListAppointments, Sort, SortBy};
pub use mark_missed::{MarkMissed, MissedInput};
pub use news::{about, tell_interpreter};
pub use overview::{DayLoad, Need, OverviewView, Share, ShowOverview, Today, Week, Why};
pub use parsed_appointment::{ParsedAppointment, parse_appointment};
pub use reference::{appointments_called, references_among};
pub use restore_appointment::RestoreAppointment;
pub use search_appointments::{SearchAppointments, SearchInput};
pub use show_appointment::ShowAppointment;
pub use status::{Move, Status, moves_from};
pub use transition::{Moved, Step, advance, alone_with, appointment_alone, interpreters_alone};
pub use view::{AppointmentView, Named, Names, views};

use interpres_gate::{Event, History, Permission, RecordKind, Scoped};

/// What happens in this room that others may react to.
pub const EVENTS: &[&str] = &[Moved::NAME, Changed::NAME];

/// From when an interpreter sees the client's name (AC5): some hours before the start, as many as the
/// workspace says, and only while the appointment is theirs. Who is merely asked, or had it before, or has one
/// that was called off, has no window at all. What is for a health-care customer is covered by HIPAA mode (HM1).
const WINDOW: &str = "*, case when held and interpreter_id = {interpreter} then starts_at end as visible_from, closed_at as visible_until,
    case when health_care = false then cast(0 as bigint) else cast(1 as bigint) end as covered";

/// The names this room brings. An interpreter's own are the ones assigned, and the ones an open
/// offer asks about while they wait for an answer; a requester's are the ones they filed.
pub const TABLES: &[Scoped] = &[
    Scoped {
        name: "appointment",
        table: "appointment_row",
        columns: WINDOW,
        all: " and team_id <> '00000000-0000-0000-0000-000000000000'",
        team: " and team_id in ({teams})",
        own: " and (interpreter_id = {interpreter} or requester_id = {user} or (status = 'pending' and id in (select o.appointment_id from offer_row o where o.workspace_id = appointment_row.workspace_id and o.interpreter_id = {interpreter} and o.state = 'open')))",
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
    Scoped::wide(
        "appointment_reference",
        "appointment_row",
        "workspace_id, id, reference",
    ),
    Scoped {
        name: "former_assignment",
        table: "former_assignment_row",
        columns: "*",
        all: "",
        team: " and team_id in ({teams})",
        own: " and interpreter_id = {interpreter}",
    },
    // Whose time is asked for, for the rule that two offers don't hold the same time.
    Scoped::wide(
        "asked",
        "offer_row",
        "appointment_id, interpreter_id, state, expires_at, (select r.kind from offer_round_row r where r.workspace_id = offer_row.workspace_id and r.id = offer_row.round_id) as kind",
    ),
    Scoped::wide(
        "busy",
        "appointment_row",
        "workspace_id, id, interpreter_id, customer_id, service_type, starts_at, ends_at, latitude, longitude, status, held",
    ),
];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<Appointment>()
        .with_history(History::for_viewers(Permission::ViewAppointments)),
    RecordKind::of::<FormerAssignment>(),
];
