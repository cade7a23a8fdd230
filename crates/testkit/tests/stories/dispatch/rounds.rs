//! Rounds of offers go on from one interpreter to the next, until somebody takes it or nobody is
//! left.
use crate::dispatch::request;
use interpres_accounts::ListNotices;
use interpres_dispatch::{
    AcceptOffer, MakeOffers, MyOffers, OfferState, OffersInput, RefuseOffer, WithdrawOffer,
};
use interpres_gate::Refusal;
use interpres_scheduling::{AppointmentInput, BookAppointment, EditAppointment, Status};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn a_refused_offer_goes_to_the_next_and_at_last_the_appointment_is_unassigned(house: &House) {
    let first = house
        .ask("sequence", "FR-1001", &["Ines", "Pablo"])
        .await
        .unwrap()
        .offers;
    let (ines, pablo) = (house.enters("Ines").await, house.enters("Pablo").await);
    assert!(house.gate.view(&pablo, MyOffers).await.unwrap().is_empty());
    house
        .gate
        .perform(
            &ines,
            RefuseOffer {
                id: first[0],
                reason: "Kanarya's cousin is my neighbour".into(),
            },
        )
        .await
        .unwrap();
    let second = house
        .gate
        .view(&pablo, MyOffers)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        house.status(house.world.appointments["FR-1001"]).await,
        Status::Pending
    );
    house
        .gate
        .perform(
            &pablo,
            RefuseOffer {
                id: second[0].id,
                reason: "".into(),
            },
        )
        .await
        .unwrap();
    assert_eq!(
        house.status(house.world.appointments["FR-1001"]).await,
        Status::Unassigned
    );
}

#[apply(story)]
async fn an_offer_without_an_answer_expires_and_the_next_is_asked(house: &House) {
    let first = house
        .ask("sequence", "FR-1001", &["Ines", "Pablo"])
        .await
        .unwrap()
        .offers;
    house.wait_minutes(61);
    house.gate.work_off().await.unwrap();
    let ines = house.enters("Ines").await;
    assert!(matches!(
        house.gate.perform(&ines, AcceptOffer(first[0])).await,
        Err(Refusal::Conflict(c)) if c.message.contains("expired")
    ));
    assert_eq!(
        house
            .gate
            .view(&house.enters("Pablo").await, MyOffers)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[apply(story)]
async fn sequences_that_go_on_at_once_ask_nobody_for_the_same_time_twice(house: &House) {
    let (dora, ines, pablo) = (
        house.enters("Dora").await,
        house.enters("Ines").await,
        house.enters("Pablo").await,
    );
    let mut refusals = Vec::new();
    for day in 10..18 {
        for (start, moved) in [("09:00", "09:00"), ("15:00", "09:30")] {
            let input = |start: &str| AppointmentInput {
                date: format!("2027-03-{day}").into(),
                start: start.into(),
                minutes: "60".into(),
                language: "Spanish".into(),
                service_type: "phone".into(),
                team: "Denver Metro".into(),
                customer: "St. Brigid Hospital".into(),
                ..AppointmentInput::default()
            };
            let id = house
                .gate
                .perform(
                    &dora,
                    BookAppointment {
                        input: input(start),
                    },
                )
                .await
                .unwrap()
                .id;
            let interpreters = ["Ines", "Pablo"]
                .map(|who| house.world.interpreters[who].to_string().into())
                .to_vec();
            let input_of = OffersInput {
                kind: "sequence".into(),
                interpreters,
                ..OffersInput::default()
            };
            let made = house
                .gate
                .perform(
                    &dora,
                    MakeOffers {
                        appointment: id,
                        input: input_of,
                    },
                )
                .await
                .unwrap()
                .into_inner();
            // Both are at the same time by now.
            house
                .gate
                .perform(
                    &dora,
                    EditAppointment {
                        id,
                        version: None,
                        input: input(moved),
                    },
                )
                .await
                .unwrap();
            refusals.push(made.offers[0]);
        }
    }
    let tasks: Vec<_> = refusals
        .into_iter()
        .map(|id| {
            let (gate, ines) = (house.gate.clone(), ines.clone());
            tokio::spawn(async move {
                gate.perform(
                    &ines,
                    RefuseOffer {
                        id,
                        reason: "".into(),
                    },
                )
                .await
                .map(drop)
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(
        house.gate.view(&pablo, MyOffers).await.unwrap().len(),
        8,
        "one for each day"
    );
}

#[apply(story)]
async fn an_appointment_takes_its_open_offers_along_to_another_team(house: &House) {
    let (dora, sam) = (house.enters("Dora").await, house.enters("Sam").await);
    let input = request("MOVES-1", "09:00", "Cedar Family Clinic");
    let id = house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: input.clone(),
            },
        )
        .await
        .unwrap()
        .id;
    let asked = ["Ines", "Pablo"]
        .map(|who| house.world.interpreters[who].to_string().into())
        .to_vec();
    let offers = OffersInput {
        kind: "sequence".into(),
        interpreters: asked,
        ..OffersInput::default()
    };
    let first = house
        .gate
        .perform(
            &dora,
            MakeOffers {
                appointment: id,
                input: offers,
            },
        )
        .await
        .unwrap()
        .offers[0];
    assert!(
        matches!(
            house.gate.perform(&sam, WithdrawOffer(first)).await,
            Err(Refusal::NotFound)
        ),
        "it is another team's"
    );
    let moved = AppointmentInput {
        team: "Courts".into(),
        ..input
    };
    house
        .gate
        .perform(
            &dora,
            EditAppointment {
                id,
                version: None,
                input: moved,
            },
        )
        .await
        .unwrap();
    assert_eq!(
        house
            .gate
            .perform(&sam, WithdrawOffer(first))
            .await
            .unwrap()
            .status,
        Status::Pending,
        "the next is asked by the round that moved along"
    );
    let pablo = house.enters("Pablo").await;
    let second = house
        .gate
        .view(&pablo, MyOffers)
        .await
        .unwrap()
        .into_inner()[0]
        .id;
    assert_eq!(
        house
            .gate
            .perform(&sam, WithdrawOffer(second))
            .await
            .unwrap()
            .status,
        Status::Unassigned
    );
}

#[apply(story)]
async fn an_offer_whose_time_is_over_is_not_withdrawn_but_expired(house: &House) {
    let first = house
        .ask("sequence", "FR-1001", &["Ines"])
        .await
        .unwrap()
        .offers[0];
    house.wait_minutes(61);
    let refused = house
        .gate
        .perform(&house.enters("Dora").await, WithdrawOffer(first))
        .await;
    assert!(matches!(refused, Err(Refusal::Conflict(c)) if c.message.contains("expired")));
}

#[apply(story)]
async fn an_open_offer_is_withdrawn_who_was_asked_is_told_and_the_next_is_asked(house: &House) {
    let id = house.world.appointments["FR-1001"];
    let first = house
        .ask("sequence", "FR-1001", &["Ines", "Pablo"])
        .await
        .unwrap()
        .offers[0];
    let (dora, ines, pablo) = (
        house.enters("Dora").await,
        house.enters("Ines").await,
        house.enters("Pablo").await,
    );
    assert!(matches!(
        house.gate.perform(&ines, WithdrawOffer(first)).await,
        Err(Refusal::Forbidden)
    ));
    assert!(
        matches!(
            house
                .gate
                .perform(&house.enters("Sam").await, WithdrawOffer(first))
                .await,
            Err(Refusal::NotFound)
        ),
        "of another team"
    );
    let told = async |who: &interpres_gate::Actor| {
        house
            .gate
            .view(who, ListNotices)
            .await
            .unwrap()
            .into_inner()
            .items
            .iter()
            .filter(|n| n.text.contains("No longer available"))
            .count()
    };
    let withdrawn = house
        .gate
        .perform(&dora, WithdrawOffer(first))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (withdrawn.state, withdrawn.status),
        (OfferState::Withdrawn, Status::Pending)
    );
    assert_eq!((told(&ines).await, told(&pablo).await), (1, 0));
    assert!(matches!(
        house.gate.perform(&ines, AcceptOffer(first)).await,
        Err(Refusal::Conflict(c)) if c.message.contains("withdrawn")
    ));
    assert!(
        matches!(
            house.gate.perform(&dora, WithdrawOffer(first)).await,
            Err(Refusal::Conflict(_))
        ),
        "once"
    );
    let second = house
        .gate
        .view(&pablo, MyOffers)
        .await
        .unwrap()
        .into_inner()[0]
        .id;
    assert_eq!(
        house
            .gate
            .perform(&dora, WithdrawOffer(second))
            .await
            .unwrap()
            .status,
        Status::Unassigned
    );
    assert_eq!(
        (house.status(id).await, told(&pablo).await),
        (Status::Unassigned, 1)
    );
    let both = house
        .ask("broadcast", "FR-1001", &["Ines", "Pablo"])
        .await
        .unwrap()
        .offers;
    assert_eq!(
        house
            .gate
            .perform(&dora, WithdrawOffer(both[0]))
            .await
            .unwrap()
            .status,
        Status::Pending,
        "the other is still asked"
    );
    assert_eq!(
        house
            .gate
            .perform(&pablo, AcceptOffer(both[1]))
            .await
            .unwrap()
            .status,
        Status::Assigned
    );
    let log = house
        .raw("select count(*) as n from audit_entry where action = 'offer.withdraw'")
        .await;
    assert!(
        log[0].int("n").unwrap() >= 3,
        "every withdrawal has its entry"
    );
}
