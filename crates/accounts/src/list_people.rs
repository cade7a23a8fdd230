use crate::{Member, Team};
use interpres_gate::{Action, Permission, Query, ReadTx, Refusal};
use interpres_types::{MemberId, TeamId, UserId};
use schemars::JsonSchema;
use serde::Serialize;

/// The workspace's people, by name; at most 500.
#[derive(Clone, Debug)]
pub struct ListPeople;

/// A person of the workspace.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PersonCard {
    /// The membership.
    pub id: MemberId,
    /// The person.
    pub user: UserId,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Role.
    pub role: String,
    /// Teams.
    pub teams: Vec<TeamId>,
}

impl Query for ListPeople {
    const ACTION: Action = Action::MembersList;
    const PERMISSION: Permission = Permission::ViewMembers;
    type View = Vec<PersonCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<PersonCard>, Refusal> {
        let members: Vec<Member> = tx.list("where ended_at is null order by name, id limit 500", vec![]).await?;
        Ok(members
            .into_iter()
            .map(|m| PersonCard { id: m.id, user: m.user_id, name: m.name.into(), email: m.email.to_string(), role: m.role.into(), teams: m.team_ids.0 })
            .collect())
    }
}

/// The workspace's teams, by name; at most 500.
#[derive(Clone, Debug)]
pub struct ListTeams;

/// A team.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TeamCard {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// Whether the actor belongs to it or reaches all.
    pub own: bool,
}

impl Query for ListTeams {
    const ACTION: Action = Action::TeamsList;
    const PERMISSION: Permission = Permission::OwnAccount;
    type View = Vec<TeamCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<TeamCard>, Refusal> {
        let teams: Vec<Team> = tx.list("order by name_key limit 500", vec![]).await?;
        let own = tx.actor().rights().teams.clone();
        Ok(teams.into_iter().map(|t| TeamCard { id: t.id, own: own.contains(&t.id), name: t.name.into() }).collect())
    }
}
