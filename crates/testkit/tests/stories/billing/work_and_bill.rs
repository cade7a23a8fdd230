use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_accounts::{MintApiKey, SetWorkspace, WorkspaceInput};
use interpres_billing::{
    ApproveVoucher, FileVoucher, InvoiceInput, ListInvoices, MakeInvoice, ReturnVoucher,
    ShowInvoice, ShowVoucher, VoucherInput,
};
use interpres_dispatch::AssignInterpreter;
use interpres_gate::{Command, Once, Refusal, ShowHistory};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CheckIn, EndSession, ShowAppointment, Status,
};
use interpres_testkit::{House, apply, story};
use interpres_types::{AppointmentId, Cents, VoucherId};
use interpres_vault::{Key, Place, checksum, sha256};
use std::time::{Duration, Instant};

const DRAWN: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

async fn assigned(house: &House, reference: &str) -> AppointmentId {
    let (dora, appointment) = (
        house.enters("Dora").await,
        house.world.appointments[reference],
    );
    house
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment,
                interpreter: house.world.interpreters["Ines"],
            },
        )
        .await
        .unwrap();
    appointment
}

fn voucher(start: &str, end: &str) -> VoucherInput {
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

async fn filed(house: &House, reference: &str) -> VoucherId {
    let appointment = assigned(house, reference).await;
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

/// A job of an hour that Ines has, on this day and from this hour on.
async fn hers(house: &House, day: i64, hour: i64) -> AppointmentId {
    let dora = house.enters("Dora").await;
    let input = AppointmentInput {
        date: format!("2027-03-{day:02}").into(),
        start: format!("{hour:02}:00").into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        ..AppointmentInput::default()
    };
    let appointment = house
        .gate
        .perform(&dora, BookAppointment { input })
        .await
        .unwrap()
        .id;
    house
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment,
                interpreter: house.world.interpreters["Ines"],
            },
        )
        .await
        .unwrap();
    appointment
}

#[apply(story)]
async fn the_day_of_service_from_check_in_to_voucher(house: &House) {
    let id = assigned(house, "FR-1001").await;
    let ines = house.enters("Ines").await;
    assert!(
        house
            .gate
            .perform(&ines, CheckIn(id))
            .await
            .unwrap_err()
            .to_string()
            .contains("from two hours before")
    );
    house.at("2027-03-02T08:50");
    assert_eq!(
        house.gate.perform(&ines, CheckIn(id)).await.unwrap().status,
        Status::Arrived
    );
    assert!(matches!(
        house.gate.perform(&ines, CheckIn(id)).await,
        Err(Refusal::Conflict(_))
    ));
    house.at("2027-03-02T10:05");
    assert_eq!(
        house
            .gate
            .perform(&ines, EndSession(id))
            .await
            .unwrap()
            .status,
        Status::Incomplete
    );
    let made = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment: id,
                input: voucher("09:00", "10:01"),
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (made.bill_total, made.pay_total),
        (Cents(11_875 + 921), Cents(5_625 + 921))
    );
    let dora = house.enters("Dora").await;
    assert_eq!(
        house
            .gate
            .view(&dora, ShowAppointment(id))
            .await
            .unwrap()
            .status,
        Status::Completed
    );
}

#[apply(story)]
async fn a_voucher_says_what_is_missing_and_the_future_is_refused(house: &House) {
    let id = assigned(house, "FR-1001").await;
    let ines = house.enters("Ines").await;
    let Err(Refusal::Invalid(problems)) = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment: id,
                input: VoucherInput {
                    miles: "far".into(),
                    ..VoucherInput::default()
                },
            },
        )
        .await
    else {
        panic!("must be invalid")
    };
    assert_eq!(
        problems
            .list()
            .iter()
            .map(|p| p.field.as_ref())
            .collect::<Vec<_>>(),
        ["start", "end", "miles", "signer", "signature"]
    );
    let early = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment: id,
                input: voucher("09:00", "10:00"),
            },
        )
        .await
        .unwrap_err()
        .to_string();
    assert!(early.contains("in the future"), "{early}");
}

#[apply(story)]
async fn bea_approves_and_invoices_and_the_invoice_names_no_client(house: &House) {
    let id = filed(house, "FR-1001").await;
    let bea = house.enters("Bea").await;
    let seen = house
        .gate
        .view(&bea, ShowVoucher(id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            seen.flags.as_slice(),
            seen.note.unwrap().is_masked(),
            seen.signer.unwrap().is_masked()
        ),
        (["Did not mark arrived".to_owned()].as_slice(), true, true)
    );
    house
        .gate
        .perform(&bea, ApproveVoucher { id, version: None })
        .await
        .unwrap();
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let made = house
        .gate
        .perform(
            &bea,
            MakeInvoice::of(InvoiceInput {
                customer: customer.clone().into(),
            }),
        )
        .await
        .unwrap();
    assert_eq!((made.number, made.jobs, made.total), (1, 1, Cents(12_796)));
    let invoice = house
        .gate
        .view(&bea, ShowInvoice(made.id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(invoice.lines[0].trace.len(), 4);
    let again = house
        .gate
        .perform(
            &bea,
            MakeInvoice::of(InvoiceInput {
                customer: customer.into(),
            }),
        )
        .await;
    assert!(matches!(again, Err(Refusal::Conflict(_))));
}

#[apply(story)]
async fn after_approval_the_interpreter_no_longer_sees_the_name(house: &House) {
    let id = filed(house, "FR-1001").await;
    let (ines, bea) = (house.enters("Ines").await, house.enters("Bea").await);
    let name = async || {
        house
            .gate
            .view(&ines, ShowAppointment(house.world.appointments["FR-1001"]))
            .await
            .unwrap()
            .into_inner()
            .lep_client
            .unwrap()
            .shown()
            .to_owned()
    };
    assert_eq!(name().await, "Rosa Kanarya");
    house
        .gate
        .perform(&bea, ApproveVoucher { id, version: None })
        .await
        .unwrap();
    house.wait_minutes(1);
    assert_eq!(name().await, "R. K.");
}

#[apply(story)]
async fn a_returned_voucher_is_corrected_and_submitted_again(house: &House) {
    let id = filed(house, "FR-1001").await;
    let (ines, bea) = (house.enters("Ines").await, house.enters("Bea").await);
    house
        .gate
        .perform(
            &bea,
            ReturnVoucher {
                id,
                reason: "Ask Kanarya for the end".into(),
            },
        )
        .await
        .unwrap();
    let appointment = house.world.appointments["FR-1001"];
    let again = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment,
                input: voucher("09:00", "10:00"),
            },
        )
        .await
        .unwrap();
    assert_eq!((again.id, again.version), (id, 3));
    let twice = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment,
                input: voucher("09:00", "10:00"),
            },
        )
        .await;
    assert!(matches!(twice, Err(Refusal::Conflict(_))));
}

#[apply(story)]
async fn ines_never_learns_what_the_customer_is_charged(house: &House) {
    let id = filed(house, "FR-1001").await;
    let ines = house.enters("Ines").await;
    let seen = house
        .gate
        .view(&ines, ShowVoucher(id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (seen.bill_total, seen.bill.is_none(), seen.pay_total),
        (None, true, Cents(6_546))
    );
}

#[apply(story)]
async fn a_night_over_midnight_and_the_clock_change_has_the_minutes_that_passed(house: &House) {
    let (dora, ines) = (house.enters("Dora").await, house.enters("Ines").await);
    let input = AppointmentInput {
        reference: "N-1".into(),
        date: "2027-03-13".into(),
        start: "23:30".into(),
        minutes: "240".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        ..AppointmentInput::default()
    };
    let appointment = house
        .gate
        .perform(&dora, BookAppointment { input })
        .await
        .unwrap()
        .id;
    assert_eq!(
        house
            .gate
            .view(&dora, ShowAppointment(appointment))
            .await
            .unwrap()
            .end,
        "04:30"
    );
    house
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment,
                interpreter: house.world.interpreters["Ines"],
            },
        )
        .await
        .unwrap();
    house.at("2027-03-14T09:00");
    let made = house
        .gate
        .perform(
            &ines,
            FileVoucher {
                appointment,
                input: VoucherInput {
                    start: "23:30".into(),
                    end: "04:30".into(),
                    ..VoucherInput::default()
                },
            },
        )
        .await
        .unwrap();
    assert_eq!(made.bill_total, Cents(4 * 9_500));
}

#[apply(story)]
async fn an_invoice_keeps_the_letterhead_and_the_days_of_when_it_was_made(house: &House) {
    let id = filed(house, "FR-1001").await;
    let (bea, adam) = (house.enters("Bea").await, house.enters("Adam").await);
    house
        .gate
        .perform(&bea, ApproveVoucher { id, version: None })
        .await
        .unwrap();
    let set = async |name: &str, days: &str| {
        let input = WorkspaceInput {
            name: "Front Range Interpreters".into(),
            zone: "America/Denver".into(),
            reveal_hours: "24".into(),
            legal_name: name.into(),
            address: "1 Market St\n\nDenver CO 80202".into(),
            payment_days: days.into(),
            ..WorkspaceInput::default()
        };
        house
            .gate
            .perform(
                &adam,
                SetWorkspace {
                    version: None,
                    input,
                },
            )
            .await
            .unwrap();
    };
    set("Front Range Interpreters LLC", "14").await;
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let made = house
        .gate
        .perform(
            &bea,
            MakeInvoice::of(InvoiceInput {
                customer: customer.into(),
            }),
        )
        .await
        .unwrap();
    set("Another name", "90").await;
    let invoice = house
        .gate
        .view(&bea, ShowInvoice(made.id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        invoice.from,
        [
            "Front Range Interpreters LLC",
            "1 Market St",
            "Denver CO 80202"
        ]
    );
    assert_eq!(
        (invoice.issued_on.to_string(), invoice.due_on.to_string()),
        ("2027-03-02".to_owned(), "2027-03-16".to_owned())
    );
}

#[apply(story)]
async fn sixty_four_invoices_at_once_make_one(house: &House) {
    let id = filed(house, "FR-1001").await;
    let bea = house.enters("Bea").await;
    house
        .gate
        .perform(&bea, ApproveVoucher { id, version: None })
        .await
        .unwrap();
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let (gate, bea, customer) = (house.gate.clone(), bea.clone(), customer.clone());
        tasks.push(tokio::spawn(async move {
            gate.perform(
                &bea,
                MakeInvoice::of(InvoiceInput {
                    customer: customer.into(),
                }),
            )
            .await
            .is_ok()
        }));
    }
    let mut made = 0;
    for task in tasks {
        made += usize::from(task.await.unwrap());
    }
    let listed = house
        .gate
        .view(&bea, ListInvoices::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (made, listed.items.len(), listed.items[0].number),
        (1, 1, 1)
    );
}

#[apply(story)]
async fn the_same_request_twice_has_one_effect_and_one_answer(house: &House) {
    let dora = house.enters("Dora").await;
    let input = |start: &str| AppointmentInput {
        date: "2027-03-10".into(),
        start: start.into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        ..AppointmentInput::default()
    };
    let book = async |start: &str| {
        house
            .gate
            .perform(
                &dora
                    .clone()
                    .once(Some(Once::new("key-1", &[start.as_bytes()]))),
                BookAppointment {
                    input: input(start),
                },
            )
            .await
    };
    let (first, second) = (book("09:00").await.unwrap(), book("09:00").await.unwrap());
    assert_eq!((first.id, &first.reference), (second.id, &second.reference));
    assert!(matches!(book("10:00").await, Err(Refusal::Conflict(_))));
}

#[apply(story)]
async fn who_has_the_data_and_guesses_the_key_of_a_request_opens_no_outcome(house: &House) {
    let dora = house
        .enters("Dora")
        .await
        .once(Some(Once::new("key-1", &[b"asked"])));
    let mint = MintApiKey {
        name: "Sync".parse().unwrap(),
        days: 30,
        only: "".into(),
        networks: "".into(),
    };
    house.gate.perform(&dora, mint).await.unwrap();
    let kept = house
        .raw("select workspace_id, key, digest, outcome from idempotency")
        .await;
    let (workspace, mark) = (
        kept[0].text("workspace_id").unwrap(),
        kept[0].text("key").unwrap(),
    );
    let guessed = Key::from_bytes(sha256(b"key-1"));
    assert_eq!(
        STANDARD.encode(checksum(&guessed.derive("mark"), &[&0_u32.to_be_bytes()])),
        mark,
        "it can be told that it was sent"
    );
    let place = Place {
        workspace,
        table: "idempotency",
        column: "outcome",
        row: mark,
    };
    let outcome = STANDARD.decode(kept[0].text("outcome").unwrap()).unwrap();
    assert!(guessed.derive("outcome").open(&place, &outcome).is_err());
    let asked = checksum(&guessed, &[b"asked"]);
    assert_ne!(
        kept[0].bytes("digest").unwrap(),
        checksum(&guessed, &[&asked, MintApiKey::ACTION.name().as_bytes()]),
        "nor is a guess of what was asked borne out"
    );
}

#[apply(story)]
async fn while_an_invoice_is_put_on_paper_others_go_on(house: &House) {
    let mut jobs = Vec::new();
    for day in 3..13 {
        for hour in [6, 8, 10, 12] {
            jobs.push((hers(house, day, hour).await, hour));
        }
    }
    house.at("2027-03-14T12:00");
    let (bea, dora, ines) = (
        house.enters("Bea").await,
        house.enters("Dora").await,
        house.enters("Ines").await,
    );
    for (appointment, hour) in jobs {
        let input = voucher(&format!("{hour:02}:00"), &format!("{:02}:00", hour + 1));
        let id = house
            .gate
            .perform(&ines, FileVoucher { appointment, input })
            .await
            .unwrap()
            .id;
        house
            .gate
            .perform(&bea, ApproveVoucher { id, version: None })
            .await
            .unwrap();
    }
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let (gate, began) = (house.gate.clone(), Instant::now());
    let making = tokio::spawn(async move {
        gate.perform(
            &bea,
            MakeInvoice::of(InvoiceInput {
                customer: customer.into(),
            }),
        )
        .await
        .map(|made| (made.jobs, Instant::now()))
    });
    let mut longest = Duration::ZERO;
    while !making.is_finished() {
        let one = Instant::now();
        let _ = house
            .gate
            .perform(&dora, CheckIn(house.world.appointments["FR-1001"]))
            .await;
        longest = longest.max(one.elapsed());
    }
    let (jobs, ended) = making.await.unwrap().unwrap();
    assert_eq!(jobs, 40);
    assert!(
        longest * 2 < ended - began,
        "somebody waited {longest:?} of {:?}",
        ended - began
    );
}

#[apply(story)]
async fn history_shows_before_and_after_to_those_who_may(house: &House) {
    let id = filed(house, "FR-1001").await;
    let (olivia, bea) = (house.enters("Olivia").await, house.enters("Bea").await);
    let appointment = house.world.appointments["FR-1001"];
    let versions = house
        .gate
        .view(&olivia, ShowHistory::of("appointment", appointment))
        .await
        .unwrap()
        .into_inner()
        .items;
    let statuses: Vec<_> = versions
        .iter()
        .flat_map(|v| &v.changes)
        .filter(|c| c.field == "status")
        .map(|c| (c.before.clone(), c.after.clone()))
        .collect();
    let text = |t: &str| Some(t.to_owned());
    assert_eq!(
        statuses,
        [
            (text("assigned"), text("completed")),
            (text("requested"), text("assigned")),
            (None, text("requested"))
        ]
    );
    let client = house.client_of(appointment).await;
    let versions = house
        .gate
        .view(&olivia, ShowHistory::of("client", client))
        .await
        .unwrap()
        .into_inner()
        .items;
    assert_eq!(
        versions
            .last()
            .unwrap()
            .changes
            .iter()
            .find(|c| c.field == "name")
            .unwrap()
            .after
            .as_deref(),
        Some("Rosa Kanarya")
    );
    assert!(matches!(
        house.gate.view(&bea, ShowHistory::of("voucher", id)).await,
        Err(Refusal::Forbidden)
    ));
}
