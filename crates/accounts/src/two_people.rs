//! What takes two people: one asks, another agrees. Both are owners or admins by a built-in role. A
//! role of the workspace's own is what one person made it, so that with one of those for a puppet
//! one person would be two.
use crate::Member;
use interpres_gate::{ReadTx, Refusal, Val};
use interpres_types::UserId;

/// Owners and admins who are members, in SQL.
pub(crate) const IN_CHARGE: &str =
    "role in ('owner', 'admin') and role_id is null and ended_at is null";

/// Whether a person is an owner or an admin now.
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

/// Whether there is an owner or an admin beside this person.
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
/// [`Refusal::Forbidden`] for who is neither owner nor admin, and for programs;
/// [`Refusal::Conflict`] for who asked, and where whoever asked is not in charge any more.
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
