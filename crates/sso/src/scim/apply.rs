//! Applies a directory's data: memberships, roles, teams.
use super::{
    end_user::member_of,
    group::{ScimGroup, all_groups},
    user::ScimUser,
};
use crate::{
    Provider,
    member_by_provider::{Moved, role_of, said},
    provider::providers,
};
use interpres_accounts::{Member, Team, all_teams, end_membership, fold, own_mailbox};
use interpres_gate::{Alone, Json, ReadTx, Refusal, Val, WriteTx};
use interpres_types::{Email, Line, RecordId, TeamId, UserId};

/// Waits until nobody else does what the directory says: a person's role follows from all of their groups, so two
/// groups that let them go at once must not each count on the other.
pub(crate) async fn directory_alone(tx: &mut WriteTx) -> Result<Alone, Refusal> {
    tx.alone("provisioning").await
}

/// What decides roles and teams, read once for an act.
pub(crate) struct Rules {
    providers: Vec<Provider>,
    groups: Vec<ScimGroup>,
    teams: Vec<Team>,
}

impl Rules {
    pub(crate) async fn read(tx: &mut ReadTx) -> Result<Self, Refusal> {
        Ok(Self {
            providers: providers(tx).await?,
            groups: all_groups(tx).await?,
            teams: all_teams(tx).await?,
        })
    }
    /// As [`Self::read`], for a command that has people follow them.
    pub(crate) async fn read_to_follow(tx: &mut WriteTx, _lock: &Alone) -> Result<Self, Refusal> {
        Self::read(tx).await
    }
    /// The groups that hold a person.
    pub(crate) fn groups_of(&self, id: RecordId) -> Vec<(RecordId, String)> {
        self.groups
            .iter()
            .filter(|g| g.holds(id))
            .map(|g| (g.id, g.display_name.to_string()))
            .collect()
    }
    pub(crate) fn into_groups(self) -> Vec<ScimGroup> {
        self.groups
    }
    /// Whether a provider of the workspace is granted this email's domain.
    fn speaks_for(&self, email: &Email) -> bool {
        self.providers.iter().any(|p| p.speaks_for(email))
    }
    /// A person whose email the directory manages and has changed.
    pub(crate) fn moved(&self, user: &ScimUser, member: &Member) -> Option<Moved> {
        let address = user.email().filter(|address| *address != member.email)?;
        let provider = self
            .providers
            .iter()
            .find(|p| p.speaks_for(&address) && p.speaks_for(&member.email));
        (provider.is_some() && user.active).then_some(Moved {
            user: member.user_id,
            address,
        })
    }
    /// The role that a person's groups give, by the providers' lists. Never the owner's.
    fn role_of(&self, id: RecordId) -> Option<String> {
        let groups: Vec<String> = self
            .groups_of(id)
            .into_iter()
            .map(|(_, name)| name)
            .collect();
        self.providers.iter().find_map(|p| role_of(p, &groups))
    }
    /// The role of someone whose groups map to none.
    fn default_role(&self) -> String {
        self.providers
            .first()
            .map_or_else(|| "viewer".to_owned(), |p| p.default_role.to_string())
    }
    /// The teams whose names a person's groups have.
    fn teams_of(&self, id: RecordId) -> Vec<TeamId> {
        let names: Vec<String> = self
            .groups_of(id)
            .iter()
            .map(|(_, name)| fold(name))
            .collect();
        self.teams
            .iter()
            .filter(|team| names.contains(&team.name_key))
            .map(|team| team.id)
            .collect()
    }
}

/// Creates, changes or ends a person's membership, given their previous state. Returns the email and name of an
/// account that must be created first. Users outside the workspace's granted domains are stored but get no
/// membership.
pub(crate) async fn follow_user(
    tx: &mut WriteTx,
    (before, now): (&Rules, &Rules),
    (was_active, user): (bool, &mut ScimUser),
    opened: Option<UserId>,
) -> Result<Option<(Email, Line<120>)>, Refusal> {
    if let Some(id) = user.member_id {
        let member: Member = tx.find(id).await?;
        return follow_member(tx, (before, now), (was_active, user), member)
            .await
            .map(|()| None);
    }
    let (Some(email), Some(name), true) = (
        user.email().filter(|e| now.speaks_for(e)),
        user.name(),
        user.active,
    ) else {
        return Ok(None);
    };
    let there: Vec<Member> = tx
        .list(
            "where email = $1 and removed_at is null",
            vec![Val::text(&email)],
        )
        .await?;
    if let Some(member) = there.into_iter().next() {
        user.member_id = Some(member.id);
        return follow_member(tx, (before, now), (false, user), member)
            .await
            .map(|()| None);
    }
    own_mailbox(tx, &email).await?;
    let Some(account) = opened else {
        return Ok(Some((email, name)));
    };
    let removed = member_of(tx, account).await?;
    let role = now.role_of(user.id).unwrap_or_else(|| now.default_role());
    let fresh = Member {
        team_ids: Json(now.teams_of(user.id)),
        ..Member::new(tx, account, said(&role)?, name, email).await?
    };
    let member = match removed {
        Some(before) => Member {
            id: before.id,
            version: before.version,
            ..fresh
        },
        None => fresh,
    };
    user.member_id = Some(tx.save(&member).await?.id);
    Ok(None)
}

async fn follow_member(
    tx: &mut WriteTx,
    (before, now): (&Rules, &Rules),
    (was_active, user): (bool, &ScimUser),
    mut member: Member,
) -> Result<(), Refusal> {
    // Changes of ownership need both sides' consent; a SCIM token, which an admin can create, changes none.
    if member.owns() {
        return if user.active {
            Ok(())
        } else {
            Err(Refusal::conflict(
                "An owner of the workspace is not ended by a directory. Another owner does it.",
            ))
        };
    }
    if !user.active {
        return if member.ended_at.is_none() {
            end_membership(tx, member, false).await.map(drop)
        } else {
            Ok(())
        };
    }
    let (role, teams) = (member.role.clone(), member.team_ids.0.clone());
    if let Some(name) = user.name() {
        member.call(name);
    }
    // Someone an admin deactivated returns only when the directory toggles them, not at the next name change.
    if member.ended_at.is_some() && member.removed_at.is_none() && !was_active {
        member.come_back(tx).await?;
    }
    match now.role_of(user.id) {
        Some(role) => (member.role, member.role_id) = (said(&role)?, None),
        // Leaving a group removes what it gave.
        None if before.role_of(user.id).is_some() => {
            member.role = said(&now.default_role())?;
            member.role_id = None;
        }
        None => {}
    }
    let (gone, come) = (before.teams_of(user.id), now.teams_of(user.id));
    member
        .team_ids
        .0
        .retain(|team| !gone.contains(team) || come.contains(team));
    let new: Vec<TeamId> = come
        .into_iter()
        .filter(|team| !teams.contains(team))
        .collect();
    member.team_ids.0.extend(new);
    if role != member.role || teams != member.team_ids.0 {
        tx.end_access_of(member.user_id).await?;
    }
    tx.save(&member).await.map(drop)
}
