//! The day of service: its voucher.
use crate::{
    App,
    appointments::appointment_page,
    door::{Path, Posted},
    shared::{Answer, go, problems_of, with_status},
};
use axum::{extract::State, http::StatusCode};
use interpres_billing::{FileVoucher, VoucherInput};
use interpres_types::AppointmentId;

pub(crate) async fn file_voucher(
    State(app): State<App>,
    Path(appointment): Path<AppointmentId>,
    Posted(actor, input): Posted<VoucherInput>,
) -> Answer {
    match app
        .gate
        .perform(
            &actor,
            FileVoucher {
                appointment,
                input: input.clone(),
            },
        )
        .await
    {
        Ok(filed) => go(format!("/vouchers/{}", filed.id)),
        Err(refusal) => with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &appointment_page(
                &app,
                &actor,
                appointment,
                Some(input),
                problems_of(refusal)?,
            )
            .await?,
        ),
    }
}
