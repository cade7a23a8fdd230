//! One way through the states of an appointment: what follows when it is canceled, missed, declined, restored or
//! taken from somebody, for those who had it, who were asked, and who pay.
mod called_off;
mod in_the_way;
mod whose_job;

use crate::gate::input::booking;
use interpres_accounts::ListNotices;
use interpres_billing::{FileVoucher, VoucherInput, VoucherOfAppointment};
use interpres_dispatch::{AssignInterpreter, MakeOffers, OffersInput, OffersMade};
use interpres_gate::Refusal;
use interpres_rates::{RateInput, SetRate};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, EditAppointment, MarkMissed,
    MissedInput, RestoreAppointment, ShowAppointment, Status,
};
use interpres_testkit::House;
use interpres_types::{AppointmentId, Cents};

pub(crate) async fn assign(house: &House, reference: &str, who: &str) -> AppointmentId {
    let appointment = house.world.appointments[reference];
    house
        .gate
        .perform(
            &house.enters("Dora").await,
            AssignInterpreter {
                appointment,
                interpreter: house.world.interpreters[who],
            },
        )
        .await
        .unwrap();
    appointment
}

pub(crate) async fn ask(
    house: &House,
    kind: &str,
    reference: &str,
    to: &[&str],
) -> Result<OffersMade, Refusal> {
    let interpreters = to
        .iter()
        .map(|who| house.world.interpreters[*who].to_string().into())
        .collect();
    let input = OffersInput {
        kind: kind.into(),
        interpreters,
        ..OffersInput::default()
    };
    let make = MakeOffers {
        appointment: house.world.appointments[reference],
        input,
    };
    house
        .gate
        .perform(&house.enters("Dora").await, make)
        .await
        .map(interpres_gate::Released::into_inner)
}

pub(crate) async fn cancel(
    house: &House,
    who: &str,
    id: AppointmentId,
    reason: &str,
) -> Result<Status, Refusal> {
    let input = CancelInput {
        reason: reason.into(),
        ..CancelInput::default()
    };
    Ok(house
        .gate
        .perform(
            &house.enters(who).await,
            CancelAppointment {
                id,
                version: None,
                input,
            },
        )
        .await?
        .status)
}

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

pub(crate) async fn book(house: &House, who: &str, input: AppointmentInput) -> AppointmentId {
    house
        .gate
        .perform(&house.enters(who).await, BookAppointment { input })
        .await
        .unwrap()
        .id
}

pub(crate) async fn edit(
    house: &House,
    who: &str,
    id: AppointmentId,
    input: AppointmentInput,
) -> Result<(), Refusal> {
    house
        .gate
        .perform(
            &house.enters(who).await,
            EditAppointment {
                id,
                version: None,
                input,
            },
        )
        .await
        .map(drop)
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
