//! The number people call an appointment by: how it is compared and looked for.
use interpres_gate::{ReadTx, Refusal, Val, literal};
use interpres_types::{AppointmentId, Line};

/// A reference as it is compared: without spaces, the no-break one among them, in lower case. An index holds it.
pub(crate) const KEY: &str = "lower(replace(replace(reference, ' ', ''), '\u{a0}', ''))";

fn unspaced(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}')).collect()
}

/// The pattern of references that hold this anywhere.
pub(crate) fn holding(part: &str) -> String {
    format!("%{}%", literal(&unspaced(part)))
}

/// The name under which those who want the same reference wait for each other.
pub(crate) fn turn(reference: &str) -> String {
    format!("reference/{}", unspaced(reference).to_lowercase())
}

/// The appointments of this reference within the actor's reach, whatever its case and spaces; at most two,
/// which is enough to know that it is not one. Whether another team has one of it is not told.
///
/// # Errors
/// A fault of the database.
pub async fn appointments_called(tx: &mut ReadTx, reference: &Line<40>) -> Result<Vec<AppointmentId>, Refusal> {
    let sql = format!("select id from appointment where {KEY} = lower($1) order by id limit 2");
    let rows = tx.rows(&sql, vec![Val::text(unspaced(reference.as_str()))]).await?;
    rows.iter().map(|row| row.text("id")?.parse().map_err(|_| Refusal::fault("an appointment's id can't be read"))).collect()
}
