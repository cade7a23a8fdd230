//! Keys of programs as people see them: which there are, when each was used, and which end soon.
use crate::passage::{read_tx::ReadTx, refusal::Refusal, stored_id::parse, write_tx::WriteTx};
use interpres_policy::Role;
use interpres_store::{Row, StoreError, Val};
use interpres_types::{ApiKeyId, Instant, ServiceId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Two weeks: time to put another key in the place of one that ends.
const NEAR_MINUTES: i64 = 14 * 24 * 60;

/// A key as those see it who can revoke it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ApiKeyCard {
    /// Its id.
    pub id: ApiKeyId,
    /// Its name.
    pub name: String,
    /// When it ends.
    pub ends_at: Instant,
    /// When it was last used.
    pub last_used_at: Option<Instant>,
    /// The permissions to which it is narrowed.
    pub only: Option<String>,
    /// The networks from which it is good; everywhere without.
    pub networks: Option<String>,
}

/// A key as its person sees it who is not signed in: where it opens, and what they called it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyOfSomebody {
    /// The workspace it opens.
    pub workspace: WorkspaceId,
    /// That workspace's name.
    pub workspace_name: String,
    /// The key's name.
    pub name: String,
}

impl ApiKeyCard {
    fn of(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse(row.text("id")?)?,
            name: row.text("name")?.to_owned(),
            ends_at: Instant::from_micros(row.int("ends_at")?),
            last_used_at: row.may_int("last_used_at")?.map(Instant::from_micros),
            only: row.may_text("scopes")?.map(str::to_owned),
            networks: row.may_text("networks")?.map(str::to_owned),
        })
    }
}

impl WriteTx {
    /// Keys of this workspace that end within two weeks and were made for more than four, each told of
    /// once: those of people by whom they are, those of services by which.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn keys_near_their_end(
        &mut self,
    ) -> Result<(BTreeSet<UserId>, BTreeSet<ServiceId>), Refusal> {
        let now = self.now();
        let args = [
            Val::text(self.actor().workspace),
            now.micros().into(),
            now.plus_minutes(NEAR_MINUTES).micros().into(),
            Val::Int(2 * NEAR_MINUTES * 60_000_000),
        ];
        let near = "workspace_id = $1 and ends_at > $2 and ends_at <= $3 and ends_at - created_at > $4 and told_at is null";
        let turn = self.turn()?;
        let people = turn
            .rows(&format!("select user_id from api_key where {near}"), &args)
            .await?;
        let services = turn
            .rows(
                &format!("select service_id from service_key where {near}"),
                &args,
            )
            .await?;
        for table in ["api_key", "service_key"] {
            turn.execute(
                &format!("update {table} set told_at = $2 where {near}"),
                &args,
            )
            .await?;
        }
        let people = people
            .iter()
            .map(|row| parse(row.text("user_id")?))
            .collect::<Result<_, StoreError>>()?;
        Ok((
            people,
            services
                .iter()
                .map(|row| parse(row.text("service_id")?))
                .collect::<Result<_, StoreError>>()?,
        ))
    }

    /// When a key of each service was last used.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn services_used(&mut self) -> Result<BTreeMap<ServiceId, Instant>, Refusal> {
        let sql = "select service_id, max(last_used_at) as at from service_key where workspace_id = $1 and last_used_at is not null group by service_id";
        let workspace = Val::text(self.actor().workspace);
        let rows = self.turn()?.rows(sql, &[workspace]).await?;
        let used = rows.iter().map(|row| {
            Ok((
                parse(row.text("service_id")?)?,
                Instant::from_micros(row.int("at")?),
            ))
        });
        used.collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }
}

impl ReadTx {
    /// The actor's own keys in this workspace.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn own_api_keys(&mut self) -> Result<Vec<ApiKeyCard>, Refusal> {
        let args = [
            Val::text(self.actor.user.map(|u| u.to_string()).unwrap_or_default()),
            Val::text(self.actor.workspace),
        ];
        let sql = "select id, name, ends_at, last_used_at, scopes, networks from api_key where user_id = $1 and workspace_id = $2 order by id desc";
        let rows = self.raw(sql, &args).await?;
        rows.iter()
            .map(ApiKeyCard::of)
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }

    /// The workspaces in which a person has keys. For the doorkeeper.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for anybody else.
    pub async fn workspaces_with_keys_of(
        &mut self,
        user: UserId,
    ) -> Result<BTreeSet<WorkspaceId>, Refusal> {
        if self.actor.rights.role != Role::Doorkeeper {
            return Err(Refusal::Forbidden);
        }
        let rows = self
            .raw(
                "select distinct workspace_id from api_key where user_id = $1",
                &[Val::text(user)],
            )
            .await?;
        rows.iter()
            .map(|row| parse(row.text("workspace_id")?))
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }

    /// A person's keys in every workspace: each one's workspace and name. For the doorkeeper.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for anybody else.
    pub async fn api_keys_of(&mut self, user: UserId) -> Result<Vec<KeyOfSomebody>, Refusal> {
        if self.actor.rights.role != Role::Doorkeeper {
            return Err(Refusal::Forbidden);
        }
        let sql = "select k.workspace_id, w.name as workspace_name, k.name from api_key k join workspace_row w on w.workspace_id = k.workspace_id and w.id = k.workspace_id
            where k.user_id = $1 and k.ends_at > $2 order by k.id desc";
        let rows = self
            .raw(sql, &[Val::text(user), self.now.micros().into()])
            .await?;
        let key = |row: &Row| {
            let workspace = parse(row.text("workspace_id")?)?;
            Ok(KeyOfSomebody {
                workspace,
                workspace_name: row.text("workspace_name")?.to_owned(),
                name: row.text("name")?.to_owned(),
            })
        };
        rows.iter()
            .map(key)
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }

    /// The keys of a service of this workspace, the latest first; tokens for minutes are not shown.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn service_keys(&mut self, service: ServiceId) -> Result<Vec<ApiKeyCard>, Refusal> {
        let args = [Val::text(self.actor.workspace), Val::text(service)];
        let sql = "select id, name, ends_at, last_used_at, scopes, cast(null as text) as networks from service_key
            where workspace_id = $1 and service_id = $2 and made_with is null order by id desc";
        let rows = self.raw(sql, &args).await?;
        rows.iter()
            .map(ApiKeyCard::of)
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }
}
