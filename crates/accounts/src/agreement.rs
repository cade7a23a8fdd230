use crate::Workspace;
use interpres_gate::{ReadTx, Refusal, Val, record};
use interpres_types::{AgreementId, Instant, Line};

record! {
    /// A business associate agreement between the operator and the workspace.
    pub struct Agreement in "agreement" by AgreementId {
        /// What it is: `baa`.
        kind: String,
        /// Which text was signed.
        text_version: String,
        /// Who accepted it: name and title.
        accepted_by: Line<160>,
        /// When.
        accepted_at: Instant,
        /// When it ended, if it did.
        ended_at: Option<Instant>,
    }
}

/// Whether named client fields may be filled for health-care customers: HIPAA mode is on and a
/// business associate agreement is in effect (HM1). Otherwise they take initials or a file number.
///
/// # Errors
/// A fault of the database.
pub async fn may_name_clients(tx: &mut ReadTx) -> Result<bool, Refusal> {
    let workspace: Workspace = tx.find(tx.actor().workspace()).await?;
    let now = Val::Int(tx.now().micros());
    let in_effect = tx.count::<Agreement>("where kind = 'baa' and accepted_at <= $1 and (ended_at is null or ended_at > $1)", vec![now]).await?;
    Ok(workspace.hipaa_mode_since.is_some() && in_effect > 0)
}
