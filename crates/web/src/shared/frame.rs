//! What stands around every page.
use super::{done, rights::role_in_words};
use interpres_gate::{Action as A, Actor, FormTokens, Permission as P, Role, Standing};
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
    /// Whether an appointment can be looked for from every page.
    pub(crate) finds: bool,
    /// Whether they book appointments.
    pub(crate) books: bool,
    /// What was just done, said once.
    pub(crate) done: Option<&'static str>,
    /// How many notices they have not read.
    pub(crate) unread: i64,
    /// What the bell says.
    pub(crate) bell: String,
    pub(crate) nav: Vec<NavGroup>,
    actor: Actor,
}

/// Places that belong together.
pub(crate) struct NavGroup {
    pub(crate) name: &'static str,
    pub(crate) items: Vec<NavItem>,
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
    /// The key that leads there after G.
    pub(crate) letter: Option<char>,
    /// The act whose page it is; whoever may do that may go there.
    pub(crate) action: A,
}

const fn to(path: &'static str, name: &'static str, icon: &'static str, action: A) -> Place {
    Place {
        path,
        name,
        icon,
        letter: None,
        action,
    }
}

impl Place {
    const fn by(self, letter: char) -> Self {
        Self {
            letter: Some(letter),
            ..self
        }
    }
}

/// Groups of places, each with its name.
type Groups = &'static [(&'static str, &'static [Place])];

static STAFF: Groups = &[
    (
        "Main",
        &[
            to("/overview", "Overview", "home", A::OverviewShow).by('O'),
            to("/appointments", "Appointments", "list", A::AppointmentsList).by('A'),
        ],
    ),
    (
        "Directory",
        &[
            to(
                "/interpreters",
                "Interpreters",
                "people",
                A::InterpretersList,
            )
            .by('I'),
            to("/clients", "Clients", "team", A::ClientsList),
            to("/customers", "Customers", "building", A::CustomersList).by('U'),
            to("/imports", "Imports", "upload", A::ImportsList),
        ],
    ),
    (
        "Money",
        &[
            to("/vouchers", "Vouchers", "receipt", A::VouchersList).by('V'),
            to("/invoices", "Invoices", "dollar", A::InvoicesList),
            to("/rates", "Rates", "chart", A::RatesList),
        ],
    ),
    (
        "Workspace",
        &[
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
        ],
    ),
];

/// A page around the log, for whoever may do its act.
pub(crate) struct LogTab {
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    action: A,
}

const fn tab(path: &'static str, name: &'static str, action: A) -> LogTab {
    LogTab { path, name, action }
}

/// The pages around the log.
pub(crate) static LOG_TABS: [LogTab; 7] = [
    tab("/audit", "Activity", A::AuditList),
    tab("/audit/findings", "Findings", A::FindingsList),
    tab("/break-glass", "Emergency access", A::GlassList),
    tab("/audit/affected", "Breach scope", A::AffectedList),
    tab("/audit/integrity", "Integrity", A::IntegrityShow),
    tab("/erasures", "Erasures", A::ErasuresList),
    tab("/retention", "Retention", A::RetentionShow),
];

static INTERPRETER: Groups = &[(
    "Main",
    &[
        to("/today", "Today", "sun", A::AppointmentsList),
        to("/offers", "Offers", "send", A::OffersList),
        to("/schedule", "Schedule", "calendar", A::AppointmentsList),
        to("/vouchers", "Earnings", "wallet", A::VouchersList),
    ],
)];

static REQUESTER: Groups = &[(
    "Main",
    &[to("/appointments", "Requests", "list", A::AppointmentsList).by('A')],
)];

/// Every place of the navigation.
#[cfg(test)]
pub(crate) fn places() -> impl Iterator<Item = &'static Place> {
    [STAFF, INTERPRETER, REQUESTER]
        .into_iter()
        .flatten()
        .flat_map(|(_, places)| *places)
}

impl Frame {
    /// Whether the reader may do this, for showing and hiding what does it.
    pub(crate) fn may(&self, action: A) -> bool {
        self.actor.may(action.permission())
    }

    /// Whether the reader may open this page around the log.
    pub(crate) fn may_go(&self, tab: &LogTab) -> bool {
        self.may(tab.action)
    }

    /// The frame for this actor, on the page at `here`.
    pub(crate) fn of(actor: &Actor, here: &str) -> Self {
        let grace = match actor.standing() {
            Standing::Grace(until) => Some(on_the_wall(&actor.zone(), until)),
            _ => None,
        };
        let phone = actor.rights().role == Role::Interpreter;
        let groups = match actor.rights().role {
            Role::Interpreter => INTERPRETER,
            Role::Requester => REQUESTER,
            _ => STAFF,
        };
        let unread = actor.unread();
        Self {
            name: actor.name().to_owned(),
            role: role_in_words(&actor.rights().role_name()),
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
            finds: !phone && actor.may(P::ViewAppointments),
            books: actor.may(P::BookAppointments),
            done: done::take(actor),
            unread,
            bell: match unread {
                0 => "Notifications".to_owned(),
                some => format!("Notifications, {some} new"),
            },
            nav: groups
                .iter()
                .map(|(name, places)| group(actor, here, name, places))
                .filter(|group| !group.items.is_empty())
                .collect(),
            actor: actor.clone(),
        }
    }
    /// What the list of appointments is called by whom it is for.
    pub(crate) fn appointments(&self) -> &'static str {
        self.places()
            .find(|place| place.path == "/appointments")
            .map_or("Appointments", |place| place.name)
    }
    /// Every place of the navigation.
    pub(crate) fn places(&self) -> impl Iterator<Item = &'static Place> {
        self.nav
            .iter()
            .flat_map(|group| group.items.iter().map(|item| item.place))
    }
}

/// A group's places where this person may go.
fn group(actor: &Actor, here: &str, name: &'static str, places: &'static [Place]) -> NavGroup {
    NavGroup {
        name,
        items: places
            .iter()
            .filter(|place| actor.may(place.action.permission()))
            .map(|place| NavItem {
                place,
                current: place.path == here,
            })
            .collect(),
    }
}

/// The first letters of the first and the last word of a name.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().next());
    words.next().into_iter().chain(words.next_back()).collect()
}

/// A time of the log as the office's clock showed it, to the second.
fn on_the_wall(zone: &Zone, at: Instant) -> String {
    let wall = zone.wall_time(at);
    format!(
        "{} {}:{:02}",
        wall.date,
        wall.clock(),
        at.micros().div_euclid(1_000_000).rem_euclid(60)
    )
}
