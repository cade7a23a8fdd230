use crate::{CustomRole, Member, Team, role::shown};
use interpres_gate::{Action, Permission, PersonState, Query, ReadTx, Refusal};
use interpres_types::{CustomerId, Field, MemberId, Problems, TeamId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The workspace's people, by name; at most 500.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListPeople {
    /// active unless said, or ended for those who were deactivated.
    pub state: Field,
}

/// A person of the workspace.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PersonCard {
    /// The membership.
    pub id: MemberId,
    /// The person.
    pub user: UserId,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Telephone, where they said one.
    pub phone: Option<String>,
    /// Role, by name.
    pub role: String,
    /// What they would be given anew: a built-in role's name, or the id of one of the workspace's own.
    pub role_id: String,
    /// Teams.
    pub teams: Vec<TeamId>,
    /// The customer a requester files for.
    pub customer: Option<CustomerId>,
    /// Whether they can come in.
    pub active: bool,
    /// Whether they have a second factor.
    pub enrolled: Option<bool>,
}

/// A member's card.
pub(crate) async fn card(tx: &mut ReadTx, m: Member) -> Result<PersonCard, Refusal> {
    let roles = match m.role_id {
        Some(_) => tx.list::<CustomRole>("order by name_key limit 200", vec![]).await?,
        None => Vec::new(),
    };
    Ok(made(m, &roles, &[]))
}

fn made(m: Member, roles: &[CustomRole], states: &[PersonState]) -> PersonCard {
    let (role, role_id) = shown(&m.role, m.role_id, roles);
    PersonCard {
        id: m.id,
        user: m.user_id,
        name: m.name.into(),
        email: m.email.to_string(),
        phone: m.phone.map(|phone| phone.to_string()),
        role,
        role_id,
        teams: m.team_ids.0,
        customer: m.customer_id,
        active: m.ended_at.is_none(),
        enrolled: states.iter().find(|s| s.user == m.user_id).map(|s| s.enrolled),
    }
}

impl Query for ListPeople {
    const ACTION: Action = Action::MembersList;
    const PERMISSION: Permission = Permission::ViewMembers;
    type View = Vec<PersonCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<PersonCard>, Refusal> {
        let condition = match self.state.raw() {
            "" | "active" => "ended_at is null",
            "ended" => "ended_at is not null and removed_at is null",
            _ => return Err(Problems::one("state", "must be active or ended").into()),
        };
        let members: Vec<Member> = tx.list(&format!("where {condition} order by name, id limit 500"), vec![]).await?;
        let roles: Vec<CustomRole> = tx.list("order by name_key limit 200", vec![]).await?;
        let in_charge = tx.actor().may(Permission::EditMembers) || tx.actor().may(Permission::ViewReadiness);
        let states = if in_charge { tx.person_states(None).await? } else { Vec::new() };
        Ok(members.into_iter().map(|m| made(m, &roles, &states)).collect())
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
