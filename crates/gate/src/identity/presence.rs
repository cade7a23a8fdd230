//! Where people are members, and how they come in: what the installation knows of them beyond one workspace.
use crate::identity::factors::{factors, refuses_texts};
use crate::passage::{read_tx::ReadTx, refusal::Refusal, stored_id::parse};
use interpres_policy::Role;
use interpres_store::{Row, StoreError, Val, bind_list};
use interpres_types::{INSTALLATION, Instant, UserId, WorkspaceId};
use serde::Serialize;
use std::collections::BTreeMap;

/// How a member comes in.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct PersonState {
    /// Whether they have a second factor.
    pub enrolled: bool,
    /// When they last signed in, to whatever workspace.
    pub last_sign_in_at: Option<Instant>,
    /// Open sessions in this workspace.
    pub sessions: i64,
    /// API keys in this workspace.
    pub api_keys: i64,
}

/// How many members come in, and how.
#[derive(Clone, Copy, Debug)]
pub struct Presence {
    /// Members who are not deactivated.
    pub members: i64,
    /// Those who have a second factor.
    pub enrolled: i64,
    /// Those who have not signed in since the moment that was asked about.
    pub silent: i64,
}

impl ReadTx {
    /// The workspaces a person is a member of, the earliest membership first, with their
    /// names. For the doorkeeper, which acts before a workspace is chosen, and for the person.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for anybody else.
    pub async fn workspaces_of(
        &mut self,
        user: UserId,
    ) -> Result<Vec<(WorkspaceId, String)>, Refusal> {
        if self.actor.rights.role != Role::Doorkeeper && self.actor.user != Some(user) {
            return Err(Refusal::Forbidden);
        }
        let sql = "select m.workspace_id, w.name from member_row m join workspace_row w on w.workspace_id = m.workspace_id and w.id = m.workspace_id
            where m.user_id = $1 and m.ended_at is null order by m.id";
        let rows = self.raw(sql, &[Val::text(user)]).await?;
        rows.iter()
            .map(|row| {
                Ok((
                    parse(row.text("workspace_id")?)?,
                    row.text("name")?.to_owned(),
                ))
            })
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }
    /// Whether every workspace of a person takes codes by text message as a second factor. For the
    /// doorkeeper, and for the person.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for anybody else.
    pub async fn texts_allowed(&mut self, user: UserId) -> Result<bool, Refusal> {
        if self.actor.rights.role != Role::Doorkeeper && self.actor.user != Some(user) {
            return Err(Refusal::Forbidden);
        }
        let sql = concat!(
            "select m.id from member_row m where m.user_id = $1 and m.ended_at is null and exists ",
            refuses_texts!(),
            " limit 1"
        );
        Ok(self.raw(sql, &[Val::text(user)]).await?.is_empty())
    }
    /// Whether a workspace of a person is under HIPAA mode. For the doorkeeper, and for the person.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for anybody else.
    pub async fn under_hipaa_anywhere(&mut self, user: UserId) -> Result<bool, Refusal> {
        if self.actor.rights.role != Role::Doorkeeper && self.actor.user != Some(user) {
            return Err(Refusal::Forbidden);
        }
        let sql = "select m.id from member_row m join workspace_row w on w.workspace_id = m.workspace_id and w.id = m.workspace_id
            where m.user_id = $1 and m.ended_at is null and w.hipaa_mode_since is not null limit 1";
        Ok(!self.raw(sql, &[Val::text(user)]).await?.is_empty())
    }
    /// Whether somebody is a member of another workspace as well.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn belongs_elsewhere(&mut self, user: UserId) -> Result<bool, Refusal> {
        let sql = "select id from member_row where user_id = $1 and workspace_id <> $2 and ended_at is null limit 1";
        let workspace = Val::text(self.actor.workspace);
        Ok(!self
            .raw(sql, &[Val::text(user), workspace])
            .await?
            .is_empty())
    }
    /// How these members come in, by what the installation knows of them.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn person_states(
        &mut self,
        users: &[UserId],
    ) -> Result<BTreeMap<UserId, PersonState>, Refusal> {
        if users.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut args = vec![Val::text(self.actor.workspace), Val::text(INSTALLATION)];
        let list = bind_list(&mut args, users.iter().map(Val::text).collect());
        let sql = format!(
            "select m.user_id, a.last_sign_in_at, {} as factors,
             (select count(*) from session s where s.user_id = m.user_id and s.workspace_id = m.workspace_id) as sessions,
             (select count(*) from api_key k where k.user_id = m.user_id and k.workspace_id = m.workspace_id) as keys
             from member_row m left join user_account_row a on a.workspace_id = $2 and a.id = m.user_id
             where m.workspace_id = $1 and m.user_id in ({list})",
            factors!()
        );
        let rows = self.raw(&sql, &args).await?;
        let state = |row: &Row| {
            let state = PersonState {
                enrolled: row.int("factors")? > 0,
                last_sign_in_at: row.may_int("last_sign_in_at")?.map(Instant::from_micros),
                sessions: row.int("sessions")?,
                api_keys: row.int("keys")?,
            };
            Ok((parse(row.text("user_id")?)?, state))
        };
        rows.iter()
            .map(state)
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }
    /// How all members together come in.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn presence(&mut self, silent_since: Instant) -> Result<Presence, Refusal> {
        let sql = concat!(
            "select cast(count(*) as bigint) as members, cast(coalesce(sum(case when p.factors > 0 then 1 else 0 end), 0) as bigint) as enrolled,
             cast(coalesce(sum(case when p.last_sign_in_at is null or p.last_sign_in_at < $3 then 1 else 0 end), 0) as bigint) as silent
             from (select a.last_sign_in_at, ",
            factors!(),
            " as factors from member_row m left join user_account_row a on a.workspace_id = $2 and a.id = m.user_id
             where m.workspace_id = $1 and m.ended_at is null) p"
        );
        let args = [
            Val::text(self.actor.workspace),
            Val::text(INSTALLATION),
            silent_since.micros().into(),
        ];
        let rows = self.raw(sql, &args).await?;
        let row = rows
            .first()
            .ok_or_else(|| Refusal::fault("a count has a row"))?;
        Ok(Presence {
            members: row.int("members")?,
            enrolled: row.int("enrolled")?,
            silent: row.int("silent")?,
        })
    }
}
