//! One way through the states of an appointment: what follows when it is canceled, missed,
//! declined, restored or taken from somebody, for those who had it, who were asked, and who pay.
mod agreed_pay;
mod called_off;
mod in_the_way;
mod whose_job;

use interpres_accounts::ListNotices;
use interpres_billing::{FileVoucher, VoucherInput, VoucherOfAppointment};
use interpres_gate::Refusal;
use interpres_rates::{RateInput, SetRate};
use interpres_scheduling::{
    AppointmentInput, MarkMissed, MissedInput, RestoreAppointment, ShowAppointment, Status,
};
use interpres_testkit::{House, booking};
use interpres_types::{AppointmentId, Cents};

pub(crate) async fn restore(house: &House, id: AppointmentId) -> Result<Status, Refusal> {
    Ok(house
        .gate
        .perform(&house.enters("Dora").await, RestoreAppointment { id })
        .await?
        .status)
}

pub(crate) async fn missed(house: &House, id: AppointmentId, by: &str) -> Result<Status, Refusal> {
    let input = MissedInput {
        by: by.into(),
        note: "Kanarya moved away".into(),
    };
    Ok(house
        .gate
        .perform(
            &house.enters("Dora").await,
            MarkMissed {
                id,
                version: None,
                input,
            },
        )
        .await?
        .status)
}

/// The client and the notes as somebody sees them.
pub(crate) async fn sight(house: &House, who: &str, id: AppointmentId) -> Option<(String, String)> {
    let seen = house
        .gate
        .view(&house.enters(who).await, ShowAppointment(id))
        .await
        .ok()?
        .into_inner();
    Some((
        seen.lep_client
            .map(|c| c.shown().to_owned())
            .unwrap_or_default(),
        seen.notes.map(|n| n.shown().to_owned()).unwrap_or_default(),
    ))
}

/// Somebody has a notice that says this.
pub(crate) async fn was_told(house: &House, who: &str, text: &str) {
    let notices = house
        .gate
        .view(&house.enters(who).await, ListNotices)
        .await
        .unwrap()
        .into_inner()
        .items;
    let texts: Vec<&str> = notices.iter().map(|n| n.text.as_str()).collect();
    assert!(texts.contains(&text), "{who}: {texts:?}");
}

pub(crate) fn input(reference: &str, start: &str) -> AppointmentInput {
    AppointmentInput {
        date: "2027-03-02".into(),
        start: start.into(),
        service_type: "video".into(),
        lep_client: "Rosa Kanarya".into(),
        notes: "Kanarya waits at the east door".into(),
        ..booking(reference)
    }
}

/// From now on interpreters are paid 30 an hour, where it was 45.
pub(crate) async fn pay_less(house: &House) {
    let input = RateInput {
        side: "pay".into(),
        name: "Less".into(),
        hourly: "30.00".into(),
        minimum_minutes: "60".into(),
        increment_minutes: "15".into(),
        mileage: "0".into(),
        effective_from: "2027-01-01".into(),
    };
    house
        .gate
        .perform(&house.enters("Olivia").await, SetRate { input })
        .await
        .unwrap();
}

pub(crate) async fn file(house: &House, appointment: AppointmentId) -> Result<Cents, Refusal> {
    let input = VoucherInput {
        start: "09:00".into(),
        end: "10:00".into(),
        ..VoucherInput::default()
    };
    Ok(house
        .gate
        .perform(
            &house.enters("Ines").await,
            FileVoucher { appointment, input },
        )
        .await?
        .pay_total)
}

pub(crate) async fn voucher(
    house: &House,
    id: AppointmentId,
) -> Option<interpres_billing::VoucherView> {
    house
        .gate
        .view(&house.enters("Bea").await, VoucherOfAppointment(id))
        .await
        .unwrap()
        .into_inner()
}
