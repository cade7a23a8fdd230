//! An appointment in one line, as overviews list it: without its client, so that nothing is revealed.
use crate::{Names, PointsTo, Status};
use interpres_directory::ServiceType;
use interpres_gate::{ReadTx, Refusal, Row};
use interpres_types::{AppointmentId, Instant, Language};
use schemars::JsonSchema;
use serde::Serialize;

/// An appointment in one line, without its client.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Coming {
    /// Which.
    pub id: AppointmentId,
    /// Its number.
    pub reference: String,
    /// Where it stands.
    pub status: Status,
    /// When it starts.
    pub starts_at: Instant,
    /// The zone of its place.
    pub zone: String,
    /// Its language.
    pub language: String,
    /// How the interpreter is there.
    pub service_type: ServiceType,
    /// For whom.
    pub customer: String,
    /// Who covers it.
    pub interpreter: Option<String>,
}

/// The columns that a line is made of.
pub(crate) const LINE: &str = "id, reference, status, starts_at, zone, language, service_type, customer_id, (select s.interpreter_id from seat s where s.appointment_id = appointment.id) as interpreter_id, team_id";

/// Rows of [`LINE`], with names beside ids.
pub(crate) async fn lines(tx: &mut ReadTx, rows: Vec<Row>) -> Result<Vec<Coming>, Refusal> {
    let pointed = rows
        .iter()
        .map(pointed)
        .collect::<Result<Vec<_>, Refusal>>()?;
    let names = Names::of(tx, &pointed).await?;
    let line = |(row, to): (&Row, PointsTo)| {
        Ok(Coming {
            id: parsed(row, "id")?,
            reference: row.text("reference")?.to_owned(),
            status: parsed(row, "status")?,
            starts_at: Instant::from_micros(row.int("starts_at")?),
            zone: row.text("zone")?.to_owned(),
            language: language(row)?.to_string(),
            service_type: parsed(row, "service_type")?,
            customer: names.of_id(to.customer).name,
            interpreter: to.interpreter.map(|id| names.of_id(id).name),
        })
    };
    let lines: Result<Vec<Coming>, Refusal> = rows.iter().zip(pointed).map(line).collect();
    let lines = lines?;
    for line in &lines {
        tx.saw("appointment", line.id);
    }
    Ok(lines)
}

fn pointed(row: &Row) -> Result<PointsTo, Refusal> {
    let interpreter = row.may_text("interpreter_id")?;
    Ok(PointsTo {
        customer: parsed(row, "customer_id")?,
        interpreter: interpreter.and_then(|id| id.parse().ok()),
        team: parsed(row, "team_id")?,
    })
}

fn parsed<T: std::str::FromStr>(row: &Row, column: &str) -> Result<T, Refusal> {
    row.text(column)?
        .parse()
        .map_err(|_| Refusal::fault(format!("{column} of an appointment can't be read")))
}

fn language(row: &Row) -> Result<Language, Refusal> {
    Language::of_tag(row.text("language")?)
        .ok_or_else(|| Refusal::fault("language of an appointment can't be read"))
}
