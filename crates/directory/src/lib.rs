//! Interpreters and customers: whom an agency sends, and to whom.
mod add_customer;
mod add_interpreter;
mod address;
mod customer;
mod gazetteer;
mod input;
mod interpreter;
mod invite_interpreter;
mod limit_team;
mod list_customers;
mod list_interpreters;
mod listing;
mod words;

pub use add_customer::{
    AddCustomer, CustomerInput, CustomerKey, EditCustomer, ParsedCustomer, change_customer,
    customer_called, parse_customer,
};
pub use add_interpreter::{
    AddInterpreter, EditInterpreter, InterpreterInput, ParsedInterpreter, Stored,
    change_interpreter, interpreter_address, own_team, parse_interpreter,
};
pub use address::Address;
pub use customer::{Customer, CustomerCard, NewCustomer, customer_card, customers_named};
pub use gazetteer::{ZipPlace, place_of_zip};
pub use interpreter::{Interpreter, InterpreterCard, NewInterpreter, interpreter_cards};
pub use invite_interpreter::InviteInterpreter;
pub use limit_team::{
    LimitInput, LimitTeam, Limited, LimitedTeam, ShowTeam, TeamView, assignable, within_team,
};
pub use list_customers::{
    CountCustomers, CustomerView, ExportCustomers, ListCustomers, ShowCustomer,
};
pub use list_interpreters::{
    CountInterpreters, ExportInterpreters, InterpreterView, ListInterpreters, ShowInterpreter,
    SignUp,
};
pub use listing::DirectorySortBy;
pub use words::{Gender, ServiceType, UNACCENTED};

use interpres_gate::{History, Permission, RecordKind, Scoped};

/// The names this room brings. Whole records are for their team; cards, with the few columns that
/// assigning needs, for the workspace (AC4).
pub const TABLES: &[Scoped] = &[
    Scoped { name: "interpreter", table: "interpreter_row", columns: "*", all: "", team: " and team_id in ({teams})", own: " and id = {interpreter}" },
    Scoped::wide(
        "interpreter_card",
        "interpreter_row",
        "workspace_id, id, first_name, last_name, name_key, languages, service_types, gender, latitude, longitude,
         (select count(*) from member_row m where m.workspace_id = interpreter_row.workspace_id and m.interpreter_id = interpreter_row.id and m.ended_at is null) as members",
    ),
    Scoped::wide("interpreter_address", "interpreter_row", "workspace_id, id, email"),
    Scoped { name: "customer", table: "customer_row", columns: "*", all: "", team: " and team_id in ({teams})", own: " and false" },
    Scoped::wide("customer_team", "customer_row", "workspace_id, id, team_id"),
    Scoped::wide("customer_card", "customer_row", "workspace_id, id, name, name_key, email, address, city, state, zip, zone, latitude, longitude, health_care"),
];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<Interpreter>()
        .with_history(History::for_viewers(Permission::ViewInterpreters)),
    RecordKind::of::<Customer>().with_history(History::for_viewers(Permission::ViewCustomers)),
];
