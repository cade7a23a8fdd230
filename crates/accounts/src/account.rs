use crate::PasswordHash;
use interpres_gate::{
    Action, Command, Granted, NewRecord, Permission, Refusal, Val, WriteTx, async_trait, record,
};
use interpres_types::{Email, Instant, Line, UserId};

record! {
    /// A person who can sign in. Accounts belong to the installation; permissions are on the memberships.
    pub struct UserAccount from NewUserAccount in "user_account" by UserId {
        /// The address they sign in with.
        email: Email,
        /// Their full name.
        name: Line<120>,
        /// Argon2id in PHC form.
        password_hash: PasswordHash,
        /// Wrong tries before the latest sign-in.
        failures: i64,
        /// Not used any more: tries are counted by address and browser.
        locked_until: Option<Instant>,
        /// When they last signed in.
        last_sign_in_at: Option<Instant>,
    }
}

impl UserAccount {
    /// A fresh account.
    pub(crate) fn opened(
        id: UserId,
        email: Email,
        name: Line<120>,
        password_hash: PasswordHash,
    ) -> Self {
        NewUserAccount {
            email,
            name,
            password_hash,
            failures: 0,
        }
        .blank(id, None)
    }
}

/// Opens an account. The operator does it in the installation's workspace.
#[derive(Debug)]
pub struct OpenAccount {
    /// The address.
    pub email: Email,
    /// The full name.
    pub name: Line<120>,
    /// The password, already hashed: hashing is slow and must not hold a turn.
    pub password_hash: PasswordHash,
}

#[async_trait]
impl Command for OpenAccount {
    const ACTION: Action = Action::AccountOpen;
    type Outcome = UserId;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<UserId, Refusal> {
        if tx
            .is_taken::<UserAccount>("where email = $1", vec![Val::text(&self.email)])
            .await?
        {
            return Err(Refusal::invalid("email", "belongs to somebody already"));
        }
        let account = UserAccount::opened(tx.mint(), self.email, self.name, self.password_hash);
        Ok(tx.save(&account).await?.id)
    }
}

/// Creates an account without a password, for someone who signs in through an identity provider. An existing account
/// keeps its owner.
#[derive(Debug)]
pub struct OpenProvidedAccount {
    /// The address, which the provider has verified.
    pub email: Email,
    /// The full name.
    pub name: Line<120>,
}

#[async_trait]
impl Command for OpenProvidedAccount {
    const ACTION: Action = Action::AccountOpen;
    const PERMISSION: Permission = Permission::KeepDoor;
    /// `None` if the address already belongs to someone.
    type Outcome = Option<UserId>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<UserId>, Refusal> {
        let lock = tx.alone(format!("account/{}", self.email)).await?;
        if tx
            .count::<UserAccount>(&lock, "where email = $1", vec![Val::text(&self.email)])
            .await?
            > 0
        {
            return Ok(None);
        }
        let account =
            UserAccount::opened(tx.mint(), self.email, self.name, PasswordHash::of_nobody());
        Ok(Some(tx.save(&account).await?.id))
    }
}

/// The account of an address.
#[derive(Debug)]
pub struct FindAccount(pub Email);

#[async_trait]
impl Command for FindAccount {
    const ACTION: Action = Action::AccountLookUp;
    type Outcome = Option<UserId>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<UserId>, Refusal> {
        let found: Vec<UserAccount> = tx
            .list("where email = $1", vec![Val::text(&self.0)])
            .await?;
        Ok(found.first().map(|account| account.id))
    }
}

/// Creates an account under its id from another installation, unless it exists here. Without a password nobody can
/// sign in to it until one is set.
#[derive(Debug)]
pub struct AdoptAccount {
    /// Its id.
    pub id: UserId,
    /// The address.
    pub email: Email,
    /// The full name.
    pub name: Line<120>,
    /// The password, already hashed, if there is one.
    pub password_hash: Option<PasswordHash>,
}

#[async_trait]
impl Command for AdoptAccount {
    const ACTION: Action = Action::AccountOpen;
    type Outcome = UserId;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<UserId, Refusal> {
        if tx.may_find::<UserAccount>(self.id).await?.is_some() {
            return Ok(self.id);
        }
        if tx
            .is_taken::<UserAccount>("where email = $1", vec![Val::text(&self.email)])
            .await?
        {
            return Err(Refusal::conflict(
                "An account of this installation has an address of the file under another id. Change its address first.",
            ));
        }
        let password_hash = self.password_hash.unwrap_or_else(PasswordHash::of_nobody);
        let account = UserAccount::opened(self.id, self.email, self.name, password_hash);
        Ok(tx.save(&account).await?.id)
    }
}
