//! Shared mailboxes are not personal accounts (AC1): under HIPAA mode they are rejected on every route.
use crate::{Workspace, is_shared};
use interpres_gate::{ReadTx, Refusal};
use interpres_types::{Email, UserId};

/// Why it is refused.
pub(crate) const OWN_MAILBOX: &str = "looks like a mailbox that several people read; under HIPAA mode everybody signs in with their own";

/// Refuses a member of this workspace with a mailbox of several people, under HIPAA mode.
///
/// # Errors
/// [`Refusal::Invalid`] at `email`.
pub async fn own_mailbox(tx: &mut ReadTx, email: &Email) -> Result<(), Refusal> {
    if !is_shared(email) {
        return Ok(());
    }
    // Read from the workspace: the gate's workers, who create memberships, do not know its mode.
    let workspace: Workspace = tx.find(tx.actor().workspace()).await?;
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
