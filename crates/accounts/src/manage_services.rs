//! Services: programs with a role of their own, their keys, and the short tokens they get for a key by
//! OAuth 2.0 client credentials (RFC 6749 section 4.4).
use crate::{
    Member,
    invite_person::teams_of,
    my_account::{MintedKey, key_ends_at, narrowed},
    role::{GivenRole, KeptRole},
    service::{MOST_SERVICES, Service, all_of, living, role_of},
};
use interpres_gate::{
    Action, Command, Gate, Granted, Json, KeyTerms, Origin, Permission, Refusal, Scopes, Strength,
    Val, WriteTx, async_trait,
};
use interpres_types::{ApiKeyId, Email, Field, Line, Networks, Problems, Rule, ServiceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Validity in minutes of a token issued for a service account's key.
pub const TOKEN_MINUTES: i64 = 15;

/// Input for a service account.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceInput {
    /// Its name; required.
    pub name: Field,
    /// A built-in role's name, or the id of one of the workspace's own; required.
    pub role: Field,
    /// Teams by name, separated by semicolons; default: all.
    pub teams: Field,
    /// Allowed networks, such as 203.0.113.0/24; default: any.
    pub networks: Field,
    /// The email of the responsible member; default: the creator.
    pub keeper: Field,
}

/// Makes a service, or changes one. What its keys open changes at once.
#[derive(Debug)]
pub struct SaveService {
    /// Which; a new one without.
    pub id: Option<ServiceId>,
    /// The version that was seen.
    pub version: Option<i64>,
    /// The input.
    pub input: ServiceInput,
}

/// A service that was saved.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedService {
    /// Its id.
    pub id: ServiceId,
    /// Its version now.
    pub version: i64,
}

#[async_trait]
impl Command for SaveService {
    const ACTION: Action = Action::ServiceSave;
    type Outcome = SavedService;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<SavedService, Refusal> {
        let mut p = Problems::none();
        let (name, networks) = (
            p.need::<Line<80>>("name", &self.input.name),
            p.may::<Networks>("networks", &self.input.networks),
        );
        let teams = teams_of(tx, &mut p, &self.input.teams).await?;
        let keeper = match p.may::<Email>("keeper", &self.input.keeper) {
            Some(email) => {
                let found: Vec<Member> = tx
                    .list(
                        "where email = $1 and ended_at is null",
                        vec![Val::text(email)],
                    )
                    .await?;
                let keeper = found.into_iter().next().map(|member| member.user_id);
                if keeper.is_none() {
                    p.add("keeper", "must be the address of a member");
                }
                keeper
            }
            None => None,
        };
        let role = GivenRole::read_to_give(tx, &self.input.role).await;
        let role = GivenRole::or_problem(role, &mut p)?;
        if role
            .as_ref()
            .is_some_and(|role| all_of(role).iter().next().is_none() || role.is_for_people_only())
        {
            p.add(
                "role",
                Rule::new("is for people only; choose one for daily work or for looking"),
            );
        }
        let (Some(name), Some(role), true) = (name, role, p.is_empty()) else {
            return Err(p.into());
        };
        role.may_be_given_by(tx, Some(&teams))?;
        let me = tx.actor().user().ok_or(Refusal::Forbidden)?;
        let before = match self.id {
            Some(id) => Some(living(tx, id).await?),
            None => {
                tx.room_for_one_more::<Service>(
                    "where ended_at is null",
                    MOST_SERVICES,
                    "services",
                )
                .await?;
                None
            }
        };
        if let Some(before) = &before {
            // No one can change a service account with more permissions than they have, not even to reduce it.
            role_of(tx, before)
                .await?
                .may_be_given_by(tx, Some(&before.team_ids.0))?;
        }
        let KeptRole { role, role_id } = role.kept()?;
        let service = Service {
            id: before.as_ref().map_or_else(|| tx.mint(), |s| s.id),
            version: before
                .as_ref()
                .map_or(0, |s| self.version.unwrap_or(s.version)),
            key: None,
            name,
            role,
            role_id,
            team_ids: Json(teams),
            networks: networks.unwrap_or_default(),
            kept_by: keeper.or(before.as_ref().map(|s| s.kept_by)).unwrap_or(me),
            created_at: before.map_or_else(|| tx.now(), |s| s.created_at),
            ended_at: None,
        };
        let saved = tx.save(&service).await?;
        Ok(SavedService {
            id: saved.id,
            version: saved.version,
        })
    }
}

/// Ends a service: its keys open nothing from the same moment.
#[derive(Debug)]
pub struct EndService(pub ServiceId);

#[async_trait]
impl Command for EndService {
    const ACTION: Action = Action::ServiceEnd;
    type Outcome = u64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<u64, Refusal> {
        let service = living(tx, self.0).await?;
        end_service(tx, service).await
    }
}

/// Ends a service account and its keys; returns how many.
pub(crate) async fn end_service(tx: &mut WriteTx, mut service: Service) -> Result<u64, Refusal> {
    service.ended_at = Some(tx.now());
    tx.save(&service).await?;
    tx.revoke_service_keys(service.id, None).await
}

/// Creates a key for a service account. It has the assurance of its creator's session.
#[derive(Debug)]
pub struct MintServiceKey {
    /// Which service.
    pub id: ServiceId,
    /// The key's purpose.
    pub name: Line<80>,
    /// Days it is valid, 1–365.
    pub days: i64,
    /// The permissions it is limited to, separated by spaces; default: all of the service account's.
    pub only: Field,
}

#[async_trait]
impl Command for MintServiceKey {
    const ACTION: Action = Action::ApiKeyMint;
    const PERMISSION: Permission = Permission::EditMembers;
    type Outcome = MintedKey;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<MintedKey, Refusal> {
        let service = living(tx, self.id).await?;
        let role = role_of(tx, &service).await?;
        role.may_be_given_by(tx, Some(&service.team_ids.0))?;
        let only = narrowed(&self.only)?;
        if only
            .as_ref()
            .is_some_and(|only| !only.within(&all_of(&role)))
        {
            return Err(Refusal::invalid(
                "only",
                "must be permissions that the service has",
            ));
        }
        let terms = KeyTerms {
            name: self.name.into(),
            ends_at: key_ends_at(tx, self.days)?,
            only,
        };
        let key = tx.mint_service_key(service.id, terms, None).await?;
        Ok(MintedKey {
            id: key.id,
            token: key.token.expose().to_owned(),
        })
    }
}

/// Revokes a key of a service, with the tokens it was changed for.
#[derive(Debug)]
pub struct RevokeServiceKey {
    /// Which service.
    pub id: ServiceId,
    /// Which key.
    pub key: ApiKeyId,
}

#[async_trait]
impl Command for RevokeServiceKey {
    const ACTION: Action = Action::ApiKeyEnd;
    const PERMISSION: Permission = Permission::EditMembers;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let service = living(tx, self.id).await?;
        tx.revoke_service_keys(service.id, Some(self.key))
            .await
            .map(drop)
    }
}

/// A short-lived token. Never stored in plaintext.
#[derive(Serialize, Deserialize)]
pub struct AccessToken {
    /// The value of `Authorization: Bearer …`.
    pub token: String,
    /// The permissions it has.
    pub scope: String,
}

/// Why there is no token, as RFC 6749 section 5.2 has it.
#[derive(Debug)]
pub enum NoToken {
    /// Unknown client, wrong secret, or a network that is not allowed.
    Client,
    /// A requested scope is unknown or exceeds the key's.
    Scope,
    /// Something else.
    Refused(Refusal),
}

impl From<Refusal> for NoToken {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Exchanges a service account's key for a short-lived token, optionally with fewer scopes.
///
/// # Errors
/// [`NoToken`], in the standard's terms.
pub async fn access_token(
    gate: &Gate,
    client_id: &str,
    secret: &str,
    scope: &str,
    origin: Origin,
) -> Result<AccessToken, NoToken> {
    let service = client_id
        .parse::<ServiceId>()
        .map_err(|_| NoToken::Client)?;
    let actor = gate
        .admit_client(service, secret, origin)
        .await?
        .ok_or(NoToken::Client)?;
    let asked: Option<Scopes> = if scope.trim().is_empty() {
        None
    } else {
        Some(scope.parse().map_err(|_| NoToken::Scope)?)
    };
    let held: Scopes = Permission::ALL
        .iter()
        .copied()
        .filter(|p| actor.may(*p))
        .collect();
    let only = asked.or_else(|| actor.rights().only.clone());
    if only.as_ref().is_some_and(|only| !only.within(&held)) {
        return Err(NoToken::Scope);
    }
    let key = actor.session().map(str::to_owned).ok_or(NoToken::Client)?;
    let door = gate.doorkeeper(actor.workspace(), actor.origin().clone());
    let scope = only.as_ref().unwrap_or(&held).to_string();
    let token = gate
        .perform(
            &door,
            IssueToken {
                service,
                key,
                strength: actor.strength(),
                only,
            },
        )
        .await?
        .into_inner();
    Ok(AccessToken { token, scope })
}

/// Saves the token, after the key was authenticated.
struct IssueToken {
    service: ServiceId,
    key: String,
    strength: Strength,
    only: Option<Scopes>,
}

#[async_trait]
impl Command for IssueToken {
    const ACTION: Action = Action::ServiceToken;
    type Outcome = String;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<String, Refusal> {
        let ends_at = tx.now().plus_minutes(TOKEN_MINUTES);
        let terms = KeyTerms {
            name: String::new(),
            ends_at,
            only: self.only,
        };
        let made = tx
            .mint_service_key(self.service, terms, Some((&self.key, self.strength)))
            .await?;
        Ok(made.token.expose().to_owned())
    }
}
