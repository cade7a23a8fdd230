//! Appointments: when, where, for whom, and how they move from requested to completed.
mod appointment;
mod book_appointment;
mod cancel_appointment;
mod carry_over;
mod check_appointment;
mod check_booking;
mod client;
mod client_view;
mod conflict;
mod day_of_service;
mod decline_appointment;
mod draft_booking;
mod edit_appointment;
mod edit_client;
mod ending;
mod for_whom;
mod former_assignment;
mod input;
mod list_appointments;
mod list_clients;
mod mark_missed;
mod news;
mod parsed_appointment;
mod reference;
mod restore_appointment;
mod search_appointments;
mod show_appointment;
mod status;
mod transition;
mod typed_client;
mod view;
mod when;

pub use appointment::{Appointment, Mode, NewAppointment};
pub use book_appointment::{BookAppointment, Booked, book, draft};
pub use cancel_appointment::{CancelAppointment, CancelInput, Canceled};
pub use carry_over::client::is_under_way as clients_are_carried_over;
pub use check_appointment::CheckAppointment;
pub use client::{Client, NewClient, blocked_for, client_of, has_others};
pub use client_view::ClientView;
pub use conflict::{Busy, Slot, Taking, Travel, busy_near, obstacle, references};
pub use day_of_service::{CHECK_IN_OPENS, CheckIn, EndSession, StartSession};
pub use decline_appointment::{DeclineAppointment, DeclineInput};
pub use draft_booking::{KeepDraft, ShowDraft};
pub use edit_appointment::{Changed, EditAppointment, change_appointment};
pub use edit_client::{ClientInput, ClientStored, EditClient};
pub use ending::{EndReason, Party};
pub use for_whom::turn as client_turn;
pub use former_assignment::{
    FormerAssignment, FormerView, ListFormerAssignments, NewFormerAssignment,
};
pub use input::AppointmentInput;
pub use list_appointments::ListAppointments;
pub use list_clients::{ListClients, SearchClients, ShowClient};
pub use mark_missed::{MarkMissed, MissedInput};
pub use news::{about, tell_interpreter};
pub use parsed_appointment::{ParsedAppointment, parse_appointment};
pub use reference::{appointments_called, references_among};
pub use restore_appointment::RestoreAppointment;
pub use search_appointments::{SearchAppointments, SearchInput};
pub use show_appointment::ShowAppointment;
pub use status::{Move, Status, moves_from};
pub use transition::{Moved, Step, advance, alone_with, appointment_alone, interpreters_alone};
pub use view::{AppointmentView, Named, Names, views};

use carry_over::client::CarriesClients;
use interpres_gate::{Event, History, JobKind, Permission, RecordKind, Scoped};

/// What happens in this room that others may react to.
pub const EVENTS: &[&str] = &[Moved::NAME, Changed::NAME];

/// From when an interpreter sees the client's name (AC5): some hours before the start, as many as the
/// workspace says, and only while the appointment is theirs. Who is merely asked, or had it before, or has one
/// that was called off, has no window at all. What is for a health-care customer is covered by HIPAA mode (HM1).
const WINDOW: &str = "*, case when held and interpreter_id = {interpreter} then starts_at end as visible_from, closed_at as visible_until,
    case when health_care = false then cast(0 as bigint) else cast(1 as bigint) end as covered";

/// Clients of appointments within reach.
const SEEN: &str =
    " and exists (select 1 from appointment seen where seen.client_id = client_row.id)";

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
        columns: "id, client_id",
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
    // Clients on their own are there for who schedules or files for them; through an appointment, for whoever has that
    // within reach.
    Scoped {
        name: "client",
        table: "client_row",
        columns: "*, cast(null as bigint) as visible_from, cast(null as bigint) as visible_until,
    case when health_care = false then cast(0 as bigint) else cast(1 as bigint) end as covered",
        all: " and team_id <> '00000000-0000-0000-0000-000000000000'",
        team: " and team_id in ({teams})",
        own: " and customer_id = {customer} and exists (select 1 from appointment_row a where a.workspace_id = client_row.workspace_id and a.client_id = client_row.id and a.requester_id = {user})",
    },
    // It leans on `appointment`, so a statement that uses it names that as well.
    Scoped {
        name: "client_seen",
        table: "client_row",
        columns: "*",
        all: SEEN,
        team: SEEN,
        own: SEEN,
    },
    Scoped::wide("client_use", "appointment_row", "id, client_id"),
];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<Appointment>()
        .with_history(History::for_viewers(Permission::ViewAppointments)),
    client::KIND,
    RecordKind::of::<FormerAssignment>(),
];

/// What this room does later.
pub const JOBS: &[JobKind] = &[JobKind::of::<CarriesClients>()];
