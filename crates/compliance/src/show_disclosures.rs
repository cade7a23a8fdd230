use interpres_gate::{
    Action, Disclosure, ListEntries, Query, ReadTx, Refusal, Val, async_trait, bind_list,
};
use interpres_scheduling::{Appointment, Client};
use interpres_types::{AppointmentId, Field, LepClientId, Problems, RecordId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who learned what of an appointment's client (45 CFR 164.528), the earliest first.
#[derive(Clone, Copy, Debug)]
pub struct ShowDisclosures(pub AppointmentId);

/// The account for a client.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DisclosuresView {
    /// The appointment.
    pub appointment: AppointmentId,
    /// The number people call it by; nothing once it was purged.
    pub reference: Option<String>,
    /// Each time.
    pub items: Vec<Disclosure>,
    /// Names by user id.
    pub names: BTreeMap<String, String>,
}

#[async_trait]
impl Query for ShowDisclosures {
    const ACTION: Action = Action::DisclosuresShow;
    type View = DisclosuresView;
    async fn answer(self, tx: &mut ReadTx) -> Result<DisclosuresView, Refusal> {
        let items = tx.disclosures_of(&[record(self.0)?]).await?;
        let reference = tx
            .may_find::<Appointment>(self.0)
            .await?
            .map(|a| a.reference.to_string());
        if items.is_empty() && reference.is_none() {
            return Err(Refusal::NotFound);
        }
        let names = tx.names_of(items.iter().map(|d| d.to.clone())).await?;
        Ok(DisclosuresView {
            appointment: self.0,
            reference,
            items,
            names,
        })
    }
}

fn record(id: impl std::fmt::Display) -> Result<RecordId, Refusal> {
    id.to_string().parse().map_err(Refusal::fault)
}

/// Who learned what of a client, from their own record and all their appointments, the earliest first.
#[derive(Clone, Copy, Debug)]
pub struct ShowClientDisclosures(pub LepClientId);

/// The account for a client.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClientDisclosuresView {
    /// The client.
    pub client: LepClientId,
    /// Each time.
    pub items: Vec<Disclosure>,
    /// Names by user id.
    pub names: BTreeMap<String, String>,
}

#[async_trait]
impl Query for ShowClientDisclosures {
    const ACTION: Action = Action::DisclosuresShow;
    type View = ClientDisclosuresView;
    async fn answer(self, tx: &mut ReadTx) -> Result<ClientDisclosuresView, Refusal> {
        let mut records = vec![record(self.0)?];
        let appointments = tx
            .every_id("appointment", "client_id = $1", vec![Val::text(self.0)])
            .await?;
        for id in appointments {
            records.push(record(id)?);
        }
        let items = tx.disclosures_of(&records).await?;
        if items.is_empty() && tx.may_find::<Client>(self.0).await?.is_none() {
            return Err(Refusal::NotFound);
        }
        let names = tx.names_of(items.iter().map(|d| d.to.clone())).await?;
        Ok(ClientDisclosuresView {
            client: self.0,
            items,
            names,
        })
    }
}

/// People whose protected fields were opened by a person, from an address or within a period: those to notify if that
/// was unauthorized (45 CFR 164.404).
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListAffected {
    /// A person's user id.
    pub actor: Field,
    /// An action's name.
    pub action: Field,
    /// From this day on.
    pub from: Field,
    /// Until this day.
    pub to: Field,
    /// Page cursor.
    pub cursor: Field,
    /// Page size, 1–1,000; default 1,000.
    pub limit: Field,
}

/// Appointments whose client is affected.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AffectedView {
    /// Number of appointments.
    pub appointments: usize,
    /// A page of them, by id.
    pub items: Vec<AffectedItem>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// One of them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AffectedItem {
    /// The appointment.
    pub appointment: String,
    /// The number people call it by; nothing once it was purged.
    pub reference: Option<String>,
    /// Number of times its fields were opened.
    pub times: u64,
}

#[async_trait]
impl Query for ListAffected {
    const ACTION: Action = Action::AffectedList;
    type View = AffectedView;
    async fn answer(self, tx: &mut ReadTx) -> Result<AffectedView, Refusal> {
        let mut p = Problems::none();
        let (cursor, limit) = (
            p.may::<AppointmentId>("cursor", &self.cursor),
            p.long_page_limit(&self.limit),
        );
        if !p.is_empty() {
            return Err(p.into());
        }
        let asked = ListEntries {
            actor: self.actor,
            action: self.action,
            from: self.from,
            to: self.to,
            outcome: "done".into(),
            ..ListEntries::default()
        };
        let mut opened = tx.opened_by(&asked, "appointment").await?;
        let clients = tx.opened_by(&asked, "client").await?;
        add_clients(tx, clients, &mut opened).await?;
        let appointments = opened.len();
        let after = cursor.map_or_else(String::new, |id| id.to_string());
        let mut rest =
            opened
                .into_iter()
                .skip_while(|(id, _)| *id <= after)
                .map(|(appointment, times)| AffectedItem {
                    appointment,
                    reference: None,
                    times,
                });
        let mut items: Vec<AffectedItem> = rest.by_ref().take(limit).collect();
        let next = rest
            .next()
            .and(items.last().map(|item| item.appointment.clone()));
        for some in items.chunks_mut(64) {
            let mut args = Vec::new();
            let list = bind_list(
                &mut args,
                some.iter()
                    .map(|item| item.appointment.clone().into())
                    .collect(),
            );
            let rows = tx
                .rows(
                    &format!(
                        "select id, reference from appointment_reference where id in ({list})"
                    ),
                    args,
                )
                .await?;
            for row in rows {
                let (id, reference) = (row.text("id")?, row.text("reference")?.to_owned());
                some.iter_mut()
                    .filter(|item| item.appointment == id)
                    .for_each(|item| item.reference = Some(reference.clone()));
            }
        }
        Ok(AffectedView {
            appointments,
            items,
            next,
        })
    }
}

/// Adds the appointments of clients who were opened on their own; a client shown with an appointment is already
/// counted there.
async fn add_clients(
    tx: &mut ReadTx,
    clients: BTreeMap<String, u64>,
    opened: &mut BTreeMap<String, u64>,
) -> Result<(), Refusal> {
    let ids: Vec<String> = clients.keys().cloned().collect();
    let mut theirs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for some in ids.chunks(64) {
        let mut args = Vec::new();
        let list = bind_list(&mut args, some.iter().map(|id| id.clone().into()).collect());
        let sql = format!("select id, client_id from client_use where client_id in ({list})");
        for row in tx.rows(&sql, args).await? {
            let client = row.text("client_id")?.to_owned();
            theirs
                .entry(client)
                .or_default()
                .push(row.text("id")?.to_owned());
        }
    }
    for (client, appointments) in theirs {
        if !appointments.iter().any(|id| opened.contains_key(id)) {
            let times = clients.get(&client).copied().unwrap_or(1);
            opened.extend(appointments.into_iter().map(|id| (id, times)));
        }
    }
    Ok(())
}
