//! What stands around every page.
use super::{done, rights::role_in_words};
use interpres_gate::{Action as A, Actor, FormTokens, Permission as P, Role, Standing};
use interpres_types::{Instant, Zone};
use say::Says;

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
    /// Where the page stands among all commits, for live updates; nothing for readers who get none.
    pub(crate) seen: Option<String>,
    /// What the bell says.
    pub(crate) bell: String,
    pub(crate) nav: Vec<NavGroup>,
    actor: Actor,
}

/// Places that belong together.
pub(crate) struct NavGroup {
    says: Says,
    pub(crate) items: Vec<NavItem>,
}

impl NavGroup {
    pub(crate) fn name(&self) -> &'static str {
        (self.says)()
    }
}

/// A place one may go.
pub(crate) struct NavItem {
    pub(crate) place: &'static NavPlace,
    pub(crate) current: bool,
}

/// A place in the navigation, for those who are permitted to go there.
pub(crate) struct NavPlace {
    pub(crate) path: &'static str,
    says: Says,
    /// Its sign among `icons.svg`.
    pub(crate) icon: &'static str,
    /// The key that leads there after G.
    pub(crate) letter: Option<char>,
    /// The act whose page it is; whoever may do that may go there.
    pub(crate) action: A,
}

const fn to(path: &'static str, says: Says, icon: &'static str, action: A) -> NavPlace {
    NavPlace {
        path,
        says,
        icon,
        letter: None,
        action,
    }
}

impl NavPlace {
    pub(crate) fn name(&self) -> &'static str {
        (self.says)()
    }
    const fn by(self, letter: char) -> Self {
        Self {
            letter: Some(letter),
            ..self
        }
    }
}

/// Groups of places, each with its name.
type Groups = &'static [(Says, &'static [NavPlace])];

static STAFF: Groups = &[
    (
        say::nav_main,
        &[
            to("/overview", say::nav_overview, "home", A::OverviewShow).by('O'),
            to(
                "/appointments",
                say::appointments,
                "list",
                A::AppointmentsList,
            )
            .by('A'),
        ],
    ),
    (
        say::nav_directory,
        &[
            to(
                "/interpreters",
                say::interpreters,
                "people",
                A::InterpretersList,
            )
            .by('I'),
            to("/clients", say::nav_clients, "team", A::ClientsList),
            to("/customers", say::customers, "building", A::CustomersList).by('U'),
            to("/imports", say::nav_imports, "upload", A::ImportsList),
        ],
    ),
    (
        say::nav_money,
        &[
            to("/vouchers", say::nav_vouchers, "receipt", A::VouchersList).by('V'),
            to("/invoices", say::nav_invoices, "dollar", A::InvoicesList),
            to("/rates", say::nav_rates, "chart", A::RatesList),
        ],
    ),
    (
        say::nav_workspace,
        &[
            to("/audit", say::nav_audit, "shield", A::AuditList),
            to("/people", say::nav_people, "team", A::MembersList),
            to(
                "/settings/workspace",
                say::nav_settings,
                "sliders",
                A::WorkspaceShow,
            ),
            to(
                "/settings/readiness",
                say::nav_readiness,
                "checks",
                A::ReadinessShow,
            ),
        ],
    ),
];

/// A page beside others, for whoever may do its act.
pub(crate) struct Destination {
    pub(crate) path: &'static str,
    says: Says,
    action: A,
}

impl Destination {
    pub(crate) const fn new(path: &'static str, says: Says, action: A) -> Self {
        Self { path, says, action }
    }
    pub(crate) fn name(&self) -> &'static str {
        (self.says)()
    }
}

/// The pages around the log.
pub(crate) static LOG_TABS: [Destination; 7] = [
    Destination::new("/audit", say::activity, A::AuditList),
    Destination::new("/audit/findings", say::log_tab_findings, A::FindingsList),
    Destination::new("/break-glass", say::emergency_access, A::GlassList),
    Destination::new("/audit/affected", say::log_tab_affected, A::AffectedList),
    Destination::new("/audit/integrity", say::log_tab_integrity, A::IntegrityShow),
    Destination::new("/erasures", say::log_tab_erasures, A::ErasuresList),
    Destination::new("/retention", say::log_tab_retention, A::RetentionShow),
];

static INTERPRETER: Groups = &[(
    say::nav_main,
    &[
        to("/today", say::today, "sun", A::AppointmentsList),
        to("/offers", say::offers, "send", A::OffersList),
        to("/schedule", say::schedule, "calendar", A::AppointmentsList),
        to("/vouchers", say::earnings, "wallet", A::VouchersList),
    ],
)];

static REQUESTER: Groups = &[(
    say::nav_main,
    &[to(
        "/appointments",
        say::nav_requests,
        "list",
        A::AppointmentsList,
    )
    .by('A')],
)];

/// Every place of the navigation.
#[cfg(test)]
pub(crate) fn places() -> impl Iterator<Item = &'static NavPlace> {
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

    /// Whether the reader may open this page.
    pub(crate) fn may_go(&self, page: &Destination) -> bool {
        self.may(page.action)
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
            role: say::overheard(&role_in_words(&actor.rights().role_name())).into_owned(),
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
            bell: say::bell(unread),
            seen: actor.seen().map(str::to_owned),
            nav: groups
                .iter()
                .map(|(says, places)| group(actor, here, *says, places))
                .filter(|group| !group.items.is_empty())
                .collect(),
            actor: actor.clone(),
        }
    }
    /// What the list of appointments is called by whom it is for.
    pub(crate) fn appointments(&self) -> &'static str {
        self.places()
            .find(|place| place.path == "/appointments")
            .map_or_else(say::appointments, NavPlace::name)
    }
    /// Every place of the navigation.
    pub(crate) fn places(&self) -> impl Iterator<Item = &'static NavPlace> {
        self.nav
            .iter()
            .flat_map(|group| group.items.iter().map(|item| item.place))
    }
}

/// A group's places where this person may go.
fn group(actor: &Actor, here: &str, says: Says, places: &'static [NavPlace]) -> NavGroup {
    NavGroup {
        says,
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
