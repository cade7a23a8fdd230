//! Whose appointments somebody finds: their team's, their workspace's, their own requests.
use crate::scheduling::book::{refused, request};
use interpres_gate::Refusal;
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, ListAppointments,
    ShowAppointment,
};
use interpres_testkit::{House, apply, story};

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
