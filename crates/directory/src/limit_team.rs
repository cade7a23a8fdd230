//! What a team is limited to (AC4): customers it serves, interpreters it assigns, ways of working.
use crate::ServiceType;
use interpres_accounts::{Team, fold};
use interpres_gate::{
    Action, Command, Granted, Json, Query, ReadTx, Refusal, Val, WriteTx, async_trait, bind_list,
};
use interpres_types::{CustomerId, Email, Field, InterpreterId, Problems, Rule, TeamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, str::FromStr};

/// The most that a team can be limited to of each, and so the most that is read of a limit: beyond that it is no longer a short list.
const MOST: usize = 500;

/// What a team is limited to.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LimitInput {
    /// Customers by name or id, separated by semicolons or lines; all of them unless said.
    pub customers: Field,
    /// Interpreters by email address or id, separated by semicolons or lines; all of them unless said.
    pub interpreters: Field,
    /// in-person, video, phone, separated by semicolons; all of them unless said.
    pub service_types: Field,
}

/// Limits a team, or lifts its limits. What is booked already stays.
#[derive(Debug)]
pub struct LimitTeam {
    /// Which.
    pub id: TeamId,
    /// The version that was seen.
    pub version: Option<i64>,
    /// To what.
    pub input: LimitInput,
}

/// The version of the team's record now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct LimitedTeam {
    /// The version.
    pub version: i64,
}

fn pieces(raw: &Field) -> Vec<&str> {
    raw.raw()
        .split([';', '\n', '\r'])
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// The ids that go by each of these words, all asked for at once.
async fn known<I: FromStr + Copy>(
    tx: &mut ReadTx,
    sql: &str,
    words: &[String],
) -> Result<HashMap<String, Vec<I>>, Refusal> {
    let mut found: HashMap<String, Vec<I>> = HashMap::new();
    if words.is_empty() {
        return Ok(found);
    }
    let mut args = Vec::new();
    let list = bind_list(&mut args, words.iter().map(Val::text).collect());
    for row in tx
        .rows(
            &format!("{sql} in ({list}) order by word limit {}", 2 * MOST),
            args,
        )
        .await?
    {
        let id = row
            .text("id")?
            .parse()
            .map_err(|_| Refusal::fault("an id can't be read"))?;
        found
            .entry(row.text("word")?.to_owned())
            .or_default()
            .push(id);
    }
    Ok(found)
}

async fn customers(
    tx: &mut ReadTx,
    p: &mut Problems,
    raw: &Field,
) -> Result<Vec<CustomerId>, Refusal> {
    let (ids, names): (Vec<&str>, Vec<&str>) = pieces(raw)
        .into_iter()
        .partition(|piece| piece.parse::<CustomerId>().is_ok());
    let names: Vec<String> = names.into_iter().map(fold).collect();
    let found = known(
        tx,
        "select id, name_key as word from customer_card where name_key",
        &names,
    )
    .await?;
    let mut all: Vec<CustomerId> = ids.into_iter().filter_map(|id| id.parse().ok()).collect();
    for name in &names {
        match found.get(name).map(Vec::as_slice) {
            Some([one]) => all.push(*one),
            None | Some([]) => p.add("customers", "must be names of customers of this workspace"),
            Some(_) => p.add(
                "customers",
                Rule::new("holds a name that several customers share; choose which"),
            ),
        }
    }
    Ok(all)
}

async fn interpreters(
    tx: &mut ReadTx,
    p: &mut Problems,
    raw: &Field,
) -> Result<Vec<InterpreterId>, Refusal> {
    let (ids, addresses): (Vec<&str>, Vec<&str>) = pieces(raw)
        .into_iter()
        .partition(|piece| piece.parse::<InterpreterId>().is_ok());
    let by_id: Vec<InterpreterId> = ids.into_iter().filter_map(|id| id.parse().ok()).collect();
    let addresses: Vec<Option<String>> = addresses
        .into_iter()
        .map(|piece| piece.parse::<Email>().ok().map(|email| email.to_string()))
        .collect();
    let asked: Vec<String> = addresses.iter().flatten().cloned().collect();
    let found = known(
        tx,
        "select id, email as word from interpreter_address where email",
        &asked,
    )
    .await?;
    let ids: Option<Vec<InterpreterId>> = addresses
        .iter()
        .map(|address| found.get(address.as_ref()?)?.first().copied())
        .collect();
    let by_address = ids.unwrap_or_else(|| {
        p.add(
            "interpreters",
            "must be email addresses of interpreters of this workspace",
        );
        Vec::new()
    });
    Ok(by_id.into_iter().chain(by_address).collect())
}

/// A limit as it is kept: none where nothing was said.
fn limit<T>(some: Vec<T>) -> Option<Json<Vec<T>>> {
    if some.is_empty() {
        None
    } else {
        Some(Json(some))
    }
}

#[async_trait]
impl Command for LimitTeam {
    const ACTION: Action = Action::TeamLimit;
    type Outcome = LimitedTeam;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<LimitedTeam, Refusal> {
        let mut team: Team = tx.find(self.id).await?;
        team.version = self.version.unwrap_or(team.version);
        let mut p = Problems::none();
        for (field, raw) in [
            ("customers", &self.input.customers),
            ("interpreters", &self.input.interpreters),
            ("service_types", &self.input.service_types),
        ] {
            if pieces(raw).len() > MOST {
                p.add(field, Rule::new("must be 500 at most"));
            }
        }
        if !p.is_empty() {
            return Err(p.into());
        }
        let customers = customers(tx, &mut p, &self.input.customers).await?;
        let interpreters = interpreters(tx, &mut p, &self.input.interpreters).await?;
        let types: Result<Vec<ServiceType>, Rule> = pieces(&self.input.service_types)
            .into_iter()
            .map(str::parse)
            .collect();
        let types = types.unwrap_or_else(|rule| {
            p.add("service_types", rule);
            Vec::new()
        });
        if !p.is_empty() {
            return Err(p.into());
        }
        team.customers = limit(customers);
        team.interpreters = limit(interpreters);
        team.service_types = limit(types.iter().map(|t| t.word().to_owned()).collect());
        Ok(LimitedTeam {
            version: tx.save(&team).await?.version,
        })
    }
}

/// What a team is limited to.
#[derive(Debug)]
pub struct ShowTeam(pub TeamId);

/// A team with its limits, as those in charge see it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TeamView {
    /// Its id.
    pub id: TeamId,
    /// Its version.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Names of the only customers it serves; all of them where there is none.
    pub customers: Vec<String>,
    /// Addresses of the only interpreters it assigns.
    pub interpreters: Vec<String>,
    /// The only ways of working it schedules.
    pub service_types: Vec<String>,
    /// The only customers by id, for choosing among them.
    #[serde(skip)]
    pub only_customers: Vec<Limited>,
    /// The only interpreters by id, for choosing among them.
    #[serde(skip)]
    pub only_interpreters: Vec<Limited>,
}

/// One that a team is limited to.
#[derive(Debug)]
pub struct Limited {
    /// Its id.
    pub id: String,
    /// What tells it from others.
    pub words: String,
}

async fn said(tx: &mut ReadTx, sql: &str, ids: Vec<Val>) -> Result<Vec<Limited>, Refusal> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut args = Vec::new();
    let list = bind_list(&mut args, ids);
    let rows = tx
        .rows(
            &format!("{sql} where id in ({list}) order by said limit {MOST}"),
            args,
        )
        .await?;
    let limited = |row: &interpres_gate::Row| -> Result<Limited, Refusal> {
        Ok(Limited {
            id: row.text("id")?.to_owned(),
            words: row.text("said")?.to_owned(),
        })
    };
    rows.iter().map(limited).collect()
}

/// The words alone.
fn words(all: &[Limited]) -> Vec<String> {
    all.iter().map(|one| one.words.clone()).collect()
}

#[async_trait]
impl Query for ShowTeam {
    const ACTION: Action = Action::TeamShow;
    type View = TeamView;
    async fn answer(self, tx: &mut ReadTx) -> Result<TeamView, Refusal> {
        let team: Team = tx.find(self.0).await?;
        let customers: Vec<Val> = team
            .customers
            .map(|c| c.0)
            .unwrap_or_default()
            .iter()
            .map(Val::text)
            .collect();
        let interpreters: Vec<Val> = team
            .interpreters
            .map(|i| i.0)
            .unwrap_or_default()
            .iter()
            .map(Val::text)
            .collect();
        let only_customers =
            said(tx, "select id, name as said from customer_card", customers).await?;
        let addresses = said(
            tx,
            "select id, email as said from interpreter_address",
            interpreters.clone(),
        )
        .await?;
        let names = said(
            tx,
            "select id, first_name || ' ' || last_name as said from interpreter_card",
            interpreters,
        )
        .await?;
        let with_address = |one: Limited| {
            let address = addresses.iter().find(|a| a.id == one.id);
            Limited {
                words: address.map_or(one.words.clone(), |a| {
                    format!("{} – {}", one.words, a.words)
                }),
                id: one.id,
            }
        };
        Ok(TeamView {
            id: team.id,
            version: team.version,
            name: team.name.into(),
            customers: words(&only_customers),
            interpreters: words(&addresses),
            service_types: team.service_types.map(|t| t.0).unwrap_or_default(),
            only_customers,
            only_interpreters: names.into_iter().map(with_address).collect(),
        })
    }
}

/// Refuses what a team is not for: another customer, or another way of working.
///
/// # Errors
/// [`Refusal::Invalid`].
pub async fn within_team(
    tx: &mut ReadTx,
    team: TeamId,
    customer: CustomerId,
    way: ServiceType,
) -> Result<(), Refusal> {
    let Some(team) = tx.may_find::<Team>(team).await? else {
        return Ok(());
    };
    if team.customers.is_some_and(|only| !only.contains(&customer)) {
        return Err(Refusal::invalid(
            "customer",
            "is not one of those that this team serves",
        ));
    }
    if team
        .service_types
        .is_some_and(|only| !only.iter().any(|word| word == way.word()))
    {
        return Err(Refusal::invalid(
            "service_type",
            "is not one of those that this team schedules",
        ));
    }
    Ok(())
}

/// The only interpreters that a team assigns, where it is limited to some.
///
/// # Errors
/// A fault of the database.
pub async fn assignable(
    tx: &mut ReadTx,
    team: TeamId,
) -> Result<Option<Vec<InterpreterId>>, Refusal> {
    Ok(tx
        .may_find::<Team>(team)
        .await?
        .and_then(|team| team.interpreters)
        .map(|only| only.0))
}
