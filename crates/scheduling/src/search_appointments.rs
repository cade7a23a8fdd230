use crate::{Appointment, AppointmentView, views};
use interpres_gate::{Action, Page, Permission, Query, ReadTx, Refusal, bind_list};
use interpres_types::{Field, Line, Problems};
use schemars::JsonSchema;
use serde::Deserialize;

/// Whom to look for. It names a client, so it is sent in a body and never stands in an address.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SearchInput {
    /// Words of the client's name, or their beginnings; required.
    pub client: Field,
}

/// The appointments of a client, by name, latest first (EN3). For those who see clients' names.
#[derive(Clone, Debug)]
pub struct SearchAppointments {
    /// Whom to look for.
    pub input: SearchInput,
}

const MOST: usize = 100;

impl Query for SearchAppointments {
    const ACTION: Action = Action::AppointmentsSearch;
    const PERMISSION: Permission = Permission::SearchClients;
    type View = Page<AppointmentView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<AppointmentView>, Refusal> {
        let mut p = Problems::none();
        let Some(client) = p.need::<Line<120>>("client", &self.input.client) else { return Err(p.into()) };
        if client.as_str().chars().filter(|c| c.is_alphanumeric()).count() < 2 {
            return Err(Refusal::invalid("client", "must have two letters or more"));
        }
        let ids = tx.find_named("appointment", "client_name", client.as_str(), MOST).await?;
        if ids.is_empty() {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let mut args = Vec::new();
        let list = bind_list(&mut args, ids.into_iter().map(Into::into).collect());
        let found = tx.list::<Appointment>(&format!("where id in ({list}) order by starts_at desc, id desc limit {MOST}"), args).await?;
        Ok(Page { items: views(tx, found).await?, next: None })
    }
}
