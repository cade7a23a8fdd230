//! What stands around every page.
use interpres_gate::{Actor, FormTokens, Permission as P, Role, Standing};
use interpres_types::{Instant, Zone};

/// What stands around every page: who is signed in, and where they may go.
pub(crate) struct Frame {
    pub(crate) name: String,
    pub(crate) initials: String,
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
    /// Whether an appointment can be looked for from every page.
    pub(crate) finds: bool,
    pub(crate) nav: Vec<NavItem>,
}

/// A place one may go.
pub(crate) struct NavItem {
    pub(crate) place: &'static Place,
    pub(crate) current: bool,
}

/// A place in the navigation, for those who are permitted to go there.
pub(crate) struct Place {
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    /// Its sign among `icons.svg`.
    pub(crate) icon: &'static str,
    permission: P,
}

const fn to(path: &'static str, name: &'static str, icon: &'static str, permission: P) -> Place {
    Place {
        path,
        name,
        icon,
        permission,
    }
}

static STAFF: [Place; 12] = [
    to("/appointments", "Appointments", "list", P::ViewAppointments),
    to(
        "/interpreters",
        "Interpreters",
        "people",
        P::ViewInterpreters,
    ),
    to("/clients", "Clients", "team", P::SearchClients),
    to("/customers", "Customers", "building", P::ViewCustomers),
    to("/imports", "Imports", "upload", P::Import),
    to("/vouchers", "Vouchers", "receipt", P::ViewVouchers),
    to("/invoices", "Invoices", "dollar", P::ViewInvoices),
    to("/rates", "Rates", "chart", P::ViewRates),
    to("/audit", "Audit log", "shield", P::ViewAudit),
    to("/people", "People", "team", P::ViewMembers),
    to(
        "/settings/workspace",
        "Settings",
        "sliders",
        P::SetWorkspace,
    ),
    to(
        "/settings/readiness",
        "Readiness",
        "checks",
        P::ViewReadiness,
    ),
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

static INTERPRETER: [Place; 4] = [
    to("/today", "Today", "sun", P::ViewAppointments),
    to("/offers", "Offers", "send", P::AnswerOffers),
    to("/schedule", "Schedule", "calendar", P::ViewAppointments),
    to("/vouchers", "Earnings", "wallet", P::ViewVouchers),
];

impl Frame {
    /// The frame for this actor, on the page at `here`.
    pub(crate) fn of(actor: &Actor, here: &str) -> Self {
        let grace = match actor.standing() {
            Standing::Grace(until) => Some(on_the_wall(&actor.zone(), until)),
            _ => None,
        };
        let phone = actor.rights().role == Role::Interpreter;
        let places: &'static [Place] = if phone { &INTERPRETER } else { &STAFF };
        let allowed = places.iter().filter(|place| actor.may(place.permission));
        Self {
            name: actor.name().to_owned(),
            initials: initials(actor.name()),
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
            finds: !phone && actor.may(P::ViewAppointments),
            nav: allowed
                .map(|place| NavItem {
                    place,
                    current: place.path == here,
                })
                .collect(),
        }
    }
}

/// The first letters of the first and the last word of a name.
fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().next());
    words.next().into_iter().chain(words.next_back()).collect()
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
