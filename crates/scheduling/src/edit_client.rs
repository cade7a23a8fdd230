use crate::client::Client;
use crate::for_whom::client_lock;
use crate::typed_client::typed_client;
use interpres_directory::customer_card;
use interpres_gate::{
    Action, Command, Granted, Json, Phi, ReadTx, Refusal, Val, WriteTx, async_trait, bind_list,
};
use interpres_types::{Email, Field, InterpreterId, LepClientId, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Interpreters that a client prefers, or that are never sent to them: as many as a person can look through.
const MOST: usize = 50;
/// Interpreters read for these addresses: several may have one, and whoever has it twice is told so.
const MOST_READ: usize = 10 * MOST;

/// A client as typed into the form or sent to the API.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClientInput {
    /// The name, or initials or a file number.
    pub lep_client: Field,
    /// Interpreters they would rather have, by id or e-mail address; at most 50.
    pub preferred: Vec<Field>,
    /// Interpreters who are never sent to them, by id or e-mail address; at most 50.
    pub blocked: Vec<Field>,
}

/// Changes a client, for all their appointments.
#[derive(Debug)]
pub struct EditClient {
    /// Whom.
    pub id: LepClientId,
    /// The version the caller saw.
    pub version: Option<i64>,
    /// As it came in.
    pub input: ClientInput,
}

/// A client that was changed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct ClientStored {
    /// Whom.
    pub id: LepClientId,
    /// The version now.
    pub version: i64,
}

#[async_trait]
impl Command for EditClient {
    const ACTION: Action = Action::ClientEdit;
    type Outcome = ClientStored;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<ClientStored, Refusal> {
        tx.alone(client_lock(self.id)).await?;
        let mut client: Client = tx.find(self.id).await?;
        tx.expect_version(&client, self.version)?;
        let mut p = Problems::none();
        let preferred = interpreters(tx, &mut p, "preferred", &self.input.preferred).await?;
        let blocked = interpreters(tx, &mut p, "blocked", &self.input.blocked).await?;
        if blocked.iter().any(|id| preferred.contains(id)) {
            p.add("blocked", "holds somebody who is preferred as well");
        }
        if !p.is_empty() {
            return Err(p.into());
        }
        // Who does not see the name can't be the one who replaces it.
        if tx.opens_fields(client.health_care) {
            let customer = customer_card(tx, client.customer_id).await?;
            let typed = typed_client(tx, &customer, &self.input.lep_client).await?;
            client.name = tx.renew(client.name, typed.name.map(Phi::new))?;
            client.label = typed.label;
        }
        client.preferred = (!preferred.is_empty()).then_some(Json(preferred));
        client.blocked = (!blocked.is_empty()).then_some(Json(blocked));
        let saved = tx.save(&client).await?;
        Ok(ClientStored {
            id: saved.id,
            version: saved.version,
        })
    }
}

/// The interpreters with these e-mail addresses.
async fn at_these(
    tx: &mut ReadTx,
    p: &mut Problems,
    field: &'static str,
    addresses: Vec<Email>,
) -> Result<Vec<InterpreterId>, Refusal> {
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let mut args = Vec::new();
    let list = bind_list(&mut args, addresses.iter().map(Val::text).collect());
    let sql = format!(
        "select id, email from interpreter_address where email in ({list}) limit {MOST_READ}"
    );
    let rows = tx.rows(&sql, args).await?;
    let mut ids = Vec::new();
    for address in &addresses {
        let address = address.to_string();
        let of_it = rows
            .iter()
            .filter(|row| row.text("email").is_ok_and(|e| e == address));
        let found: Vec<InterpreterId> = of_it
            .filter_map(|row| row.text("id").ok()?.parse().ok())
            .collect();
        if found.len() != 1 {
            p.add(field, "holds an address that is not one interpreter's");
        }
        ids.extend(found);
    }
    Ok(ids)
}

async fn interpreters(
    tx: &mut ReadTx,
    p: &mut Problems,
    field: &'static str,
    raw: &[Field],
) -> Result<Vec<InterpreterId>, Refusal> {
    let mut ids = Vec::new();
    let mut addresses = Vec::new();
    for raw in raw.iter().filter(|raw| !raw.is_blank()) {
        match raw.raw().trim().parse::<InterpreterId>() {
            Ok(id) => ids.push(id),
            Err(_) => addresses.extend(p.may::<Email>(field, raw)),
        }
    }
    addresses.truncate(MOST + 1);
    ids.extend(at_these(tx, p, field, addresses).await?);
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MOST {
        p.add(field, "holds more than 50 interpreters");
        return Ok(Vec::new());
    }
    if ids.is_empty() {
        return Ok(ids);
    }
    let mut args = Vec::new();
    let list = bind_list(&mut args, ids.iter().map(Val::text).collect());
    let sql = format!("select id from interpreter_card where id in ({list})");
    if tx.rows(&sql, args).await?.len() != ids.len() {
        p.add(
            field,
            "holds somebody who is no interpreter of this workspace",
        );
    }
    Ok(ids)
}
