//! Back-channel logout: ends sessions when a person signs out at their provider (OpenID Connect Back-Channel Logout
//! 1.0).
use crate::{
    Outward, Provider, ProviderFailed,
    discover::{discover, keys},
    external_identity::known_subject,
    id_token::{Expected, of_a_logout, signed},
    sign_in_by_provider::{LookUpProvider, wrong},
};
use interpres_gate::{
    Action, Command, Gate, Granted, Origin, Permission, Refusal, WriteTx, async_trait,
};
use interpres_types::{ProviderId, WorkspaceId};

/// Ends sessions on back-channel logout.
///
/// # Errors
/// See [`ProviderFailed`]; a token that is not right ends nothing.
pub async fn log_out_by_provider(
    gate: &Gate,
    out: &Outward,
    (workspace, provider): (WorkspaceId, ProviderId),
    token: &str,
    origin: &Origin,
) -> Result<u64, ProviderFailed> {
    let door = gate.doorkeeper(workspace, origin.clone());
    let needed = gate
        .perform(&door, LookUpProvider(provider))
        .await?
        .into_inner();
    let metadata = discover(out, &needed.issuer).await.map_err(|_| {
        wrong(
            provider,
            "its metadata could not be had, or are another issuer's",
        )
    })?;
    let keys = keys(out, &metadata)
        .await
        .ok_or_else(|| wrong(provider, "its keys could not be had"))?;
    let expected = Expected {
        issuer: &needed.issuer,
        client_id: &needed.client_id,
        now: gate.now(),
    };
    let claims = signed(token, &keys, &expected).map_err(|why| wrong(provider, why))?;
    let (subject, session, id) = of_a_logout(&claims).map_err(|why| wrong(provider, why))?;
    let ended = gate
        .perform(
            &door,
            EndByProvider {
                provider,
                subject,
                session,
                id,
            },
        )
        .await?
        .into_inner();
    ended.ok_or_else(|| wrong(provider, "its token for logging out came before"))
}

struct EndByProvider {
    provider: ProviderId,
    subject: Option<String>,
    session: Option<String>,
    id: String,
}

#[async_trait]
impl Command for EndByProvider {
    const ACTION: Action = Action::SessionEnd;
    const PERMISSION: Permission = Permission::KeepDoor;
    /// `None` if the token was used before.
    type Outcome = Option<u64>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<u64>, Refusal> {
        let until = tx.now().plus_seconds(3600);
        if !tx
            .first_time(&format!("{}/{}", self.provider, self.id), until)
            .await?
        {
            return Ok(None);
        }
        let provider: Provider = tx.find(self.provider).await?;
        let user = match (&self.subject, &self.session) {
            // With both, one session is meant (Back-Channel Logout 1.0, 2.4).
            (Some(_), Some(_)) | (None, _) => None,
            (Some(subject), None) => known_subject(tx, &provider, subject).await?,
        };
        Ok(Some(
            tx.end_sessions_via(provider.id, user, self.session.as_deref())
                .await?,
        ))
    }
}
