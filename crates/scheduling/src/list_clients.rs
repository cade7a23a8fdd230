use crate::Client;
use crate::client_view::{ClientView, client_views};
use crate::search_appointments::{AT_A_TIME, SearchInput};
use interpres_gate::{
    Action, Counter, Filter, Page, Past, Query, ReadTx, Refusal, Val, WHOLE, async_trait, bind_list,
};
use interpres_types::{CustomerId, Field, LepClientId, Problems};
use schemars::JsonSchema;
use serde::Deserialize;

/// The clients of one's reach, the latest first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListClients {
    /// A customer's id.
    pub customer: Field,
    /// How many are passed over, up to 10,000; in place of a cursor.
    pub past: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

impl ListClients {
    fn conditions(&self, p: &mut Problems, filter: &mut Filter) {
        if let Some(customer) = p.may::<CustomerId>("customer", &self.customer) {
            filter.and("customer_id = ?", Val::text(customer));
        }
    }
}

/// How many clients a list holds, wherever its page begins; up to 10,000 and one.
#[derive(Debug)]
pub struct CountClients(pub ListClients);

#[async_trait]
impl Query for CountClients {
    const ACTION: Action = Action::ClientsCount;
    type View = i64;
    async fn answer(self, tx: &mut ReadTx) -> Result<i64, Refusal> {
        let mut p = Problems::none();
        let mut counter = Counter::default();
        self.0.conditions(&mut p, counter.begin());
        if !p.is_empty() {
            return Err(p.into());
        }
        counter.end("client");
        let counts = counter.counts(tx).await?;
        Ok(counts.first().copied().unwrap_or_default())
    }
}

/// All that a list of clients holds, to be taken away as a file.
#[derive(Debug)]
pub struct ExportClients(pub ListClients);

#[async_trait]
impl Query for ExportClients {
    const ACTION: Action = Action::ClientsExport;
    type View = Vec<ClientView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<ClientView>, Refusal> {
        let mut p = Problems::none();
        let mut filter = Filter::before::<LepClientId>(None);
        self.0.conditions(&mut p, &mut filter);
        if !p.is_empty() {
            return Err(p.into());
        }
        let found = tx.latest::<Client>(filter, WHOLE).await?.whole()?;
        client_views(tx, found).await
    }
}

#[async_trait]
impl Query for ListClients {
    const ACTION: Action = Action::ClientsList;
    type View = Page<ClientView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<ClientView>, Refusal> {
        let mut p = Problems::none();
        let past = p.may::<Past>("past", &self.past).unwrap_or_default();
        let cursor = p.may::<LepClientId>("cursor", &self.cursor);
        let limit = p.page_limit(&self.limit);
        let mut filter = Filter::before(cursor);
        self.conditions(&mut p, &mut filter);
        if !p.is_empty() {
            return Err(p.into());
        }
        let filter = filter.page("id desc", limit).past(past);
        let found: Vec<Client> = tx.list(&filter.sql, filter.args).await?;
        let cut = Page::cut(found, limit, |client: &Client| client.id.to_string());
        Ok(Page {
            items: client_views(tx, cut.items).await?,
            next: cut.next,
        })
    }
}

async fn shown(tx: &mut ReadTx, filter: Filter, limit: usize) -> Result<Page<ClientView>, Refusal> {
    let Page { items, next } = tx.latest::<Client>(filter, limit).await?;
    let items = client_views(tx, items).await?;
    Ok(Page { items, next })
}

/// The clients of a name, the latest first (EN3). For those who see clients' names.
#[derive(Clone, Debug)]
pub struct SearchClients {
    /// Whom to look for.
    pub input: SearchInput,
}

#[async_trait]
impl Query for SearchClients {
    const ACTION: Action = Action::AppointmentsSearch;
    type View = Page<ClientView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<ClientView>, Refusal> {
        let mut p = Problems::none();
        let limit = p.page_limit(&self.input.limit);
        let cursor = p.may::<LepClientId>("cursor", &self.input.cursor);
        let client = self.input.name(p)?;
        let named = tx.find_named("client", "name", client.as_str()).await?;
        let mut ids = within_reach(tx, named).await?;
        ids.retain(|id| cursor.is_none_or(|last| *id < last));
        ids.sort_unstable_by(|a, b| b.cmp(a));
        let page = Page::cut(ids, limit, LepClientId::to_string);
        if page.items.is_empty() {
            return Ok(Page::default());
        }
        let mut filter = Filter::begin("where 1 = 1", Vec::new());
        let ids = page.items.iter().map(Val::text).collect();
        let list = bind_list(&mut filter.args, ids);
        filter.sql += &format!(" and id in ({list})");
        let found = shown(tx, filter, page.items.len()).await?;
        Ok(Page {
            items: found.items,
            next: page.next,
        })
    }
}

/// Those of these clients that are within the actor's reach.
async fn within_reach(tx: &mut ReadTx, ids: Vec<String>) -> Result<Vec<LepClientId>, Refusal> {
    let mut out = Vec::new();
    for some in ids.chunks(AT_A_TIME) {
        let mut args = Vec::new();
        let list = bind_list(
            &mut args,
            some.iter().map(|id| id.as_str().into()).collect(),
        );
        let sql = format!("select id from client where id in ({list})");
        for row in tx.rows(&sql, args).await? {
            let id = row.text("id")?.parse();
            out.push(id.map_err(|_| Refusal::fault("a client's id can't be read"))?);
        }
    }
    Ok(out)
}

/// One client.
#[derive(Debug)]
pub struct ShowClient(pub LepClientId);

#[async_trait]
impl Query for ShowClient {
    const ACTION: Action = Action::ClientShow;
    type View = ClientView;
    async fn answer(self, tx: &mut ReadTx) -> Result<ClientView, Refusal> {
        let client: Client = tx.find(self.0).await?;
        client_views(tx, vec![client])
            .await?
            .pop()
            .ok_or(Refusal::NotFound)
    }
}
