use crate::member::IN_CHARGE;
use interpres_gate::{
    Action, Command, Granted, Json, NewRecord, ReadTx, Refusal, Val, WriteTx, async_trait, record,
};
use interpres_types::{CustomerId, Field, InterpreterId, Line, Problems, TeamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

record! {
    /// A container that scopes data: an office, a clinic, a sensitive department.
    pub struct Team from NewTeam in "team" by TeamId {
        /// Its name.
        name: Line<80>,
        /// The name folded for comparing; unique.
        name_key: String,
        /// The only customers that it serves, where it is limited to some.
        customers: Option<Json<Vec<CustomerId>>> => IN_CHARGE,
        /// The only interpreters that it assigns.
        interpreters: Option<Json<Vec<InterpreterId>>> => IN_CHARGE,
        /// The only ways of working that it schedules, by word.
        service_types: Option<Json<Vec<String>>> => IN_CHARGE,
    }
}

impl Team {
    /// A new one, limited to nothing.
    #[must_use]
    pub fn new(tx: &WriteTx, name: Line<80>) -> Self {
        let name_key = fold(name.as_str());
        NewTeam { name, name_key }.blank(tx.mint(), None)
    }
}

/// Normalizes a name so that both engines compare and sort it the same: lower case, single spaces. Characters that no
/// name contains, like the NUL that PostgreSQL rejects, count as spaces.
#[must_use]
pub fn fold(name: &str) -> String {
    let words = name
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The team of this name, however it is capitalised or spaced.
///
/// # Errors
/// A fault of the database.
pub async fn team_named(tx: &mut ReadTx, name: &str) -> Result<Option<Team>, Refusal> {
    Ok(tx
        .list("where name_key = $1", vec![Val::Text(fold(name))])
        .await?
        .pop())
}

/// Teams that a workspace can have; every list of them reads as many.
const MOST_TEAMS: i64 = 500;

/// Every team of the workspace within the actor's reach, by name.
///
/// # Errors
/// A fault of the database.
pub async fn all_teams(tx: &mut ReadTx) -> Result<Vec<Team>, Refusal> {
    tx.list("order by name_key limit $1", vec![MOST_TEAMS.into()])
        .await
}

/// Team input.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TeamInput {
    /// Its name; required.
    pub name: Field,
}

/// Adds a team, or renames one.
#[derive(Debug)]
pub struct SaveTeam {
    /// Which; a new one without.
    pub id: Option<TeamId>,
    /// The input.
    pub input: TeamInput,
}

/// A team that was saved.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedTeam {
    /// Its id.
    pub id: TeamId,
}

#[async_trait]
impl Command for SaveTeam {
    const ACTION: Action = Action::TeamSave;
    type Outcome = SavedTeam;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<SavedTeam, Refusal> {
        let mut p = Problems::none();
        let name = p.need::<Line<80>>("name", &self.input.name).ok_or(p)?;
        let name_key = fold(name.as_str());
        if team_named(tx, name.as_str())
            .await?
            .is_some_and(|team| Some(team.id) != self.id)
        {
            return Err(Refusal::invalid("name", "is already a team’s name"));
        }
        let team = match self.id {
            Some(id) => Team {
                name,
                name_key,
                ..tx.find::<Team>(id).await?
            },
            None => {
                tx.room_for_one_more::<Team>("", MOST_TEAMS, "teams")
                    .await?;
                Team::new(tx, name)
            }
        };
        Ok(SavedTeam {
            id: tx.save(&team).await?.id,
        })
    }
}
