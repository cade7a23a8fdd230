//! One way through the states of an appointment: what follows when it is canceled, missed, declined, restored or
//! taken from somebody, for those who had it, who were asked, and who pay.
use interpres_accounts::ListNotices;
use interpres_billing::{
    ApproveVoucher, FileVoucher, InvoiceInput, MakeInvoice, RecalculateInput, RecalculateRates,
    ReturnVoucher, ShowInvoice, VoucherInput, VoucherOfAppointment, VoucherState,
};
use interpres_dispatch::{
    AcceptOffer, AssignDespiteConflict, AssignInterpreter, ListCandidates, MakeOffers, MyOffers,
    Narrowed, OffersInput, OffersMade, OverrideInput, RefuseOffer, RemoveInterpreter, ShowMyOffer,
};
use interpres_gate::{Refusal, ShowHistory};
use interpres_rates::{RateInput, SetRate};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, CheckIn, DeclineAppointment,
    DeclineInput, EditAppointment, EndSession, ListAppointments, ListFormerAssignments, MarkMissed,
    MissedInput, Party, RestoreAppointment, ShowAppointment, StartSession, Status,
};
use interpres_testkit::{House, stories};
use interpres_types::{AppointmentId, Cents};

async fn assign(house: &House, reference: &str, who: &str) -> AppointmentId {
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

async fn ask(
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

async fn cancel(
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

async fn restore(house: &House, id: AppointmentId) -> Result<Status, Refusal> {
    Ok(house
        .gate
        .perform(&house.enters("Dora").await, RestoreAppointment { id })
        .await?
        .status)
}

async fn missed(house: &House, id: AppointmentId, by: &str) -> Result<Status, Refusal> {
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
async fn sight(house: &House, who: &str, id: AppointmentId) -> Option<(String, String)> {
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
async fn was_told(house: &House, who: &str, text: &str) {
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

fn input(reference: &str, start: &str) -> AppointmentInput {
    AppointmentInput {
        reference: reference.into(),
        date: "2027-03-02".into(),
        start: start.into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "video".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        lep_client: "Rosa Kanarya".into(),
        notes: "Kanarya waits at the east door".into(),
        ..AppointmentInput::default()
    }
}

async fn book(house: &House, who: &str, input: AppointmentInput) -> AppointmentId {
    house
        .gate
        .perform(&house.enters(who).await, BookAppointment { input })
        .await
        .unwrap()
        .id
}

async fn edit(
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
async fn pay_less(house: &House) {
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

async fn file(house: &House, appointment: AppointmentId) -> Result<Cents, Refusal> {
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

async fn voucher(house: &House, id: AppointmentId) -> Option<interpres_billing::VoucherView> {
    house
        .gate
        .view(&house.enters("Bea").await, VoucherOfAppointment(id))
        .await
        .unwrap()
        .into_inner()
}

stories! {
    async fn who_is_only_asked_sees_initials_however_near_the_start_is(house) {
        let id = book(house, "Dora", input("S-1", "09:00")).await;
        let interpreter = house.world.interpreters["Ines"].to_string().into();
        let make = MakeOffers { appointment: id, input: OffersInput { interpreter, ..OffersInput::default() } };
        let offer = house.gate.perform(&house.enters("Dora").await, make).await.unwrap().id.unwrap();
        house.at("2027-03-02T08:30");
        let initials = Some(("R. K.".to_owned(), "•••".to_owned()));
        assert_eq!(sight(house, "Ines", id).await, initials);
        let ines = house.enters("Ines").await;
        let listed = house.gate.view(&ines, ListAppointments::default()).await.unwrap().into_inner().items;
        assert_eq!(listed.iter().map(|a| a.lep_client.as_ref().unwrap().shown()).collect::<Vec<_>>(), ["R. K."]);
        house.gate.perform(&ines, AcceptOffer(offer)).await.unwrap();
        assert_eq!(sight(house, "Ines", id).await, Some(("Rosa Kanarya".into(), "Kanarya waits at the east door".into())));
    }

    async fn after_a_cancellation_nobody_who_was_asked_sees_or_takes_it_not_even_after_a_restoration(house) {
        let id = house.world.appointments["FR-1001"];
        let offers = ask(house, "broadcast", "FR-1001", &["Ines", "Pablo"]).await.unwrap().offers;
        cancel(house, "Dora", id, "customer-canceled").await.unwrap();
        let ines = house.enters("Ines").await;
        assert!(house.gate.view(&ines, MyOffers).await.unwrap().is_empty());
        assert!(matches!(house.gate.view(&ines, ShowMyOffer(offers[0])).await, Err(Refusal::Conflict(_))));
        assert_eq!(sight(house, "Ines", id).await, None);
        assert!(matches!(house.gate.perform(&ines, AcceptOffer(offers[0])).await, Err(Refusal::Conflict(_))));
        was_told(house, "Ines", "No longer available: FR-1001, Spanish, Tue 2 Mar 2027 at 09:00").await;
        assert_eq!(restore(house, id).await.unwrap(), Status::Requested);
        ask(house, "single", "FR-1001", &["Pablo"]).await.unwrap();
        for who in ["Ines", "Pablo"] {
            let old = offers[usize::from(who == "Pablo")];
            let taken = house.gate.perform(&house.enters(who).await, AcceptOffer(old)).await;
            assert!(matches!(taken, Err(Refusal::Conflict(_))), "{who}");
        }
    }

    async fn every_way_out_of_pending_withdraws_what_is_open(house) {
        let id = house.world.appointments["FR-1001"];
        for way in ["decline", "release", "assign"] {
            let offers = ask(house, "broadcast", "FR-1001", &["Ines", "Pablo"]).await.unwrap().offers;
            let dora = house.enters("Dora").await;
            match way {
                "decline" => drop(house.gate.perform(&dora, DeclineAppointment { id, version: None, input: DeclineInput { note: "Kanarya is known".into() } }).await.unwrap()),
                "release" => drop(house.gate.perform(&dora, RemoveInterpreter { appointment: id }).await.unwrap()),
                _ => drop(assign(house, "FR-1001", "Ivo").await),
            }
            assert!(house.gate.view(&house.enters("Ines").await, MyOffers).await.unwrap().is_empty(), "{way}");
            assert!(matches!(house.gate.perform(&house.enters("Pablo").await, AcceptOffer(offers[1])).await, Err(Refusal::Conflict(_))), "{way}");
            if way == "decline" {
                restore(house, id).await.unwrap();
            }
        }
    }

    async fn the_name_closes_for_who_had_it_when_it_is_canceled_or_handed_to_another(house) {
        let id = book(house, "Dora", input("S-1", "09:00")).await;
        let dora = house.enters("Dora").await;
        let give = async |who: &str| house.gate.perform(&dora, AssignInterpreter { appointment: id, interpreter: house.world.interpreters[who] }).await.map(drop).unwrap();
        give("Ines").await;
        house.at("2027-03-02T08:30");
        assert_eq!(sight(house, "Ines", id).await.unwrap().0, "Rosa Kanarya");
        cancel(house, "Dora", id, "customer-canceled").await.unwrap();
        assert_eq!(sight(house, "Ines", id).await.unwrap(), ("R. K.".into(), "•••".into()));
        restore(house, id).await.unwrap();
        assert_eq!(sight(house, "Ines", id).await.unwrap().0, "Rosa Kanarya");
        house.gate.perform(&dora, RemoveInterpreter { appointment: id }).await.unwrap();
        give("Pablo").await;
        assert_eq!((sight(house, "Ines", id).await, sight(house, "Pablo", id).await.unwrap().0), (None, "Rosa Kanarya".into()));
    }

    async fn a_requester_moves_no_request_to_another_customer_and_learns_nothing_of_others(house) {
        let own = AppointmentInput { team: "".into(), ..input("S-1", "09:00") };
        let id = book(house, "Rita", own.clone()).await;
        let cedar = house.world.customers["Cedar Family Clinic"].to_string();
        let mut refusals = Vec::new();
        for customer in [cedar.as_str(), "Cedar Family Clinic", "No Such Clinic", "0190d6a5-7c3e-7a1b-8e4f-00112233aabb"] {
            let elsewhere = AppointmentInput { customer: customer.into(), ..own.clone() };
            refusals.push(edit(house, "Rita", id, elsewhere.clone()).await.unwrap_err().to_string());
            let rita = house.enters("Rita").await;
            refusals.push(house.gate.perform(&rita, BookAppointment { input: AppointmentInput { reference: "".into(), ..elsewhere } }).await.unwrap_err().to_string());
        }
        assert!(refusals.iter().all(|r| r == &refusals[0] && r.contains("not the one you file requests for")), "{refusals:?}");
        let seen = house.gate.view(&house.enters("Dora").await, ShowAppointment(id)).await.unwrap().into_inner();
        assert_eq!((seen.customer.name.as_str(), seen.version), ("St. Brigid Hospital", 1));
        edit(house, "Rita", id, AppointmentInput { customer: house.world.customers["St. Brigid Hospital"].to_string().into(), start: "11:00".into(), ..own }).await.unwrap();
    }

    async fn a_job_to_which_the_client_did_not_come_is_billed_and_paid_as_scheduled(house) {
        let id = assign(house, "FR-1002", "Ines").await;
        assert!(matches!(missed(house, id, "client").await, Err(Refusal::Conflict(_))));
        assert!(matches!(cancel(house, "Dora", id, "client-no-show").await, Err(Refusal::Invalid(_))));
        house.at("2027-03-02T11:00");
        assert_eq!(cancel(house, "Dora", id, "client-no-show").await.unwrap(), Status::Missed);
        let seen = house.gate.view(&house.enters("Dora").await, ShowAppointment(id)).await.unwrap().into_inner();
        assert_eq!((seen.ended_by, seen.ended_at), (Some(Party::Client), Some(house.gate.now())));
        let v = voucher(house, id).await.unwrap();
        assert_eq!((v.state, v.minutes, v.bill_total, v.pay_total), (VoucherState::Submitted, 45, Some(Cents(9_500)), Cents(4_500)));
        assert_eq!((v.flags.as_slice(), v.bill.unwrap().steps[0].what.as_str()), (["Client did not come".to_owned()].as_slice(), "Scheduled"));
        let bea = house.enters("Bea").await;
        assert!(matches!(house.gate.perform(&bea, ReturnVoucher { id: v.id, reason: "why".into() }).await, Err(Refusal::Conflict(_))));
        house.gate.perform(&bea, ApproveVoucher { id: v.id, version: None }).await.unwrap();
        let customer = house.world.customers["St. Brigid Hospital"].to_string().into();
        let made = house.gate.perform(&bea, MakeInvoice::of(InvoiceInput { customer })).await.unwrap().into_inner();
        let invoice = house.gate.view(&bea, ShowInvoice(made.id)).await.unwrap().into_inner();
        assert_eq!(invoice.lines[0].what, "Spanish, video (client did not come)");
        let again = restore(house, id).await.unwrap_err().to_string();
        assert!(again.contains("approved already"), "{again}");
    }

    async fn what_lay_with_the_interpreter_or_the_agency_is_neither_billed_nor_paid(house) {
        let (one, other) = (assign(house, "FR-1001", "Ines").await, assign(house, "FR-1002", "Pablo").await);
        house.at("2027-03-02T11:00");
        assert_eq!(missed(house, one, "interpreter").await.unwrap(), Status::Missed);
        assert_eq!(cancel(house, "Dora", other, "duplicate").await.unwrap(), Status::LateCancel);
        assert!(voucher(house, one).await.is_none() && voucher(house, other).await.is_none());
        assert!(matches!(missed(house, one, "agency").await, Err(Refusal::Invalid(_))));
    }

    async fn a_late_cancel_by_the_requester_gets_a_voucher_that_goes_when_it_is_restored(house) {
        let id = book(house, "Rita", AppointmentInput { team: "".into(), ..input("S-1", "09:00") }).await;
        house.gate.perform(&house.enters("Dora").await, AssignInterpreter { appointment: id, interpreter: house.world.interpreters["Ines"] }).await.unwrap();
        was_told(house, "Rita", "An interpreter is assigned to your request: S-1, Spanish, Tue 2 Mar 2027 at 09:00").await;
        house.at("2027-03-01T12:00");
        assert_eq!(cancel(house, "Rita", id, "client-canceled").await.unwrap(), Status::LateCancel);
        was_told(house, "Ines", "Your appointment was canceled: S-1, Spanish, Tue 2 Mar 2027 at 09:00").await;
        let v = voucher(house, id).await.unwrap();
        assert_eq!((v.state, v.pay_total, v.flags.as_slice()), (VoucherState::Submitted, Cents(4_500), ["Late cancel".to_owned()].as_slice()));
        assert_eq!(restore(house, id).await.unwrap(), Status::Assigned);
        was_told(house, "Ines", "Your appointment is back on: S-1, Spanish, Tue 2 Mar 2027 at 09:00").await;
        was_told(house, "Rita", "Your request is open again: S-1, Spanish, Tue 2 Mar 2027 at 09:00").await;
        assert_eq!(voucher(house, id).await.unwrap().state, VoucherState::Withdrawn);
        house.at("2027-03-02T12:00");
        file(house, id).await.unwrap();
        let worked = voucher(house, id).await.unwrap();
        assert_eq!((worked.id, worked.state, worked.flags.as_slice()), (v.id, VoucherState::Submitted, ["Did not check in".to_owned()].as_slice()));
    }

    async fn a_request_is_declined_and_who_filed_it_is_told(house) {
        let id = book(house, "Rita", AppointmentInput { team: "".into(), ..input("S-1", "09:00") }).await;
        let input = DeclineInput { note: "Kanarya lives too far away".into() };
        let rita = house.gate.perform(&house.enters("Rita").await, DeclineAppointment { id, version: None, input: input.clone() }).await;
        assert!(matches!(rita, Err(Refusal::Forbidden)));
        let declined = house.gate.perform(&house.enters("Dora").await, DeclineAppointment { id, version: None, input }).await.unwrap();
        assert_eq!(declined.status, Status::Declined);
        was_told(house, "Rita", "Your request was declined: S-1, Spanish, Tue 2 Mar 2027 at 09:00").await;
    }

    async fn who_is_no_longer_free_loses_a_restored_job_and_keeps_a_trace_of_it(house) {
        let id = assign(house, "FR-1001", "Ines").await;
        cancel(house, "Dora", id, "customer-canceled").await.unwrap();
        assign(house, "FR-1002", "Ines").await;
        assert_eq!(restore(house, id).await.unwrap(), Status::Requested);
        was_told(house, "Ines", "You are no longer assigned: FR-1001, Spanish, Tue 2 Mar 2027 at 09:00").await;
        let former = house.gate.view(&house.enters("Ines").await, ListFormerAssignments::default()).await.unwrap().into_inner().items;
        assert_eq!((former.len(), former[0].reference.as_str()), (1, "FR-1001"));
    }

    async fn a_job_taken_away_stays_findable_with_who_when_and_the_agreed_pay(house) {
        let id = assign(house, "FR-1001", "Ines").await;
        house.gate.perform(&house.enters("Dora").await, RemoveInterpreter { appointment: id }).await.unwrap();
        was_told(house, "Ines", "You are no longer assigned: FR-1001, Spanish, Tue 2 Mar 2027 at 09:00").await;
        let ines = house.enters("Ines").await;
        let found = house.gate.view(&ines, ListFormerAssignments { reference: "fr-1001".into(), ..ListFormerAssignments::default() }).await.unwrap().into_inner().items;
        let f = &found[0];
        assert_eq!((f.reference.as_str(), f.removed_by.as_deref(), f.removed_at), ("FR-1001", Some("Dora Lindqvist"), house.gate.now()));
        assert!(f.agreed_pay.as_deref().unwrap().contains("45.00 USD an hour") && !serde_json::to_string(f).unwrap().contains("Kanarya"));
        assert!(house.gate.view(&ines, ShowAppointment(id)).await.is_err());
        assert!(house.gate.view(&house.enters("Pablo").await, ListFormerAssignments::default()).await.unwrap().items.is_empty());
    }

    async fn the_agreed_pay_survives_edits_and_restorations(house) {
        let id = book(house, "Dora", input("S-1", "09:00")).await;
        house.gate.perform(&house.enters("Dora").await, AssignInterpreter { appointment: id, interpreter: house.world.interpreters["Ines"] }).await.unwrap();
        pay_less(house).await;
        edit(house, "Dora", id, AppointmentInput { meeting: "https://meet.example/1".into(), ..input("S-1", "09:00") }).await.unwrap();
        was_told(house, "Ines", "Your appointment was changed: S-1, Spanish, Tue 2 Mar 2027 at 09:00").await;
        edit(house, "Dora", id, input("S-1", "09:15")).await.unwrap();
        was_told(house, "Ines", "Your appointment was changed: S-1, Spanish, Tue 2 Mar 2027 at 09:15, before it was Tue 2 Mar 2027 at 09:00").await;
        cancel(house, "Dora", id, "customer-canceled").await.unwrap();
        restore(house, id).await.unwrap();
        house.at("2027-03-02T12:00");
        assert_eq!(file(house, id).await.unwrap(), Cents(4_500));
    }

    async fn rates_are_recalculated_only_with_a_reason_and_the_interpreter_is_told(house) {
        let id = book(house, "Dora", input("S-1", "09:00")).await;
        house.gate.perform(&house.enters("Dora").await, AssignInterpreter { appointment: id, interpreter: house.world.interpreters["Ines"] }).await.unwrap();
        pay_less(house).await;
        let recalculate = async |who: &str, reason: &str| {
            let input = RecalculateInput { side: "".into(), reason: reason.into() };
            house.gate.perform(&house.enters(who).await, RecalculateRates { id, input }).await
        };
        assert!(matches!(recalculate("Bea", "").await, Err(Refusal::Invalid(_))));
        assert!(matches!(recalculate("Dora", "agreed by telephone").await, Err(Refusal::Forbidden)));
        let rates = recalculate("Bea", "Kanarya's hospital agreed").await.unwrap().into_inner();
        assert_eq!((rates.pay_rate.unwrap().hourly, rates.bill_rate.unwrap().hourly), (Cents(3_000), Cents(9_500)));
        was_told(house, "Ines", "Your pay was recalculated: S-1, Spanish, Tue 2 Mar 2027 at 09:00").await;
        house.at("2027-03-02T12:00");
        assert_eq!(file(house, id).await.unwrap(), Cents(3_000));
        let v = voucher(house, id).await.unwrap();
        house.gate.perform(&house.enters("Bea").await, ApproveVoucher { id: v.id, version: None }).await.unwrap();
        assert!(matches!(recalculate("Bea", "once more").await, Err(Refusal::Conflict(_))));
    }

    async fn staff_are_told_which_appointment_is_in_the_way_where_they_may_see_it(house) {
        let dora = house.enters("Dora").await;
        let ines = house.world.interpreters["Ines"];
        assign(house, "FR-1001", "Ines").await;
        let clash = house.gate.perform(&dora, AssignInterpreter { appointment: house.world.appointments["FR-1002"], interpreter: ines }).await.unwrap_err();
        assert_eq!(clash.to_string(), "The interpreter has another appointment at that time (FR-1001).");
        let list = house.gate.view(&dora, ListCandidates { appointment: house.world.appointments["FR-1002"], narrowed: Narrowed::default() }).await.unwrap().into_inner();
        assert_eq!(list.excluded.iter().find(|e| e.name == "Ines Ruiz").unwrap().reasons, ["has another appointment at that time (FR-1001)"]);
        // Sam's team does not see Denver's appointments.
        let court = AppointmentInput { team: "Courts".into(), customer: "Mesa Verde County Court".into(), lep_client: "".into(), notes: "".into(), ..input("S-1", "09:00") };
        let id = book(house, "Sam", court).await;
        let blind = house.gate.perform(&house.enters("Sam").await, AssignInterpreter { appointment: id, interpreter: ines }).await.unwrap_err();
        assert_eq!(blind.to_string(), "The interpreter has another appointment at that time.");
    }

    async fn an_edit_that_moves_a_job_onto_another_is_refused_and_who_may_overrides_it_with_a_reason(house) {
        assign(house, "FR-1001", "Ines").await;
        let id = book(house, "Dora", input("S-1", "14:00")).await;
        house.gate.perform(&house.enters("Dora").await, AssignInterpreter { appointment: id, interpreter: house.world.interpreters["Ines"] }).await.unwrap();
        let onto = |reason: &str| AppointmentInput { override_reason: reason.into(), ..input("S-1", "09:30") };
        let refused = edit(house, "Dora", id, onto("")).await.unwrap_err().to_string();
        assert_eq!(refused, "The interpreter has another appointment at that time (FR-1001).");
        assert!(matches!(edit(house, "Dora", id, onto("the first ends early")).await, Err(Refusal::Forbidden)));
        edit(house, "Maya", id, onto("the first ends early for Kanarya")).await.unwrap();
    }

    async fn a_conflict_is_overridden_by_who_may_with_a_reason_that_stays(house) {
        assign(house, "FR-1001", "Ines").await;
        let second = house.world.appointments["FR-1002"];
        let anyway = async |who: &str, reason: &str| {
            let input = OverrideInput { interpreter: house.world.interpreters["Ines"].to_string().into(), reason: reason.into() };
            house.gate.perform(&house.enters(who).await, AssignDespiteConflict { appointment: second, input }).await
        };
        assert!(matches!(anyway("Dora", "it is urgent").await, Err(Refusal::Forbidden)));
        assert!(matches!(anyway("Maya", "").await, Err(Refusal::Invalid(_))));
        assert_eq!(anyway("Maya", "Kanarya's visit is short").await.unwrap().status, Status::Assigned);
        let versions = house.gate.view(&house.enters("Olivia").await, ShowHistory::of("appointment", second)).await.unwrap().into_inner().items;
        let reason = versions[0].changes.iter().find(|c| c.field == "override_reason").unwrap();
        assert_eq!((versions[0].actor_name.as_deref(), reason.after.as_deref()), (Some("Maya Brooks"), Some("Kanarya's visit is short")));
    }

    async fn an_open_offer_holds_the_interpreters_time_against_others_but_not_against_themselves(house) {
        ask(house, "single", "FR-1001", &["Ines"]).await.unwrap();
        let other = house.world.appointments["FR-1002"];
        let assigned = house.gate.perform(&house.enters("Dora").await, AssignInterpreter { appointment: other, interpreter: house.world.interpreters["Ines"] }).await;
        assert_eq!(assigned.unwrap_err().to_string(), "The interpreter is being asked about another appointment at that time (FR-1001).");
        assert!(matches!(ask(house, "single", "FR-1002", &["Ines"]).await, Err(Refusal::Conflict(_))));
        let broadcast = ask(house, "broadcast", "FR-1002", &["Ines", "Pablo"]).await.unwrap();
        house.gate.perform(&house.enters("Ines").await, AcceptOffer(broadcast.offers[0])).await.unwrap();
        house.gate.perform(&house.enters("Dora").await, RemoveInterpreter { appointment: house.world.appointments["FR-1001"] }).await.unwrap();
    }

    async fn a_sequence_passes_over_who_is_no_longer_free(house) {
        assign(house, "FR-1002", "Pablo").await;
        let first = ask(house, "sequence", "FR-1001", &["Ines", "Pablo", "Ivo"]).await;
        // Ivo has not signed up, so he cannot be asked.
        assert!(matches!(first, Err(Refusal::Invalid(_))));
        let first = ask(house, "sequence", "FR-1001", &["Ines", "Pablo"]).await.unwrap();
        let refused = house.gate.perform(&house.enters("Ines").await, RefuseOffer { id: first.offers[0], reason: "".into() }).await.unwrap();
        assert_eq!(refused.status, Status::Unassigned);
    }

    async fn a_session_starts_early_after_check_in_runs_and_ends(house) {
        let id = assign(house, "FR-1001", "Ines").await;
        let ines = house.enters("Ines").await;
        house.at("2027-03-02T08:30");
        assert!(matches!(house.gate.perform(&ines, StartSession(id)).await, Err(Refusal::Conflict(_))));
        house.gate.perform(&ines, CheckIn(id)).await.unwrap();
        assert!(house.gate.perform(&ines, EndSession(id)).await.unwrap_err().to_string().contains("not started yet"));
        house.at("2027-03-02T08:45");
        assert_eq!(house.gate.perform(&ines, StartSession(id)).await.unwrap().status, Status::InProgress);
        house.at("2027-03-02T09:50");
        assert_eq!(house.gate.perform(&ines, EndSession(id)).await.unwrap().status, Status::Incomplete);
        let seen = house.gate.view(&ines, ShowAppointment(id)).await.unwrap().into_inner();
        assert_eq!(seen.ended_at.unwrap().minutes_since(seen.started_at.unwrap()), 65);
    }

    async fn the_language_of_an_assigned_job_changes_only_to_one_its_interpreter_speaks(house) {
        let id = book(house, "Dora", input("S-1", "09:00")).await;
        house.gate.perform(&house.enters("Dora").await, AssignInterpreter { appointment: id, interpreter: house.world.interpreters["Ines"] }).await.unwrap();
        edit(house, "Dora", id, AppointmentInput { language: "Portuguese".into(), ..input("S-1", "09:00") }).await.unwrap();
        let tigrinya = edit(house, "Dora", id, AppointmentInput { language: "Tigrinya".into(), ..input("S-1", "09:00") }).await;
        assert!(matches!(tigrinya, Err(Refusal::Invalid(_))));
    }
}
