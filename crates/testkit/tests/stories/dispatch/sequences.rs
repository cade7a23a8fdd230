//! A sequence of offers asks each next one by what holds when it is their turn.
use interpres_directory::{LimitInput, LimitTeam};
use interpres_dispatch::{MakeOffers, MyOffers, OffersInput, RefuseOffer};
use interpres_scheduling::{AppointmentInput, EditAppointment, ShowAppointment, Status};
use interpres_testkit::{House, apply, story};
use interpres_types::AppointmentId;

/// FR-1001 is offered to Ines and then to Pablo; it goes to the Courts team, which assigns only who is named.
async fn moved_to_a_limited_team(house: &House, assigns: &[&str]) -> AppointmentId {
    let id = house.world.appointments["FR-1001"];
    let dora = house.enters("Dora").await;
    let ids = ["Ines", "Pablo"].map(|who| house.world.interpreters[who].to_string().into());
    let make = MakeOffers {
        appointment: id,
        input: OffersInput {
            kind: "sequence".into(),
            interpreters: ids.to_vec(),
            ..OffersInput::default()
        },
    };
    house.gate.perform(&dora, make).await.unwrap();
    let team = house
        .raw("select id from team_row where name = 'Courts'")
        .await;
    let mut addresses = Vec::new();
    for who in assigns {
        let sql = format!("select email from interpreter_row where first_name = '{who}'");
        addresses.push(house.raw(&sql).await[0].text("email").unwrap().to_owned());
    }
    let limit = LimitTeam {
        id: team[0].text("id").unwrap().parse().unwrap(),
        version: None,
        input: LimitInput {
            interpreters: addresses.join("; ").into(),
            ..LimitInput::default()
        },
    };
    let olivia = house.enters("Olivia").await;
    house.gate.perform(&olivia, limit).await.unwrap();
    let seen = house.gate.view(&dora, ShowAppointment(id)).await.unwrap();
    let edit = EditAppointment {
        id,
        version: None,
        input: AppointmentInput {
            reference: seen.reference.as_str().into(),
            date: seen.date.as_str().into(),
            start: seen.start.as_str().into(),
            minutes: seen.minutes.to_string().into(),
            language: "Spanish".into(),
            service_type: seen.service_type.word().into(),
            team: "Courts".into(),
            customer: seen.customer.id.as_str().into(),
            ..AppointmentInput::default()
        },
    };
    house.gate.perform(&dora, edit).await.unwrap();
    id
}

async fn ines_declines(house: &House, id: AppointmentId) {
    let ines = house.enters("Ines").await;
    let offers = house.gate.view(&ines, MyOffers).await.unwrap().into_inner();
    let refuse = RefuseOffer {
        id: offers.iter().find(|o| o.appointment == id).unwrap().id,
        reason: "".into(),
    };
    house.gate.perform(&ines, refuse).await.unwrap();
}

async fn status(house: &House, id: AppointmentId) -> Status {
    let dora = house.enters("Dora").await;
    let seen = house.gate.view(&dora, ShowAppointment(id)).await.unwrap();
    seen.status
}

#[apply(story)]
async fn whom_the_appointments_new_team_does_not_assign_is_not_asked_next(house: &House) {
    let id = moved_to_a_limited_team(house, &["Ines"]).await;
    ines_declines(house, id).await;
    let pablo = house.enters("Pablo").await;
    assert!(house.gate.view(&pablo, MyOffers).await.unwrap().is_empty());
    assert_eq!(status(house, id).await, Status::Unassigned);
}

#[apply(story)]
async fn whom_the_appointments_new_team_assigns_is_asked_next(house: &House) {
    let id = moved_to_a_limited_team(house, &["Ines", "Pablo"]).await;
    ines_declines(house, id).await;
    let pablo = house.enters("Pablo").await;
    assert_eq!(house.gate.view(&pablo, MyOffers).await.unwrap().len(), 1);
    assert_eq!(status(house, id).await, Status::Pending);
}
