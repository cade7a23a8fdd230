use crate::{
    ImportKind,
    import::{Import, ImportLine, ImportState, LineOutcome, StoredProblem},
    known::reference_of,
    review_import::judged,
    sheet::Upload,
    wanted::{Wanted, cells, row},
};
use interpres_accounts::{InviteInput, InvitePerson, invited_address, is_here};
use interpres_directory::{
    AddCustomer, AddInterpreter, EditCustomer, EditInterpreter, Stored, change_customer,
    change_interpreter, customer_called, customers_named, interpreter_address,
};
use interpres_gate::{
    Action, Command, Due, Gate, Granted, Json, Next, Permission, Refusal, Val, Work, WriteTx,
    async_trait,
};
use interpres_scheduling::{
    Appointment, BookAppointment, EditAppointment, appointments_called, change_appointment,
};
use interpres_types::{Blank, CustomerId, Field, ImportId, ImportRowId, Rule, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Starts an import: invalid rows are rejected with reasons, the rest are queued. Idempotent: starting again resumes.
#[derive(Debug)]
pub struct StartImport(pub ImportId);

/// The progress of an import.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct ImportProgress {
    /// The import.
    pub id: ImportId,
    /// Its state.
    pub state: ImportState,
    /// Number of queued rows.
    pub waiting: i64,
    /// Total number of rows.
    pub total: i64,
}

#[async_trait]
impl Command for StartImport {
    const ACTION: Action = Action::ImportStart;
    type Outcome = ImportProgress;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<ImportProgress, Refusal> {
        let lock = tx.alone(format!("import/{}", self.0)).await?;
        let mut upload = Upload::find(tx, self.0).await?;
        // Many rows ask for what one asks for.
        match upload.import.kind {
            ImportKind::Interpreters => tx.also_permits::<EditInterpreter>()?,
            ImportKind::Customers => tx.also_permits::<EditCustomer>()?,
            ImportKind::Appointments => tx.also_permits::<BookAppointment>()?,
            ImportKind::People => tx.also_permits::<InvitePerson>()?,
        }
        if let (ImportState::Review, Some(field)) =
            (upload.import.state, upload.sheet.clashes.keys().next())
        {
            return Err(Refusal::conflict(format!(
                "Several columns of the file could be the {}. Choose one of them under Columns, or leave all of them out.",
                field.replace('_', " ")
            )));
        }
        if upload.import.state == ImportState::Review {
            for (mut line, _, problems) in judged(tx, &upload)
                .await?
                .into_iter()
                .filter(|(_, _, p)| !p.is_empty())
            {
                line.outcome = LineOutcome::Rejected;
                line.problems = Json(problems);
                tx.save(&line).await?;
            }
            upload.import.state = ImportState::Running;
        }
        let Upload { mut import, .. } = upload;
        if import.state == ImportState::Running {
            let user = tx.actor().user().ok_or(Refusal::Forbidden)?;
            import.started_by = Some(user);
            import.version = tx.save(&import).await?.version;
            let started = Started {
                import: import.id,
                by: user,
            };
            tx.later::<RunsImport>(tx.now(), started).await?;
        }
        let waiting = tx
            .count::<ImportLine>(
                &lock,
                "where import_id = $1 and outcome = 'waiting'",
                vec![Val::text(import.id)],
            )
            .await?;
        Ok(ImportProgress {
            id: import.id,
            state: import.state,
            waiting,
            total: import.total,
        })
    }
}

/// A started import, as its job names it: the import's id and the starter's, separated by a space.
struct Started {
    import: ImportId,
    by: UserId,
}

impl fmt::Display for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.import, self.by)
    }
}

impl FromStr for Started {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let (import, by) = raw.split_once(' ').ok_or(Rule::new("must be two ids"))?;
        Ok(Self {
            import: import.parse()?,
            by: by.parse()?,
        })
    }
}

/// The job that imports queued rows, one small command each, as the person who pressed Import. It resumes after a
/// crash; between two pages of rows other jobs run.
pub(crate) struct RunsImport;

impl Work for RunsImport {
    const NAME: &'static str = "imports.run";
    const WORDS: &'static str = "Imports the rows of a file";
    async fn work(gate: &Gate, due: &Due) -> Result<Next, Refusal> {
        let started: Started = due.subject.parse().map_err(Refusal::fault)?;
        let Some(actor) = gate.on_behalf_of(due.workspace, started.by).await? else {
            return Ok(Next::Over);
        };
        let waiting = match gate.perform(&actor, NextLines(started.import)).await {
            Ok(waiting) => waiting.into_inner(),
            // They may not import any more, or did not start this.
            Err(Refusal::Forbidden | Refusal::NotFound) => return Ok(Next::Over),
            Err(refusal) => return Err(refusal),
        };
        if waiting.is_empty() {
            gate.perform(&actor, FinishImport(started.import)).await?;
            return Ok(Next::Over);
        }
        for id in waiting {
            let problems = match gate.perform(&actor, ImportOne(id)).await {
                Ok(_) => continue,
                Err(Refusal::Invalid(problems)) => {
                    problems.list().iter().map(StoredProblem::from).collect()
                }
                Err(refusal @ (Refusal::Fault(_) | Refusal::TooSoon(_) | Refusal::Full)) => {
                    return Err(refusal);
                }
                Err(refusal) => vec![StoredProblem {
                    field: "row".to_owned(),
                    rule: refusal.to_string(),
                }],
            };
            gate.perform(&actor, RejectLine { id, problems }).await?;
        }
        Ok(Next::At(gate.now()))
    }
}

/// The next rows to import, as the person who started the import.
struct NextLines(ImportId);

#[async_trait]
impl Command for NextLines {
    const ACTION: Action = Action::ImportNextRows;
    type Outcome = Vec<ImportRowId>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Vec<ImportRowId>, Refusal> {
        let import: Import = tx.find(self.0).await?;
        if import.started_by.is_none() || import.started_by != tx.actor().user() {
            return Err(Refusal::Forbidden);
        }
        let sql = "select id from import_line where import_id = $1 and outcome = 'waiting' order by number limit 100";
        let rows = tx.rows(sql, vec![Val::text(self.0)]).await?;
        rows.iter()
            .map(|row| {
                row.text("id")?
                    .parse()
                    .map_err(|_| Refusal::fault("a row's id can't be read"))
            })
            .collect()
    }
}

struct ImportOne(ImportRowId);

#[async_trait]
impl Command for ImportOne {
    const ACTION: Action = Action::ImportRow;
    type Outcome = LineOutcome;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<LineOutcome, Refusal> {
        // A second press runs the import twice at once: each row takes its lock and is read again.
        tx.alone(format!("import-line/{}", self.0)).await?;
        let mut line: ImportLine = tx.find(self.0).await?;
        if line.outcome != LineOutcome::Waiting {
            return Ok(line.outcome);
        }
        let upload = Upload::find(tx, line.import_id).await?;
        let cells = cells(tx, &line)?;
        let put = put(tx, row(&upload, &cells)).await?;
        line.record_id = Some(put.record);
        line.outcome = put.outcome;
        tx.save(&line).await?;
        Ok(put.outcome)
    }
}

/// Updates a record from a file, within the importer's permissions: fields that the file does not contain stay as
/// they are.
macro_rules! change {
    ($name:ident, $edit:ident, $change:ident) => {
        struct $name($edit);
        #[async_trait]
        impl Command for $name {
            const ACTION: Action = $edit::ACTION;
            const PERMISSION: Permission = $edit::PERMISSION;
            type Outcome = <$edit as Command>::Outcome;
            async fn run(
                self,
                tx: &mut WriteTx,
                _: Granted<Self>,
            ) -> Result<Self::Outcome, Refusal> {
                $change(tx, self.0, Blank::Stays).await
            }
        }
    };
}
change!(ChangeInterpreter, EditInterpreter, change_interpreter);
change!(ChangeCustomer, EditCustomer, change_customer);
change!(ChangeAppointment, EditAppointment, change_appointment);

/// The result of a row.
struct Put {
    record: String,
    outcome: LineOutcome,
}

const fn came_to(record: String, outcome: LineOutcome) -> Put {
    Put { record, outcome }
}

/// Creates the record, or updates the existing one: fields that the file does not contain stay as they are.
async fn put(tx: &mut WriteTx, row: Wanted) -> Result<Put, Refusal> {
    match row {
        Wanted::Interpreter(input) => {
            let email = Val::text(interpreter_address(&input)?);
            match existing(tx, "select a.id, i.version from interpreter_address a left join interpreter i on i.id = a.id where a.email = $1", vec![email])
                .await?
            {
                Some(it) => stored(tx.then(ChangeInterpreter(EditInterpreter { id: known(&it.id)?, version: None, input })).await?, it.version),
                None => stored(tx.then(AddInterpreter { input, id: None }).await?, 0),
            }
        }
        Wanted::Customer(input) => {
            let key = customer_called(&input)?;
            match existing(
                tx,
                "select a.id, c.version from customer_card a left join customer c on c.id = a.id where a.name_key = $1 and a.email = $2",
                vec![key.name.into(), Val::text(key.email)],
            )
            .await?
            {
                Some(it) => stored(tx.then(ChangeCustomer(EditCustomer { id: known(&it.id)?, version: None, input })).await?, it.version),
                None => stored(tx.then(AddCustomer { input }).await?, 0),
            }
        }
        Wanted::Appointment(input) => {
            let reference = reference_of(&input)?;
            let (booked, version) = match appointments_called(tx, &reference).await?.as_slice() {
                [] => (tx.then(BookAppointment { input: *input }).await?, 0),
                [id] => {
                    let version = tx.find::<Appointment>(*id).await?.version;
                    (
                        tx.then(ChangeAppointment(EditAppointment {
                            id: *id,
                            version: None,
                            input: *input,
                        }))
                        .await?,
                        version,
                    )
                }
                _ => {
                    return Err(Refusal::invalid(
                        "reference",
                        "is what several appointments are called; change them by hand",
                    ));
                }
            };
            stored(
                Stored {
                    id: booked.id.to_string(),
                    version: booked.version,
                },
                version,
            )
        }
        Wanted::Person(input) => match is_here(tx, &invited_address(&input)?).await? {
            Some(record) => Ok(came_to(record, LineOutcome::Unchanged)),
            None => {
                let customer = customer_id(tx, &input.customer).await?;
                let invited = tx
                    .then(InvitePerson {
                        input: InviteInput { customer, ..input },
                    })
                    .await?;
                Ok(came_to(invited.id.to_string(), LineOutcome::Added))
            }
        },
    }
}

/// The id of a customer that a file has by name, or by the id that the mapping gave it.
async fn customer_id(tx: &mut WriteTx, raw: &Field) -> Result<Field, Refusal> {
    if raw.is_blank() || raw.raw().trim().parse::<CustomerId>().is_ok() {
        return Ok(raw.clone());
    }
    match customers_named(tx, raw.raw()).await?.as_slice() {
        [one] => Ok(one.id.to_string().into()),
        _ => Err(Refusal::invalid(
            "customer",
            "must be the name of one customer of this workspace",
        )),
    }
}

fn known<I: std::str::FromStr>(id: &str) -> Result<I, Refusal> {
    id.parse()
        .map_err(|_| Refusal::fault("a stored id can't be read"))
}

/// The id and version of a record found by its key. One of another team has no version here and
/// can't be changed.
async fn existing(tx: &mut WriteTx, sql: &str, args: Vec<Val>) -> Result<Option<Stored>, Refusal> {
    let rows = tx.rows(sql, args).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let version = row
        .may_int("version")?
        .ok_or_else(|| Refusal::invalid("row", "belongs to a record of another team"))?;
    let id = row.text("id")?.to_owned();
    Ok(Some(Stored { id, version }))
}

fn stored(now: Stored, before: i64) -> Result<Put, Refusal> {
    let outcome = match before {
        0 => LineOutcome::Added,
        same if same == now.version => LineOutcome::Unchanged,
        _ => LineOutcome::Updated,
    };
    Ok(came_to(now.id, outcome))
}

struct RejectLine {
    id: ImportRowId,
    problems: Vec<StoredProblem>,
}

#[async_trait]
impl Command for RejectLine {
    const ACTION: Action = Action::ImportRejectRow;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        tx.alone(format!("import-line/{}", self.id)).await?;
        let mut line: ImportLine = tx.find(self.id).await?;
        if line.outcome != LineOutcome::Waiting {
            return Ok(());
        }
        line.outcome = LineOutcome::Rejected;
        line.problems = Json(self.problems);
        tx.save(&line).await.map(drop)
    }
}

struct FinishImport(ImportId);

#[async_trait]
impl Command for FinishImport {
    const ACTION: Action = Action::ImportFinish;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        // Two runs of one import may finish at the same time.
        tx.alone(format!("import/{}", self.0)).await?;
        let mut import: Import = tx.find(self.0).await?;
        import.state = ImportState::Done;
        tx.save(&import).await.map(drop)
    }
}
