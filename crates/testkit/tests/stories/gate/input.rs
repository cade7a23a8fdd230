//! What people type: numbers that are never stored, labels that name nobody, references as they are
//! found.
use interpres_gate::Refusal;
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, CheckAppointment,
    ListAppointments, SearchAppointments, SearchInput, ShowAppointment,
};
use interpres_testkit::{House, apply, booking, story};

async fn fields(house: &House, input: AppointmentInput) -> Vec<String> {
    let dora = house.enters("Dora").await;
    match house.gate.view(&dora, CheckAppointment(input)).await {
        Ok(_) => Vec::new(),
        Err(Refusal::Invalid(problems)) => {
            assert!(
                problems
                    .list()
                    .iter()
                    .all(|p| !p.rule.to_string().contains(|c: char| c.is_ascii_digit())),
                "the value is repeated: {problems:?}"
            );
            problems
                .list()
                .iter()
                .map(|p| p.field.to_string())
                .collect()
        }
        Err(other) => panic!("{other}"),
    }
}

async fn called(house: &House, who: &str, q: &str) -> Vec<String> {
    let actor = house.enters(who).await;
    let query = ListAppointments {
        q: q.into(),
        ..ListAppointments::default()
    };
    house
        .gate
        .view(&actor, query)
        .await
        .unwrap()
        .into_inner()
        .items
        .into_iter()
        .map(|a| a.reference)
        .collect()
}

#[apply(story)]
async fn a_social_security_or_card_number_is_refused_in_every_free_text_of_a_job_by_field(
    house: &House,
) {
    for bad in [
        "SSN 219099999",
        "219.09.9999",
        "219\u{2013}09\u{2013}9999",
        "Card 4111-1111 11111111",
        "4111 111111 11111",
    ] {
        let input = AppointmentInput {
            notes: bad.into(),
            internal_notes: bad.into(),
            address: bad.into(),
            reference: bad.into(),
            meeting: bad.into(),
            ..booking("")
        };
        assert_eq!(
            fields(house, input).await,
            ["address", "reference", "meeting", "notes", "internal_notes"],
            "{bad}"
        );
        let dora = house.enters("Dora").await;
        let search = SearchAppointments {
            input: SearchInput {
                client: bad.into(),
                ..SearchInput::default()
            },
        };
        assert!(
            matches!(
                house.gate.view(&dora, search).await,
                Err(Refusal::Invalid(_))
            ),
            "{bad}"
        );
        let id = house.world.appointments["FR-1004"];
        let cancel = CancelAppointment {
            id,
            version: None,
            input: CancelInput {
                reason: "other".into(),
                note: bad.into(),
            },
        };
        assert!(
            matches!(
                house.gate.perform(&dora, cancel).await,
                Err(Refusal::Invalid(_))
            ),
            "{bad}"
        );
    }
    assert_eq!(
        fields(
            house,
            AppointmentInput {
                notes: "123456789".into(),
                ..booking("")
            }
        )
        .await,
        ["notes"]
    );
    for good in [
        "Their request 20261214093001",
        "Claim 0012345670009",
        "Authorization 112027010000006",
        "PO 000-12-3456",
        "claim 219099999",
    ] {
        assert!(
            fields(
                house,
                AppointmentInput {
                    notes: good.into(),
                    ..booking("")
                }
            )
            .await
            .is_empty(),
            "{good}"
        );
    }
    assert!(
        fields(house, booking("219099999")).await.is_empty(),
        "a customer's own number of nine digits"
    );
}

#[apply(story)]
async fn no_name_and_no_date_of_birth_is_kept_in_clear_as_a_label(house: &House) {
    let (dora, bea) = (house.enters("Dora").await, house.enters("Bea").await);
    for (n, name) in ["KANARYA", "KA", "1985-03-12", "19850312", "Kanarya 2039"]
        .into_iter()
        .enumerate()
    {
        let id = house
            .gate
            .perform(
                &dora,
                BookAppointment {
                    input: AppointmentInput {
                        lep_client: name.into(),
                        ..booking(&format!("L-{n}"))
                    },
                },
            )
            .await
            .unwrap()
            .id;
        let seen = house
            .gate
            .view(&bea, ShowAppointment(id))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (
                seen.client_label,
                seen.lep_client.is_some_and(|c| c.is_masked())
            ),
            (None, true),
            "{name}"
        );
    }
    let id = house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: AppointmentInput {
                    lep_client: "M. V.".into(),
                    ..booking("L-9")
                },
            },
        )
        .await
        .unwrap()
        .id;
    assert_eq!(
        house
            .gate
            .view(&bea, ShowAppointment(id))
            .await
            .unwrap()
            .into_inner()
            .client_label
            .as_deref(),
        Some("M. V.")
    );
}

#[apply(story)]
async fn a_reference_is_found_by_any_part_of_it_whatever_its_case_and_spaces(house: &House) {
    let dora = house.enters("Dora").await;
    for reference in ["3531:  112583-1K", "24-12521", "EA85212658", "100%_done"] {
        house
            .gate
            .perform(
                &dora,
                BookAppointment {
                    input: booking(reference),
                },
            )
            .await
            .unwrap();
    }
    let cases = [
        ("112583", "3531:  112583-1K"),
        ("112583-1k", "3531:  112583-1K"),
        ("3531: 112583", "3531:  112583-1K"),
        ("12521", "24-12521"),
        ("ea852", "EA85212658"),
        ("85212658", "EA85212658"),
        ("0%_D", "100%_done"),
    ];
    for (typed, reference) in cases {
        assert_eq!(called(house, "Dora", typed).await, [reference], "{typed}");
    }
    assert!(
        called(house, "Dora", "112%1k").await.is_empty()
            && called(house, "Sam", "112583").await.is_empty()
    );
}

#[apply(story)]
async fn whether_a_reference_is_taken_is_told_of_what_one_may_see_only(house: &House) {
    let (dora, sam) = (house.enters("Dora").await, house.enters("Sam").await);
    house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: booking("Ref 77"),
            },
        )
        .await
        .unwrap();
    let again = house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: booking("REF77"),
            },
        )
        .await
        .unwrap_err();
    assert!(again.to_string().contains("is taken"), "{again}");
    let theirs = AppointmentInput {
        team: "Courts".into(),
        customer: "Mesa Verde County Court".into(),
        ..booking("Ref 77")
    };
    house
        .gate
        .perform(&sam, BookAppointment { input: theirs })
        .await
        .unwrap();
    assert_eq!(called(house, "Sam", "ref77").await, ["Ref 77"]);
}

#[apply(story)]
async fn of_two_who_book_one_reference_at_once_one_is_told(house: &House) {
    let dora = house.enters("Dora").await;
    let book = || {
        house.gate.perform(
            &dora,
            BookAppointment {
                input: booking("TWICE-1"),
            },
        )
    };
    let (a, b) = tokio::join!(book(), book());
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
    assert_eq!(called(house, "Dora", "twice").await, ["TWICE-1"]);
}
