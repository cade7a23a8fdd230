//! Records' fields as typed, beside what is there already: a form begins with them, and a file leaves those
//! that it does not bring.
use crate::{CustomerInput, CustomerView, InterpreterInput, InterpreterView};
use interpres_types::Field;

fn text(text: Option<String>) -> Field {
    text.unwrap_or_default().into()
}

impl From<CustomerView> for CustomerInput {
    fn from(c: CustomerView) -> Self {
        let billing = if c.billing.is_some() { "different" } else { "" }.into();
        let [billing_address, billing_city, billing_state, billing_zip] =
            c.billing.unwrap_or_default().map(Field::from);
        Self {
            name: c.name.into(),
            email: c.email.into(),
            team: c.team.into(),
            website: text(c.website),
            phone: text(c.phone),
            fax: text(c.fax),
            address: text(c.address),
            city: text(c.city),
            state: text(c.state),
            zip: text(c.zip),
            zone: c.zone.into(),
            billing,
            billing_address,
            billing_city,
            billing_state,
            billing_zip,
            health_care: if c.health_care { "yes" } else { "no" }.into(),
        }
    }
}

impl CustomerInput {
    /// These fields, and where one is blank the other's.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        Self {
            name: self.name.or(other.name),
            email: self.email.or(other.email),
            team: self.team.or(other.team),
            website: self.website.or(other.website),
            phone: self.phone.or(other.phone),
            fax: self.fax.or(other.fax),
            address: self.address.or(other.address),
            city: self.city.or(other.city),
            state: self.state.or(other.state),
            zip: self.zip.or(other.zip),
            zone: self.zone.or(other.zone),
            billing: self.billing.or(other.billing),
            billing_address: self.billing_address.or(other.billing_address),
            billing_city: self.billing_city.or(other.billing_city),
            billing_state: self.billing_state.or(other.billing_state),
            billing_zip: self.billing_zip.or(other.billing_zip),
            health_care: self.health_care.or(other.health_care),
        }
    }
}

impl From<InterpreterView> for InterpreterInput {
    fn from(i: InterpreterView) -> Self {
        Self {
            first_name: i.first_name.into(),
            last_name: i.last_name.into(),
            email: i.email.into(),
            phone: text(i.phone),
            languages: i.languages.join("; ").into(),
            team: i.team.into(),
            service_types: i
                .service_types
                .iter()
                .map(|s| s.word())
                .collect::<Vec<_>>()
                .join("; ")
                .into(),
            gender: text(i.gender.map(|g| g.word().to_owned())),
            address: text(i.address),
            city: text(i.city),
            state: text(i.state),
            zip: text(i.zip),
        }
    }
}

impl InterpreterInput {
    /// These fields, and where one is blank the other's.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        Self {
            first_name: self.first_name.or(other.first_name),
            last_name: self.last_name.or(other.last_name),
            email: self.email.or(other.email),
            phone: self.phone.or(other.phone),
            languages: self.languages.or(other.languages),
            team: self.team.or(other.team),
            service_types: self.service_types.or(other.service_types),
            gender: self.gender.or(other.gender),
            address: self.address.or(other.address),
            city: self.city.or(other.city),
            state: self.state.or(other.state),
            zip: self.zip.or(other.zip),
        }
    }
}
