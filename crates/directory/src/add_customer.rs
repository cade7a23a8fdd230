use crate::{
    Address, Customer, NewCustomer, ShowCustomer,
    add_interpreter::{Stored, own_team},
};
use interpres_accounts::{Workspace, fold};
use interpres_gate::{Action, Command, Granted, Query, Refusal, Val, WriteTx, async_trait};
use interpres_types::{Blank, CustomerId, Email, Field, Line, Phone, Problems, TeamId, Zone};
use schemars::JsonSchema;
use serde::Deserialize;

/// A customer as typed into the form, sent to the API, or read from a file.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerInput {
    /// Name; required.
    pub name: Field,
    /// Primary e-mail address; required.
    pub email: Field,
    /// The team's name; required.
    pub team: Field,
    /// Web site.
    pub website: Field,
    /// Telephone.
    pub phone: Field,
    /// Fax.
    pub fax: Field,
    /// Street of the location.
    pub address: Field,
    /// City.
    pub city: Field,
    /// State.
    pub state: Field,
    /// ZIP code.
    pub zip: Field,
    /// IANA time zone; its ZIP code's unless said, or else the workspace's.
    pub zone: Field,
    /// `Different` when bills go elsewhere; otherwise the location's address serves.
    pub billing: Field,
    /// Street for bills.
    pub billing_address: Field,
    /// City for bills.
    pub billing_city: Field,
    /// State for bills.
    pub billing_state: Field,
    /// ZIP code for bills.
    pub billing_zip: Field,
    /// `no` when its clients are not patients; yes unless said.
    pub health_care: Field,
}

/// The same, parsed.
#[derive(Debug)]
pub struct ParsedCustomer {
    name: Line<160>,
    email: Email,
    team: Line<80>,
    website: Option<Line<200>>,
    phone: Option<Phone>,
    fax: Option<Phone>,
    address: Address,
    zone: Option<Zone>,
    billing: Address,
    health_care: bool,
}

/// By what importing again finds the same customer.
#[derive(Debug)]
pub struct CustomerKey {
    /// The name, folded.
    pub name: String,
    /// The address.
    pub email: Email,
}

/// By what a customer that comes in is found again.
///
/// # Errors
/// What is wrong with them.
pub fn customer_called(input: &CustomerInput) -> Result<CustomerKey, Problems> {
    let mut p = Problems::none();
    match (
        p.need::<Line<160>>("name", &input.name),
        p.need("email", &input.email),
    ) {
        (Some(name), Some(email)) => Ok(CustomerKey {
            name: fold(name.as_str()),
            email,
        }),
        _ => Err(p),
    }
}

/// Parses a customer, or tells everything that is wrong.
///
/// # Errors
/// Every field with the rule it broke.
pub fn parse_customer(input: &CustomerInput) -> Result<ParsedCustomer, Problems> {
    let mut p = Problems::none();
    let name = p.need("name", &input.name);
    let email = p.need("email", &input.email);
    let team = p.need("team", &input.team);
    let website = p.may("website", &input.website);
    let phone = p.may("phone", &input.phone);
    let fax = p.may("fax", &input.fax);
    let zone = p.may("zone", &input.zone);
    let address = Address {
        street: p.may("address", &input.address),
        city: p.may("city", &input.city),
        state: p.may("state", &input.state),
        zip: p.may("zip", &input.zip),
    };
    let elsewhere = input.billing.raw().trim().eq_ignore_ascii_case("different");
    let billing = if elsewhere {
        Address {
            street: p.need("billing_address", &input.billing_address),
            city: p.may("billing_city", &input.billing_city),
            state: p.may("billing_state", &input.billing_state),
            zip: p.may("billing_zip", &input.billing_zip),
        }
    } else {
        Address::default()
    };
    let health_care = match input.health_care.raw().trim().to_lowercase().as_str() {
        "" | "yes" | "true" | "on" => true,
        "no" | "false" => false,
        _ => {
            p.add("health_care", "must be yes or no");
            true
        }
    };
    match (name, email, team) {
        (Some(name), Some(email), Some(team)) if p.is_empty() => Ok(ParsedCustomer {
            name,
            email,
            team,
            website,
            phone,
            fax,
            address,
            zone,
            billing,
            health_care,
        }),
        _ => Err(p),
    }
}

/// Adds a customer to the directory.
#[derive(Debug)]
pub struct AddCustomer {
    /// As it came in.
    pub input: CustomerInput,
}

#[async_trait]
impl Command for AddCustomer {
    const ACTION: Action = Action::CustomerAdd;
    type Outcome = Stored;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Stored, Refusal> {
        let parsed = parse_customer(&self.input)?;
        let team = own_team(tx, &parsed.team).await?;
        let key = vec![fold(parsed.name.as_str()).into(), Val::text(&parsed.email)];
        let same = tx
            .rows(
                "select id from customer_card where name_key = $1 and email = $2",
                key,
            )
            .await?;
        if !same.is_empty() {
            return Err(Refusal::invalid(
                "name",
                "and email already belong to another customer",
            ));
        }
        let workspace = tx.actor().workspace();
        let zone = tx.find::<Workspace>(workspace).await?.zone;
        let blank = tx
            .blank(NewCustomer {
                team_id: team,
                name: parsed.name.clone(),
                name_key: String::new(),
                email: parsed.email.clone(),
                zone,
                health_care: true,
            })
            .await?;
        fill(tx, blank, parsed, team).await
    }
}

/// Changes a customer: every field becomes what is given.
#[derive(Debug)]
pub struct EditCustomer {
    /// Which.
    pub id: CustomerId,
    /// The version the caller saw.
    pub version: Option<i64>,
    /// As it came in.
    pub input: CustomerInput,
}

#[async_trait]
impl Command for EditCustomer {
    const ACTION: Action = Action::CustomerEdit;
    type Outcome = Stored;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Stored, Refusal> {
        change_customer(tx, self, Blank::Empties).await
    }
}

/// Changes a customer as part of something else. What is blank may stay as it is.
///
/// # Errors
/// As [`EditCustomer`].
pub async fn change_customer(
    tx: &mut WriteTx,
    edit: EditCustomer,
    blank: Blank,
) -> Result<Stored, Refusal> {
    let input = match blank {
        Blank::Stays => edit
            .input
            .over(ShowCustomer(edit.id).answer(tx).await?.into()),
        Blank::Empties => edit.input,
    };
    let customer: Customer = tx.find(edit.id).await?;
    tx.expect_version(&customer, edit.version)?;
    let parsed = parse_customer(&input)?;
    let team = own_team(tx, &parsed.team).await?;
    fill(tx, customer, parsed, team).await
}

async fn fill(
    tx: &mut WriteTx,
    mut c: Customer,
    parsed: ParsedCustomer,
    team: TeamId,
) -> Result<Stored, Refusal> {
    let address = parsed.address.filled();
    let billing = parsed.billing.filled();
    let point = address.point();
    c.name_key = fold(parsed.name.as_str());
    c.team_id = team;
    c.name = parsed.name;
    c.email = parsed.email;
    c.website = parsed.website;
    c.phone = parsed.phone;
    c.fax = parsed.fax;
    c.latitude = point.map(|p| p.latitude);
    c.longitude = point.map(|p| p.longitude);
    c.health_care = parsed.health_care;
    c.zone = parsed.zone.or_else(|| address.zone()).unwrap_or(c.zone);
    c.address = address.street;
    c.city = address.city;
    c.state = address.state;
    c.zip = address.zip;
    c.billing_address = billing.street;
    c.billing_city = billing.city;
    c.billing_state = billing.state;
    c.billing_zip = billing.zip;
    Ok(Stored::of(&tx.save(&c).await?))
}
