//! Keys of programs: those that act with a person's rights, and those of services, which have a role
//! of their own. Like sessions they are 256 random bits, kept as hashes, looked up on every request.
use crate::{
    Actor, Gate, Origin, ReadTx, Refusal, Strength, WriteTx,
    admit::{Holder, SEEN_EVERY_SECONDS, parse},
    passes::{API_KEY, SERVICE_KEY},
    sessions::Token,
};
use interpres_policy::{Role, Scopes};
use interpres_store::{Kind, Row, StoreError, Val};
use interpres_types::{ApiKeyId, Instant, Networks, ServiceId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const OF_A_PERSON: &str = "ipk_";
const OF_A_SERVICE: &str = "ipc_";
/// What a service gets for its key by OAuth 2.0, for minutes.
const FOR_MINUTES: &str = "ipt_";

/// Two weeks: time to put another key in the place of one that ends.
const NEAR_MINUTES: i64 = 14 * 24 * 60;

/// A key just made.
#[derive(Debug)]
pub struct NewApiKey {
    /// What the program keeps; shown once.
    pub token: Token,
    /// Its id.
    pub id: ApiKeyId,
}

/// What a new key shall be good for.
#[derive(Clone, Debug)]
pub struct KeyTerms {
    /// What it is for.
    pub name: String,
    /// Until when.
    pub ends_at: Instant,
    /// The permissions to which it is narrowed; all that its holder has without.
    pub only: Option<Scopes>,
}

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

impl Gate {
    /// The actor behind a key, if the key stands and is used from where it may be.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn admit_key(&self, token: &str, origin: Origin) -> Result<Option<Actor>, Refusal> {
        let (pass, holder, mark) = if Token::fits(OF_A_PERSON, token) {
            (
                &API_KEY,
                Holder::Person,
                "update api_key set last_used_at = $2 where token_hash = $1",
            )
        } else if Token::fits(OF_A_SERVICE, token) || Token::fits(FOR_MINUTES, token) {
            (
                &SERVICE_KEY,
                Holder::Service,
                "update service_key set last_used_at = $2 where token_hash = $1",
            )
        } else {
            return Ok(None);
        };
        let now = self.now();
        let Some(found) = self
            .inner
            .admission(pass, holder, token, "p.last_used_at as last_used_at", now)
            .await?
        else {
            return Ok(None);
        };
        if now >= Instant::from_micros(found.pass.int("p_ends_at")?) {
            return Ok(None);
        }
        let mut actor = found.actor(origin, "", now)?;
        // A text that can't be read grants nothing and is used from nowhere.
        actor.rights.only = found
            .pass
            .may_text("p_scopes")?
            .map(|text| text.parse().unwrap_or_default());
        let networks = match holder {
            Holder::Person => found.pass.may_text("p_networks")?,
            Holder::Service => {
                actor.service = Some(parse(found.holder.text("id")?)?);
                found.holder.may_text("networks")?
            }
        };
        let networks = networks.unwrap_or_default().parse::<Networks>();
        let address = actor.origin.address.as_deref();
        // What a service comes from is said of it alone.
        let admitted =
            actor.service.is_some() || found.rules.admit_from(actor.rights.role, address);
        if !admitted || !networks.is_ok_and(|networks| networks.hold(address)) {
            self.turned_away(&actor, now).await?;
            return Ok(None);
        }
        if found
            .pass
            .may_int("last_used_at")?
            .is_none_or(|at| now > Instant::from_micros(at).plus_seconds(SEEN_EVERY_SECONDS))
        {
            self.mark(mark, Token::hash(token), now);
        }
        self.here(actor)
    }

    /// A service that shows its own id with one of its keys; a token for minutes is no key.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn admit_client(
        &self,
        client: ServiceId,
        secret: &str,
        origin: Origin,
    ) -> Result<Option<Actor>, Refusal> {
        if !Token::fits(OF_A_SERVICE, secret) {
            return Ok(None);
        }
        Ok(self
            .admit_key(secret, origin)
            .await?
            .filter(|actor| actor.service == Some(client)))
    }
}

fn or_null(text: Option<String>) -> Val {
    text.map_or(Val::Null(Kind::Text), Val::Text)
}

impl WriteTx {
    /// Refuses to give a key what the actor's own key does not hold.
    fn within_own(&self, only: Option<&Scopes>) -> Result<(), Refusal> {
        let own = self.actor().rights.only.as_ref();
        if own.is_none_or(|own| only.is_some_and(|only| only.within(own))) {
            Ok(())
        } else {
            Err(Refusal::Forbidden)
        }
    }
    /// Makes a key for the actor in this workspace, as strong as the session it is made in.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when it would hold more than the key it is made with.
    pub async fn mint_api_key(
        &mut self,
        user: UserId,
        terms: KeyTerms,
        networks: &Networks,
    ) -> Result<NewApiKey, Refusal> {
        self.within_own(terms.only.as_ref())?;
        let (token, id) = (Token::fresh(OF_A_PERSON), self.mint::<ApiKeyId>());
        let granted = vec![
            Token::hash(token.expose()).into(),
            Val::text(id),
            Val::text(self.actor().workspace),
            Val::text(user),
            terms.name.into(),
            self.now().micros().into(),
            terms.ends_at.micros().into(),
            self.actor().assurance.strength.level().into(),
            or_null(terms.only.map(|only| only.to_string())),
            or_null(Some(networks.to_string()).filter(|_| !networks.is_everywhere())),
        ];
        self.issue(&API_KEY, granted, Vec::new()).await?;
        self.read.touched.changed(
            "api_key",
            id.to_string(),
            vec!["scopes", "networks", "ends_at"],
        );
        Ok(NewApiKey { token, id })
    }
    /// Makes a key for a service of this workspace: as strong as the session it is made in, or as the
    /// key that it is for minutes in place of.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when it would hold more than the key it is made with.
    pub async fn mint_service_key(
        &mut self,
        service: ServiceId,
        terms: KeyTerms,
        made_with: Option<(&str, Strength)>,
    ) -> Result<NewApiKey, Refusal> {
        self.within_own(terms.only.as_ref())?;
        let (token, id) = (
            Token::fresh(if made_with.is_some() {
                FOR_MINUTES
            } else {
                OF_A_SERVICE
            }),
            self.mint::<ApiKeyId>(),
        );
        let (now, workspace) = (self.now().micros(), Val::text(self.actor().workspace));
        let strength = made_with.map_or(self.actor().assurance.strength, |(_, strength)| strength);
        let granted = vec![
            Token::hash(token.expose()).into(),
            Val::text(id),
            workspace.clone(),
            Val::text(service),
            or_null(made_with.map(|(key, _)| key.to_owned())),
            terms.name.into(),
            now.into(),
            terms.ends_at.micros().into(),
            strength.level().into(),
            or_null(terms.only.map(|only| only.to_string())),
        ];
        let past = "delete from service_key where workspace_id = $1 and service_id = $2 and made_with is not null and ends_at <= $3";
        self.turn()?
            .execute(past, &[workspace, Val::text(service), now.into()])
            .await?;
        self.issue(&SERVICE_KEY, granted, Vec::new()).await?;
        self.read
            .touched
            .changed("service_key", id.to_string(), vec!["scopes", "ends_at"]);
        Ok(NewApiKey { token, id })
    }
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
    /// Revokes one of the actor's own keys.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when it is not theirs.
    pub async fn revoke_api_key(&mut self, id: ApiKeyId) -> Result<(), Refusal> {
        let args = [
            Val::text(self.actor().user.map(|u| u.to_string()).unwrap_or_default()),
            Val::text(self.actor().workspace),
            Val::text(id),
        ];
        let ended = self
            .end(
                &API_KEY,
                "user_id = $1 and workspace_id = $2 and id = $3",
                &args,
            )
            .await?;
        self.read
            .touched
            .changed("api_key", id.to_string(), vec!["ends_at"]);
        if ended == 1 {
            Ok(())
        } else {
            Err(Refusal::NotFound)
        }
    }
    /// Revokes every key of a person in this workspace: who chose a new password asked for it.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] but for the doorkeeper.
    pub async fn revoke_api_keys_of(&mut self, user: UserId) -> Result<u64, Refusal> {
        if self.actor().rights.role != Role::Doorkeeper {
            return Err(Refusal::Forbidden);
        }
        let args = [Val::text(user), Val::text(self.actor().workspace)];
        for row in self.turn()?.rows("select id from api_key where user_id = $1 and workspace_id = $2 order by id limit 1000", &args).await? {
            self.read.touched.changed("api_key", row.text("id")?.to_owned(), vec!["ends_at"]);
        }
        self.end(&API_KEY, "user_id = $1 and workspace_id = $2", &args)
            .await
    }
    /// Revokes a service's key, or all of them, with what it was changed for.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is no such key.
    pub async fn revoke_service_keys(
        &mut self,
        service: ServiceId,
        key: Option<ApiKeyId>,
    ) -> Result<u64, Refusal> {
        let mut args = vec![Val::text(self.actor().workspace), Val::text(service)];
        let one = key.map(|key| {
            args.push(Val::text(key));
            " and (id = $3 or made_with = $3)"
        });
        let ended = self
            .end(
                &SERVICE_KEY,
                &format!(
                    "workspace_id = $1 and service_id = $2{}",
                    one.unwrap_or_default()
                ),
                &args,
            )
            .await?;
        if let Some(key) = key {
            self.read
                .touched
                .changed("service_key", key.to_string(), vec!["ends_at"]);
        }
        if ended > 0 || key.is_none() {
            Ok(ended)
        } else {
            Err(Refusal::NotFound)
        }
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
        let sql = "select id, name, ends_at, last_used_at, scopes, networks from api_key where user_id = $1 and workspace_id = $2 order by id desc limit 100";
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
    /// A person's latest hundred keys in every workspace: each one's workspace and name. For the doorkeeper.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for anybody else.
    pub async fn api_keys_of(&mut self, user: UserId) -> Result<Vec<KeyOfSomebody>, Refusal> {
        if self.actor.rights.role != Role::Doorkeeper {
            return Err(Refusal::Forbidden);
        }
        let sql = "select k.workspace_id, w.name as workspace_name, k.name from api_key k join workspace_row w on w.workspace_id = k.workspace_id and w.id = k.workspace_id
            where k.user_id = $1 and k.ends_at > $2 order by k.id desc limit 100";
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
            where workspace_id = $1 and service_id = $2 and made_with is null order by id desc limit 100";
        let rows = self.raw(sql, &args).await?;
        rows.iter()
            .map(ApiKeyCard::of)
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }
}
