use crate::{
    CustomRole, Member, ReachBy, fold,
    member::BY_NAME,
    role::{GivenRole, own_roles, shown},
    team::{all_teams, team_named},
};
use interpres_gate::{
    Action, Filter, Page, Past, Permission, PersonState, Query, ReadTx, Refusal, SortKey, Sorted,
    Val, WHOLE, async_trait, unaccented, words,
};
use interpres_types::{
    CustomerId, Email, Field, Instant, Line, MemberId, PictureId, Problems, TeamId, UserId,
    searchable,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::LazyLock};

/// What people are found by: the name and the e-mail address, folded, without accents.
static HAYSTACK: LazyLock<String> =
    LazyLock::new(|| unaccented(&format!("({BY_NAME} || ' ' || email)")));

words! {
    /// What a list of people is sorted by.
    PeopleSortBy, "must be name" {
        /// By name.
        Name = "name", "Name";
    }
}

impl SortKey for PeopleSortBy {
    const USUAL: Sorted<Self> = Sorted::up(Self::Name);
}

/// The workspace's people, by name.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListPeople {
    /// `active` (default), or `ended` for deactivated members.
    pub state: Field,
    /// A part of their name or of the address, whatever its accents and capitals.
    pub q: Field,
    /// The name of a built-in role, or the id of one of the workspace's own.
    pub role: Field,
    /// A team's name.
    pub team: Field,
    /// Only these ids, separated by commas, up to 200.
    pub ids: Field,
    /// `name`, or `-name` for descending.
    pub sort: Field,
    /// Page cursor.
    pub cursor: Field,
    /// Offset, instead of a cursor.
    pub past: Field,
    /// Page size, 1–200; default 50.
    pub limit: Field,
}

/// A person of the workspace.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PersonCard {
    /// The membership.
    pub id: MemberId,
    /// The person.
    pub user: UserId,
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Telephone, if given.
    pub phone: Option<String>,
    /// Preferred contact method, if given.
    pub reach_by: Option<ReachBy>,
    /// Their photo, under `/pictures/`.
    pub photo: Option<PictureId>,
    /// Role, by name.
    pub role: String,
    /// The value to send to assign this role: a built-in role's name, or a custom role's id.
    pub role_id: String,
    /// Teams.
    pub teams: Vec<TeamId>,
    /// The customer a requester files for.
    pub customer: Option<CustomerId>,
    /// Whether they can sign in.
    pub active: bool,
    /// Whether they have a second factor.
    pub enrolled: Option<bool>,
    /// When they last signed in.
    pub last_sign_in_at: Option<Instant>,
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
        last_sign_in_at: states.get(&m.user_id).and_then(|s| s.last_sign_in_at),
    }
}

impl ListPeople {
    /// Who is meant, as conditions.
    async fn conditions(&self, tx: &mut ReadTx, p: &mut Problems) -> Result<Filter, Refusal> {
        let q = p.may::<Line<120>>("q", &self.q);
        let condition = match self.state.raw() {
            "" | "active" => "ended_at is null",
            "ended" => "ended_at is not null and removed_at is null",
            _ => {
                p.add("state", "must be active or ended");
                ""
            }
        };
        let mut filter = Filter::begin(&format!("where {condition}"), Vec::new());
        if let Some(q) = q {
            filter.holds(&HAYSTACK, &searchable(q.as_str()));
        }
        if !self.role.is_blank() {
            match GivenRole::or_problem(GivenRole::read(tx, &self.role).await, p)? {
                Some(GivenRole::BuiltIn(role)) => filter.and("role = ?", role.to_string()),
                Some(GivenRole::Own(id, _)) => filter.and("role_id = ?", Val::text(id)),
                None => {}
            }
        }
        filter.among(p, &self.ids);
        if !self.team.is_blank() {
            match team_named(tx, self.team.raw()).await? {
                Some(team) => filter.and("team_ids like ?", format!("%\"{}\"%", team.id)),
                None => p.add("team", "must be a team of this workspace"),
            }
        }
        Ok(filter)
    }
}

#[async_trait]
impl Query for ListPeople {
    const ACTION: Action = Action::MembersList;
    type View = Page<PersonCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<PersonCard>, Refusal> {
        self.found(tx, None).await
    }
}

/// All that a list of people holds, to be taken away as a file.
#[derive(Debug)]
pub struct ExportPeople(pub ListPeople);

#[async_trait]
impl Query for ExportPeople {
    const ACTION: Action = Action::MembersExport;
    type View = Vec<PersonCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<PersonCard>, Refusal> {
        let list = ListPeople {
            past: Field::default(),
            cursor: Field::default(),
            ..self.0
        };
        list.found(tx, Some(WHOLE)).await?.whole()
    }
}

impl ListPeople {
    /// A page of it, of so many where it is said.
    async fn found(
        self,
        tx: &mut ReadTx,
        most: Option<usize>,
    ) -> Result<Page<PersonCard>, Refusal> {
        let mut p = Problems::none();
        let limit = p.page_limit(&self.limit);
        let limit = most.unwrap_or(limit);
        let past = p.may::<Past>("past", &self.past);
        let sort = p
            .may::<Sorted<PeopleSortBy>>("sort", &self.sort)
            .unwrap_or_default();
        if (past.is_some() || !sort.is_usual()) && !self.cursor.is_blank() {
            p.add("cursor", "can't be used with past or a sort");
        }
        let mut filter = self.conditions(tx, &mut p).await?;
        if !p.is_empty() {
            return Err(p.into());
        }
        filter.after(BY_NAME, &self.cursor)?;
        let filter = filter
            .page(&format!("{BY_NAME}{way}, id{way}", way = sort.way()), limit)
            .past(past.unwrap_or_default());
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

/// Number of people in a list, regardless of page.
#[derive(Debug)]
pub struct CountPeople(pub ListPeople);

#[async_trait]
impl Query for CountPeople {
    const ACTION: Action = Action::MembersList;
    type View = i64;
    async fn answer(self, tx: &mut ReadTx) -> Result<i64, Refusal> {
        let mut p = Problems::none();
        let filter = self.0.conditions(tx, &mut p).await?;
        if !p.is_empty() {
            return Err(p.into());
        }
        tx.count::<Member>(&filter.sql, filter.args).await
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
    /// Whether the actor belongs to it or reaches all teams.
    pub own: bool,
    /// Number of members, for those who can see members.
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

/// Number of members per team.
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
