//! Somebody books an appointment: what is filled in, asked about and refused.
use interpres_directory::{AddCustomer, CustomerInput, ShowCustomer};
use interpres_gate::Refusal;
use interpres_scheduling::{AppointmentInput, BookAppointment, ShowAppointment};
use interpres_testkit::{House, apply, booking, story};

pub(crate) fn request(reference: &str) -> AppointmentInput {
    AppointmentInput {
        service_type: "in-person".into(),
        lep_client: "Rosa Kanarya".into(),
        ..booking(reference)
    }
}

pub(crate) async fn refused(house: &House, who: &str, input: AppointmentInput) -> String {
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
async fn a_reference_that_looks_made_up_stops_no_other_booking(house: &House) {
    let dora = house.enters("Dora").await;
    for reference in ["A-00000000", "", ""] {
        let input = AppointmentInput {
            reference: reference.into(),
            date: "2027-03-09".into(),
            ..request("")
        };
        house
            .gate
            .perform(&dora, BookAppointment { input })
            .await
            .unwrap_or_else(|refusal| panic!("“{reference}”: {refusal}"));
    }
    let again = AppointmentInput {
        reference: " a-0000 0000".into(),
        ..request("")
    };
    assert!(
        refused(house, "Dora", again)
            .await
            .contains("is taken by another")
    );
}
