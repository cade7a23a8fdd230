//! Validates a row: what it would become, and everything wrong with it.
use crate::{
    ImportKind,
    import::{ImportLine, StoredProblem},
    known::{ImportLookups, key},
    sheet::Upload,
    wanted::{Wanted, matched_values, row, understood, values},
};
use interpres_accounts::{fold, invited_address};
use interpres_directory::{parse_customer, parse_interpreter};
use interpres_scheduling::parse_appointment;
use interpres_types::Problems;
use std::collections::{HashMap, HashSet};

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

/// Everything wrong with a row, on its own and against existing data. The key identifies the record on re-import; two
/// rows of a file with the same key are a problem too.
pub(crate) fn judge(
    upload: &Upload,
    line: &ImportLine,
    cells: &[String],
    (known, here): (&ImportLookups, &HashSet<String>),
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
    // Values the record already has may be omitted.
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
                &format!("is a duplicate of row {first}"),
            );
        }
    }
    out
}

/// Problems from parsing the row as a new record.
fn problems(row: Wanted, known: &ImportLookups) -> Problems {
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

impl ImportKind {
    const fn key_name(self) -> &'static str {
        match self {
            Self::Interpreters | Self::People => "email",
            Self::Customers => "name",
            Self::Appointments => "reference",
        }
    }
}
