//! What stands around every page.
use interpres_gate::{Action as A, Actor, FormTokens, Permission as P, Role, Standing};
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
    actor: Actor,
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
    /// The act whose page it is; whoever may do that may go there.
    pub(crate) action: A,
}

const fn to(path: &'static str, name: &'static str, icon: &'static str, action: A) -> Place {
    Place {
        path,
        name,
        icon,
        action,
    }
}

static STAFF: [Place; 11] = [
    to("/appointments", "Appointments", "list", A::AppointmentsList),
    to(
        "/interpreters",
        "Interpreters",
        "people",
        A::InterpretersList,
    ),
    to("/customers", "Customers", "building", A::CustomersList),
    to("/imports", "Imports", "upload", A::ImportsList),
    to("/vouchers", "Vouchers", "receipt", A::VouchersList),
    to("/invoices", "Invoices", "dollar", A::InvoicesList),
    to("/rates", "Rates", "chart", A::RatesList),
    to("/audit", "Audit log", "shield", A::AuditList),
    to("/people", "People", "team", A::MembersList),
    to(
        "/settings/workspace",
        "Settings",
        "sliders",
        A::WorkspaceShow,
    ),
    to(
        "/settings/readiness",
        "Readiness",
        "checks",
        A::ReadinessShow,
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
    to("/today", "Today", "sun", A::AppointmentsList),
    to("/offers", "Offers", "send", A::OffersList),
    to("/schedule", "Schedule", "calendar", A::AppointmentsList),
    to("/vouchers", "Earnings", "wallet", A::VouchersList),
];

/// Every place of the navigation.
#[cfg(test)]
pub(crate) fn places() -> impl Iterator<Item = &'static Place> {
    STAFF.iter().chain(&INTERPRETER)
}

impl Frame {
    /// Whether the reader may do this, for showing and hiding what does it.
    pub(crate) fn may(&self, action: A) -> bool {
        self.actor.may(action.permission())
    }

    /// The frame for this actor, on the page at `here`.
    pub(crate) fn of(actor: &Actor, here: &str) -> Self {
        let grace = match actor.standing() {
            Standing::Grace(until) => Some(on_the_wall(&actor.zone(), until)),
            _ => None,
        };
        let phone = actor.rights().role == Role::Interpreter;
        let places: &'static [Place] = if phone { &INTERPRETER } else { &STAFF };
        let allowed = places
            .iter()
            .filter(|place| actor.may(place.action.permission()));
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
            actor: actor.clone(),
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
