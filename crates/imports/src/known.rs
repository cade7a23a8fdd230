//! Existing data: what rows are validated against, and the records that a re-import matches.
use crate::wanted::{Wanted, row};
use crate::{ImportKind, sheet::Upload};
use interpres_accounts::{all_teams, fold, invited_address, own_roles};
use interpres_directory::{customer_called, interpreter_address};
use interpres_gate::{Reach, ReadTx, Refusal, Role, Row, StoreError, Val, bind_list};
use interpres_scheduling::{AppointmentInput, references_among};
use interpres_types::{Language, Line, Problems, TypedReference, Zone};
use std::{
    collections::{HashMap, HashSet},
    str::FromStr,
};

const CUSTOMERS_AT_A_TIME: usize = 5_000;

const KEYS_AT_A_TIME: usize = 500;

/// What rows are validated against, read once per file.
pub(crate) struct ImportLookups {
    teams: HashMap<String, bool>,
    roles: HashSet<String>,
    customers: HashMap<String, usize>,
    customer_ids: HashSet<String>,
    pub(crate) zones: HashMap<String, Zone>,
}

pub(crate) async fn known(tx: &mut ReadTx) -> Result<ImportLookups, Refusal> {
    let own = tx.actor().rights().teams.clone();
    let all = tx.reach() == Reach::All;
    let teams = all_teams(tx).await?;
    let teams = teams
        .into_iter()
        .map(|t| (t.name_key, all || own.contains(&t.id)))
        .collect();
    let roles = own_roles(tx)
        .await?
        .into_iter()
        .map(|role| role.name_key)
        .chain(Role::PEOPLE.iter().map(ToString::to_string))
        .collect();
    let mut known = ImportLookups {
        teams,
        roles,
        customers: HashMap::new(),
        customer_ids: HashSet::new(),
        zones: HashMap::new(),
    };
    let mut last = String::new();
    loop {
        let sql = format!(
            "select id, name_key, zone from customer_card where id > $1 order by id limit {CUSTOMERS_AT_A_TIME}"
        );
        let rows = tx.rows(&sql, vec![last.clone().into()]).await?;
        rows.iter().try_for_each(|row| known.take_customer(row))?;
        match rows.last() {
            Some(row) if rows.len() == CUSTOMERS_AT_A_TIME => row.text("id")?.clone_into(&mut last),
            _ => return Ok(known),
        }
    }
}

/// The keys of those rows whose record is there already.
pub(crate) async fn here<'r>(
    tx: &mut ReadTx,
    upload: &Upload,
    rows: impl Iterator<Item = &'r [String]>,
) -> Result<HashSet<String>, Refusal> {
    let wanted: Vec<Wanted> = rows.map(|cells| row(upload, cells)).collect();
    let mut here = HashSet::new();
    for some in wanted.chunks(KEYS_AT_A_TIME) {
        let mut args = Vec::new();
        let found = match upload.import.kind {
            ImportKind::Interpreters => {
                let list = bind_list(
                    &mut args,
                    some.iter().filter_map(key).map(Val::from).collect(),
                );
                tx.rows(
                    &format!("select email from interpreter_address where email in ({list})"),
                    args,
                )
                .await?
            }
            ImportKind::Customers => {
                let names = some.iter().filter_map(|row| {
                    if let Wanted::Customer(input) = row {
                        customer_called(input).ok()
                    } else {
                        None
                    }
                });
                let list = bind_list(&mut args, names.map(|key| Val::from(key.name)).collect());
                tx.rows(
                    &format!(
                        "select name_key, email from customer_card where name_key in ({list})"
                    ),
                    args,
                )
                .await?
            }
            ImportKind::Appointments => {
                let references = some.iter().filter_map(|row| {
                    if let Wanted::Appointment(input) = row {
                        reference_of(input).ok()
                    } else {
                        None
                    }
                });
                here.extend(
                    references_among(tx, &references.collect::<Vec<_>>())
                        .await?
                        .iter()
                        .map(|found| reference_key(found)),
                );
                continue;
            }
            ImportKind::People => return Ok(here),
        };
        for row in &found {
            here.insert(match row.text("name_key") {
                Ok(name) => customer_key(name, row.text("email")?),
                Err(_) => row.text("email")?.to_owned(),
            });
        }
    }
    Ok(here)
}

fn customer_key(name_key: &str, email: &str) -> String {
    format!("{name_key}|{email}")
}

fn reference_key(reference: &str) -> String {
    reference.to_lowercase().split_whitespace().collect()
}

impl ImportLookups {
    fn take_customer(&mut self, row: &Row) -> Result<(), StoreError> {
        let (id, name) = (row.text("id")?.to_owned(), row.text("name_key")?.to_owned());
        *self.customers.entry(name.clone()).or_insert(0) += 1;
        self.customer_ids.insert(id.clone());
        if let Ok(zone) = row.text("zone")?.parse::<Zone>() {
            self.zones.insert(id, zone.clone());
            self.zones.insert(name, zone);
        }
        Ok(())
    }
    /// Whether a matched field's value is unknown; `None` if it is known.
    pub(crate) fn stranger(&self, field: &str, value: &str) -> Option<&'static str> {
        let folded = fold(value);
        match field {
            "language" | "languages" => Language::from_str(value)
                .is_err()
                .then_some("is not a language we know"),
            "role" => (!self.roles.contains(&folded)).then_some("is not a role of this workspace"),
            "team" | "teams" => match self.teams.get(&folded) {
                Some(true) => None,
                Some(false) => Some("is not one of your teams"),
                None => Some("is not a team of this workspace"),
            },
            _ if self.customer_ids.contains(value) => None,
            _ => match self.customers.get(&folded) {
                Some(1) => None,
                Some(_) => Some("is the name of several customers; choose one of them"),
                None => Some("is not a customer of this workspace"),
            },
        }
    }
}

/// The key that matches the record on re-import, if the row has one.
pub(crate) fn key(row: &Wanted) -> Option<String> {
    match row {
        Wanted::Interpreter(input) => interpreter_address(input)
            .ok()
            .map(|email| email.to_string()),
        Wanted::Customer(input) => customer_called(input)
            .ok()
            .map(|key| customer_key(&key.name, key.email.as_str())),
        Wanted::Appointment(input) => reference_of(input)
            .ok()
            .map(|reference| reference_key(reference.as_str())),
        Wanted::Person(input) => invited_address(input).ok().map(|email| email.to_string()),
    }
}

/// The reference number that matches a row's appointment.
pub(crate) fn reference_of(input: &AppointmentInput) -> Result<Line<40>, Problems> {
    let mut p = Problems::none();
    p.need::<TypedReference>("reference", &input.reference)
        .map(|reference| reference.0)
        .ok_or(p)
}
