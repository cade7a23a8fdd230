//! An interpreter answers an offer, and then sees the client's name in time.
use interpres_accounts::{ChangeMember, MemberInput, SetWorkspace, WorkspaceInput};
use interpres_dispatch::{AcceptOffer, AssignInterpreter, MakeOffers, MyOffers, OffersInput};
use interpres_gate::{Refusal, Role};
use interpres_scheduling::{ShowAppointment, Status};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn ines_sees_her_offer_with_expected_pay_and_accepts_it(house: &House) {
    house.ask("single", "FR-1001", &["Ines"]).await.unwrap();
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
    house.ask("single", "FR-1006", &["Ines"]).await.unwrap();
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
    house.ask("single", "FR-1006", &["Ines"]).await.unwrap();
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
async fn nobody_answers_somebody_elses_offer(house: &House) {
    let offers = house
        .ask("single", "FR-1001", &["Ines"])
        .await
        .unwrap()
        .offers;
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
    assert_eq!(house.status(id).await, Status::Requested);
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
    assert_eq!(house.status(id).await, Status::Assigned);
}
