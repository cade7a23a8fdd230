//! What is booked of an interpreter or for a customer, and where they are.
use crate::{App, shared::Refused};
use interpres_gate::{Actor, Permission as P};
use interpres_scheduling::{AgendaOwner, AgendaView, CountBooked, ShowAgenda};
use std::{collections::BTreeMap, fmt};

/// What comes next and how it went; nothing for those who see no appointments.
pub(super) async fn agenda(
    app: &App,
    actor: &Actor,
    whose: AgendaOwner,
) -> Result<Option<AgendaView>, Refused> {
    if !actor.may(P::ViewAppointments) {
        return Ok(None);
    }
    let agenda = app.gate.view(actor, ShowAgenda(whose)).await?;
    Ok(Some(agenda.into_inner()))
}

/// How many appointments each on a page has in the next seven days.
pub(super) struct Booked(BTreeMap<String, i64>);

impl Booked {
    /// Nothing for those who see no appointments.
    pub(super) async fn count(
        app: &App,
        actor: &Actor,
        of: Vec<AgendaOwner>,
    ) -> Result<Option<Self>, Refused> {
        if !actor.may(P::ViewAppointments) {
            return Ok(None);
        }
        let booked = app.gate.view(actor, CountBooked { of }).await?;
        Ok(Some(Self(booked.into_inner())))
    }
    pub(super) fn of(&self, id: impl fmt::Display) -> i64 {
        self.0.get(&id.to_string()).copied().unwrap_or_default()
    }
}

/// City, state and ZIP code in a line, as far as they are on file.
pub(super) fn town(city: Option<&str>, state: Option<&str>, zip: Option<&str>) -> String {
    let part = |part: Option<&str>| part.unwrap_or_default().trim().to_owned();
    let city = [part(city), part(state)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    format!("{city} {}", part(zip)).trim().to_owned()
}

/// The upcoming appointments of a customer or an interpreter, as the list of appointments is asked for them.
pub(super) fn appointments_of(filter: &str, name: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair(filter, name)
        .finish();
    format!("/appointments?{query}")
}

#[cfg(test)]
mod tests {
    use super::town;

    #[test]
    fn what_is_not_on_file_leaves_no_gap_in_the_line() {
        assert_eq!(
            town(Some("Denver"), Some("CO"), Some("80204")),
            "Denver, CO 80204"
        );
        assert_eq!(town(None, Some("CO"), None), "CO");
        assert_eq!(town(None, None, Some("80204")), "80204");
        assert_eq!(town(Some(""), None, None), "");
    }
}
