//! The roles that a workspace makes for itself: written, dropped, listed.
use crate::role::{CustomRole, GivenRole, NewCustomRole, own_roles, role_alone};
use crate::{Member, Service, fold, invitation::Invitation};
use interpres_gate::{
    Action, Command, FieldRule, Granted, Json, NewRecord, Permission, Query, Reach, ReadTx,
    Refusal, Role, Sheet, Val, WriteTx, async_trait,
};
use interpres_types::{Field, Line, Problems, RoleId, Rule, TeamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Roles of its own that a workspace can have at once; every list of them reads as many.
pub(crate) const MOST_ROLES: i64 = 200;

/// Input for a custom role.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RoleInput {
    /// Its name; required.
    pub name: Field,
    /// Permissions by name, each with an allowed reach: own, team or all. Omitted ones are not granted.
    pub reaches: BTreeMap<String, String>,
    /// How much it sees of clients: `masked` (default), `window` or `always`.
    pub fields: Field,
}

/// Saves a role: a new one, or another text of one that is there.
#[derive(Debug)]
pub struct SaveRole {
    /// Which; a new one without.
    pub id: Option<RoleId>,
    /// The version that was seen.
    pub version: Option<i64>,
    /// The input.
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
    type Outcome = SavedRole;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<SavedRole, Refusal> {
        let (name, reaches, fields) = self.input.read()?;
        if let Some(id) = self.id {
            role_alone(tx, id).await?;
        }
        let teams = teams_of_holders(tx, self.id.unwrap_or(RoleId::NONE)).await?;
        GivenRole::Own(RoleId::NONE, Sheet::of(&reaches, fields.as_str()))
            .may_be_given_by(tx, Some(&teams))?;
        let name_key = fold(name.as_str());
        let blank = NewCustomRole {
            name: name.clone(),
            name_key: String::new(),
            reaches: Json::default(),
            fields: fields.clone(),
        }
        .blank(tx.mint(), None);
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
            // No one can change a role with more permissions than they have, not even to reduce it.
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

/// The teams of everyone who holds a role or is invited to it.
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

/// Deletes a role that no one holds.
#[derive(Debug)]
pub struct DropRole(pub RoleId);

#[async_trait]
impl Command for DropRole {
    const ACTION: Action = Action::RoleDrop;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let lock = role_alone(tx, self.0).await?;
        let mut role: CustomRole = tx.find(self.0).await?;
        let people = tx
            .count::<Member>(
                &lock,
                "where role_id = $1 and ended_at is null",
                vec![Val::text(self.0)],
            )
            .await?;
        let services = tx
            .count::<Service>(
                &lock,
                "where role_id = $1 and ended_at is null",
                vec![Val::text(self.0)],
            )
            .await?;
        let invited = tx
            .count::<Invitation>(
                &lock,
                "where role_id = $1 and accepted_at is null and revoked_at is null",
                vec![Val::text(self.0)],
            )
            .await?;
        if people + services + invited > 0 {
            return Err(Refusal::conflict(format!(
                "{people} people and {services} service accounts hold this role, and {invited} are invited to it. Give them another one first."
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
    /// A built-in role's name, or a custom role's id: the value to assign.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is a custom role.
    pub own: bool,
    /// Permissions by name, with their reach.
    pub reaches: BTreeMap<String, String>,
    /// How much it sees of clients.
    pub fields: String,
    /// The version of one's own, for changing it.
    pub version: Option<i64>,
}

#[async_trait]
impl Query for ListRoles {
    const ACTION: Action = Action::RolesList;
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
            version: None,
        });
        let mut all: Vec<RoleCard> = built_in.collect();
        all.extend(own_roles(tx).await?.into_iter().map(|r| RoleCard {
            id: r.id.to_string(),
            name: r.name.to_string(),
            own: true,
            reaches: r.sheet().words(),
            fields: r.fields.to_string(),
            version: Some(r.version),
        }));
        Ok(all)
    }
}
