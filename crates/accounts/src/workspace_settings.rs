//! A workspace's name, address and working rules (AC5, AC12).
use crate::{BusinessSettings, Workspace, security::number};
use interpres_gate::{
    Action, Command, Granted, Office, Query, ReadTx, Refusal, WeekStart, WriteTx, async_trait,
};
use interpres_types::{Field, Language, Line, Problems, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The workspace's settings.
#[derive(Clone, Debug)]
pub struct ShowWorkspace;

/// The current settings.
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
        let office = workspace.office();
        let business = workspace.business();
        Ok(WorkspaceView {
            version: workspace.version,
            legal_name: business.legal_name.map(String::from).unwrap_or_default(),
            address: business.address.map(String::from).unwrap_or_default(),
            phone: business.phone.map(|p| p.to_string()).unwrap_or_default(),
            email: business.email.map(|e| e.to_string()).unwrap_or_default(),
            week_start: office.week_start,
            languages: office.languages.iter().map(ToString::to_string).collect(),
            holidays: business.holidays.to_string(),
            reveal_hours: office.reveal_hours,
            late_hours: office.late_hours,
            payment_days: business.payment_days,
            zone: workspace.zone.to_string(),
            currency: workspace.currency.to_string(),
            name: workspace.name.into(),
        })
    }
}

/// Input for the settings.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WorkspaceInput {
    /// Its name; required.
    pub name: Field,
    /// The zone its office is in (IANA), such as America/Denver; required. Appointments keep their own.
    pub zone: Field,
    /// Legal name, if different: printed on invoices.
    pub legal_name: Field,
    /// Address, at most five lines: printed on invoices.
    pub address: Field,
    /// Its telephone number.
    pub phone: Field,
    /// Its address for mail.
    pub email: Field,
    /// monday, sunday (default) or saturday.
    pub week_start: Field,
    /// The languages that it is asked for most, by name or tag, separated by semicolons: they are offered first.
    pub languages: Field,
    /// The days on which its office is closed: a line each, the date and its name.
    pub holidays: Field,
    /// Hours before the start from which an assigned interpreter sees the client's name, 1 to 72; required.
    pub reveal_hours: Field,
    /// Hours before the start within which a cancellation is late, 1–168; default 24.
    pub late_hours: Field,
    /// Days from an invoice's date until it is due, 1–180; default 30.
    pub payment_days: Field,
}

impl WorkspaceInput {
    fn business(&self, p: &mut Problems) -> BusinessSettings {
        BusinessSettings {
            legal_name: p.may("legal_name", &self.legal_name),
            address: p.may("address", &self.address),
            phone: p.may("phone", &self.phone),
            email: p.may("email", &self.email),
            holidays: p.may("holidays", &self.holidays).unwrap_or_default(),
            payment_days: number_or(
                p,
                "payment_days",
                &self.payment_days,
                30,
                *BusinessSettings::PAYMENT_DAYS.end(),
            ),
        }
    }
    /// The logo has a page of its own.
    fn office(&self, p: &mut Problems, before: Office) -> Office {
        Office {
            reveal_hours: number(
                p,
                "reveal_hours",
                &self.reveal_hours,
                *Office::REVEAL_HOURS.end(),
            ),
            late_hours: number_or(
                p,
                "late_hours",
                &self.late_hours,
                24,
                *Office::LATE_HOURS.end(),
            ),
            week_start: p
                .may("week_start", &self.week_start)
                .unwrap_or(WeekStart::Sunday),
            languages: languages(p, &self.languages),
            logo: before.logo,
        }
    }
}

/// A whole number from 1 to the maximum; the default if blank.
fn number_or(p: &mut Problems, field: &'static str, raw: &Field, usual: i64, most: i64) -> i64 {
    if raw.is_blank() {
        usual
    } else {
        number(p, field, raw, most)
    }
}

/// The most languages that forms offer first.
const MOST_LANGUAGES: usize = 64;

/// Languages by name, without duplicates.
fn languages(p: &mut Problems, raw: &Field) -> Vec<Language> {
    let mut all: Vec<Language> = Vec::new();
    if raw.raw().split(';').nth(MOST_LANGUAGES).is_some() {
        p.add("languages", "must be 64 or fewer");
        return all;
    }
    for part in raw
        .raw()
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match part.parse::<Language>() {
            Ok(language) if !all.contains(&language) => all.push(language),
            Ok(_) => {}
            Err(rule) => {
                p.add("languages", rule);
                return Vec::new();
            }
        }
    }
    all
}

/// Saves the settings; they apply from the next request.
#[derive(Debug)]
pub struct SetWorkspace {
    /// The version that was seen.
    pub version: Option<i64>,
    /// The input.
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
        let id = tx.actor().workspace();
        let mut workspace: Workspace = tx.find(id).await?;
        let business = self.input.business(&mut p);
        let office = self.input.office(&mut p, workspace.office());
        let (Some(name), Some(zone), true) = (name, zone, p.is_empty()) else {
            return Err(p.into());
        };
        workspace.version = self.version.unwrap_or(workspace.version);
        workspace.name = name;
        workspace.zone = zone;
        workspace.settings.0.put(&business);
        workspace.settings.0.put(&office);
        Ok(SavedWorkspace {
            version: tx.save(&workspace).await?.version,
        })
    }
}
