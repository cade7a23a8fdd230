//! Many answer and assign at once: exactly one wins.
use crate::dispatch::book;
use interpres_dispatch::{AcceptOffer, AssignInterpreter};
use interpres_gate::Refusal;
use interpres_scheduling::Status;
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn of_sixty_four_acceptances_of_one_broadcast_exactly_one_wins(house: &House) {
    let offers = house
        .ask("broadcast", "FR-1001", &["Ines", "Pablo"])
        .await
        .unwrap()
        .offers;
    let actors = [house.enters("Ines").await, house.enters("Pablo").await];
    let mut tasks = Vec::new();
    for n in 0..64 {
        let (gate, actor, id) = (house.gate.clone(), actors[n % 2].clone(), offers[n % 2]);
        tasks.push(tokio::spawn(async move {
            gate.perform(&actor, AcceptOffer(id)).await
        }));
    }
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => won += 1,
            Err(Refusal::Conflict(_)) => {}
            // The loser's own appointment is out of reach once it is taken.
            Err(Refusal::NotFound) => {}
            Err(other) => panic!("an unclear answer: {other}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(
        house.status(house.world.appointments["FR-1001"]).await,
        Status::Assigned
    );
}

#[apply(story)]
async fn of_overlapping_appointments_one_interpreter_gets_exactly_one(house: &House) {
    let ines = house.world.interpreters["Ines"];
    let mut ids = Vec::new();
    for n in 0..32 {
        ids.push(
            book(
                house,
                &format!("O-{n}"),
                &format!("09:{:02}", n),
                "St. Brigid Hospital",
            )
            .await,
        );
    }
    let dora = house.enters("Dora").await;
    let mut tasks = Vec::new();
    for n in 0..64 {
        let (gate, actor, appointment) = (house.gate.clone(), dora.clone(), ids[n % 32]);
        tasks.push(tokio::spawn(async move {
            gate.perform(
                &actor,
                AssignInterpreter {
                    appointment,
                    interpreter: ines,
                },
            )
            .await
            .map(|_| ())
        }));
    }
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => won += 1,
            Err(Refusal::Conflict(_)) => {}
            Err(other) => panic!("an unclear answer: {other}"),
        }
    }
    assert_eq!(won, 1);
}

#[apply(story)]
async fn the_database_itself_refuses_a_double_booking(house: &House) {
    let (a, b) = (
        house.world.appointments["FR-1001"],
        house.world.appointments["FR-1002"],
    );
    house.assign(a, "Ines").await;
    house.assign(b, "Pablo").await;
    let sql = format!(
        "update assignment_row set interpreter_id = '{}' where appointment_id = '{b}'",
        house.world.interpreters["Ines"]
    );
    let refusal = house.tamper(&sql).await.unwrap_err();
    assert!(refusal.contains("double_booking"), "{refusal}");
}
