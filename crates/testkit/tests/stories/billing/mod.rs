//! Vouchers, invoices and rates; and how a voucher comes to be.
pub(crate) mod bill;
pub(crate) mod once;
pub(crate) mod rates;
pub(crate) mod send;
pub(crate) mod unsigned;
pub(crate) mod work;

use interpres_billing::{FileVoucher, VoucherInput};
use interpres_testkit::{DRAWN, House};
use interpres_types::VoucherId;

/// A voucher for these hours, signed.
pub(crate) fn voucher(start: &str, end: &str) -> VoucherInput {
    VoucherInput {
        start: start.into(),
        end: end.into(),
        miles: "12.7".into(),
        signer: "Rosa Kanarya".into(),
        signature: DRAWN.into(),
        note: "Kanarya needs a follow-up".into(),
        ..VoucherInput::default()
    }
}

/// Ines works an appointment and submits its voucher.
pub(crate) async fn filed(house: &House, reference: &str) -> VoucherId {
    let appointment = house.assigned(reference, "Ines").await;
    let ines = house.enters("Ines").await;
    house.at("2027-03-02T12:00");
    house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment,
                input: voucher("09:00", "10:01"),
            },
        )
        .await
        .unwrap()
        .id
}
