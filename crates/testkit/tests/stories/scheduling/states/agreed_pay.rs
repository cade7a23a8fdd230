//! The agreed pay: what changes it, and what does not.
use crate::scheduling::states::{file, input, pay_less, restore, voucher, was_told};
use interpres_billing::{ApproveVoucher, RecalculateInput, RecalculateRates};
use interpres_gate::Refusal;
use interpres_scheduling::AppointmentInput;
use interpres_testkit::{House, apply, story};
use interpres_types::Cents;

#[apply(story)]
async fn the_agreed_pay_survives_edits_and_restorations(house: &House) {
    let id = house.book("Dora", input("S-1", "09:00")).await.unwrap();
    house.assign(id, "Ines").await;
    pay_less(house).await;
    house
        .edit(
            "Dora",
            id,
            AppointmentInput {
                meeting: "https://meet.example/1".into(),
                ..input("S-1", "09:00")
            },
        )
        .await
        .unwrap();
    was_told(
        house,
        "Ines",
        "Your appointment was changed: S-1, Spanish, Tue, Mar 2, 2027 at 9:00 AM",
    )
    .await;
    house.edit("Dora", id, input("S-1", "09:15")).await.unwrap();
    was_told(
        house,
        "Ines",
        "Your appointment was changed: S-1, Spanish, Tue, Mar 2, 2027 at 9:15 \
        AM, before it was Tue, Mar 2, 2027 at 9:00 AM",
    )
    .await;
    house.cancel("Dora", id, "customer-canceled").await.unwrap();
    restore(house, id).await.unwrap();
    house.at("2027-03-02T12:00");
    assert_eq!(file(house, id).await.unwrap(), Cents(4_500));
}

#[apply(story)]
async fn rates_are_recalculated_only_with_a_reason_and_the_interpreter_is_told(house: &House) {
    let id = house.book("Dora", input("S-1", "09:00")).await.unwrap();
    house.assign(id, "Ines").await;
    pay_less(house).await;
    let recalculate = async |who: &str, reason: &str| {
        let input = RecalculateInput {
            side: "".into(),
            reason: reason.into(),
        };
        house
            .gate
            .perform(&house.enters(who).await, RecalculateRates { id, input })
            .await
    };
    assert!(matches!(
        recalculate("Bea", "").await,
        Err(Refusal::Invalid(_))
    ));
    assert!(matches!(
        recalculate("Dora", "agreed by telephone").await,
        Err(Refusal::Forbidden)
    ));
    let rates = recalculate("Bea", "Kanarya's hospital agreed")
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            rates.pay_rate.unwrap().hourly,
            rates.bill_rate.unwrap().hourly
        ),
        (Cents(3_000), Cents(9_500))
    );
    was_told(
        house,
        "Ines",
        "Your pay was recalculated: S-1, Spanish, Tue, Mar 2, 2027 at 9:00 AM",
    )
    .await;
    house.at("2027-03-02T12:00");
    assert_eq!(file(house, id).await.unwrap(), Cents(3_000));
    let v = voucher(house, id).await.unwrap();
    house
        .gate
        .perform(
            &house.enters("Bea").await,
            ApproveVoucher {
                id: v.id,
                version: None,
            },
        )
        .await
        .unwrap();
    assert!(matches!(
        recalculate("Bea", "once more").await,
        Err(Refusal::Conflict(_))
    ));
}
