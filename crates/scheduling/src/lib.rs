//! Appointments: when, where, for whom, and how they move from requested to completed.
mod agenda;
mod appointment;
mod assignment;
mod audience;
mod book_appointment;
mod cancel_appointment;
mod carry_over;
mod check_appointment;
mod check_booking;
mod client;
mod client_view;
mod conflict;
mod count_appointments;
mod day_of_service;
mod decline_appointment;
mod draft_booking;
mod edit_appointment;
mod edit_client;
mod ending;
mod export_appointments;
mod for_whom;
mod former_assignment;
mod in_one_line;
mod input;
mod leave_remark;
mod list_appointments;
mod list_clients;
mod list_remarks;
mod mark_missed;
mod news;
mod overview;
mod parsed_appointment;
mod put_on_hold;
mod reference;
mod restore_appointment;
mod search_appointments;
mod show_appointment;
mod status;
mod take_off_hold;
mod transition;
mod typed_client;
mod view;
mod when;

pub use agenda::{AgendaOwner, AgendaView, CountBooked, ShowAgenda};
pub use appointment::{Appointment, Mode, NewAppointment};
pub use assignment::{
    AssignedHow, Assignment, AssignmentState, NewAssignment, assignment_of, assignments_of,
};
pub use audience::{ASKED, ASSIGNED, CALLED_OFF, FILED};
pub use book_appointment::{BookAppointment, Booked, book, draft};
pub use cancel_appointment::{CancelAppointment, CancelInput, Canceled};
pub use carry_over::assignment::{CarriesOver, FormerAssignment, NewFormerAssignment, carry_over};
pub use carry_over::client::is_under_way as clients_are_carried_over;
pub use check_appointment::CheckAppointment;
pub use client::{Client, NewClient, blocked_for, client_of, has_others};
pub use client_view::ClientView;
pub use conflict::{Busy, Slot, Taking, Travel, busy_near, obstacle, references};
pub use count_appointments::CountAppointments;
pub use day_of_service::{CHECK_IN_OPENS, CheckIn, EndSession, StartSession};
pub use decline_appointment::{DeclineAppointment, DeclineInput};
pub use draft_booking::{KeepDraft, ShowDraft};
pub use edit_appointment::{Changed, EditAppointment, change_appointment};
pub use edit_client::{ClientInput, ClientStored, EditClient};
pub use ending::{EndReason, Party};
pub use export_appointments::ExportAppointments;
pub use for_whom::client_lock;
pub use former_assignment::{FormerView, ListFormerAssignments};
pub use in_one_line::Coming;
pub use input::AppointmentInput;
pub use leave_remark::{LeaveRemark, LeftRemark, NewRemark, Remark, RemarkInput};
pub use list_appointments::{ListAppointments, ListWithoutClients, SortBy, named_like};
pub use list_clients::{CountClients, ExportClients, ListClients, SearchClients, ShowClient};
pub use list_remarks::{ListRemarks, RemarkView};
pub use mark_missed::{MarkMissed, MissedInput};
pub use news::{about, tell_interpreter};
pub use overview::{DayLoad, Need, OverviewView, Share, ShowOverview, Today, Week, Why};
pub use parsed_appointment::{ParsedAppointment, parse_appointment};
pub use put_on_hold::{NewOnHold, OnHold, OnHoldInput, OnHoldView, PutOnHold, ShowOnHold};
pub use reference::{appointments_called, reference_like, references_among};
pub use restore_appointment::RestoreAppointment;
pub use search_appointments::{SearchAppointments, SearchInput};
pub use show_appointment::ShowAppointment;
pub use status::{Move, Status, moves_from};
pub use take_off_hold::TakeOffHold;
pub use transition::{Moved, Step, advance, alone_with, appointment_alone, interpreters_alone};
pub use view::{AppointmentView, Named, Names, PointsTo, views};

use carry_over::{assignment::CarriesBack, client::CarriesClients};
use interpres_gate::{Event, History, JobKind, Permission, PutBack, Reaction, RecordKind, Scoped};
use take_off_hold::ComesBack;

/// What happens in this room that others may react to.
pub const EVENTS: &[&str] = &[Moved::NAME, Changed::NAME];

/// From when an interpreter sees the client's name (AC5): some hours before the start, as many as the
/// workspace says, until the voucher is approved. What is for a health-care customer is covered by HIPAA mode (HM1). How an
/// appointment is tied to whose own it is: what each column shows goes by it. An interpreter's is never `filed`, whoever they
/// were before.
const APPOINTMENT: &str = "*, starts_at as visible_from, closed_at as visible_until,
    case when health_care = false then cast(0 as bigint) else cast(1 as bigint) end as covered,
    coalesce((select case s.state when 'active' then 'assigned' else 'called-off' end from assignment_row s where s.workspace_id = {workspace} and s.appointment_id = appointment_row.id and s.interpreter_id = {interpreter} and s.state <> 'ended' limit 1),
      case when status = 'pending' and exists (select 1 from offer_row o where o.workspace_id = {workspace} and o.appointment_id = appointment_row.id and o.interpreter_id = {interpreter} and o.state = 'open') then 'asked'
        when requester_id = {user} and {interpreter} = '' then 'filed' end) as tie";

const ASSIGNMENT: &str = "*, cast(0 as bigint) as visible_from, cast(null as bigint) as visible_until, cast(1 as bigint) as covered, cast(null as text) as tie";
/// Clients of appointments within reach.
const SEEN: &str =
    " and exists (select 1 from appointment seen where seen.client_id = client_row.id)";

/// The names this room brings. An interpreter's own are the ones assigned, and the ones an open
/// offer asks about while they wait for an answer; a requester's are the ones they filed.
pub const TABLES: &[Scoped] = &[
    Scoped {
        name: "appointment",
        table: "appointment_row",
        columns: APPOINTMENT,
        all: " and team_id <> '00000000-0000-0000-0000-000000000000'",
        team: " and team_id in ({teams})",
        own: " and id in (select s.appointment_id from assignment_row s where s.workspace_id = {workspace} and s.interpreter_id = {interpreter} and s.state <> 'ended'
            union all select r.id from appointment_row r where r.workspace_id = {workspace} and r.requester_id = {user}
            union all select o.appointment_id from offer_row o join appointment_row p on p.workspace_id = o.workspace_id and p.id = o.appointment_id
              where o.workspace_id = {workspace} and o.interpreter_id = {interpreter} and o.state = 'open' and p.status = 'pending')",
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
    // Of an appointment that nobody has; what whoever filed it sees of it is said by the query.
    Scoped {
        name: "on_hold",
        table: "on_hold_row",
        columns: "*, cast(null as bigint) as visible_from, cast(null as bigint) as visible_until, cast(1 as bigint) as covered, cast(null as text) as tie",
        all: "",
        team: " and appointment_id in (select a.id from appointment_row a where a.workspace_id = on_hold_row.workspace_id and a.team_id in ({teams}))",
        own: " and appointment_id in (select a.id from appointment_row a where a.workspace_id = on_hold_row.workspace_id and a.requester_id = {user})",
    },
    Scoped {
        name: "remark",
        table: "remark_row",
        columns: "*, cast(null as bigint) as visible_from, cast(null as bigint) as visible_until, cast(1 as bigint) as covered, cast(null as text) as tie",
        all: "",
        team: " and appointment_id in (select a.id from appointment_row a where a.workspace_id = remark_row.workspace_id and a.team_id in ({teams}))",
        own: " and false",
    },
    Scoped::wide(
        "appointment_reference",
        "appointment_row",
        "workspace_id, id, reference",
    ),
    Scoped {
        name: "assignment",
        table: "assignment_row",
        columns: ASSIGNMENT,
        all: "",
        team: " and appointment_id in (select a.id from appointment_row a where a.workspace_id = {workspace} and a.team_id in ({teams}))",
        own: " and interpreter_id = {interpreter}",
    },
    // For whoever has found the appointment.
    Scoped::wide("assignment_of_job", "assignment_row", ASSIGNMENT),
    Scoped {
        name: "former_assignment",
        table: "former_assignment_row",
        columns: "*",
        all: "",
        team: " and false",
        own: " and false",
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
        "workspace_id, id, customer_id, service_type, starts_at, ends_at, latitude, longitude, status",
    ),
    // Clients on their own are there for who schedules or files for them; through an appointment, for whoever has that
    // within reach.
    Scoped {
        name: "client",
        table: "client_row",
        columns: "*, cast(null as bigint) as visible_from, cast(null as bigint) as visible_until,
    case when health_care = false then cast(0 as bigint) else cast(1 as bigint) end as covered, 'filed' as tie",
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
    Scoped {
        all: " and state <> 'ended'",
        team: " and state <> 'ended'",
        own: " and state <> 'ended'",
        ..Scoped::wide(
            "seat",
            "assignment_row",
            "workspace_id, appointment_id, interpreter_id, state, starts_at, ends_at",
        )
    },
];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] = &[
    client::KIND,
    RecordKind::of::<Appointment>()
        .with_history(
            History::for_viewers(Permission::ViewAppointments)
                .with_part("assignment", "appointment_id"),
        )
        .with_ties(audience::TIES)
        .told_by(Permission::ViewAppointments)
        .as_resource("Appointment"),
    RecordKind::of::<Assignment>()
        .with_history(History::for_viewers(Permission::ViewAppointments))
        .told_beside(Permission::ViewAppointments),
    RecordKind::of::<FormerAssignment>(),
    RecordKind::of::<OnHold>()
        .for_viewers(Permission::ViewAppointments)
        .with_ties(audience::TIES)
        .told_beside(Permission::ViewAppointments),
    RecordKind::of::<Remark>()
        .for_viewers(Permission::AssignInterpreters)
        .told_beside(Permission::AssignInterpreters),
];

/// What this room does later.
pub const JOBS: &[JobKind] = &[
    JobKind::of::<CarriesOver>(),
    JobKind::of::<CarriesClients>(),
    JobKind::of::<ComesBack>(),
];

/// What this room does when a record comes back.
pub const REACTIONS: &[Reaction] = &[Reaction::of::<PutBack, CarriesBack>(
    "assignments from an earlier version are carried over",
)];
