//! Roles that a workspace makes for itself (AC2): sets of the same permissions, never wider than their
//! author's.
use crate::{Member, fold, manage_roles::MOST_ROLES};
use interpres_gate::{
    Alone, Grant, Json, Permission, Reach, ReadTx, Refusal, Role, Sheet, Val, WriteTx, beyond,
    record,
};
use interpres_types::{Field, Instant, Line, Problems, RoleId, Rule, TeamId};
use std::collections::BTreeMap;

record! {
    /// A role of a workspace's own.
    pub struct CustomRole from NewCustomRole in "role" by RoleId {
        /// Its name.
        name: Line<60>,
        /// The normalized name; unique, and different from every built-in role's.
        name_key: String,
        /// Each permission with how far it reaches.
        reaches: Json<BTreeMap<String, String>>,
        /// How much it sees of clients: masked, window or always.
        fields: Line<10>,
        /// When it was dropped.
        ended_at: Option<Instant>,
    }
}

impl CustomRole {
    /// Its permissions.
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

/// A role as stored with its holder.
pub(crate) struct KeptRole {
    /// Its name, as in the matrix.
    pub(crate) role: Line<40>,
    /// Which of the workspace's own.
    pub(crate) role_id: Option<RoleId>,
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
    /// As [`Self::read`], for a command that gives the role: until it ends nobody else changes or drops it.
    pub(crate) async fn read_to_give(tx: &mut WriteTx, raw: &Field) -> Result<Self, Refusal> {
        match Self::read(tx, raw).await? {
            Self::Own(id, _) => {
                role_alone(tx, id).await?;
                Self::read(tx, raw).await
            }
            built_in @ Self::BuiltIn(_) => Ok(built_in),
        }
    }
    /// A role that was read, or what is wrong with it beside the problems of other fields.
    pub(crate) fn or_problem(
        read: Result<Self, Refusal>,
        p: &mut Problems,
    ) -> Result<Option<Self>, Refusal> {
        match read {
            Ok(role) => Ok(Some(role)),
            Err(Refusal::Invalid(problems)) => {
                p.append(problems);
                Ok(None)
            }
            Err(refusal) => Err(refusal),
        }
    }
    /// As stored with a member.
    pub(crate) fn kept(&self) -> Result<KeptRole, Refusal> {
        let name = match self {
            Self::BuiltIn(role) => *role,
            Self::Own(..) => Role::Custom,
        };
        Ok(KeptRole {
            role: name
                .to_string()
                .parse()
                .map_err(|rule: Rule| Refusal::invalid("role", rule))?,
            role_id: match self {
                Self::BuiltIn(_) => None,
                Self::Own(id, _) => Some(*id),
            },
        })
    }
    /// Rejects granting more than the actor holds, or reaching teams the actor does not reach; a grant without teams
    /// could reach any.
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
                "reach further than yours; ask someone whose role reaches them",
            )),
            _ => Ok(()),
        }
    }
    /// The grant for a permission, if any.
    pub(crate) fn grant(&self, permission: Permission) -> Option<Grant> {
        match self {
            Self::BuiltIn(role) => interpres_gate::grant(*role, permission),
            Self::Own(_, sheet) => sheet.grant(permission),
        }
    }
    /// Whether no program can hold it: an owner is accountable for the workspace, and the other roles work on their
    /// own data, which a program does not have.
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

/// Waits until nobody else gives, changes or drops a role of the workspace's own.
pub(crate) async fn role_alone(tx: &mut WriteTx, id: RoleId) -> Result<Alone, Refusal> {
    tx.alone(format!("role/{id}")).await
}

/// Refuses to have a built-in role come to people by a list, such as a directory's, where the actor
/// could not give it to one of them.
///
/// # Errors
/// What it grants beyond the actor's permissions.
pub fn may_have_given(tx: &ReadTx, role: Role) -> Result<(), Refusal> {
    GivenRole::BuiltIn(role).may_be_given_by(tx, None)
}

/// A member's current role.
pub(crate) async fn held_by(tx: &mut ReadTx, member: &Member) -> Result<GivenRole, Refusal> {
    held_as(tx, member.role.as_str(), member.role_id).await
}

/// The role stored under this name and id.
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

/// A stored role as people see it: its name, and the value to assign it.
pub(crate) fn shown(role: &Line<40>, id: Option<RoleId>, roles: &[CustomRole]) -> (String, String) {
    let own = id.and_then(|id| roles.iter().find(|r| r.id == id));
    (
        own.map_or_else(|| role.to_string(), |r| r.name.to_string()),
        id.map_or_else(|| role.to_string(), |id| id.to_string()),
    )
}

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
