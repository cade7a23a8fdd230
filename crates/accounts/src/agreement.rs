use crate::Workspace;
use interpres_gate::{NewRecord, ReadTx, Refusal, Val, WriteTx, record};
use interpres_types::{AgreementId, AgreementOfferId, Instant, Line};

record! {
    /// A business associate agreement between the operator and the workspace.
    pub struct Agreement from NewAgreement in "agreement" by AgreementId {
        /// The kind: `baa`.
        kind: String,
        /// Which text was signed.
        text_version: String,
        /// Who accepted it: name and title.
        accepted_by: Line<160>,
        /// When it was accepted.
        accepted_at: Instant,
        /// When it ended, if it did.
        ended_at: Option<Instant>,
        /// Who signed for the operator: name and title.
        issued_by: Option<Line<160>>,
        /// The text that was signed.
        offer_id: Option<AgreementOfferId>,
        /// The network address it was accepted from.
        address: Option<String>,
    }
}

impl Agreement {
    /// An agreement accepted now, where the operator issued no text.
    #[must_use]
    pub fn accepted(tx: &WriteTx, kind: &str, text_version: String, by: Line<160>) -> Self {
        Self {
            issued_by: Some(by.clone()),
            ..NewAgreement {
                kind: kind.to_owned(),
                text_version,
                accepted_by: by,
                accepted_at: tx.now(),
            }
            .blank(tx.mint(), None)
        }
    }
}

/// Whether client names may be stored for health-care customers: HIPAA mode is on and a business associate agreement
/// is in effect (HM1). Otherwise only initials or a file number are accepted.
///
/// # Errors
/// A fault of the database.
pub async fn may_name_clients(tx: &mut ReadTx) -> Result<bool, Refusal> {
    let workspace: Workspace = tx.find(tx.actor().workspace()).await?;
    let now = Val::Int(tx.now().micros());
    let in_effect = tx
        .count::<Agreement>(
            "where kind = 'baa' and accepted_at <= $1 and (ended_at is null or ended_at > $1)",
            vec![now],
        )
        .await?;
    Ok(workspace.hipaa_mode_since.is_some() && in_effect > 0)
}

/// Waits until nobody else makes or ends an agreement of a kind, so that one at most is in effect.
///
/// # Errors
/// A fault of the database.
pub async fn agreements_alone(tx: &mut WriteTx, kind: &str) -> Result<(), Refusal> {
    tx.alone(format!("agreement/{kind}")).await.map(drop)
}

/// The agreement of a kind that is in effect, if one is.
///
/// # Errors
/// A fault of the database.
pub async fn agreement_in_effect(
    tx: &mut ReadTx,
    kind: &str,
) -> Result<Option<Agreement>, Refusal> {
    let args = vec![kind.into(), Val::Int(tx.now().micros())];
    let found: Vec<Agreement> =
        tx.list("where kind = $1 and accepted_at <= $2 and (ended_at is null or ended_at > $2) order by accepted_at desc limit 1", args).await?;
    Ok(found.into_iter().next())
}
