//! Roles that a workspace makes for itself (AC2): sets of the same permissions, never wider than their
//! author's.
use crate::{Member, Service, fold};
use interpres_gate::{
    Action, Command, FieldRule, Grant, Granted, Json, Permission, Query, Reach, ReadTx, Refusal,
    Role, Sheet, Val, WriteTx, async_trait, beyond, record,
};
use interpres_types::{Field, Instant, Line, Problems, RoleId, Rule, TeamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

record! {
    /// A role of a workspace's own.
    pub struct CustomRole from NewCustomRole in "role" by RoleId {
        /// Its name.
        name: Line<60>,
        /// The name folded for comparing; unique, and none of a built-in role.
        name_key: String,
        /// Each permission with how far it reaches.
        reaches: Json<BTreeMap<String, String>>,
        /// What it sees of clients: masked, window or always.
        fields: Line<10>,
        /// When it was dropped.
        ended_at: Option<Instant>,
    }
}

impl CustomRole {
    /// What it grants.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        Sheet::of(&self.reaches.0, self.fields.as_str())
    }
}

/// A role that a member can be given: built in, or of the workspace's own.
#[derive(Clone, Debug)]
pub(crate) enum GivenRole {
    BuiltIn(Role),
    Own(RoleId, Sheet),
}

impl GivenRole {
    /// Reads a role's name, or the id of one of the workspace's own.
    pub(crate) async fn read(tx: &mut ReadTx, raw: &Field) -> Result<Self, Refusal> {
        let name = fold(raw.raw());
        if let Some(role) = name
            .parse::<Role>()
            .ok()
            .filter(|role| Role::PEOPLE.contains(role))
        {
            return Ok(Self::BuiltIn(role));
        }
        let role = match name.parse::<RoleId>() {
            Ok(id) => tx.may_find::<CustomRole>(id).await?,
            Err(_) => tx
                .list::<CustomRole>(
                    "where name_key = $1 and ended_at is null",
                    vec![Val::Text(name)],
                )
                .await?
                .pop(),
        };
        let role = role.filter(|role| role.ended_at.is_none());
        role.map(|role| Self::Own(role.id, role.sheet()))
            .ok_or_else(|| Refusal::invalid("role", "must be a role of this workspace"))
    }
    /// The same, where what is wrong is told beside the other fields.
    pub(crate) async fn need(
        tx: &mut ReadTx,
        p: &mut Problems,
        raw: &Field,
    ) -> Result<Option<Self>, Refusal> {
        match Self::read(tx, raw).await {
            Ok(role) => Ok(Some(role)),
            Err(Refusal::Invalid(problems)) => {
                p.append(problems);
                Ok(None)
            }
            Err(refusal) => Err(refusal),
        }
    }
    /// As it is kept with a member.
    pub(crate) fn kept(&self) -> Result<(Line<40>, Option<RoleId>), Refusal> {
        let (role, id) = match self {
            Self::BuiltIn(role) => (*role, None),
            Self::Own(id, _) => (Role::Custom, Some(*id)),
        };
        Ok((
            role.to_string()
                .parse()
                .map_err(|rule: Rule| Refusal::invalid("role", rule))?,
            id,
        ))
    }
    /// Refuses to give what the actor does not hold, or to have it reach teams that the actor's own
    /// does not reach; without teams it may come to reach any.
    pub(crate) fn may_be_given_by(
        &self,
        tx: &ReadTx,
        teams: Option<&[TeamId]>,
    ) -> Result<(), Refusal> {
        let rights = tx.actor().rights();
        if let Some(excess) = beyond(|p| self.grant(p), |p| rights.grant(p)) {
            return Err(Refusal::invalid("role", Rule::from(excess.to_string())));
        }
        if self.is_owner() && rights.role != Role::Owner {
            return Err(Refusal::invalid("role", "is given by an owner only"));
        }
        let by_team = |grant: Option<Grant>| grant.is_some_and(|grant| grant.reach == Reach::Team);
        let shared = Permission::ALL
            .iter()
            .any(|p| by_team(self.grant(*p)) && by_team(rights.grant(*p)));
        match teams.is_some_and(|teams| teams.iter().all(|team| rights.teams.contains(team))) {
            false if shared => Err(Refusal::invalid(
                "teams",
                "reach further than yours; ask somebody whose role reaches them",
            )),
            _ => Ok(()),
        }
    }
    /// What it grants for a permission, or nothing.
    pub(crate) fn grant(&self, permission: Permission) -> Option<Grant> {
        match self {
            Self::BuiltIn(role) => interpres_gate::grant(*role, permission),
            Self::Own(_, sheet) => sheet.grant(permission),
        }
    }
    /// Whether no program can hold it: an owner answers for the workspace, and the others' work is about
    /// what is their own, as a program has nothing.
    pub(crate) const fn is_for_people_only(&self) -> bool {
        matches!(
            self,
            Self::BuiltIn(Role::Owner | Role::Requester | Role::Interpreter)
        )
    }
    pub(crate) const fn is_owner(&self) -> bool {
        matches!(self, Self::BuiltIn(Role::Owner))
    }
}

/// Refuses to have a built-in role come to people by a list, such as a directory's, where the actor
/// could not give it to one of them.
///
/// # Errors
/// What it holds beyond the actor.
pub fn may_have_given(tx: &ReadTx, role: Role) -> Result<(), Refusal> {
    GivenRole::BuiltIn(role).may_be_given_by(tx, None)
}

/// The role that a member holds now.
pub(crate) async fn held_by(tx: &mut ReadTx, member: &Member) -> Result<GivenRole, Refusal> {
    held_as(tx, member.role.as_str(), member.role_id).await
}

/// The role that is kept as this name and id.
pub(crate) async fn held_as(
    tx: &mut ReadTx,
    role: &str,
    id: Option<RoleId>,
) -> Result<GivenRole, Refusal> {
    match id {
        Some(id) => Ok(GivenRole::Own(id, tx.find::<CustomRole>(id).await?.sheet())),
        None => Ok(GivenRole::BuiltIn(role.parse().unwrap_or(Role::Viewer))),
    }
}

/// A kept role as people see it: its name, and what would be given anew.
pub(crate) fn shown(role: &Line<40>, id: Option<RoleId>, roles: &[CustomRole]) -> (String, String) {
    let own = id.and_then(|id| roles.iter().find(|r| r.id == id));
    (
        own.map_or_else(|| role.to_string(), |r| r.name.to_string()),
        id.map_or_else(|| role.to_string(), |id| id.to_string()),
    )
}

/// Roles of its own that a workspace can have at once; every list of them reads as many.
const MOST_ROLES: i64 = 200;

/// The roles of the workspace's own, by name.
///
/// # Errors
/// A fault of the database.
pub async fn own_roles(tx: &mut ReadTx) -> Result<Vec<CustomRole>, Refusal> {
    tx.list(
        "where ended_at is null order by name_key limit $1",
        vec![MOST_ROLES.into()],
    )
    .await
}

/// What a role of one's own shall be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RoleInput {
    /// Its name; required.
    pub name: Field,
    /// Permissions by name, each with a reach that it has: own, team or all. Others are not held.
    pub reaches: BTreeMap<String, String>,
    /// What it sees of clients: masked, window or always; masked unless said.
    pub fields: Field,
}

/// Saves a role: a new one, or another text of one that is there.
#[derive(Debug)]
pub struct SaveRole {
    /// Which; a new one without.
    pub id: Option<RoleId>,
    /// The version that was seen.
    pub version: Option<i64>,
    /// What it shall be.
    pub input: RoleInput,
}

/// A role that was saved.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedRole {
    /// Its id.
    pub id: RoleId,
    /// Its version now.
    pub version: i64,
}

impl RoleInput {
    fn read(&self) -> Result<(Line<60>, BTreeMap<String, String>, Line<10>), Refusal> {
        let mut p = Problems::none();
        let name = p.need::<Line<60>>("name", &self.name);
        if name
            .as_ref()
            .is_some_and(|name| Role::all().any(|role| role.to_string() == fold(name.as_str())))
        {
            p.add("name", "is that of a built-in role; choose another");
        }
        for (name, word) in &self.reaches {
            match Permission::named(name).filter(|permission| permission.is_for_people()) {
                None => p.add(
                    "reaches",
                    Rule::new("names a permission that roles can't hold"),
                ),
                Some(permission)
                    if Reach::of_word(word)
                        .is_none_or(|reach| !permission.reaches().contains(&reach)) =>
                {
                    p.add(
                        "reaches",
                        Rule::from(format!(
                            "can be no other for {permission} than: {}",
                            permission.words()
                        )),
                    );
                }
                Some(_) => {}
            }
        }
        let fields = if self.fields.is_blank() {
            FieldRule::Masked.word()
        } else {
            self.fields.raw().trim()
        };
        if FieldRule::of_word(fields).is_none() {
            p.add("fields", "must be masked, window or always");
        }
        match (name, fields.parse(), p.is_empty()) {
            (Some(name), Ok(fields), true) => Ok((name, self.reaches.clone(), fields)),
            _ => Err(p.into()),
        }
    }
}

#[async_trait]
impl Command for SaveRole {
    const ACTION: Action = Action::RoleSave;
    const PERMISSION: Permission = Permission::EditMembers;
    type Outcome = SavedRole;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<SavedRole, Refusal> {
        let (name, reaches, fields) = self.input.read()?;
        let teams = teams_of_holders(tx, self.id.unwrap_or(RoleId::NONE)).await?;
        GivenRole::Own(RoleId::NONE, Sheet::of(&reaches, fields.as_str()))
            .may_be_given_by(tx, Some(&teams))?;
        let name_key = fold(name.as_str());
        let blank = tx
            .blank(NewCustomRole {
                name: name.clone(),
                name_key: String::new(),
                reaches: Json::default(),
                fields: fields.clone(),
            })
            .await?;
        let role = match self.id {
            Some(id) => tx.find::<CustomRole>(id).await?,
            None => {
                tx.room_for_one_more::<CustomRole>(
                    "where ended_at is null",
                    MOST_ROLES,
                    "roles of your own",
                )
                .await?;
                blank
            }
        };
        if role.version > 0 {
            // Nobody changes a role that holds more than they do, not even to less.
            GivenRole::Own(role.id, role.sheet()).may_be_given_by(tx, Some(&teams))?;
        }
        let version = self.version.unwrap_or(role.version);
        let saved = tx
            .save(&CustomRole {
                version,
                name,
                name_key,
                reaches: Json(reaches),
                fields,
                ..role
            })
            .await?;
        Ok(SavedRole {
            id: saved.id,
            version: saved.version,
        })
    }
}

/// The teams of everybody who holds a role or is invited to it.
async fn teams_of_holders(tx: &mut ReadTx, role: RoleId) -> Result<Vec<TeamId>, Refusal> {
    let sql = "select team_ids from member where role_id = $1 and ended_at is null union select team_ids from service where role_id = $1 and ended_at is null
         union select team_ids from invitation where role_id = $1 and accepted_at is null and revoked_at is null";
    let mut teams = Vec::new();
    for row in tx.rows(sql, vec![Val::text(role)]).await? {
        teams.extend(
            serde_json::from_str::<Vec<TeamId>>(row.text("team_ids")?).map_err(Refusal::fault)?,
        );
    }
    Ok(teams)
}

/// Drops a role that nobody holds.
#[derive(Debug)]
pub struct DropRole(pub RoleId);

#[async_trait]
impl Command for DropRole {
    const ACTION: Action = Action::RoleDrop;
    const PERMISSION: Permission = Permission::EditMembers;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut role: CustomRole = tx.find(self.0).await?;
        let people = tx
            .count::<Member>(
                "where role_id = $1 and ended_at is null",
                vec![Val::text(self.0)],
            )
            .await?;
        let services = tx
            .count::<Service>(
                "where role_id = $1 and ended_at is null",
                vec![Val::text(self.0)],
            )
            .await?;
        if people + services > 0 {
            return Err(Refusal::conflict(format!(
                "{people} people and {services} services hold this role. Give them another one first."
            )));
        }
        role.ended_at = Some(tx.now());
        tx.save(&role).await.map(drop)
    }
}

/// Every role that people can be given: the built-in ones and the workspace's own, at most 200.
#[derive(Clone, Debug)]
pub struct ListRoles;

/// A role.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RoleCard {
    /// The name of a built-in role, or the id of one's own: what a member is given.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is the workspace's own.
    pub own: bool,
    /// Permissions by name, with their reach.
    pub reaches: BTreeMap<String, String>,
    /// What it sees of clients.
    pub fields: String,
}

#[async_trait]
impl Query for ListRoles {
    const ACTION: Action = Action::RolesList;
    const PERMISSION: Permission = Permission::ViewMembers;
    type View = Vec<RoleCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<RoleCard>, Refusal> {
        let for_people = || Permission::ALL.iter().filter(|p| p.is_for_people());
        let built_in = Role::PEOPLE.iter().map(|role| RoleCard {
            id: role.to_string(),
            name: role.to_string(),
            own: false,
            reaches: for_people()
                .filter_map(|p| {
                    Some((
                        p.to_string(),
                        interpres_gate::grant(*role, *p)?.reach.word().to_owned(),
                    ))
                })
                .collect(),
            fields: role.fields().word().to_owned(),
        });
        let mut all: Vec<RoleCard> = built_in.collect();
        all.extend(own_roles(tx).await?.into_iter().map(|r| RoleCard {
            id: r.id.to_string(),
            name: r.name.to_string(),
            own: true,
            reaches: r.sheet().words(),
            fields: r.fields.to_string(),
        }));
        Ok(all)
    }
}
