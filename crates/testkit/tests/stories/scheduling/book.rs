use interpres_directory::{AddCustomer, CustomerInput, ShowCustomer};
use interpres_gate::Refusal;
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, EditAppointment,
    ListAppointments, ShowAppointment, Status,
};
use interpres_testkit::{House, apply, story};

fn request(reference: &str) -> AppointmentInput {
    AppointmentInput {
        reference: reference.into(),
        date: "2027-03-10".into(),
        start: "09:00".into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "in-person".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        lep_client: "Rosa Kanarya".into(),
        ..AppointmentInput::default()
    }
}

async fn refused(house: &House, who: &str, input: AppointmentInput) -> String {
    let actor = house.enters(who).await;
    house
        .gate
        .perform(&actor, BookAppointment { input })
        .await
        .unwrap_err()
        .to_string()
}

#[apply(story)]
async fn dora_books_an_appointment_and_sees_the_clients_name_while_billing_sees_initials(
    house: &House,
) {
    let dora = house.enters("Dora").await;
    let booked = house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: request("T-1"),
            },
        )
        .await
        .unwrap();
    let seen = house
        .gate
        .view(&dora, ShowAppointment(booked.id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            seen.lep_client.unwrap().shown(),
            seen.start.as_str(),
            seen.end.as_str(),
            seen.zone_short.as_str()
        ),
        ("Rosa Kanarya", "09:00", "10:00", "MST")
    );
    let bea = house.enters("Bea").await;
    let masked = house
        .gate
        .view(&bea, ShowAppointment(booked.id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(masked.lep_client.unwrap().shown(), "R. K.");
}

#[apply(story)]
async fn everything_wrong_with_a_request_is_told_at_once(house: &House) {
    let bad = AppointmentInput {
        date: "2027-02-30".into(),
        start: "25:00".into(),
        minutes: "-30".into(),
        language: "Klingon".into(),
        notes: "SSN 123-45-6789".into(),
        ..request("T-1")
    };
    let dora = house.enters("Dora").await;
    let Err(Refusal::Invalid(problems)) = house
        .gate
        .perform(&dora, BookAppointment { input: bad })
        .await
    else {
        panic!("must be invalid")
    };
    let fields: Vec<&str> = problems.list().iter().map(|p| p.field.as_ref()).collect();
    assert_eq!(fields, ["date", "start", "minutes", "language", "notes"]);
}

#[apply(story)]
async fn a_patients_name_is_refused_without_hipaa_mode_and_initials_are_taken(house: &House) {
    let tess = house.enters("Tess").await;
    let input = |client: &str| AppointmentInput {
        team: "Office".into(),
        customer: "Plains Community Hospital".into(),
        language: "Arabic".into(),
        lep_client: client.into(),
        ..request(client)
    };
    let refusal = refused(house, "Tess", input("Noor Kanarya")).await;
    assert!(refusal.contains("initials or a file number"), "{refusal}");
    let booked = house
        .gate
        .perform(
            &tess,
            BookAppointment {
                input: input("N. K."),
            },
        )
        .await
        .unwrap();
    let seen = house
        .gate
        .view(&tess, ShowAppointment(booked.id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (seen.client_label.as_deref(), seen.lep_client.is_none()),
        (Some("N. K."), true)
    );
}

#[apply(story)]
async fn a_time_the_clock_jumps_over_is_asked_about_and_a_repeated_one_takes_an_answer(
    house: &House,
) {
    let gap = AppointmentInput {
        date: "2027-03-14".into(),
        start: "02:30".into(),
        ..request("T-1")
    };
    assert!(
        refused(house, "Dora", gap)
            .await
            .contains("Did you mean 3:30 AM?")
    );
    let fold = AppointmentInput {
        date: "2027-11-07".into(),
        start: "01:30".into(),
        ..request("T-2")
    };
    assert!(
        refused(house, "Dora", fold.clone())
            .await
            .contains("Choose earlier or later")
    );
    let dora = house.enters("Dora").await;
    house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: AppointmentInput {
                    which: "later".into(),
                    ..fold
                },
            },
        )
        .await
        .unwrap();
}

#[apply(story)]
async fn sam_of_another_team_finds_nothing_and_may_not_book_there(house: &House) {
    let sam = house.enters("Sam").await;
    let id = house.world.appointments["FR-1001"];
    assert!(matches!(
        house.gate.view(&sam, ShowAppointment(id)).await,
        Err(Refusal::NotFound)
    ));
    let seen = house
        .gate
        .view(&sam, ListAppointments::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        seen.items
            .iter()
            .map(|a| a.reference.as_str())
            .collect::<Vec<_>>(),
        ["FR-1005"]
    );
    assert!(
        refused(house, "Sam", request("T-1"))
            .await
            .contains("not one of your teams")
    );
    let cancel = CancelAppointment {
        id,
        version: None,
        input: CancelInput {
            reason: "other".into(),
            ..CancelInput::default()
        },
    };
    assert!(matches!(
        house.gate.perform(&sam, cancel).await,
        Err(Refusal::NotFound)
    ));
}

#[apply(story)]
async fn the_other_agency_does_not_exist_for_this_one(house: &House) {
    let tess = house.enters("Tess").await;
    let id = house.world.appointments["FR-1001"];
    assert!(matches!(
        house.gate.view(&tess, ShowAppointment(id)).await,
        Err(Refusal::NotFound)
    ));
    let other = AppointmentInput {
        customer: house.world.customers["St. Brigid Hospital"]
            .to_string()
            .into(),
        team: "Office".into(),
        ..request("T-1")
    };
    let refusal = refused(house, "Tess", other).await;
    assert!(
        refusal.contains("not a customer of this workspace"),
        "{refusal}"
    );
}

#[apply(story)]
async fn rita_requests_for_her_hospital_only_and_sees_her_own(house: &House) {
    let rita = house.enters("Rita").await;
    let input = AppointmentInput {
        team: "".into(),
        ..request("R-1")
    };
    house
        .gate
        .perform(
            &rita,
            BookAppointment {
                input: input.clone(),
            },
        )
        .await
        .unwrap();
    let seen = house
        .gate
        .view(&rita, ListAppointments::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        seen.items
            .iter()
            .map(|a| (a.reference.as_str(), a.lep_client.as_ref().unwrap().shown()))
            .collect::<Vec<_>>(),
        [("R-1", "Rosa Kanarya")]
    );
    let elsewhere = AppointmentInput {
        customer: "Cedar Family Clinic".into(),
        ..input
    };
    assert!(
        refused(house, "Rita", elsewhere)
            .await
            .contains("not the one you file requests for")
    );
}

#[apply(story)]
async fn what_staff_noted_stays_when_the_requester_changes_the_request(house: &House) {
    let (dora, rita) = (house.enters("Dora").await, house.enters("Rita").await);
    let input = AppointmentInput {
        team: "".into(),
        ..request("R-1")
    };
    let booked = house
        .gate
        .perform(
            &rita,
            BookAppointment {
                input: input.clone(),
            },
        )
        .await
        .unwrap();
    let noted = AppointmentInput {
        internal_notes: "Kanarya was late".into(),
        ..request("R-1")
    };
    house
        .gate
        .perform(
            &dora,
            EditAppointment {
                id: booked.id,
                version: None,
                input: noted,
            },
        )
        .await
        .unwrap();
    let moved = AppointmentInput {
        start: "10:00".into(),
        ..input
    };
    house
        .gate
        .perform(
            &rita,
            EditAppointment {
                id: booked.id,
                version: None,
                input: moved,
            },
        )
        .await
        .unwrap();
    let seen = house
        .gate
        .view(&dora, ShowAppointment(booked.id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (seen.start.as_str(), seen.internal_notes.unwrap().shown()),
        ("10:00", "Kanarya was late")
    );
    assert!(
        house
            .gate
            .view(&rita, ShowAppointment(booked.id))
            .await
            .unwrap()
            .internal_notes
            .is_none()
    );
}

#[apply(story)]
async fn a_zip_code_fills_in_town_state_and_zone_and_what_was_said_stays(house: &House) {
    let olivia = house.enters("Olivia").await;
    let input = CustomerInput {
        name: "Harbor Clinic".into(),
        email: "desk@harbor.example".into(),
        team: "Denver Metro".into(),
        zip: "00601".into(),
        ..CustomerInput::default()
    };
    let added = house
        .gate
        .perform(
            &olivia,
            AddCustomer {
                input: input.clone(),
            },
        )
        .await
        .unwrap();
    let seen = house
        .gate
        .view(&olivia, ShowCustomer(added.id.parse().unwrap()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            seen.city.as_deref(),
            seen.state.as_deref(),
            seen.zone.as_str()
        ),
        (Some("Adjuntas"), Some("PR"), "America/Puerto_Rico")
    );
    let input = CustomerInput {
        email: "two@harbor.example".into(),
        city: "Old Town".into(),
        zone: "America/Chicago".into(),
        ..input
    };
    let input = CustomerInput {
        name: "Harbor Clinic Annex".into(),
        ..input
    };
    let added = house
        .gate
        .perform(&olivia, AddCustomer { input })
        .await
        .unwrap();
    let seen = house
        .gate
        .view(&olivia, ShowCustomer(added.id.parse().unwrap()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            seen.city.as_deref(),
            seen.state.as_deref(),
            seen.zone.as_str()
        ),
        (Some("Old Town"), Some("PR"), "America/Chicago")
    );
    let dora = house.enters("Dora").await;
    let elsewhere = AppointmentInput {
        address: "1 Main St".into(),
        zip: "10001".into(),
        ..request("T-1")
    };
    let booked = house
        .gate
        .perform(&dora, BookAppointment { input: elsewhere })
        .await
        .unwrap();
    let seen = house
        .gate
        .view(&dora, ShowAppointment(booked.id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            seen.start.as_str(),
            seen.zone.as_str(),
            seen.place_parts[1].as_str()
        ),
        ("09:00", "America/New_York", "New York")
    );
}

#[apply(story)]
async fn of_two_who_save_at_once_the_second_is_told_and_nothing_is_lost(house: &House) {
    let dora = house.enters("Dora").await;
    let booked = house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: request("T-1"),
            },
        )
        .await
        .unwrap();
    let edit = |start: &str| EditAppointment {
        id: booked.id,
        version: Some(1),
        input: AppointmentInput {
            start: start.into(),
            ..request("T-1")
        },
    };
    house.gate.perform(&dora, edit("10:00")).await.unwrap();
    let Err(Refusal::Conflict(conflict)) = house.gate.perform(&dora, edit("11:00")).await else {
        panic!("must conflict")
    };
    assert_eq!(conflict.version, Some(2));
    assert_eq!(
        house
            .gate
            .view(&dora, ShowAppointment(booked.id))
            .await
            .unwrap()
            .start,
        "10:00"
    );
}

#[apply(story)]
async fn a_cancellation_inside_a_day_is_late_and_one_before_is_not(house: &House) {
    let dora = house.enters("Dora").await;
    let booked = house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: request("T-1"),
            },
        )
        .await
        .unwrap();
    let cancel = |id| CancelAppointment {
        id,
        version: None,
        input: CancelInput {
            reason: "client-canceled".into(),
            note: "Kanarya is ill".into(),
        },
    };
    house.at("2027-03-09T08:59");
    assert_eq!(
        house
            .gate
            .perform(&dora, cancel(booked.id))
            .await
            .unwrap()
            .status,
        Status::Canceled
    );
    let late = house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: AppointmentInput {
                    start: "08:30".into(),
                    ..request("T-2")
                },
            },
        )
        .await
        .unwrap();
    assert_eq!(
        house
            .gate
            .perform(&dora, cancel(late.id))
            .await
            .unwrap()
            .status,
        Status::LateCancel
    );
    let Err(Refusal::Conflict(conflict)) = house.gate.perform(&dora, cancel(late.id)).await else {
        panic!("must conflict")
    };
    assert_eq!(conflict.allowed, ["restore"]);
}

#[apply(story)]
async fn pages_of_a_list_follow_each_other_without_gap_or_double(house: &House) {
    let dora = house.enters("Dora").await;
    for n in 0..7 {
        house
            .gate
            .perform(
                &dora,
                BookAppointment {
                    input: request(&format!("P-{n}")),
                },
            )
            .await
            .unwrap();
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let query = ListAppointments {
            limit: "3".into(),
            cursor: cursor.clone().into(),
            ..ListAppointments::default()
        };
        let page = house.gate.view(&dora, query).await.unwrap().into_inner();
        seen.extend(page.items.iter().map(|a| a.reference.clone()));
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    let unique: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), unique.len()), (15, 15));
}
