//! A visit that nobody could sign for.
use interpres_billing::{FileVoucher, ShowVoucher, VoucherInput};
use interpres_dispatch::AssignInterpreter;
use interpres_gate::Refusal;
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn a_visit_that_no_one_could_sign_for_says_why_and_its_reviewer_is_told(house: &House) {
    let (dora, ines) = (house.enters("Dora").await, house.enters("Ines").await);
    let appointment = house.world.appointments["FR-1001"];
    let assign = AssignInterpreter {
        appointment,
        interpreter: house.world.interpreters["Ines"],
    };
    house.gate.perform(&dora, assign).await.unwrap();
    house.at("2027-03-02T12:00");
    let worked = VoucherInput {
        start: "09:00".into(),
        end: "10:00".into(),
        signer: "Rosa Kanarya".into(),
        ..VoucherInput::default()
    };
    let file = |input: VoucherInput| {
        let command = FileVoucher { appointment, input };
        house.gate.perform(&ines, command)
    };
    let Err(Refusal::Invalid(problems)) = file(worked.clone()).await else {
        panic!("a visit without a signature needs a reason")
    };
    let rule = problems.of("signature").map(ToString::to_string);
    assert!(rule.is_some_and(|rule| rule.contains("say why in the note")));
    let why = VoucherInput {
        note: "The nurse was called away".into(),
        ..worked
    };
    let filed = file(why).await.unwrap().id;
    let bea = house.enters("Bea").await;
    let voucher = house.gate.view(&bea, ShowVoucher(filed)).await.unwrap();
    assert!(
        voucher.flags.iter().any(|flag| flag == "Not signed"),
        "{:?}",
        voucher.flags
    );
}
