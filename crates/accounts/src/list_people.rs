use crate::{
    CustomRole, Member, ReachBy, fold,
    member::BY_NAME,
    role::{own_roles, shown},
    team::all_teams,
};
use interpres_gate::{
    Action, Filter, Page, Permission, PersonState, Query, ReadTx, Refusal, async_trait, literal,
};
use interpres_types::{
    CustomerId, Email, Field, Line, MemberId, PictureId, Problems, TeamId, UserId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The workspace's people, by name.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListPeople {
    /// active unless said, or ended for those who were deactivated.
    pub state: Field,
    /// The beginning of one of their names, or of the address.
    pub q: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
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
    /// How colleagues best reach them, where they said so.
    pub reach_by: Option<ReachBy>,
    /// Their photo, under `/pictures/`.
    pub photo: Option<PictureId>,
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
    #[serde(skip)]
    cursor: String,
}

/// A member's card.
pub(crate) async fn card(tx: &mut ReadTx, m: Member) -> Result<PersonCard, Refusal> {
    let roles = match m.role_id {
        Some(_) => own_roles(tx).await?,
        None => Vec::new(),
    };
    Ok(made(m, &roles, &BTreeMap::new()))
}

fn made(m: Member, roles: &[CustomRole], states: &BTreeMap<UserId, PersonState>) -> PersonCard {
    let (role, role_id) = shown(&m.role, m.role_id, roles);
    PersonCard {
        cursor: Filter::place(&m.sorted_by(), m.id),
        id: m.id,
        user: m.user_id,
        name: m.name.into(),
        email: m.email.to_string(),
        phone: m.phone.map(|phone| phone.to_string()),
        reach_by: m.reach_by,
        photo: m.photo,
        role,
        role_id,
        teams: m.team_ids.0,
        customer: m.customer_id,
        active: m.ended_at.is_none(),
        enrolled: states.get(&m.user_id).map(|s| s.enrolled),
    }
}

/// The beginning of a text.
fn beginning(text: &str) -> String {
    format!("{}%", literal(text))
}

#[async_trait]
impl Query for ListPeople {
    const ACTION: Action = Action::MembersList;
    type View = Page<PersonCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<PersonCard>, Refusal> {
        let mut p = Problems::none();
        let (limit, q) = (p.page_limit(&self.limit), p.may::<Line<120>>("q", &self.q));
        let condition = match self.state.raw() {
            "" | "active" => "ended_at is null",
            "ended" => "ended_at is not null and removed_at is null",
            _ => {
                p.add("state", "must be active or ended");
                ""
            }
        };
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::begin(&format!("where {condition}"), Vec::new());
        if let Some(q) = q {
            let q = fold(q.as_str());
            let (first, later) = (
                filter.bind(beginning(&q)),
                filter.bind(format!("% {}", beginning(&q))),
            );
            filter.sql += &format!(
                " and ({BY_NAME} like {first} escape '\\' or {BY_NAME} like {later} escape '\\' or email like {first} escape '\\')"
            );
        }
        filter.after(BY_NAME, &self.cursor)?;
        let filter = filter.page(&format!("{BY_NAME}, id"), limit);
        let members: Vec<Member> = tx.list(&filter.sql, filter.args).await?;
        let roles = own_roles(tx).await?;
        let in_charge =
            tx.actor().may(Permission::EditMembers) || tx.actor().may(Permission::ViewReadiness);
        let users: Vec<UserId> = members.iter().map(|m| m.user_id).collect();
        let states = if in_charge {
            tx.person_states(&users).await?
        } else {
            BTreeMap::new()
        };
        let cards = members
            .into_iter()
            .map(|m| made(m, &roles, &states))
            .collect();
        Ok(Page::cut(cards, limit, |card: &PersonCard| {
            card.cursor.clone()
        }))
    }
}

/// The person of this id, address, name or part of a name, deactivated or not.
#[derive(Debug)]
pub struct FindPerson(pub Field);

#[async_trait]
impl Query for FindPerson {
    const ACTION: Action = Action::MembersList;
    type View = PersonCard;
    async fn answer(self, tx: &mut ReadTx) -> Result<PersonCard, Refusal> {
        let said = self.0.raw().trim();
        let (condition, value) = match (said.parse::<UserId>(), said.parse::<Email>()) {
            (Ok(user), _) => ("user_id", user.to_string()),
            (_, Ok(email)) => ("email", email.to_string()),
            _ => (BY_NAME, fold(said)),
        };
        let mut found: Vec<Member> = tx
            .list(
                &format!("where {condition} = $1 order by id limit 2"),
                vec![value.into()],
            )
            .await?;
        if found.is_empty() && condition == BY_NAME {
            let mut filter = Filter::begin("where removed_at is null", Vec::new());
            filter.holds(BY_NAME, &fold(said));
            let sql = format!("{} order by id limit 2", filter.sql);
            found = tx.list(&sql, filter.args).await?;
        }
        match (found.pop(), found.is_empty()) {
            (Some(member), true) => card(tx, member).await,
            (Some(_), false) => Err(Refusal::invalid(
                "actor",
                "matches several people. Type the full name or the email",
            )),
            (None, _) => Err(Refusal::invalid(
                "actor",
                "matches no member. Type a name or an email",
            )),
        }
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
    /// How many members belong to it, for those who see members.
    pub members: Option<i64>,
}

#[async_trait]
impl Query for ListTeams {
    const ACTION: Action = Action::TeamsList;
    type View = Vec<TeamCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<TeamCard>, Refusal> {
        let teams = all_teams(tx).await?;
        let own = tx.actor().rights().teams.clone();
        let belong = if tx.actor().may(Permission::ViewMembers) {
            Some(belong(tx).await?)
        } else {
            None
        };
        let members = |id| {
            belong
                .as_ref()
                .map(|counts| counts.get(&id).copied().unwrap_or_default())
        };
        Ok(teams
            .into_iter()
            .map(|t| TeamCard {
                id: t.id,
                own: own.contains(&t.id),
                members: members(t.id),
                name: t.name.into(),
            })
            .collect())
    }
}

/// How many members belong to each team.
async fn belong(tx: &mut ReadTx) -> Result<BTreeMap<TeamId, i64>, Refusal> {
    let mut counts = BTreeMap::new();
    for row in tx
        .rows(
            "select team_ids, count(*) as n from member where ended_at is null group by team_ids",
            vec![],
        )
        .await?
    {
        let teams: Vec<TeamId> =
            serde_json::from_str(row.text("team_ids")?).map_err(Refusal::fault)?;
        let n = row.int("n")?;
        teams
            .into_iter()
            .for_each(|team| *counts.entry(team).or_default() += n);
    }
    Ok(counts)
}
