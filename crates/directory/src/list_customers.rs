use crate::{
    Customer,
    list_interpreters::team_name,
    listing::{HAYSTACK, Window, of_team},
};
use interpres_accounts::{Team, all_teams};
use interpres_gate::{Action, Counter, Filter, Page, Query, ReadTx, Refusal, WHOLE, async_trait};
use interpres_types::{CustomerId, Field, Line, Problems, searchable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The customers of one's reach, by name.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListCustomers {
    /// Parts of the name, the city or the e-mail address, whatever their case and accents; every word must be found.
    pub q: Field,
    /// A team's name.
    pub team: Field,
    /// The state they are in.
    pub state: Field,
    /// `yes` for those whose clients are patients, `no` for the others.
    pub health_care: Field,
    /// Only these, by their ids with commas between, up to 200.
    pub ids: Field,
    /// `name`, `city` or `team`; with `-` before it the other way.
    pub sort: Field,
    /// How many are passed over, up to 10,000; with a sort other than `name` in place of a cursor.
    pub past: Field,
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
        self.found(tx, None).await
    }
}

/// All that a list of customers holds, to be taken away as a file.
#[derive(Debug)]
pub struct ExportCustomers(pub ListCustomers);

#[async_trait]
impl Query for ExportCustomers {
    const ACTION: Action = Action::CustomersExport;
    type View = Vec<CustomerView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<CustomerView>, Refusal> {
        let list = ListCustomers {
            past: "".into(),
            cursor: "".into(),
            ..self.0
        };
        list.found(tx, Some(WHOLE)).await?.whole()
    }
}

impl ListCustomers {
    /// A page of it, of so many where it is said.
    async fn found(
        self,
        tx: &mut ReadTx,
        most: Option<usize>,
    ) -> Result<Page<CustomerView>, Refusal> {
        let mut p = Problems::none();
        let mut window = Window::of(&mut p, &self.sort, &self.past, &self.cursor, &self.limit);
        if !p.is_empty() {
            return Err(p.into());
        }
        window.limit = most.unwrap_or(window.limit);
        let mut filter = Filter::begin("where 1 = 1", Vec::new());
        self.conditions(tx, &mut filter).await?;
        let filter = window.cut(filter, "customer", &self.cursor)?;
        let found: Vec<Customer> = tx.list(&filter.sql, filter.args).await?;
        let teams = all_teams(tx).await?;
        let views = found.into_iter().map(|c| view(c, &teams)).collect();
        Ok(Page::cut(views, window.limit, |v: &CustomerView| {
            v.cursor.clone()
        }))
    }

    async fn conditions(&self, tx: &mut ReadTx, filter: &mut Filter) -> Result<(), Refusal> {
        let mut p = Problems::none();
        let q = p.may::<Line<80>>("q", &self.q);
        let team = p.may::<Line<80>>("team", &self.team);
        let state = p.may::<Line<20>>("state", &self.state);
        let health_care = match self.health_care.raw().trim() {
            "" => None,
            "yes" => Some(true),
            "no" => Some(false),
            _ => {
                p.add("health_care", "must be yes or no");
                None
            }
        };
        filter.among(&mut p, &self.ids);
        if !p.is_empty() {
            return Err(p.into());
        }
        if let Some(team) = team {
            of_team(tx, filter, &team).await?;
        }
        if let Some(q) = q {
            filter.holds(&HAYSTACK, &searchable(q.as_str()));
        }
        if let Some(state) = state {
            filter.and("lower(state) = ?", state.as_str().to_lowercase());
        }
        if let Some(health_care) = health_care {
            filter.and("health_care = ?", health_care);
        }
        Ok(())
    }
}

/// How many customers each of some lists holds, in one question.
#[derive(Clone, Debug)]
pub struct CountCustomers {
    /// The lists; where they begin and how they are sorted does not count.
    pub lists: Vec<ListCustomers>,
}

#[async_trait]
impl Query for CountCustomers {
    const ACTION: Action = Action::CustomersList;
    type View = Vec<i64>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<i64>, Refusal> {
        let mut counter = Counter::default();
        for list in &self.lists {
            list.conditions(tx, counter.begin()).await?;
            counter.end("customer");
        }
        counter.counts(tx).await
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
