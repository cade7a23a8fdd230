//! Actions that need two people: one requests, another approves. Both must be owners or admins by a built-in role: a
//! custom role is made by one person, who could use it to act as two.
use crate::Member;
use interpres_gate::{ReadTx, Refusal, Val};
use interpres_types::UserId;

/// Owners and admins who are members, in SQL.
pub(crate) const IN_CHARGE: &str =
    "role in ('owner', 'admin') and role_id is null and ended_at is null";

/// Whether a person is currently an owner or admin.
///
/// # Errors
/// A fault of the database.
pub async fn is_in_charge(tx: &mut ReadTx, user: UserId) -> Result<bool, Refusal> {
    Ok(tx
        .count::<Member>(
            &format!("where {IN_CHARGE} and user_id = $1"),
            vec![Val::text(user)],
        )
        .await?
        > 0)
}

/// Whether there is an owner or admin other than this person.
///
/// # Errors
/// A fault of the database.
pub async fn another_in_charge(tx: &mut ReadTx, but: UserId) -> Result<bool, Refusal> {
    Ok(tx
        .count::<Member>(
            &format!("where {IN_CHARGE} and user_id <> $1"),
            vec![Val::text(but)],
        )
        .await?
        > 0)
}

/// The person who agrees to what another asked for.
///
/// # Errors
/// [`Refusal::Forbidden`] for anyone who is not an owner or admin, and for programs; [`Refusal::Conflict`] for the
/// requester, and if the requester is no longer an owner or admin.
pub async fn second_person(tx: &mut ReadTx, asked_by: UserId) -> Result<UserId, Refusal> {
    let me = tx.actor().user().ok_or(Refusal::Forbidden)?;
    if me == asked_by {
        return Err(Refusal::conflict(
            "Whoever asked for it can't agree to it. Another owner or admin does.",
        ));
    }
    if !is_in_charge(tx, me).await? {
        return Err(Refusal::Forbidden);
    }
    if !is_in_charge(tx, asked_by).await? {
        return Err(Refusal::conflict(
            "Whoever asked for it is no owner or admin any more. Drop it, and ask anew.",
        ));
    }
    Ok(me)
}
