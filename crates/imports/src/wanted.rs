//! The content of a row: its cells, matched with fields.
use crate::{
    ImportKind,
    columns::is_list,
    import::{Cells, ImportLine},
    sheet::Upload,
};
use interpres_accounts::{InviteInput, fold};
use interpres_directory::{CustomerInput, InterpreterInput};
use interpres_gate::{ReadTx, Refusal};
use interpres_scheduling::AppointmentInput;
use interpres_types::Field;
use std::collections::BTreeMap;

/// A row as it would be imported.
pub(crate) enum Wanted {
    Interpreter(InterpreterInput),
    Customer(CustomerInput),
    Appointment(Box<AppointmentInput>),
    Person(InviteInput),
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
pub(crate) fn values(upload: &Upload, cells: &[String]) -> BTreeMap<String, String> {
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

/// A multi-line address from the file, on one line.
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

/// The meaning of a matched value.
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
