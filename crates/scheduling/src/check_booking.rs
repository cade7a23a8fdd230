//! What was typed of an appointment, checked against other records and put onto one, new or old.
use crate::Appointment;
use crate::input::AppointmentInput;
use crate::parsed_appointment::{ParsedAppointment, parse_appointment};
use interpres_accounts::{OWN_CUSTOMER, fold};
use interpres_directory::{
    Address, CustomerCard, customer_card, customers_named, own_team, within_team,
};
use interpres_gate::{Phi, Reach, ReadTx, Refusal, Val};
use interpres_types::{CustomerId, TeamId};

/// What was given, checked against what this actor may book for. Only [`check`] makes one, and nothing is put
/// onto an appointment without it: booking and changing can't differ in what they let through.
pub(crate) struct Checked {
    parsed: ParsedAppointment,
    customer: CustomerCard,
    team: Option<TeamId>,
}

impl Checked {
    /// What was typed.
    pub(crate) const fn parsed(&self) -> &ParsedAppointment {
        &self.parsed
    }
    /// Who pays.
    pub(crate) const fn customer(&self) -> &CustomerCard {
        &self.customer
    }
    /// The team that staff named.
    pub(crate) const fn team(&self) -> Option<TeamId> {
        self.team
    }
    /// Where another customer takes the place of this one, what was this one's own address and zone goes with it: a form
    /// sends back what it was filled with.
    pub(crate) async fn instead_of(
        mut self,
        tx: &mut ReadTx,
        before: CustomerId,
    ) -> Result<Self, Refusal> {
        if self.customer.id == before {
            return Ok(self);
        }
        let old = match customer_card(tx, before).await {
            Ok(old) => old,
            Err(Refusal::NotFound) => return Ok(self),
            Err(refusal) => return Err(refusal),
        };
        if self.parsed.place == old.location {
            self.parsed.place = Address::default();
            let of_place = old.location.zone();
            self.parsed.zone = self
                .parsed
                .zone
                .filter(|zone| *zone != old.zone && Some(zone) != of_place.as_ref());
        }
        Ok(self)
    }
}

/// Checks what was given: its form, the customer, and for staff the team.
///
/// # Errors
/// Every field with the rule it broke.
pub(crate) async fn check(tx: &mut ReadTx, input: &AppointmentInput) -> Result<Checked, Refusal> {
    let parsed = parse_appointment(input)?;
    let customer = customer(tx, parsed.customer.as_str()).await?;
    let team = match &parsed.team {
        Some(name) if tx.reach() != Reach::Own => Some(own_team(tx, name).await?),
        _ => None,
    };
    Ok(Checked {
        parsed,
        customer,
        team,
    })
}

/// Puts what was given onto an appointment, new or old.
pub(crate) async fn fill(
    tx: &mut ReadTx,
    mut a: Appointment,
    checked: Checked,
    input: &AppointmentInput,
) -> Result<Appointment, Refusal> {
    let Checked {
        parsed, customer, ..
    } = checked;
    a.health_care = Some(customer.health_care);
    a.starts_at = parsed.starts_at(&customer.zone, &input.which)?;
    let zone = parsed.zone.unwrap_or_else(|| customer.zone.clone());
    a.ends_at = a.starts_at.plus_minutes(parsed.minutes.get());
    a.wall_start = parsed.wall;
    a.zone = zone;
    a.minutes = parsed.minutes;
    a.language = parsed.language;
    a.service_type = parsed.service_type;
    a.mode = parsed.mode;
    a.gender = parsed.gender;
    a.meeting = parsed.meeting;
    a.customer_id = customer.id;
    let elsewhere = !parsed.place.is_empty();
    let place = if elsewhere {
        parsed.place.filled()
    } else {
        customer.location.clone()
    };
    let point = if elsewhere {
        place.point()
    } else {
        customer.point
    };
    a.address = place.street;
    a.city = place.city;
    a.state = place.state;
    a.zip = place.zip;
    a.latitude = point.map(|p| p.latitude);
    a.longitude = point.map(|p| p.longitude);
    within_team(tx, a.team_id, a.customer_id, a.service_type).await?;
    a.notes = parsed.notes.map(Phi::new);
    a.internal_notes = parsed.internal_notes.map(Phi::new);
    Ok(a)
}

/// The customer by id, or by name when only one has it. Of a requester only the own one is looked at, so
/// that nobody learns whether there is another.
async fn customer(tx: &mut ReadTx, text: &str) -> Result<CustomerCard, Refusal> {
    if tx.reach() == Reach::Own {
        let foreign = || Refusal::invalid("customer", "is not the one you file requests for");
        let own = customer_card(
            tx,
            tx.actor().rights().own(&OWN_CUSTOMER).ok_or_else(foreign)?,
        )
        .await?;
        return if text == own.id.to_string() || fold(text) == fold(own.name.as_str()) {
            Ok(own)
        } else {
            Err(foreign())
        };
    }
    if let Ok(id) = text.parse::<CustomerId>() {
        return customer_card(tx, id)
            .await
            .map_err(|_| Refusal::invalid("customer", "is not a customer of this workspace"));
    }
    let mut found = customers_named(tx, text).await?;
    match (found.len(), found.pop()) {
        (1, Some(card)) => Ok(card),
        (0, _) => Err(Refusal::invalid(
            "customer",
            "is not a customer of this workspace",
        )),
        _ => Err(Refusal::invalid(
            "customer",
            "is the name of several customers; choose one of them",
        )),
    }
}

/// The team that schedules what a requester files.
pub(crate) async fn team_of_customer(
    tx: &mut ReadTx,
    customer: CustomerId,
) -> Result<TeamId, Refusal> {
    let rows = tx
        .rows(
            "select team_id from customer_team where id = $1",
            vec![Val::text(customer)],
        )
        .await?;
    let team = rows
        .first()
        .ok_or(Refusal::NotFound)?
        .text("team_id")?
        .parse();
    team.map_err(|_| Refusal::fault("a customer's team id can't be read"))
}
