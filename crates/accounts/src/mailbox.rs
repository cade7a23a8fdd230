//! Shared mailboxes are not personal accounts (AC1): under HIPAA mode they are rejected on every route.
use crate::{Workspace, is_shared};
use interpres_gate::{ReadTx, Refusal, WriteTx};
use interpres_types::{Email, UserId};

/// Why it is refused.
pub(crate) const OWN_MAILBOX: &str = "looks like a mailbox that several people read; under HIPAA mode everybody signs in with their own";

/// The lock of HIPAA mode: who switches it counts members with such a mailbox, and who lets one in reads the mode.
pub const HIPAA_MODE: &str = "hipaa-mode";

/// Refuses a member of this workspace with a mailbox of several people, under HIPAA mode. The mode stays as it is until
/// the transaction ends.
///
/// # Errors
/// [`Refusal::Invalid`] at `email`.
pub async fn own_mailbox(tx: &mut WriteTx, email: &Email) -> Result<(), Refusal> {
    if !is_shared(email) {
        return Ok(());
    }
    tx.alone(HIPAA_MODE).await?;
    // Asked of the workspace: the gate's own hands, by which people join, know nothing of its mode.
    let id = tx.actor().workspace();
    let workspace: Workspace = tx.find(id).await?;
    if workspace.hipaa_mode_since.is_some() {
        Err(Refusal::invalid("email", OWN_MAILBOX))
    } else {
        Ok(())
    }
}

/// Refuses an account's new address that is one, where any workspace of its person is under HIPAA mode.
///
/// # Errors
/// [`Refusal::Invalid`] at `address`.
pub(crate) async fn own_mailbox_everywhere(
    tx: &mut ReadTx,
    user: UserId,
    address: &Email,
) -> Result<(), Refusal> {
    let refused = is_shared(address) && tx.under_hipaa_anywhere(user).await?;
    if refused {
        Err(Refusal::invalid("address", OWN_MAILBOX))
    } else {
        Ok(())
    }
}
