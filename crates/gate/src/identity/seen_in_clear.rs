//! Keys that were sent over plain HTTP: whoever listened has them too, so they end.
use crate::identity::{
    pass::{API_KEY, SCIM_TOKEN, SERVICE_KEY},
    token::Token,
};
use crate::passage::{
    actor::Origin,
    gate::Gate,
    notice::Notice,
    perform::{Command, Granted},
    refusal::Refusal,
    stored_id::parse,
    write_tx::WriteTx,
};
use async_trait::async_trait;
use interpres_policy::Action;
use interpres_store::Row;

const KEYS: &str = "select id, workspace_id, 'api_key' as kind, user_id as holder, name from api_key where token_hash = $1
    union all select id, workspace_id, 'service_key' as kind, service_id as holder, name from service_key where token_hash = $1
    union all select '' as id, workspace_id, 'scim_token' as kind, '' as holder, '' as name from scim_token where token_hash = $1";

impl Gate {
    /// Ends a key that was sent in clear, and tells whose it was.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn revoke_key_seen_in_clear(
        &self,
        token: &str,
        origin: Origin,
    ) -> Result<(), Refusal> {
        let hash = Token::hash(token);
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows(KEYS, &[hash.clone().into()])
            .await?;
        let Some(row) = rows.first() else {
            return Ok(());
        };
        let door = self.doorkeeper(parse(row.text("workspace_id")?)?, origin);
        self.perform(&door, RevokeSeenKey(hash)).await.map(drop)
    }
}

struct RevokeSeenKey(Vec<u8>);

#[async_trait]
impl Command for RevokeSeenKey {
    const ACTION: Action = Action::ApiKeyRevoke;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let rows = tx.turn()?.rows(KEYS, &[self.0.clone().into()]).await?;
        let Some(row) = rows.first() else {
            return Ok(());
        };
        match row.text("kind")? {
            "api_key" => of_a_person(tx, row, self.0).await,
            "service_key" => of_a_service(tx, row, self.0).await,
            _ => of_a_directory(tx, self.0).await,
        }
    }
}

async fn of_a_person(tx: &mut WriteTx, row: &Row, hash: Vec<u8>) -> Result<(), Refusal> {
    tx.end(&API_KEY, "token_hash = $1", &[hash.into()]).await?;
    tx.read
        .touched
        .changed("api_key", row.text("id")?.to_owned(), vec!["ends_at"]);
    let words = "An API key of yours was sent over plain HTTP, where others can read it. It was revoked; mint another.";
    tx.notify(
        parse(row.text("holder")?)?,
        Notice::new("account", words).goes_to("/account"),
    )
    .await
}

async fn of_a_service(tx: &mut WriteTx, row: &Row, hash: Vec<u8>) -> Result<(), Refusal> {
    let args = [
        hash.into(),
        row.text("id")?.into(),
        row.text("workspace_id")?.into(),
    ];
    tx.end(
        &SERVICE_KEY,
        "token_hash = $1 or (workspace_id = $3 and made_with = $2)",
        &args,
    )
    .await?;
    tx.read
        .touched
        .changed("service_key", row.text("id")?.to_owned(), vec!["ends_at"]);
    let words = "A key of a service was sent over plain HTTP, where others can read it. It was revoked; mint another.";
    let service: interpres_types::ServiceId = parse(row.text("holder")?)?;
    tx.tell_those_in_charge(&Notice::new("account", words).leads_to("/people/services", service))
        .await
}

async fn of_a_directory(tx: &mut WriteTx, hash: Vec<u8>) -> Result<(), Refusal> {
    tx.end(&SCIM_TOKEN, "token_hash = $1", &[hash.into()])
        .await?;
    let words = "The token of your organization's directory was sent over plain HTTP, where others can read it. It was ended; make another.";
    tx.tell_those_in_charge(&Notice::new("account", words).goes_to("/settings/providers"))
        .await
}
