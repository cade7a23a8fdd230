//! Deprovisions a user.
use crate::scim::{
    apply::{Rules, directory_alone, follow_user},
    find_users::find_user,
};
use interpres_accounts::Member;
use interpres_gate::{Action, Command, Granted, ReadTx, Refusal, Val, WriteTx, async_trait};
use interpres_types::{RecordId, UserId};

/// Deletes a person; their membership ends at once.
pub struct EndUser(pub RecordId);

#[async_trait]
impl Command for EndUser {
    const ACTION: Action = Action::ProvisionEnd;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let lock = directory_alone(tx).await?;
        let mut user = find_user(tx, self.0).await?;
        user.active = false;
        let rules = Rules::read_to_follow(tx, &lock).await?;
        follow_user(tx, (&rules, &rules), (true, &mut user), None).await?;
        for mut group in rules
            .into_groups()
            .into_iter()
            .filter(|group| group.holds(self.0))
        {
            group.members.0.retain(|id| *id != self.0);
            tx.save(&group).await?;
        }
        user.ended_at = Some(tx.now());
        user.changed_at = tx.now();
        tx.save(&user).await.map(drop)
    }
}

/// The membership of a person.
pub(crate) async fn member_of(tx: &mut ReadTx, user: UserId) -> Result<Option<Member>, Refusal> {
    let found: Vec<Member> = tx.list("where user_id = $1", vec![Val::text(user)]).await?;
    Ok(found.into_iter().next())
}
