use crate::{
    Customer,
    list_interpreters::{HAYSTACK, team_name},
};
use interpres_accounts::{Team, all_teams, fold};
use interpres_gate::{Action, Filter, Page, Query, ReadTx, Refusal, async_trait};
use interpres_types::{CustomerId, Field, Line, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The customers of one's reach, by name.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListCustomers {
    /// Parts of the name, the city or the e-mail address; every word must be found.
    pub q: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

/// A customer as shown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CustomerView {
    /// Id.
    pub id: CustomerId,
    /// Version, for changing it.
    pub version: i64,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// The team's name.
    pub team: String,
    /// Web site.
    pub website: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Fax.
    pub fax: Option<String>,
    /// Street.
    pub address: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State.
    pub state: Option<String>,
    /// ZIP code.
    pub zip: Option<String>,
    /// Time zone.
    pub zone: String,
    /// Whether its clients are patients.
    pub health_care: bool,
    /// The address bills go to, when it is another: street, city, state, ZIP code.
    pub billing: Option<[String; 4]>,
    #[serde(skip)]
    cursor: String,
}

#[async_trait]
impl Query for ListCustomers {
    const ACTION: Action = Action::CustomersList;
    type View = Page<CustomerView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<CustomerView>, Refusal> {
        let mut p = Problems::none();
        let limit = p.page_limit(&self.limit);
        let q = p.may::<Line<80>>("q", &self.q);
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::begin("where 1 = 1", Vec::new());
        if let Some(q) = q {
            filter.holds(HAYSTACK, &fold(q.as_str()));
        }
        filter.after("name_key", &self.cursor)?;
        let filter = filter.page("name_key, id", limit);
        let found: Vec<Customer> = tx.list(&filter.sql, filter.args).await?;
        let teams = all_teams(tx).await?;
        let views = found.into_iter().map(|c| view(c, &teams)).collect();
        Ok(Page::cut(views, limit, |v: &CustomerView| v.cursor.clone()))
    }
}

fn view(c: Customer, teams: &[Team]) -> CustomerView {
    let text = |t: Option<String>| t.unwrap_or_default();
    let billing = c.billing_address.map(|street| {
        [
            street.into(),
            text(c.billing_city.map(Into::into)),
            text(c.billing_state.map(Into::into)),
            text(c.billing_zip.map(Into::into)),
        ]
    });
    CustomerView {
        cursor: Filter::place(&c.name_key, c.id),
        id: c.id,
        version: c.version,
        name: c.name.into(),
        email: c.email.to_string(),
        team: team_name(teams, c.team_id),
        website: c.website.map(Into::into),
        phone: c.phone.map(Into::into),
        fax: c.fax.map(Into::into),
        address: c.address.map(Into::into),
        city: c.city.map(Into::into),
        state: c.state.map(Into::into),
        zip: c.zip.map(Into::into),
        zone: c.zone.to_string(),
        health_care: c.health_care,
        billing,
    }
}

/// One customer.
#[derive(Debug)]
pub struct ShowCustomer(pub CustomerId);

#[async_trait]
impl Query for ShowCustomer {
    const ACTION: Action = Action::CustomerShow;
    type View = CustomerView;
    async fn answer(self, tx: &mut ReadTx) -> Result<CustomerView, Refusal> {
        let customer: Customer = tx.find(self.0).await?;
        let team: Option<Team> = tx.may_find(customer.team_id).await?;
        Ok(view(customer, team.as_slice()))
    }
}
