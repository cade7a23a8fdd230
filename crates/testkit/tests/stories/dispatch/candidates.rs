//! Who could take an appointment, with the parts of their score, and who could not, with every
//! reason.
use crate::dispatch::book;
use interpres_dispatch::{AssignInterpreter, ListCandidates, Narrowed};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn candidates_come_with_the_parts_of_their_score_and_the_others_with_every_reason(
    house: &House,
) {
    let dora = house.enters("Dora").await;
    let list = house
        .gate
        .view(
            &dora,
            ListCandidates {
                appointment: house.world.appointments["FR-1001"],
                narrowed: Narrowed::default(),
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        list.items
            .iter()
            .map(|c| c.name.as_str())
            .collect::<Vec<_>>(),
        ["Ines Ruiz", "Ivo Haile", "Pablo Reyes"]
    );
    for c in &list.items {
        assert_eq!(c.parts.iter().map(|p| p.points).sum::<i64>(), c.score);
    }
    assert_eq!(
        list.excluded
            .iter()
            .find(|e| e.name == "Linh Tran")
            .unwrap()
            .reasons,
        ["doesn’t speak Spanish"]
    );
    house
        .assign(house.world.appointments["FR-1001"], "Ines")
        .await;
    let list = house
        .gate
        .view(
            &dora,
            ListCandidates {
                appointment: house.world.appointments["FR-1002"],
                narrowed: Narrowed::default(),
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        list.excluded
            .iter()
            .find(|e| e.name == "Ines Ruiz")
            .unwrap()
            .reasons,
        ["has another appointment at that time (FR-1001)"]
    );
}

#[apply(story)]
async fn travel_between_places_counts(house: &House) {
    let dora = house.enters("Dora").await;
    let (first, second, third) = (
        book(house, "T-1", "09:00", "St. Brigid Hospital").await,
        book(house, "T-2", "10:30", "Cedar Family Clinic").await,
        book(house, "T-3", "13:00", "Cedar Family Clinic").await,
    );
    let assign = |appointment| AssignInterpreter {
        appointment,
        interpreter: house.world.interpreters["Ines"],
    };
    house.gate.perform(&dora, assign(first)).await.unwrap();
    let refusal = house
        .gate
        .perform(&dora, assign(second))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refusal.contains("minutes to travel") && refusal.contains("has 30"),
        "{refusal}"
    );
    house.gate.perform(&dora, assign(third)).await.unwrap();
}
