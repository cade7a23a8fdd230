//! What stands around every page.
use interpres_gate::{Actor, FormTokens, Permission as P, Role, Standing};
use interpres_types::{Instant, Zone};

/// What stands around every page: who is signed in, and where they may go.
pub(crate) struct Frame {
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) workspace: String,
    /// Its logo's address.
    pub(crate) logo: Option<String>,
    pub(crate) csrf: FormTokens,
    pub(crate) hipaa: bool,
    /// Who it is, for other pages of the same browser.
    pub(crate) user: String,
    /// In how many seconds the session ends unless it is used; nothing where that is not known.
    pub(crate) ends_in: i64,
    /// Until when a second factor must be set up, while it is not.
    pub(crate) grace: Option<String>,
    /// Whether nothing but setting a second factor up is left.
    pub(crate) must_enrol: bool,
    /// Whether clients are sealed from view, because HIPAA mode is off again.
    pub(crate) withheld: bool,
    /// Of which moment the pages are a copy, where nothing can be changed.
    pub(crate) copied_at: Option<String>,
    pub(crate) phone: bool,
    /// Whether they set what the workspace says.
    pub(crate) in_charge: bool,
    pub(crate) nav: Vec<NavItem>,
}

/// A place one may go.
pub(crate) struct NavItem {
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    pub(crate) current: bool,
}

const STAFF: [(&str, &str, P); 11] = [
    ("/appointments", "Appointments", P::ViewAppointments),
    ("/interpreters", "Interpreters", P::ViewInterpreters),
    ("/customers", "Customers", P::ViewCustomers),
    ("/imports", "Imports", P::Import),
    ("/vouchers", "Vouchers", P::ViewVouchers),
    ("/invoices", "Invoices", P::ViewInvoices),
    ("/rates", "Rates", P::ViewRates),
    ("/audit", "Audit log", P::ViewAudit),
    ("/people", "People", P::ViewMembers),
    ("/settings/workspace", "Settings", P::SetWorkspace),
    ("/settings/readiness", "Readiness", P::ViewReadiness),
];

/// The pages around the log, for those who see it.
pub(crate) const LOG_TABS: [(&str, &str); 6] = [
    ("/audit", "Entries"),
    ("/audit/findings", "Findings"),
    ("/audit/affected", "Who is affected"),
    ("/audit/integrity", "Integrity"),
    ("/erasures", "Erasures"),
    ("/retention", "Retention"),
];

const INTERPRETER: [(&str, &str, P); 4] = [
    ("/today", "Today", P::ViewAppointments),
    ("/offers", "Offers", P::AnswerOffers),
    ("/schedule", "Schedule", P::ViewAppointments),
    ("/vouchers", "Earnings", P::ViewVouchers),
];

impl Frame {
    /// The frame for this actor, on the page at `here`.
    pub(crate) fn of(actor: &Actor, here: &str) -> Self {
        let grace = match actor.standing() {
            Standing::Grace(until) => Some(on_the_wall(&actor.zone(), until)),
            _ => None,
        };
        let phone = actor.rights().role == Role::Interpreter;
        let places: &[_] = if phone { &INTERPRETER } else { &STAFF };
        let allowed = places
            .iter()
            .filter(|(_, _, permission)| actor.may(*permission));
        Self {
            name: actor.name().to_owned(),
            role: actor.rights().role_name(),
            workspace: actor.workspace_name().to_owned(),
            logo: actor.office().logo.map(|id| format!("/pictures/{id}")),
            csrf: actor.form_tokens(),
            hipaa: actor.hipaa(),
            user: actor.user().map(|u| u.to_string()).unwrap_or_default(),
            ends_in: actor.seconds_left().unwrap_or_default(),
            grace,
            must_enrol: actor.standing() == Standing::MustEnrol,
            withheld: actor.withheld(),
            copied_at: actor.copied_at().map(|at| on_the_wall(&actor.zone(), at)),
            phone,
            in_charge: actor.may(P::SetWorkspace),
            nav: allowed
                .map(|(path, name, _)| NavItem {
                    path,
                    name,
                    current: *path == here,
                })
                .collect(),
        }
    }
}

/// A time of the log as the office's clock showed it, to the second.
pub(crate) fn on_the_wall(zone: &Zone, at: Instant) -> String {
    let wall = zone.wall_time(at);
    format!(
        "{} {}:{:02}",
        wall.date,
        wall.clock(),
        at.micros().div_euclid(1_000_000).rem_euclid(60)
    )
}
