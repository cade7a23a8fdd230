use interpres_accounts::{ChangeMember, ListNotices, MemberInput, SetWorkspace, WorkspaceInput};
use interpres_dispatch::{
    AcceptOffer, AssignInterpreter, ListCandidates, MakeOffers, MyOffers, Narrowed, OfferState,
    OffersInput, RefuseOffer, WithdrawOffer,
};
use interpres_gate::{Refusal, Role};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, EditAppointment, ShowAppointment, Status,
};
use interpres_testkit::{House, apply, story};
use interpres_types::{AppointmentId, OfferId};

async fn offer(house: &House, kind: &str, reference: &str, to: &[&str]) -> Vec<OfferId> {
    let dora = house.enters("Dora").await;
    let interpreters = to
        .iter()
        .map(|who| house.world.interpreters[*who].to_string().into())
        .collect();
    let make = MakeOffers {
        appointment: house.world.appointments[reference],
        input: OffersInput {
            kind: kind.into(),
            interpreters,
            ..OffersInput::default()
        },
    };
    house
        .gate
        .perform(&dora, make)
        .await
        .unwrap()
        .into_inner()
        .offers
}

async fn status(house: &House, id: AppointmentId) -> Status {
    let dora = house.enters("Dora").await;
    house
        .gate
        .view(&dora, ShowAppointment(id))
        .await
        .unwrap()
        .status
}

fn request(reference: &str, start: &str, customer: &str) -> AppointmentInput {
    AppointmentInput {
        reference: reference.into(),
        date: "2027-03-10".into(),
        start: start.into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "in-person".into(),
        team: "Denver Metro".into(),
        customer: customer.into(),
        ..AppointmentInput::default()
    }
}

async fn book(house: &House, reference: &str, start: &str, customer: &str) -> AppointmentId {
    let dora = house.enters("Dora").await;
    house
        .gate
        .perform(
            &dora,
            BookAppointment {
                input: request(reference, start, customer),
            },
        )
        .await
        .unwrap()
        .id
}

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
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment: house.world.appointments["FR-1001"],
                interpreter: house.world.interpreters["Ines"],
            },
        )
        .await
        .unwrap();
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
async fn ines_sees_her_offer_with_expected_pay_and_accepts_it(house: &House) {
    offer(house, "single", "FR-1001", &["Ines"]).await;
    let ines = house.enters("Ines").await;
    let mine = house.gate.view(&ines, MyOffers).await.unwrap().into_inner();
    assert_eq!(
        (
            mine[0].area.as_deref(),
            mine[0].expected_pay.map(|c| c.0),
            mine[0].language.as_str()
        ),
        (Some("Denver 80204"), Some(4500), "Spanish")
    );
    let answer = house
        .gate
        .perform(&ines, AcceptOffer(mine[0].id))
        .await
        .unwrap();
    assert_eq!(answer.status, Status::Assigned);
    assert!(house.gate.view(&ines, MyOffers).await.unwrap().is_empty());
}

#[apply(story)]
async fn the_clients_name_opens_a_day_before_the_start_for_the_assigned_interpreter(house: &House) {
    offer(house, "single", "FR-1006", &["Ines"]).await;
    let ines = house.enters("Ines").await;
    let id = house.world.appointments["FR-1006"];
    let name = async || {
        house
            .gate
            .view(&house.enters("Ines").await, ShowAppointment(id))
            .await
            .unwrap()
            .into_inner()
            .lep_client
            .unwrap()
            .shown()
            .to_owned()
    };
    let mine = house.gate.view(&ines, MyOffers).await.unwrap().into_inner();
    house
        .gate
        .perform(&ines, AcceptOffer(mine[0].id))
        .await
        .unwrap();
    house.at("2027-03-03T10:59");
    assert_eq!(name().await, "J. K.");
    house.at("2027-03-03T11:00");
    assert_eq!(name().await, "Joana Kanarya");
}

#[apply(story)]
async fn a_workspace_says_how_many_hours_before_the_start_the_name_opens(house: &House) {
    offer(house, "single", "FR-1006", &["Ines"]).await;
    let ines = house.enters("Ines").await;
    let mine = house.gate.view(&ines, MyOffers).await.unwrap().into_inner();
    house
        .gate
        .perform(&ines, AcceptOffer(mine[0].id))
        .await
        .unwrap();
    let id = house.world.appointments["FR-1006"];
    let name = async || {
        house
            .gate
            .view(&house.enters("Ines").await, ShowAppointment(id))
            .await
            .unwrap()
            .into_inner()
            .lep_client
            .unwrap()
            .shown()
            .to_owned()
    };
    let say = async |hours: &str| {
        let input = WorkspaceInput {
            name: "Front Range Interpreters".into(),
            zone: "America/Denver".into(),
            reveal_hours: hours.into(),
            ..WorkspaceInput::default()
        };
        house
            .gate
            .perform(
                &house.enters("Olivia").await,
                SetWorkspace {
                    version: None,
                    input,
                },
            )
            .await
            .map(drop)
    };
    for wrong in ["0", "73", "-1", "", "soon"] {
        assert!(
            matches!(say(wrong).await, Err(Refusal::Invalid(_))),
            "{wrong}"
        );
    }
    say("2").await.unwrap();
    for (at, seen) in [
        ("2027-03-04T08:59", "J. K."),
        ("2027-03-04T09:00", "Joana Kanarya"),
    ] {
        house.at(at);
        assert_eq!(name().await, seen, "{at}");
    }
    say("72").await.unwrap();
    for (at, seen) in [
        ("2027-03-01T10:59", "J. K."),
        ("2027-03-01T11:00", "Joana Kanarya"),
    ] {
        house.at(at);
        assert_eq!(name().await, seen, "{at}");
    }
}

#[apply(story)]
async fn a_refused_offer_goes_to_the_next_and_at_last_the_appointment_is_unassigned(house: &House) {
    let first = offer(house, "sequence", "FR-1001", &["Ines", "Pablo"]).await;
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
        status(house, house.world.appointments["FR-1001"]).await,
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
        status(house, house.world.appointments["FR-1001"]).await,
        Status::Unassigned
    );
}

#[apply(story)]
async fn an_offer_without_an_answer_expires_and_the_next_is_asked(house: &House) {
    let first = offer(house, "sequence", "FR-1001", &["Ines", "Pablo"]).await;
    house.wait_minutes(61);
    house.gate.work_off().await.unwrap();
    let ines = house.enters("Ines").await;
    assert!(
        matches!(house.gate.perform(&ines, AcceptOffer(first[0])).await, Err(Refusal::Conflict(c)) if c.message.contains("expired"))
    );
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
async fn nobody_answers_somebody_elses_offer(house: &House) {
    let offers = offer(house, "single", "FR-1001", &["Ines"]).await;
    let pablo = house.enters("Pablo").await;
    assert!(matches!(
        house.gate.perform(&pablo, AcceptOffer(offers[0])).await,
        Err(Refusal::NotFound)
    ));
    let dora = house.enters("Dora").await;
    assert!(matches!(
        house.gate.perform(&dora, AcceptOffer(offers[0])).await,
        Err(Refusal::Forbidden)
    ));
}

#[apply(story)]
async fn of_sixty_four_acceptances_of_one_broadcast_exactly_one_wins(house: &House) {
    let offers = offer(house, "broadcast", "FR-1001", &["Ines", "Pablo"]).await;
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
        status(house, house.world.appointments["FR-1001"]).await,
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
    let dora = house.enters("Dora").await;
    let (a, b) = (
        house.world.appointments["FR-1001"],
        house.world.appointments["FR-1002"],
    );
    house
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment: a,
                interpreter: house.world.interpreters["Ines"],
            },
        )
        .await
        .unwrap();
    house
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment: b,
                interpreter: house.world.interpreters["Pablo"],
            },
        )
        .await
        .unwrap();
    let sql = format!(
        "update assignment_row set interpreter_id = '{}' where appointment_id = '{b}'",
        house.world.interpreters["Ines"]
    );
    let refusal = house.tamper(&sql).await.unwrap_err();
    assert!(refusal.contains("double_booking"), "{refusal}");
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

#[apply(story)]
async fn a_changed_role_takes_effect_at_once(house: &House) {
    let dora = house.enters("Dora").await;
    assert_eq!(dora.rights().role, Role::Scheduler);
    let member = house
        .raw("select id from member_row where email = 'dora@frontrange.example'")
        .await[0]
        .text("id")
        .unwrap()
        .parse()
        .unwrap();
    let input = MemberInput {
        role: "viewer".into(),
        ..MemberInput::default()
    };
    house
        .gate
        .perform(
            &house.enters("Olivia").await,
            ChangeMember {
                id: member,
                version: None,
                input,
            },
        )
        .await
        .unwrap();
    let assign = AssignInterpreter {
        appointment: house.world.appointments["FR-1001"],
        interpreter: house.world.interpreters["Ines"],
    };
    assert!(matches!(
        house.gate.perform(&dora, assign).await,
        Err(Refusal::Forbidden)
    ));
}

#[apply(story)]
async fn nobody_is_assigned_by_an_offer_that_they_cannot_answer(house: &House) {
    let dora = house.enters("Dora").await;
    let id = house.world.appointments["FR-1001"];
    let ivo = house.world.interpreters["Ivo"];
    let input = OffersInput {
        kind: "single".into(),
        interpreter: ivo.to_string().into(),
        ..OffersInput::default()
    };
    let refused = house
        .gate
        .perform(
            &dora,
            MakeOffers {
                appointment: id,
                input,
            },
        )
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, Refusal::Invalid(_)) && refused.to_string().contains("Ivo Haile hasn't"),
        "{refused}"
    );
    assert_eq!(status(house, id).await, Status::Requested);
    house
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment: id,
                interpreter: ivo,
            },
        )
        .await
        .unwrap();
    assert_eq!(status(house, id).await, Status::Assigned);
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
    let first = offer(house, "sequence", "FR-1001", &["Ines"]).await[0];
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
    let first = offer(house, "sequence", "FR-1001", &["Ines", "Pablo"]).await[0];
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
    assert!(
        matches!(house.gate.perform(&ines, AcceptOffer(first)).await, Err(Refusal::Conflict(c)) if c.message.contains("withdrawn"))
    );
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
        (status(house, id).await, told(&pablo).await),
        (Status::Unassigned, 1)
    );
    let both = offer(house, "broadcast", "FR-1001", &["Ines", "Pablo"]).await;
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
