use crate::{Address, interpreter::point};
use interpres_accounts::fold;
use interpres_gate::{ReadTx, Refusal, Row, StoreError, Val, record};
use interpres_types::{CustomerId, Email, Line, Phone, Point, TeamId, Zip, Zone};

record! {
    /// The client record appointments are booked for.
    pub struct Customer from NewCustomer in "customer" by CustomerId {
        /// The team that keeps the record.
        team_id: TeamId,
        /// Name.
        name: Line<160>,
        /// The name, folded.
        name_key: String,
        /// Primary address.
        email: Email,
        /// Web site.
        website: Option<Line<200>>,
        /// Telephone.
        phone: Option<Phone>,
        /// Fax.
        fax: Option<Phone>,
        /// Street of the location.
        address: Option<Line<160>>,
        /// City.
        city: Option<Line<80>>,
        /// State.
        state: Option<Line<20>>,
        /// ZIP code.
        zip: Option<Zip>,
        /// The location's time zone.
        zone: Zone,
        /// Millionths of a degree north.
        latitude: Option<i64>,
        /// Millionths of a degree east.
        longitude: Option<i64>,
        /// Street for bills, when it is another.
        billing_address: Option<Line<160>>,
        /// City for bills.
        billing_city: Option<Line<80>>,
        /// State for bills.
        billing_state: Option<Line<20>>,
        /// ZIP code for bills.
        billing_zip: Option<Zip>,
        /// Whether its clients are patients. A court or school may say no.
        health_care: bool,
    }
}

/// What booking and assigning need to know of any customer of the workspace.
#[derive(Clone, Debug)]
pub struct CustomerCard {
    /// Which.
    pub id: CustomerId,
    /// Name.
    pub name: String,
    /// Its address.
    pub location: Address,
    /// Time zone.
    pub zone: Zone,
    /// Where it is, when known.
    pub point: Option<Point>,
    /// Whether its clients are patients.
    pub health_care: bool,
}

const CARD: &str = "select id, name, address, city, state, zip, zone, latitude, longitude, health_care from customer_card";

fn may<T: std::str::FromStr>(row: &Row, column: &str) -> Result<Option<T>, StoreError> {
    row.may_text(column)?
        .map(|t| t.parse().map_err(|_| StoreError::Shape(column.to_owned())))
        .transpose()
}

fn card(row: &Row) -> Result<CustomerCard, StoreError> {
    let bad = || StoreError::Shape("customer_card".into());
    Ok(CustomerCard {
        id: may(row, "id")?.ok_or_else(bad)?,
        name: row.text("name")?.to_owned(),
        location: Address {
            street: row
                .may_text("address")?
                .map(|text| Line::kept(text.to_owned())),
            city: row
                .may_text("city")?
                .map(|text| Line::kept(text.to_owned())),
            state: row
                .may_text("state")?
                .map(|text| Line::kept(text.to_owned())),
            zip: may(row, "zip")?,
        },
        zone: may(row, "zone")?.ok_or_else(bad)?,
        point: point(row)?,
        health_care: row.flag("health_care")?,
    })
}

/// The card of one customer.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn customer_card(tx: &mut ReadTx, id: CustomerId) -> Result<CustomerCard, Refusal> {
    let rows = tx
        .rows(&format!("{CARD} where id = $1"), vec![Val::text(id)])
        .await?;
    Ok(card(rows.first().ok_or(Refusal::NotFound)?)?)
}

/// The cards of customers with this name, however it is capitalised or spaced; at most two, which
/// is enough to know that a name is not enough.
///
/// # Errors
/// A fault of the database.
pub async fn customers_named(tx: &mut ReadTx, name: &str) -> Result<Vec<CustomerCard>, Refusal> {
    let rows = tx
        .rows(
            &format!("{CARD} where name_key = $1 order by email limit 2"),
            vec![fold(name).into()],
        )
        .await?;
    Ok(rows.iter().map(card).collect::<Result<_, _>>()?)
}
