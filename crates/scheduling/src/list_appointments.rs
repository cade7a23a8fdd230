use crate::{Appointment, AppointmentView, Status, reference, view::views_without_clients, views};
use interpres_accounts::{Workspace, team_named};
use interpres_directory::UNACCENTED;
use interpres_gate::{
    Action, Filter, Page, Past, Query, ReadTx, Refusal, Role, SortKey, Sorted, Val, async_trait,
    literal, words,
};
use interpres_types::{
    AppointmentId, CustomerId, Field, InterpreterId, Language, LepClientId, Line, LocalDate,
    Problems, Rule, TypedReference, Zone, searchable,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{fmt, str::FromStr};

/// Where an appointment stands in a list by start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StartCursor {
    /// Its start, in microseconds.
    pub(crate) starts_at: i64,
    pub(crate) id: AppointmentId,
}

impl FromStr for StartCursor {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let place = raw.split_once('~').and_then(|(at, id)| {
            Some(Self {
                starts_at: at.parse().ok()?,
                id: id.parse().ok()?,
            })
        });
        place.ok_or(Rule::new("must come from the page before"))
    }
}
impl fmt::Display for StartCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.starts_at, self.id)
    }
}

words! {
    /// What a list of appointments is sorted by.
    SortBy, "must be start, status, language, customer, interpreter or reference" {
        /// When they start.
        Start = "start", "Time";
        /// Where they stand.
        Status = "status", "Status";
        /// Their language.
        Language = "language", "Language";
        /// For whom.
        Customer = "customer", "Customer";
        /// Who covers them.
        Interpreter = "interpreter", "Interpreter";
        /// Their number.
        Reference = "reference", "Reference";
    }
}

impl SortKey for SortBy {
    const USUAL: Sorted<Self> = Sorted::up(Self::Start);
}

fn order(sort: Sorted<SortBy>) -> String {
    let way = sort.way();
    let first = match sort.by {
        SortBy::Start => return format!("starts_at{way}, id{way}"),
        SortBy::Status => "status",
        SortBy::Language => "language",
        SortBy::Customer => {
            "(select c.name_key from customer_card c where c.id = appointment.customer_id)"
        }
        SortBy::Interpreter => {
            "coalesce((select i.name_key from interpreter_card i join seat s on s.interpreter_id = i.id where s.appointment_id = appointment.id), '')"
        }
        SortBy::Reference => "reference",
    };
    format!("{first}{way}, starts_at, id")
}

/// The appointments of one's reach, by start.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListAppointments {
    /// From this date on, in the workspace's zone.
    pub from: Field,
    /// Up to and with this date.
    pub to: Field,
    /// A status; `open` for all that need an interpreter.
    pub status: Field,
    /// A team's name.
    pub team: Field,
    /// A language.
    pub language: Field,
    /// A customer's id.
    pub customer: Field,
    /// Any part of the customer's name, whatever its case and accents.
    pub customer_name: Field,
    /// An interpreter's id.
    pub interpreter: Field,
    /// A client's id.
    pub client: Field,
    /// Any part of the interpreter's name, whatever its case and accents.
    pub interpreter_name: Field,
    /// Any part of the reference, the customer's or the interpreter's name; case, accents and spaces do not count.
    pub q: Field,
    /// Only these, by their ids with commas between, up to 200.
    pub ids: Field,
    /// `start`, `status`, `language`, `customer`, `interpreter` or `reference`; with `-` before it the other way.
    pub sort: Field,
    /// How many are passed over, up to 10,000; with a sort other than `start` in place of a cursor.
    pub past: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

#[async_trait]
impl Query for ListAppointments {
    const ACTION: Action = Action::AppointmentsList;
    type View = Page<AppointmentView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<AppointmentView>, Refusal> {
        let cut = self.cut(tx).await?;
        Ok(Page {
            items: views(tx, cut.items).await?,
            next: cut.next,
        })
    }
}

/// The same list for a page that shows no clients: none of their names is opened, and nobody is told of that they were.
#[derive(Clone, Default, Debug)]
pub struct ListWithoutClients(pub ListAppointments);

#[async_trait]
impl Query for ListWithoutClients {
    const ACTION: Action = Action::AppointmentsList;
    type View = Page<AppointmentView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<AppointmentView>, Refusal> {
        let cut = self.0.cut(tx).await?;
        Ok(Page {
            items: views_without_clients(tx, cut.items).await?,
            next: cut.next,
        })
    }
}

impl ListAppointments {
    /// A page of them, cut before anything is revealed.
    async fn cut(&self, tx: &mut ReadTx) -> Result<Page<Appointment>, Refusal> {
        let mut p = Problems::none();
        let limit = p.page_limit(&self.limit);
        if !p.is_empty() {
            return Err(p.into());
        }
        let found = self.rows(tx, limit).await?;
        Ok(Page::cut(found, limit, |a: &Appointment| {
            StartCursor {
                starts_at: a.starts_at.micros(),
                id: a.id,
            }
            .to_string()
        }))
    }

    /// The appointments that pass, sorted, at most so many and one that tells whether there are more.
    pub(crate) async fn rows(
        &self,
        tx: &mut ReadTx,
        most: usize,
    ) -> Result<Vec<Appointment>, Refusal> {
        let mut p = Problems::none();
        let sort = p
            .may::<Sorted<SortBy>>("sort", &self.sort)
            .unwrap_or_default();
        let past = p.may::<Past>("past", &self.past).unwrap_or_default();
        if !sort.is_usual() && !self.cursor.is_blank() {
            p.add("cursor", "can't be used with a sort; use past");
        }
        if !p.is_empty() {
            return Err(p.into());
        }
        let zone = zone(tx).await?;
        let mut filter = Filter::begin("where 1 = 1", Vec::new());
        self.conditions(tx, &zone, &mut filter).await?;
        let filter = filter.page(&order(sort), most).past(past);
        tx.list::<Appointment>(&filter.sql, filter.args).await
    }

    pub(crate) async fn conditions(
        &self,
        tx: &mut ReadTx,
        zone: &Zone,
        filter: &mut Filter,
    ) -> Result<(), Refusal> {
        let wanted = self.parsed()?;
        if wanted.client.is_some() && tx.actor().rights().role == Role::Interpreter {
            return Err(Refusal::invalid("client", "isn't shown to you"));
        }
        if let Some(name) = &wanted.team {
            let team = team_named(tx, name.as_str())
                .await?
                .ok_or_else(|| Refusal::invalid("team", "is not a team of this workspace"))?;
            filter.and("team_id = ?", Val::text(team.id));
        }
        let mut p = Problems::none();
        filter.among(&mut p, &self.ids);
        if !p.is_empty() {
            return Err(p.into());
        }
        wanted.days(zone, filter);
        wanted.columns(filter);
        wanted.names(filter);
        if let Some(place) = wanted.cursor {
            let at = filter.bind(place.starts_at);
            let id = filter.bind(Val::text(place.id));
            filter.sql += &format!(" and (starts_at, id) > ({at}, {id})");
        }
        Ok(())
    }

    fn parsed(&self) -> Result<Wanted, Problems> {
        let mut p = Problems::none();
        let open = self.status.raw().trim() == "open";
        let wanted = Wanted {
            from: p.may("from", &self.from),
            to: p.may("to", &self.to),
            open,
            status: if open {
                None
            } else {
                p.may("status", &self.status)
            },
            team: p.may("team", &self.team),
            language: p.may("language", &self.language),
            customer: p.may("customer", &self.customer),
            customer_name: p.may("customer_name", &self.customer_name),
            interpreter: p.may("interpreter", &self.interpreter),
            client: p.may("client", &self.client),
            interpreter_name: p.may("interpreter_name", &self.interpreter_name),
            q: p.may("q", &self.q),
            cursor: p.may("cursor", &self.cursor),
        };
        if p.is_empty() { Ok(wanted) } else { Err(p) }
    }
}

/// What a list asks for, parsed.
struct Wanted {
    from: Option<LocalDate>,
    to: Option<LocalDate>,
    /// Whether all that need an interpreter are asked for.
    open: bool,
    status: Option<Status>,
    team: Option<Line<80>>,
    language: Option<Language>,
    customer: Option<CustomerId>,
    customer_name: Option<Line<80>>,
    interpreter: Option<InterpreterId>,
    client: Option<LepClientId>,
    interpreter_name: Option<Line<80>>,
    q: Option<TypedReference>,
    cursor: Option<StartCursor>,
}

impl Wanted {
    fn days(&self, zone: &Zone, filter: &mut Filter) {
        if let Some(day) = self.from {
            filter.and("starts_at >= ?", zone.midnight(day).micros());
        }
        if let Some(day) = self.to {
            filter.and("starts_at < ?", zone.midnight(day.plus_days(1)).micros());
        }
    }
    fn columns(&self, filter: &mut Filter) {
        if let Some(status) = self.status {
            filter.and("status = ?", status.word());
        }
        if self.open {
            filter.sql += " and status in ('requested', 'pending', 'unassigned')";
        }
        if let Some(language) = self.language {
            filter.and("language = ?", language.tag());
        }
        if let Some(customer) = self.customer {
            filter.and("customer_id = ?", Val::text(customer));
        }
        if let Some(interpreter) = self.interpreter {
            filter.and(
                "id in (select appointment_id from seat where interpreter_id = ?)",
                Val::text(interpreter),
            );
        }
        if let Some(client) = self.client {
            filter.and("client_id = ?", Val::text(client));
        }
    }
    fn names(&self, filter: &mut Filter) {
        if let Some(name) = &self.customer_name {
            let named = named_like(filter, name.as_str());
            filter.sql += &format!(" and {}", customer_like(&named));
        }
        if let Some(name) = &self.interpreter_name {
            let named = named_like(filter, name.as_str());
            filter.sql += &format!(" and {}", interpreter_like(&named));
        }
        if let Some(q) = &self.q {
            let reference = reference::reference_like(filter, q.0.as_str());
            let named = named_like(filter, q.0.as_str());
            filter.sql += &format!(
                " and ({reference} or {} or {})",
                customer_like(&named),
                interpreter_like(&named)
            );
        }
    }
}

pub(crate) async fn zone(tx: &mut ReadTx) -> Result<Zone, Refusal> {
    let workspace = tx.actor().workspace();
    Ok(tx.find::<Workspace>(workspace).await?.zone)
}

/// The condition of a name that holds every word of a text, folded as [`UNACCENTED`] folds it.
pub fn named_like(filter: &mut Filter, text: &str) -> String {
    let text = searchable(text);
    let words = text.split_whitespace().map(|word| {
        let pattern = filter.bind(format!("%{}%", literal(word)));
        format!("{} like {pattern} escape '\\'", *UNACCENTED)
    });
    words.collect::<Vec<_>>().join(" and ")
}

fn customer_like(named: &str) -> String {
    format!("customer_id in (select id from customer_card where {named})")
}

fn interpreter_like(named: &str) -> String {
    format!(
        "id in (select s.appointment_id from seat s join interpreter_card i on i.id = s.interpreter_id where {named})"
    )
}
