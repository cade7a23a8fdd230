//! Judging a row: what it would become, and everything that is wrong with it.
use crate::{
    ImportKind,
    columns::is_list,
    import::{Cells, ImportLine, StoredProblem},
    sheet::Upload,
};
use interpres_accounts::{InviteInput, all_teams, fold, invited_address, own_roles};
use interpres_directory::{
    CustomerInput, InterpreterInput, customer_called, interpreter_address, parse_customer,
    parse_interpreter,
};
use interpres_gate::{Reach, ReadTx, Refusal, Role, Row, StoreError, Val, bind_list};
use interpres_scheduling::{AppointmentInput, parse_appointment, references_among};
use interpres_types::{Field, Language, Line, Problems, TypedReference, Zone};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    str::FromStr,
};

const CUSTOMERS_AT_A_TIME: usize = 5_000;
const KEYS_AT_A_TIME: usize = 500;

/// A row as it would be imported.
pub(crate) enum Wanted {
    Interpreter(InterpreterInput),
    Customer(CustomerInput),
    Appointment(Box<AppointmentInput>),
    Person(InviteInput),
}

/// What rows are judged against, read once for a whole file.
pub(crate) struct Known {
    teams: HashMap<String, bool>,
    roles: HashSet<String>,
    customers: HashMap<String, usize>,
    customer_ids: HashMap<String, ()>,
    zones: HashMap<String, Zone>,
}

pub(crate) async fn known(tx: &mut ReadTx) -> Result<Known, Refusal> {
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
    let mut known = Known {
        teams,
        roles,
        customers: HashMap::new(),
        customer_ids: HashMap::new(),
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
                let list = bind_list(&mut args, names.map(|(name, _)| Val::from(name)).collect());
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

impl Known {
    fn take_customer(&mut self, row: &Row) -> Result<(), StoreError> {
        let (id, name) = (row.text("id")?.to_owned(), row.text("name_key")?.to_owned());
        *self.customers.entry(name.clone()).or_insert(0) += 1;
        self.customer_ids.insert(id.clone(), ());
        if let Ok(zone) = row.text("zone")?.parse::<Zone>() {
            self.zones.insert(id, zone.clone());
            self.zones.insert(name, zone);
        }
        Ok(())
    }
    /// Whether a matched field's value is one we know; `None` when it is.
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
            _ if self.customer_ids.contains_key(value) => None,
            _ => match self.customers.get(&folded) {
                Some(1) => None,
                Some(_) => Some("is the name of several customers; choose one of them"),
                None => Some("is not a customer of this workspace"),
            },
        }
    }
}

/// The cells of a row, opened.
pub(crate) fn cells(tx: &mut ReadTx, line: &ImportLine) -> Result<Vec<String>, Refusal> {
    let shown = tx.reveal(&line.cells)?;
    shown
        .shown()
        .parse::<Cells>()
        .map(|c| c.0)
        .map_err(|_| Refusal::fault("a row's cells can't be read"))
}

/// Field → value, by the mapping of columns and values. In a list of several, each is mapped.
fn values(upload: &Upload, cells: &[String]) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    for (header, cell) in upload.sheet.header.iter().zip(cells) {
        let Some(field) = upload.sheet.mapping.columns.get(header) else {
            continue;
        };
        let mapped = |one: &str| {
            upload
                .sheet
                .mapping
                .values
                .get(&format!("{field}|{}", fold(one)))
                .cloned()
                .unwrap_or_else(|| one.trim().to_owned())
        };
        let cell = &if field.ends_with("address") {
            one_line(cell)
        } else {
            cell.clone()
        };
        let value = if is_list(field) {
            cell.split(';').map(mapped).collect::<Vec<_>>().join("; ")
        } else {
            mapped(cell)
        };
        out.insert(field.clone(), value);
    }
    out
}

/// An address that stands on several lines in the file, in one.
fn one_line(cell: &str) -> String {
    cell.lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The single values of a matched field in a row, as the file has them.
pub(crate) fn matched_values(upload: &Upload, cells: &[String], field: &str) -> Vec<String> {
    let Some(at) = upload.sheet.header.iter().position(|h| {
        upload
            .sheet
            .mapping
            .columns
            .get(h)
            .is_some_and(|f| f == field)
    }) else {
        return Vec::new();
    };
    let cell = cells.get(at).map(String::as_str).unwrap_or_default();
    let parts: Vec<&str> = if is_list(field) {
        cell.split(';').collect()
    } else {
        vec![cell]
    };
    parts
        .into_iter()
        .map(|p| p.trim().to_owned())
        .filter(|p| !p.is_empty())
        .collect()
}

/// What a matched value of the file is understood as.
pub(crate) fn understood(upload: &Upload, field: &str, value: &str) -> String {
    upload
        .sheet
        .mapping
        .values
        .get(&format!("{field}|{}", fold(value)))
        .cloned()
        .unwrap_or_else(|| value.to_owned())
}

/// The row as it would be imported.
pub(crate) fn row(upload: &Upload, cells: &[String]) -> Wanted {
    let values = values(upload, cells);
    let get = |field: &str| Field::from(values.get(field).cloned().unwrap_or_default());
    match upload.import.kind {
        ImportKind::Interpreters => {
            let street = [values.get("address"), values.get("address_2")]
                .into_iter()
                .flatten()
                .filter(|t| !t.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(", ");
            Wanted::Interpreter(InterpreterInput {
                first_name: get("first_name"),
                last_name: get("last_name"),
                email: get("email"),
                phone: get("phone"),
                languages: get("languages"),
                team: get("team"),
                service_types: get("service_types"),
                gender: get("gender"),
                address: street.into(),
                city: get("city"),
                state: get("state"),
                zip: get("zip"),
            })
        }
        ImportKind::Customers => Wanted::Customer(CustomerInput {
            name: get("name"),
            email: get("email"),
            team: get("team"),
            website: get("website"),
            phone: get("phone"),
            fax: get("fax"),
            address: get("address"),
            city: get("city"),
            state: get("state"),
            zip: get("zip"),
            zone: get("zone"),
            billing: get("billing"),
            billing_address: get("billing_address"),
            billing_city: get("billing_city"),
            billing_state: get("billing_state"),
            billing_zip: get("billing_zip"),
            health_care: get("health_care"),
        }),
        ImportKind::Appointments => Wanted::Appointment(Box::new(AppointmentInput {
            reference: get("reference"),
            date: get("date"),
            start: get("start"),
            minutes: get("minutes"),
            zone: get("zone"),
            language: get("language"),
            service_type: get("service_type"),
            mode: get("mode"),
            team: get("team"),
            customer: get("customer"),
            meeting: get("meeting"),
            lep_client: get("lep_client"),
            gender: get("gender"),
            notes: get("notes"),
            internal_notes: get("internal_notes"),
            ..AppointmentInput::default()
        })),
        ImportKind::People => Wanted::Person(InviteInput {
            email: get("email"),
            name: get("name"),
            role: get("role"),
            teams: get("teams"),
            customer: get("customer"),
            one_person: get("one_person"),
        }),
    }
}

/// A cell that a spreadsheet would run as a formula. A plus or minus before a digit is a telephone
/// number or an amount.
fn is_formula(cell: &str) -> bool {
    let mut chars = cell.trim_start().chars();
    match chars.next() {
        Some('=' | '@') => true,
        Some('+' | '-') => !chars.next().is_none_or(|c| c.is_ascii_digit() || c == ' '),
        _ => false,
    }
}

/// Everything that is wrong with a row on its own and against what is known. The key is what
/// importing again finds it by; two rows of a file with the same key are told too.
pub(crate) fn judge(
    upload: &Upload,
    line: &ImportLine,
    cells: &[String],
    (known, here): (&Known, &HashSet<String>),
    seen: &mut HashMap<String, i64>,
) -> Vec<StoredProblem> {
    let mut out = line.problems.0.clone();
    let mut add = |field: &str, rule: &str| {
        if !out.iter().any(|p| p.field == field) {
            out.push(StoredProblem {
                field: field.to_owned(),
                rule: rule.to_owned(),
            });
        }
    };
    if cells.len() != upload.sheet.header.len() {
        add(
            "row",
            &format!(
                "has {} cells where the file has {} columns",
                cells.len(),
                upload.sheet.header.len()
            ),
        );
    }
    for (at, cell) in cells.iter().enumerate() {
        if is_formula(cell) {
            add(&upload.sheet.told(at), "looks like a spreadsheet formula");
        }
    }
    for field in upload.import.kind.matched() {
        for value in matched_values(upload, cells, field) {
            if let Some(rule) = known.stranger(field, &understood(upload, field, &value)) {
                add(field, rule);
            }
        }
    }
    let row = row(upload, cells);
    let key = key(&row);
    let changes = key.as_ref().is_some_and(|key| here.contains(key));
    // What a record has already need not be said once more.
    let said = values(upload, cells);
    let is_said = |field: &str| {
        said.get(field)
            .is_some_and(|value| !value.trim().is_empty())
    };
    let problems = problems(row, known);
    let wrong: Vec<_> = problems
        .list()
        .iter()
        .filter(|p| !changes || is_said(&p.field))
        .collect();
    for p in &wrong {
        add(&p.field, &p.rule.to_string());
    }
    if let Some(key) = key.filter(|_| wrong.is_empty()) {
        let first = *seen.entry(key).or_insert(line.number);
        if first != line.number {
            add(
                upload.import.kind.key_name(),
                &format!("stands in row {first} already"),
            );
        }
    }
    out
}

/// What importing again finds the record by, where the row says it.
fn key(row: &Wanted) -> Option<String> {
    match row {
        Wanted::Interpreter(input) => interpreter_address(input)
            .ok()
            .map(|email| email.to_string()),
        Wanted::Customer(input) => customer_called(input)
            .ok()
            .map(|(name, email)| customer_key(&name, email.as_str())),
        Wanted::Appointment(input) => reference_of(input)
            .ok()
            .map(|reference| reference_key(reference.as_str())),
        Wanted::Person(input) => invited_address(input).ok().map(|email| email.to_string()),
    }
}

/// What parsing says of a row as of a new record.
fn problems(row: Wanted, known: &Known) -> Problems {
    match row {
        Wanted::Interpreter(input) => parse_interpreter(&input).err().unwrap_or_default(),
        Wanted::Customer(input) => parse_customer(&input).err().unwrap_or_default(),
        Wanted::Appointment(input) => match parse_appointment(&input) {
            Ok(parsed) => {
                let zone = known
                    .zones
                    .get(input.customer.raw())
                    .or_else(|| known.zones.get(&fold(input.customer.raw())));
                let mut p = zone
                    .and_then(|zone| parsed.starts_at(zone, &input.which).err())
                    .unwrap_or_default();
                if parsed.reference.is_none() {
                    p.add(
                        "reference",
                        "is required, so that importing again changes nothing",
                    );
                }
                p
            }
            Err(p) => p,
        },
        Wanted::Person(input) => invited_address(&input).err().unwrap_or_default(),
    }
}

/// The number by which a row's appointment is found again.
pub(crate) fn reference_of(input: &AppointmentInput) -> Result<Line<40>, Problems> {
    let mut p = Problems::none();
    p.need::<TypedReference>("reference", &input.reference)
        .map(|reference| reference.0)
        .ok_or(p)
}

impl ImportKind {
    const fn key_name(self) -> &'static str {
        match self {
            Self::Interpreters | Self::People => "email",
            Self::Customers => "name",
            Self::Appointments => "reference",
        }
    }
}
