//! What the benches that leave HTTP out have in common.
use interpres_gate::{Actor, Gate, Refusal};
use interpres_scheduling::{AppointmentInput, BookAppointment};
use interpres_types::AppointmentId;
use std::error::Error;

/// The server's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever ends a bench.
pub type Failure = Box<dyn Error + Send + Sync>;

/// A refusal as a failure, with its reason.
#[must_use]
pub fn words(refusal: Refusal) -> Failure {
    refusal.logged("a bench").to_string().into()
}

/// Books one appointment of the named world's hospital on a day at a time, neither of which daylight saving
/// leaves out or repeats.
///
/// # Errors
/// As the gate refuses.
pub async fn book_one(
    gate: &Gate,
    actor: &Actor,
    date: String,
    start: String,
) -> Result<AppointmentId, Failure> {
    let input = AppointmentInput {
        date: date.into(),
        start: start.into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        lep_client: "Rosa Kanarya".into(),
        ..AppointmentInput::default()
    };
    Ok(gate
        .perform(actor, BookAppointment { input })
        .await
        .map_err(words)?
        .id)
}
