//! The number people call an appointment by: how it is compared and looked for.
use interpres_gate::{Filter, ReadTx, Refusal, Val, bind_list, literal};
use interpres_types::{AppointmentId, Line};

/// A reference as it is compared: without spaces, the no-break one among them, in lower case. An index holds it.
pub(crate) const KEY: &str = "lower(replace(replace(reference, ' ', ''), '\u{a0}', ''))";

fn unspaced(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}'))
        .collect()
}

/// The pattern of references that hold this anywhere.
pub(crate) fn holding(part: &str) -> String {
    format!("%{}%", literal(&unspaced(part)))
}

/// The condition of appointments whose reference holds a text anywhere, whatever its case and spaces.
pub fn reference_like(filter: &mut Filter, text: &str) -> String {
    let held = filter.bind(holding(text));
    format!("{KEY} like lower({held}) escape '\\'")
}

/// The name under which those who want the same reference wait for each other.
pub(crate) fn reference_lock(reference: &str) -> String {
    format!("reference/{}", unspaced(reference).to_lowercase())
}

/// The appointments of this reference within the actor's reach, whatever its case and spaces; at most two,
/// which is enough to know that it is not one. Whether another team has one of it is not told.
///
/// # Errors
/// A fault of the database.
pub async fn appointments_called(
    tx: &mut ReadTx,
    reference: &Line<40>,
) -> Result<Vec<AppointmentId>, Refusal> {
    let sql = format!("select id from appointment where {KEY} = lower($1) order by id limit 2");
    let rows = tx
        .rows(&sql, vec![Val::text(unspaced(reference.as_str()))])
        .await?;
    rows.iter()
        .map(|row| {
            row.text("id")?
                .parse()
                .map_err(|_| Refusal::fault("an appointment's id can't be read"))
        })
        .collect()
}

/// Which of these references appointments within the actor's reach have, as they have them.
///
/// # Errors
/// A fault of the database.
pub async fn references_among(
    tx: &mut ReadTx,
    references: &[Line<40>],
) -> Result<Vec<String>, Refusal> {
    let mut args = Vec::new();
    let list = bind_list(
        &mut args,
        references
            .iter()
            .map(|reference| Val::text(unspaced(reference.as_str())))
            .collect(),
    );
    let list = list
        .split(',')
        .map(|arg| format!("lower({arg})"))
        .collect::<Vec<_>>()
        .join(",");
    let rows = tx
        .rows(
            &format!("select reference from appointment where {KEY} in ({list})"),
            args,
        )
        .await?;
    rows.iter()
        .map(|row| Ok(row.text("reference")?.to_owned()))
        .collect()
}
