use crate::{
    ImportKind,
    check::{Row, cells, row},
    import::{Import, ImportLine, ImportState, LineOutcome, StoredProblem},
    review_import::judged,
};
use interpres_accounts::{InviteInput, InvitePerson, fold, invited_address, is_here};
use interpres_directory::{AddCustomer, AddInterpreter, EditCustomer, EditInterpreter, Stored, customers_named, parse_customer, parse_interpreter};
use interpres_gate::{Action, Actor, Command, Gate, Json, Permission, Refusal, Val, WriteTx};
use interpres_scheduling::{BookAppointment, EditAppointment, parse_appointment};
use interpres_types::{CustomerId, Field, ImportId, ImportRowId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Presses Import: rows that are not good are set aside with their reasons, the others wait their
/// turn. Pressed again, it goes on where it stopped.
#[derive(Debug)]
pub struct StartImport(pub ImportId);

/// How far an import is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct ImportProgress {
    /// Which.
    pub id: ImportId,
    /// Where it stands.
    pub state: ImportState,
    /// How many rows wait.
    pub waiting: i64,
    /// How many rows there are.
    pub total: i64,
}

impl Command for StartImport {
    const ACTION: Action = Action::ImportStart;
    const PERMISSION: Permission = Permission::Import;
    type Outcome = ImportProgress;
    async fn run(self, tx: &mut WriteTx) -> Result<ImportProgress, Refusal> {
        let mut import: Import = tx.find(self.0).await?;
        if import.kind == ImportKind::People {
            // Many invitations ask for what one asks for.
            tx.also_permits::<InvitePerson>()?;
        }
        if import.state == ImportState::Review {
            for (mut line, _, problems) in judged(tx, &import).await?.into_iter().filter(|(_, _, p)| !p.is_empty()) {
                (line.outcome, line.problems) = (LineOutcome::Rejected, Json(problems));
                tx.save(&line).await?;
            }
            import.state = ImportState::Running;
            tx.save(&import).await?;
        }
        let waiting = tx.count::<ImportLine>("where import_id = $1 and outcome = 'waiting'", vec![Val::text(import.id)]).await?;
        Ok(ImportProgress { id: import.id, state: import.state, waiting, total: import.total })
    }
}

/// Imports the rows that wait, one small command each, as the person who pressed Import. Safe to
/// run twice, and after a crash.
///
/// # Errors
/// A fault of the database; a row that is refused keeps its reason and does not stop the others.
pub async fn run(gate: &Gate, actor: &Actor, import: ImportId) -> Result<(), Refusal> {
    loop {
        let waiting = gate.perform(actor, NextLines(import)).await?.into_inner();
        if waiting.is_empty() {
            return gate.perform(actor, FinishImport(import)).await.map(drop);
        }
        for id in waiting {
            let problems = match gate.perform(actor, ImportOne(id)).await {
                Ok(_) => continue,
                Err(Refusal::Invalid(problems)) => problems.list().iter().map(StoredProblem::from).collect(),
                Err(refusal @ (Refusal::Fault(_) | Refusal::TooSoon(_) | Refusal::Full)) => return Err(refusal),
                Err(refusal) => vec![StoredProblem { field: "row".to_owned(), rule: refusal.to_string() }],
            };
            gate.perform(actor, RejectLine { id, problems }).await?;
        }
    }
}

struct NextLines(ImportId);

impl Command for NextLines {
    const ACTION: Action = Action::ImportNextRows;
    const PERMISSION: Permission = Permission::Import;
    type Outcome = Vec<ImportRowId>;
    async fn run(self, tx: &mut WriteTx) -> Result<Vec<ImportRowId>, Refusal> {
        let sql = "select id from import_line where import_id = $1 and outcome = 'waiting' order by number limit 100";
        let rows = tx.rows(sql, vec![Val::text(self.0)]).await?;
        rows.iter().map(|row| row.text("id")?.parse().map_err(|_| Refusal::fault("a row's id can't be read"))).collect()
    }
}

struct ImportOne(ImportRowId);

impl Command for ImportOne {
    const ACTION: Action = Action::ImportRow;
    const PERMISSION: Permission = Permission::Import;
    type Outcome = LineOutcome;
    async fn run(self, tx: &mut WriteTx) -> Result<LineOutcome, Refusal> {
        let mut line: ImportLine = tx.find(self.0).await?;
        if line.outcome != LineOutcome::Waiting {
            return Ok(line.outcome);
        }
        let import: Import = tx.find(line.import_id).await?;
        let cells = cells(tx, &line)?;
        let (record, outcome) = put(tx, row(&import, &cells)).await?;
        (line.record_id, line.outcome) = (Some(record), outcome);
        tx.save(&line).await?;
        Ok(outcome)
    }
}

/// Adds the record, or changes the one that importing before has made.
async fn put(tx: &mut WriteTx, row: Row) -> Result<(String, LineOutcome), Refusal> {
    match row {
        Row::Interpreter(input) => {
            let email = Val::text(parse_interpreter(&input)?.email());
            match existing(tx, "select a.id, i.version from interpreter_address a left join interpreter i on i.id = a.id where a.email = $1", vec![email])
                .await?
            {
                Some((id, version)) => stored(EditInterpreter { id: known(&id)?, version: None, input }.run(tx).await?, version),
                None => stored(AddInterpreter { input, id: None }.run(tx).await?, 0),
            }
        }
        Row::Customer(input) => {
            let (name, email) = {
                let parsed = parse_customer(&input)?;
                let (name, email) = parsed.key();
                (fold(&name), Val::text(email))
            };
            match existing(
                tx,
                "select a.id, c.version from customer_card a left join customer c on c.id = a.id where a.name_key = $1 and a.email = $2",
                vec![name.into(), email],
            )
            .await?
            {
                Some((id, version)) => stored(EditCustomer { id: known(&id)?, version: None, input }.run(tx).await?, version),
                None => stored(AddCustomer { input }.run(tx).await?, 0),
            }
        }
        Row::Appointment(input) => {
            let reference = parse_appointment(&input)?.reference.map(Val::text).unwrap_or_else(|| "".into());
            let booked = match existing(
                tx,
                "select r.id, a.version from appointment_reference r left join appointment a on a.id = r.id where r.reference = $1",
                vec![reference],
            )
            .await?
            {
                Some((id, version)) => (EditAppointment { id: known(&id)?, version: None, input: *input }.run(tx).await?, version),
                None => (BookAppointment { input: *input }.run(tx).await?, 0),
            };
            stored(Stored { id: booked.0.id.to_string(), version: booked.0.version }, booked.1)
        }
        Row::Person(input) => {
            if !tx.actor().may(InvitePerson::PERMISSION) {
                return Err(Refusal::Forbidden);
            }
            match is_here(tx, &invited_address(&input)?).await? {
                Some(id) => Ok((id, LineOutcome::Unchanged)),
                None => {
                    let customer = customer_id(tx, &input.customer).await?;
                    let invited = InvitePerson { input: InviteInput { customer, ..input } }.run(tx).await?;
                    Ok((invited.id.to_string(), LineOutcome::Added))
                }
            }
        }
    }
}

/// The id of a customer that a file has by name, or by the id that the mapping gave it.
async fn customer_id(tx: &mut WriteTx, raw: &Field) -> Result<Field, Refusal> {
    if raw.is_blank() || raw.raw().trim().parse::<CustomerId>().is_ok() {
        return Ok(raw.clone());
    }
    match customers_named(tx, raw.raw()).await?.as_slice() {
        [one] => Ok(one.id.to_string().into()),
        _ => Err(Refusal::invalid("customer", "must be the name of one customer of this workspace")),
    }
}

fn known<I: std::str::FromStr>(id: &str) -> Result<I, Refusal> {
    id.parse().map_err(|_| Refusal::fault("a stored id can't be read"))
}

/// The id and version of a record found by its key. One of another team has no version here and
/// can't be changed.
async fn existing(tx: &mut WriteTx, sql: &str, args: Vec<Val>) -> Result<Option<(String, i64)>, Refusal> {
    let rows = tx.rows(sql, args).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let version = row.may_int("version")?.ok_or_else(|| Refusal::invalid("row", "belongs to a record of another team"))?;
    Ok(Some((row.text("id")?.to_owned(), version)))
}

fn stored(now: Stored, before: i64) -> Result<(String, LineOutcome), Refusal> {
    let outcome = match before {
        0 => LineOutcome::Added,
        same if same == now.version => LineOutcome::Unchanged,
        _ => LineOutcome::Updated,
    };
    Ok((now.id, outcome))
}

struct RejectLine {
    id: ImportRowId,
    problems: Vec<StoredProblem>,
}

impl Command for RejectLine {
    const ACTION: Action = Action::ImportRejectRow;
    const PERMISSION: Permission = Permission::Import;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx) -> Result<(), Refusal> {
        let mut line: ImportLine = tx.find(self.id).await?;
        (line.outcome, line.problems) = (LineOutcome::Rejected, Json(self.problems));
        tx.save(&line).await.map(drop)
    }
}

struct FinishImport(ImportId);

impl Command for FinishImport {
    const ACTION: Action = Action::ImportFinish;
    const PERMISSION: Permission = Permission::Import;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx) -> Result<(), Refusal> {
        let mut import: Import = tx.find(self.0).await?;
        import.state = ImportState::Done;
        tx.save(&import).await.map(drop)
    }
}
