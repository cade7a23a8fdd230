use crate::Provider;
use interpres_gate::{NewRecord, ReadTx, Refusal, Val, WriteTx, record};
use interpres_types::{Email, Instant, RecordId, UserId};

record! {
    /// A person's identity at a provider: issuer and subject, never the email (OpenID Connect Core 5.7).
    pub struct ExternalIdentity from NewExternalIdentity in "external_identity" by RecordId {
        /// The issuer.
        issuer: String,
        /// The subject.
        subject: String,
        /// Who that is here.
        user_id: UserId,
        /// When they first came, or linked themselves.
        linked_at: Instant,
        /// When it was unlinked; from then on the subject opens nothing.
        ended_at: Option<Instant>,
    }
}

async fn of_subject(
    tx: &mut ReadTx,
    provider: &Provider,
    subject: &str,
) -> Result<Option<ExternalIdentity>, Refusal> {
    let args = vec![Val::text(&provider.issuer), subject.into()];
    Ok(tx
        .list::<ExternalIdentity>("where issuer = $1 and subject = $2", args)
        .await?
        .into_iter()
        .next())
}

/// The person with this subject.
pub(crate) async fn known_subject(
    tx: &mut ReadTx,
    provider: &Provider,
    subject: &str,
) -> Result<Option<UserId>, Refusal> {
    Ok(of_subject(tx, provider, subject)
        .await?
        .filter(|identity| identity.ended_at.is_none())
        .map(|identity| identity.user_id))
}

/// A person's identities at the workspace's providers.
pub(crate) async fn identities_of(
    tx: &mut ReadTx,
    user: UserId,
) -> Result<Vec<ExternalIdentity>, Refusal> {
    tx.list(
        "where user_id = $1 and ended_at is null",
        vec![Val::text(user)],
    )
    .await
}

/// Waits until nobody else links a subject to whoever has this address: they may come twice at once.
pub(crate) async fn identities_alone(tx: &mut WriteTx, address: &Email) -> Result<(), Refusal> {
    tx.alone(format!("identity/{address}")).await.map(drop)
}

/// Makes a subject this person. Whoever calls has judged that it may be, and that it is nobody else.
pub(crate) async fn bind(
    tx: &mut WriteTx,
    provider: &Provider,
    subject: &str,
    user: UserId,
) -> Result<(), Refusal> {
    let (id, linked_at) = (tx.mint(), tx.now());
    let fresh = NewExternalIdentity {
        issuer: provider.issuer.to_string(),
        subject: subject.to_owned(),
        user_id: user,
        linked_at,
    }
    .blank(id, None);
    let identity = match of_subject(tx, provider, subject).await? {
        Some(before) => ExternalIdentity {
            id: before.id,
            version: before.version,
            ..fresh
        },
        None => fresh,
    };
    tx.save(&identity).await.map(drop)
}

/// Unlinks a person from the workspace's providers.
pub(crate) async fn let_go(tx: &mut WriteTx, linked: Vec<ExternalIdentity>) -> Result<(), Refusal> {
    let now = tx.now();
    for mut identity in linked {
        identity.ended_at = Some(now);
        tx.save(&identity).await?;
    }
    Ok(())
}
