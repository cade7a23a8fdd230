//! Who could take an appointment, who is asked, who has it.
pub(crate) mod answer_offers;
pub(crate) mod at_once;
pub(crate) mod candidates;
pub(crate) mod rounds;
pub(crate) mod sequences;

use interpres_scheduling::AppointmentInput;
use interpres_testkit::{House, booking};
use interpres_types::AppointmentId;

pub(crate) fn request(reference: &str, start: &str, customer: &str) -> AppointmentInput {
    AppointmentInput {
        start: start.into(),
        service_type: "in-person".into(),
        customer: customer.into(),
        ..booking(reference)
    }
}

pub(crate) async fn book(
    house: &House,
    reference: &str,
    start: &str,
    customer: &str,
) -> AppointmentId {
    let booked = house
        .book("Dora", request(reference, start, customer))
        .await;
    booked.unwrap()
}
