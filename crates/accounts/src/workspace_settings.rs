//! What a workspace is called, where it is, and how it goes about its work (AC5, AC12).
use crate::{Holidays, PAYMENT_DAYS, Workspace, security::number};
use interpres_gate::{
    Action, Command, Granted, LATE_HOURS, Query, REVEAL_HOURS, ReadTx, Refusal, WeekStart, WriteTx,
    async_trait,
};
use interpres_types::{Email, Field, Language, Line, Note, Phone, Problems, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The workspace's settings.
#[derive(Clone, Debug)]
pub struct ShowWorkspace;

/// The settings as they stand.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WorkspaceView {
    /// The version of the workspace's record.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// The zone its office is in (IANA).
    pub zone: String,
    /// The currency it bills in.
    pub currency: String,
    /// Its name in law, where it is another.
    pub legal_name: String,
    /// Its address, a line each.
    pub address: String,
    /// Its telephone number.
    pub phone: String,
    /// Its address for mail.
    pub email: String,
    /// The day on which its week begins.
    pub week_start: WeekStart,
    /// The languages that it is asked for most, by name.
    pub languages: Vec<String>,
    /// The days on which its office is closed, a line each.
    pub holidays: String,
    /// Hours before the start from which an assigned interpreter sees the client's name.
    pub reveal_hours: i64,
    /// Hours before the start inside which a cancellation is late.
    pub late_hours: i64,
    /// Days from an invoice's date until it is due.
    pub payment_days: i64,
}

#[async_trait]
impl Query for ShowWorkspace {
    const ACTION: Action = Action::WorkspaceShow;
    type View = WorkspaceView;
    async fn answer(self, tx: &mut ReadTx) -> Result<WorkspaceView, Refusal> {
        let workspace: Workspace = tx.find(tx.actor().workspace()).await?;
        let said = |name: &str| workspace.settings.0.get(name).cloned().unwrap_or_default();
        let office = workspace.office();
        Ok(WorkspaceView {
            version: workspace.version,
            legal_name: said("legal_name"),
            address: said("address"),
            phone: said("phone"),
            email: said("email"),
            week_start: office.week_start,
            languages: office.languages.iter().map(ToString::to_string).collect(),
            holidays: workspace.holidays().to_string(),
            reveal_hours: office.reveal_hours,
            late_hours: office.late_hours,
            payment_days: workspace.payment_days(),
            zone: workspace.zone.to_string(),
            currency: workspace.currency.to_string(),
            name: workspace.name.into(),
        })
    }
}

/// What they shall be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WorkspaceInput {
    /// Its name; required.
    pub name: Field,
    /// The zone its office is in (IANA), such as America/Denver; required. Appointments keep their own.
    pub zone: Field,
    /// Its name in law, where it is another: it stands on invoices.
    pub legal_name: Field,
    /// Its address, at most five lines: it stands on invoices.
    pub address: Field,
    /// Its telephone number.
    pub phone: Field,
    /// Its address for mail.
    pub email: Field,
    /// monday, sunday or saturday; sunday unless said.
    pub week_start: Field,
    /// The languages that it is asked for most, by name or tag, separated by semicolons: they are offered first.
    pub languages: Field,
    /// The days on which its office is closed: a line each, the date and its name.
    pub holidays: Field,
    /// Hours before the start from which an assigned interpreter sees the client's name, 1 to 72; required.
    pub reveal_hours: Field,
    /// Hours before the start inside which a cancellation is late, 1 to 168; 24 unless said.
    pub late_hours: Field,
    /// Days from an invoice's date until it is due, 1 to 180; 30 unless said.
    pub payment_days: Field,
}

impl WorkspaceInput {
    /// The settings by name, as they are kept; what was left empty is not.
    fn settings(&self, p: &mut Problems) -> Vec<(&'static str, String)> {
        let hours = |p: &mut Problems, name, raw: &Field, (usual, most)| {
            if raw.is_blank() {
                usual
            } else {
                number(p, name, raw, most)
            }
            .to_string()
        };
        let text = |kept: Option<String>| kept.unwrap_or_default();
        vec![
            (
                "legal_name",
                text(
                    p.may::<Line<160>>("legal_name", &self.legal_name)
                        .map(Into::into),
                ),
            ),
            (
                "address",
                text(p.may::<Note<400>>("address", &self.address).map(Into::into)),
            ),
            (
                "phone",
                text(
                    p.may::<Phone>("phone", &self.phone)
                        .map(|phone| phone.to_string()),
                ),
            ),
            (
                "email",
                text(
                    p.may::<Email>("email", &self.email)
                        .map(|email| email.to_string()),
                ),
            ),
            (
                "week_start",
                text(
                    p.may::<WeekStart>("week_start", &self.week_start)
                        .map(|day| day.to_string()),
                ),
            ),
            ("languages", languages(p, &self.languages)),
            (
                "holidays",
                text(
                    p.may::<Holidays>("holidays", &self.holidays)
                        .map(|days| days.to_string()),
                ),
            ),
            (
                "reveal_hours",
                number(p, "reveal_hours", &self.reveal_hours, REVEAL_HOURS.1).to_string(),
            ),
            (
                "late_hours",
                hours(p, "late_hours", &self.late_hours, LATE_HOURS),
            ),
            (
                "payment_days",
                hours(p, "payment_days", &self.payment_days, PAYMENT_DAYS),
            ),
        ]
    }
}

/// Languages by tag, as they were told by name.
fn languages(p: &mut Problems, raw: &Field) -> String {
    let mut tags: Vec<&'static str> = Vec::new();
    for part in raw
        .raw()
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match part.parse::<Language>() {
            Ok(language) if !tags.contains(&language.tag()) => tags.push(language.tag()),
            Ok(_) => {}
            Err(rule) => {
                p.add("languages", rule);
                return String::new();
            }
        }
    }
    tags.join(";")
}

/// Sets them; they hold from the next request on.
#[derive(Debug)]
pub struct SetWorkspace {
    /// The version that was seen.
    pub version: Option<i64>,
    /// What they shall be.
    pub input: WorkspaceInput,
}

/// The version of the workspace's record now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedWorkspace {
    /// The version.
    pub version: i64,
}

#[async_trait]
impl Command for SetWorkspace {
    const ACTION: Action = Action::WorkspaceSet;
    type Outcome = SavedWorkspace;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<SavedWorkspace, Refusal> {
        let mut p = Problems::none();
        let (name, zone) = (
            p.need::<Line<120>>("name", &self.input.name),
            p.need::<Zone>("zone", &self.input.zone),
        );
        let settings = self.input.settings(&mut p);
        let (Some(name), Some(zone), true) = (name, zone, p.is_empty()) else {
            return Err(p.into());
        };
        let id = tx.actor().workspace();
        let mut workspace: Workspace = tx.find(id).await?;
        workspace.version = self.version.unwrap_or(workspace.version);
        (workspace.name, workspace.zone) = (name, zone);
        for (name, value) in settings {
            match value.is_empty() {
                true => workspace.settings.0.remove(name),
                false => workspace.settings.0.insert(name.to_owned(), value),
            };
        }
        Ok(SavedWorkspace {
            version: tx.save(&workspace).await?.version,
        })
    }
}
