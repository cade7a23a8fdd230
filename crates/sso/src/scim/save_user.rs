//! A directory adds a person or changes one.
use crate::{
    member_by_provider::Moved,
    scim::{
        ALL, Change,
        apply::{Rules, directory_alone, follow_user},
        bad,
        find_users::find_user,
        patch::patch,
        user::{KNOWN, NewScimUser, ScimUser},
    },
};
use interpres_accounts::{
    Member, OpenProvidedAccount, follow_provider, own_mailbox, runs_workspace,
};
use interpres_gate::{
    Action, Actor, Command, Gate, Granted, Json, NewRecord, Refusal, Val, WriteTx, async_trait,
};
use interpres_types::{Email, INSTALLATION, Line, MemberId, RecordId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Makes or changes a person.
pub struct SaveUser {
    /// Who; a new one without.
    pub id: Option<RecordId>,
    /// The version that was seen.
    pub version: Option<i64>,
    /// How.
    pub change: Change,
    /// An account that was just opened for them.
    pub opened: Option<UserId>,
}

/// The result.
#[derive(Serialize, Deserialize)]
pub struct SavedUser {
    /// The SCIM representation.
    pub told: Value,
    /// They need an account first: its address and name.
    pub needs: Option<(Email, Line<120>)>,
    /// Their account follows the address that the directory writes.
    moved: Option<Moved>,
}

#[async_trait]
impl Command for SaveUser {
    const ACTION: Action = Action::ProvisionUser;
    type Outcome = SavedUser;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<SavedUser, Refusal> {
        let lock = directory_alone(tx).await?;
        let now = tx.now();
        let before = match self.id {
            Some(id) => find_user(tx, id).await?,
            None => NewScimUser {
                user_name: "-".parse().map_err(Refusal::fault)?,
                name_key: String::new(),
                attributes: Json(json!({})),
                active: true,
                created_at: now,
                changed_at: now,
            }
            .blank(tx.mint(), None),
        };
        let (mut body, before_active) = (before.writable(), before.active);
        match &self.change {
            Change::Put(new) => body = new.clone(),
            Change::Patch(operations) => patch(&KNOWN, &mut body, operations)?,
        }
        let mut user = before.write(&body, now)?;
        user.version = self.version.unwrap_or(user.version);
        let was_active = self.id.is_some() && before_active;
        if self.id.is_none()
            && tx
                .count::<ScimUser>(&lock, "where ended_at is null", vec![])
                .await?
                >= i64::try_from(ALL).unwrap_or(i64::MAX)
        {
            return Err(bad(
                "tooMany",
                "is one more than the five thousand people that a directory can have here",
            ));
        }
        let same = tx
            .count::<ScimUser>(
                &lock,
                "where name_key = $1 and ended_at is null and id <> $2",
                vec![Val::text(&user.name_key), Val::text(user.id)],
            )
            .await?;
        if same > 0 {
            return Err(bad("uniqueness", "userName belongs to somebody already"));
        }
        let rules = Rules::read_to_follow(tx, &lock).await?;
        let needs = follow_user(tx, (&rules, &rules), (was_active, &mut user), self.opened).await?;
        if needs.is_some() {
            return Ok(SavedUser {
                told: Value::Null,
                needs,
                moved: None,
            });
        }
        let id = tx.save(&user).await?.id;
        let saved = find_user(tx, id).await?;
        let moved = match saved.member_id {
            Some(member) => moved(tx, &rules, &saved, member).await?,
            None => None,
        };
        Ok(SavedUser {
            told: saved.told(&rules.groups_of(id)),
            needs: None,
            moved,
        })
    }
}

/// Makes or changes a person, and opens the account that they need first.
///
/// # Errors
/// As the gate refuses.
pub async fn save_user(
    gate: &Gate,
    actor: &Actor,
    id: Option<RecordId>,
    version: Option<i64>,
    change: Change,
) -> Result<Value, Refusal> {
    let save = |opened| SaveUser {
        id,
        version,
        change: change.clone(),
        opened,
    };
    let first = gate.perform(actor, save(None)).await?.into_inner();
    let Some((email, name)) = first.needs else {
        return follow(gate, actor, first).await;
    };
    let home = gate.doorkeeper(INSTALLATION, actor.origin().clone());
    // An existing account of this email stays; the domain's directory vouches for it.
    let open = gate
        .perform(
            &home,
            OpenProvidedAccount {
                email: email.clone(),
                name,
            },
        )
        .await?
        .into_inner();
    let user = match open {
        Some(user) => user,
        None => gate
            .perform(&home, interpres_accounts::FindAccount(email))
            .await?
            .into_inner()
            .ok_or(Refusal::NotFound)?,
    };
    let saved = gate.perform(actor, save(Some(user))).await?.into_inner();
    follow(gate, actor, saved).await
}

/// Updates an account's email; if that is not possible, only the directory's record changes.
async fn follow(gate: &Gate, actor: &Actor, saved: SavedUser) -> Result<Value, Refusal> {
    if let Some(Moved { user, address }) = &saved.moved {
        follow_provider(gate, actor, *user, address).await?;
    }
    Ok(saved.told)
}

/// A person whose email has changed. Shared mailboxes are rejected before anything is stored.
async fn moved(
    tx: &mut WriteTx,
    rules: &Rules,
    user: &ScimUser,
    member: MemberId,
) -> Result<Option<Moved>, Refusal> {
    let member: Member = tx.find(member).await?;
    // People who control others' access change their email themselves: otherwise someone else could sign in as them.
    let moved = if runs_workspace(tx, &member).await? {
        None
    } else {
        rules.moved(user, &member)
    };
    if let Some(moved) = &moved {
        own_mailbox(tx, &moved.address).await?;
    }
    Ok(moved)
}
