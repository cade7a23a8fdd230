use crate::{Appointment, AppointmentView, Status, reference, views};
use interpres_accounts::{Workspace, team_named};
use interpres_gate::{Action, Filter, Page, Permission, Query, ReadTx, Refusal, Val, async_trait};
use interpres_types::{
    AppointmentId, CustomerId, Field, InterpreterId, Language, LepClientId, Line, LocalDate,
    Problems, Rule, TypedReference, Zone,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{fmt, str::FromStr};

/// Where an appointment stands in a list by start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Its start, in microseconds.
    pub(crate) starts_at: i64,
    pub(crate) id: AppointmentId,
}

impl FromStr for Place {
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
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.starts_at, self.id)
    }
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
    /// An interpreter's id.
    pub interpreter: Field,
    /// A client's id.
    pub client: Field,
    /// Any part of the reference; case and spaces do not count.
    pub q: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

#[async_trait]
impl Query for ListAppointments {
    const ACTION: Action = Action::AppointmentsList;
    const PERMISSION: Permission = Permission::ViewAppointments;
    type View = Page<AppointmentView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<AppointmentView>, Refusal> {
        let mut p = Problems::none();
        let limit = p.page_limit(&self.limit);
        if !p.is_empty() {
            return Err(p.into());
        }
        let workspace = tx.actor().workspace();
        let zone = tx.find::<Workspace>(workspace).await?.zone;
        let mut filter = Filter::begin("where 1 = 1", Vec::new());
        self.conditions(tx, &zone, &mut filter).await?;
        filter.args.push(Val::Int(limit as i64 + 1));
        let sql = format!(
            "{} order by starts_at, id limit ${}",
            filter.sql,
            filter.args.len()
        );
        let found = tx.list::<Appointment>(&sql, filter.args).await?;
        let views = views(tx, found).await?;
        Ok(Page::cut(views, limit, |v: &AppointmentView| {
            Place {
                starts_at: v.starts_at.micros(),
                id: v.id,
            }
            .to_string()
        }))
    }
}

impl ListAppointments {
    async fn conditions(
        &self,
        tx: &mut ReadTx,
        zone: &Zone,
        filter: &mut Filter,
    ) -> Result<(), Refusal> {
        let mut p = Problems::none();
        let (from, to) = (
            p.may::<LocalDate>("from", &self.from),
            p.may::<LocalDate>("to", &self.to),
        );
        let (language, q, team) = (
            p.may::<Language>("language", &self.language),
            p.may::<TypedReference>("q", &self.q),
            p.may::<Line<80>>("team", &self.team),
        );
        let (customer, interpreter) = (
            p.may::<CustomerId>("customer", &self.customer),
            p.may::<InterpreterId>("interpreter", &self.interpreter),
        );
        let client = p.may::<LepClientId>("client", &self.client);
        let open = self.status.raw().trim() == "open";
        let status = if open {
            None
        } else {
            p.may::<Status>("status", &self.status)
        };
        let cursor = p.may::<Place>("cursor", &self.cursor);
        if !p.is_empty() {
            return Err(p.into());
        }
        if let Some(day) = from {
            filter.and("starts_at >= ?", zone.midnight(day).micros());
        }
        if let Some(day) = to {
            filter.and("starts_at < ?", zone.midnight(day.plus_days(1)).micros());
        }
        if let Some(status) = status {
            filter.and("status = ?", status.word());
        }
        if open {
            filter.sql += " and status in ('requested', 'pending', 'unassigned')";
        }
        if let Some(name) = team {
            let team = team_named(tx, name.as_str())
                .await?
                .ok_or_else(|| Refusal::invalid("team", "is not a team of this workspace"))?;
            filter.and("team_id = ?", Val::text(team.id));
        }
        if let Some(language) = language {
            filter.and("language = ?", language.tag());
        }
        if let Some(customer) = customer {
            filter.and("customer_id = ?", Val::text(customer));
        }
        if let Some(interpreter) = interpreter {
            filter.and(
                "id in (select appointment_id from seat where interpreter_id = ?)",
                Val::text(interpreter),
            );
        }
        if let Some(client) = client {
            filter.and("client_id = ?", Val::text(client));
        }
        if let Some(q) = q {
            filter.and(
                &format!("{} like lower(?) escape '\\'", reference::KEY),
                reference::holding(q.0.as_str()),
            );
        }
        if let Some(place) = cursor {
            let (at, id) = (
                filter.bind(place.starts_at),
                filter.bind(Val::text(place.id)),
            );
            filter.sql += &format!(" and (starts_at, id) > ({at}, {id})");
        }
        Ok(())
    }
}
