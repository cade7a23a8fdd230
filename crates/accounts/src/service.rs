use crate::{
    Member,
    role::{GivenRole, held_as, own_roles, shown},
};
use interpres_gate::{
    Action, ApiKeyCard, Json, Permission, Query, ReadTx, Refusal, Scopes, Val, async_trait, record,
};
use interpres_types::{Instant, Line, Networks, RoleId, ServiceId, TeamId, UserId};
use schemars::JsonSchema;
use serde::Serialize;

record! {
    /// A program that works in a workspace with a role of its own: an integration (AU8).
    pub struct Service from NewService in "service" by ServiceId {
        /// Its name.
        name: Line<80>,
        /// The role's name, as in the matrix; `custom` for one of the workspace's own.
        role: Line<40>,
        /// The role of the workspace's own.
        role_id: Option<RoleId>,
        /// The teams.
        team_ids: Json<Vec<TeamId>>,
        /// Allowed networks; empty for any.
        networks: Networks,
        /// The person who answers for it.
        kept_by: UserId,
        /// When it was created.
        created_at: Instant,
        /// When it was ended.
        ended_at: Option<Instant>,
    }
}

/// A service account, as owners and admins see it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ServiceCard {
    /// Its id, and its `client_id` for OAuth 2.0.
    pub id: ServiceId,
    /// Its version.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// The role's name.
    pub role: String,
    /// The value to send to assign this role: a built-in role's name, or a custom role's id.
    pub role_id: String,
    /// Teams.
    pub teams: Vec<TeamId>,
    /// Allowed networks.
    pub networks: String,
    /// The address of the person who answers for it.
    pub keeper: String,
    /// Whether the responsible member is still active.
    pub kept: bool,
}

/// Services that a workspace can have at once; every list of them reads as many.
pub(crate) const MOST_SERVICES: i64 = 200;

/// Services of the workspace, by name.
#[derive(Clone, Debug)]
pub struct ListServices;

#[async_trait]
impl Query for ListServices {
    const ACTION: Action = Action::ServicesList;
    type View = Vec<ServiceCard>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<ServiceCard>, Refusal> {
        let services: Vec<Service> = tx
            .list(
                "where ended_at is null order by name, id limit $1",
                vec![MOST_SERVICES.into()],
            )
            .await?;
        cards(tx, services).await
    }
}

async fn cards(tx: &mut ReadTx, services: Vec<Service>) -> Result<Vec<ServiceCard>, Refusal> {
    let roles = own_roles(tx).await?;
    let keepers: Vec<Member> =
        tx.list("where user_id in (select kept_by from service where ended_at is null) order by id limit $1", vec![MOST_SERVICES.into()]).await?;
    let card = |s: Service| {
        let (role, role_id) = shown(&s.role, s.role_id, &roles);
        let keeper = keepers.iter().find(|m| m.user_id == s.kept_by);
        ServiceCard {
            id: s.id,
            version: s.version,
            name: s.name.into(),
            role,
            role_id,
            teams: s.team_ids.0,
            networks: s.networks.to_string(),
            keeper: keeper.map(|m| m.email.to_string()).unwrap_or_default(),
            kept: keeper.is_some_and(|m| m.ended_at.is_none()),
        }
    };
    Ok(services.into_iter().map(card).collect())
}

/// One service, with its keys.
#[derive(Debug)]
pub struct ShowService(pub ServiceId);

/// A service account with its keys, as owners and admins see it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ServiceView {
    /// The service account.
    #[serde(flatten)]
    pub card: ServiceCard,
    /// Its keys, the latest first.
    pub keys: Vec<ApiKeyCard>,
    /// Each permission its role allows a program, with its reach: the scopes its keys can have.
    pub holds: Vec<(String, String)>,
}

#[async_trait]
impl Query for ShowService {
    const ACTION: Action = Action::ServiceShow;
    type View = ServiceView;
    async fn answer(self, tx: &mut ReadTx) -> Result<ServiceView, Refusal> {
        let service = living(tx, self.0).await?;
        let keys = tx.service_keys(service.id).await?;
        let role = role_of(tx, &service).await?;
        let holds = all_of(&role)
            .iter()
            .filter_map(|p| Some((p.to_string(), role.grant(p)?.reach.word().to_owned())))
            .collect();
        let card = cards(tx, vec![service])
            .await?
            .pop()
            .ok_or(Refusal::NotFound)?;
        Ok(ServiceView { card, keys, holds })
    }
}

/// Batch size for reading all service accounts.
const AT_ONCE: i64 = 500;

/// Active service accounts by id, a batch at a time, starting after this one.
pub(crate) async fn services_after(
    tx: &mut ReadTx,
    after: ServiceId,
) -> Result<Vec<Service>, Refusal> {
    tx.list(
        "where ended_at is null and id > $1 order by id limit $2",
        vec![Val::text(after), Val::Int(AT_ONCE)],
    )
    .await
}

/// A service that has not ended.
pub(crate) async fn living(tx: &mut ReadTx, id: ServiceId) -> Result<Service, Refusal> {
    tx.find::<Service>(id).await.and_then(|service| {
        if service.ended_at.is_none() {
            Ok(service)
        } else {
            Err(Refusal::NotFound)
        }
    })
}

pub(crate) async fn role_of(tx: &mut ReadTx, service: &Service) -> Result<GivenRole, Refusal> {
    held_as(tx, service.role.as_str(), service.role_id).await
}

/// Everything a role allows a program.
pub(crate) fn all_of(role: &GivenRole) -> Scopes {
    Permission::ALL
        .iter()
        .copied()
        .filter(|p| p.is_for_services() && role.grant(*p).is_some())
        .collect()
}

/// Number of service accounts a person is responsible for.
pub(crate) async fn kept_by(tx: &mut ReadTx, user: UserId) -> Result<i64, Refusal> {
    tx.count::<Service>(
        "where kept_by = $1 and ended_at is null",
        vec![Val::text(user)],
    )
    .await
}
