//! The steps of booking on its pages, tried by everybody.
use super::{Attempt, perform, view};
use interpres_dispatch::*;
use interpres_gate::{Actor, Gate};
use interpres_scheduling::*;

pub(super) async fn booking(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        view(g, a, CheckAppointment(AppointmentInput::default())).await,
        view(
            g,
            a,
            DraftCandidates {
                input: AppointmentInput::default(),
                narrowed: Narrowed::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            BookAndDispatch {
                input: AppointmentInput::default(),
                dispatch: Dispatch::Offer(OffersInput::default()),
            },
        )
        .await,
        perform(g, a, AdvanceOffers).await,
    ]
}
