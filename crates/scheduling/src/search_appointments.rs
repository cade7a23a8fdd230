use crate::carry_over::client::is_under_way;
use crate::{Appointment, AppointmentView, list_appointments::StartCursor, views};
use interpres_gate::{Action, Page, Query, ReadTx, Refusal, Val, async_trait, bind_list};
use interpres_types::{Field, Line, Problems};
use schemars::JsonSchema;
use serde::Deserialize;
use std::cmp::Reverse;

/// Whom to look for. It names a client, so it is sent in a body and never stands in an address.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SearchInput {
    /// Words of the client's name, or their beginnings; required.
    pub client: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

impl SearchInput {
    /// Whom to look for, as it can be looked for; `p` may hold problems of fields beside it.
    pub(crate) fn name(&self, mut p: Problems) -> Result<Line<120>, Refusal> {
        let client = p.need::<Line<120>>("client", &self.client);
        let letters = |name: &Line<120>| {
            let letters = name.as_str().chars().filter(|c| c.is_alphanumeric());
            letters.count()
        };
        if client.as_ref().is_some_and(|name| letters(name) < 2) {
            p.add("client", "must have two letters or more");
        }
        client.filter(|_| p.is_empty()).ok_or_else(|| p.into())
    }
}

/// The appointments of a client, by name, latest first (EN3). For those who see clients' names.
#[derive(Clone, Debug)]
pub struct SearchAppointments {
    /// Whom to look for.
    pub input: SearchInput,
}

/// How many ids one question asks about.
pub(crate) const AT_A_TIME: usize = 512;

#[async_trait]
impl Query for SearchAppointments {
    const ACTION: Action = Action::AppointmentsSearch;
    type View = Page<AppointmentView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<AppointmentView>, Refusal> {
        let mut p = Problems::none();
        let limit = p.page_limit(&self.input.limit);
        let cursor = p.may::<StartCursor>("cursor", &self.input.cursor);
        let client = self.input.name(p)?;
        let named = tx.find_named("client", "name", client.as_str()).await?;
        let mut places = places(tx, "client_id", named).await?;
        if is_under_way(tx).await? {
            let named = tx
                .find_named("appointment", "client_name", client.as_str())
                .await?;
            places.extend(self::places(tx, "id", named).await?);
        }
        places.retain(|place| cursor.is_none_or(|last| *place < last));
        places.sort_unstable_by_key(|place| Reverse(*place));
        let page = Page::cut(places, limit, StartCursor::to_string);
        if page.items.is_empty() {
            return Ok(Page::default());
        }
        let mut args = Vec::new();
        let list = bind_list(
            &mut args,
            page.items.iter().map(|place| Val::text(place.id)).collect(),
        );
        let found = tx
            .list::<Appointment>(
                &format!("where id in ({list}) order by starts_at desc, id desc"),
                args,
            )
            .await?;
        Ok(Page {
            items: views(tx, found).await?,
            next: page.next,
        })
    }
}

/// Where the appointments of which a column is one of these ids stand, as far as they are within the actor's reach.
async fn places(
    tx: &mut ReadTx,
    column: &str,
    ids: Vec<String>,
) -> Result<Vec<StartCursor>, Refusal> {
    let mut places = Vec::new();
    for some in ids.chunks(AT_A_TIME) {
        let mut args = Vec::new();
        let list = bind_list(
            &mut args,
            some.iter().map(|id| id.as_str().into()).collect(),
        );
        for row in tx
            .rows(
                &format!("select id, starts_at from appointment where {column} in ({list})"),
                args,
            )
            .await?
        {
            let id = row
                .text("id")?
                .parse()
                .map_err(|_| Refusal::fault("an appointment's id can't be read"))?;
            places.push(StartCursor {
                starts_at: row.int("starts_at")?,
                id,
            });
        }
    }
    Ok(places)
}
