//! Clients as records of their own: who is one, who sees them, whom they want, and how they go.
use crate::gate::input;
use interpres_compliance::{
    EraseClient, EraseInput, EraseWholeClient, LegalHoldInput, ListErasures, PlaceLegalHold,
    ReleaseLegalHold, RetentionInput, SetRetention, ShowClientDisclosures, ShowDisclosures,
};
use interpres_dispatch::{AssignInterpreter, ListCandidates, MakeOffers, Narrowed, OffersInput};
use interpres_gate::{Refusal, ShowHistory};
use interpres_scheduling::{
    AppointmentInput, AppointmentView, BookAppointment, CancelAppointment, CancelInput,
    ClientInput, ClientView, EditAppointment, EditClient, ListAppointments, ListClients,
    SearchClients, SearchInput, ShowAppointment, ShowClient,
};
use interpres_testkit::{House, apply, story};
use interpres_types::{AppointmentId, Field, LepClientId};

fn booking(reference: &str, client: &str) -> AppointmentInput {
    AppointmentInput {
        lep_client: client.into(),
        ..input::booking(reference)
    }
}

/// A booking for a client who is known.
fn again(reference: &str, client: LepClientId) -> AppointmentInput {
    AppointmentInput {
        client: client.to_string().into(),
        ..input::booking(reference)
    }
}

async fn book(house: &House, who: &str, input: AppointmentInput) -> Result<AppointmentId, Refusal> {
    let actor = house.enters(who).await;
    let booked = house.gate.perform(&actor, BookAppointment { input }).await;
    booked.map(|booked| booked.id)
}

async fn edit(
    house: &House,
    who: &str,
    id: AppointmentId,
    input: AppointmentInput,
) -> Result<(), Refusal> {
    let actor = house.enters(who).await;
    let edit = EditAppointment {
        id,
        version: None,
        input,
    };
    house.gate.perform(&actor, edit).await.map(drop)
}

async fn seen(house: &House, who: &str, id: AppointmentId) -> AppointmentView {
    let actor = house.enters(who).await;
    let view = house.gate.view(&actor, ShowAppointment(id)).await;
    view.unwrap().into_inner()
}

fn name(a: &AppointmentView) -> Option<&str> {
    a.lep_client.as_ref().map(|name| name.shown())
}

async fn client(house: &House, id: AppointmentId) -> LepClientId {
    seen(house, "Dora", id).await.client.unwrap()
}

async fn shown(house: &House, who: &str, id: LepClientId) -> Result<ClientView, Refusal> {
    let actor = house.enters(who).await;
    let view = house.gate.view(&actor, ShowClient(id)).await;
    view.map(|view| view.into_inner())
}

async fn found(house: &House, who: &str, client: &str) -> Vec<LepClientId> {
    let actor = house.enters(who).await;
    let input = SearchInput {
        client: client.into(),
        ..SearchInput::default()
    };
    let page = house.gate.view(&actor, SearchClients { input }).await;
    let items = page.unwrap().into_inner().items;
    items.into_iter().map(|c| c.id).collect()
}

async fn of_client(house: &House, who: &str, id: LepClientId) -> Vec<String> {
    let actor = house.enters(who).await;
    let asked = ListAppointments {
        client: id.to_string().into(),
        ..ListAppointments::default()
    };
    let page = house.gate.view(&actor, asked).await.unwrap().into_inner();
    page.items.into_iter().map(|a| a.reference).collect()
}

async fn cancel(house: &House, id: AppointmentId) {
    let dora = house.enters("Dora").await;
    let input = CancelInput {
        reason: "other".into(),
        note: "Wilhelmina Kanarya is ill".into(),
    };
    let cancel = CancelAppointment {
        id,
        version: None,
        input,
    };
    house.gate.perform(&dora, cancel).await.unwrap();
}

async fn want(
    house: &House,
    who: &str,
    id: LepClientId,
    name: &str,
    preferred: &[Field],
    blocked: &[Field],
) -> Result<(), Refusal> {
    let actor = house.enters(who).await;
    let input = ClientInput {
        lep_client: name.into(),
        preferred: preferred.to_vec(),
        blocked: blocked.to_vec(),
    };
    let edit = EditClient {
        id,
        version: None,
        input,
    };
    house.gate.perform(&actor, edit).await.map(drop)
}

fn reason() -> EraseInput {
    EraseInput {
        reason: "Request 2027-14".into(),
    }
}

fn field(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid(problems) => problems.list()[0].field.to_string(),
        other => panic!("{other:?}"),
    }
}

#[apply(story)]
async fn a_name_that_is_typed_twice_makes_two_clients_and_one_that_is_picked_stays_one(
    house: &House,
) {
    let first = book(house, "Dora", booking("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    house.wait_minutes(1);
    let second = book(
        house,
        "Dora",
        AppointmentInput {
            start: "11:00".into(),
            ..booking("C-2", "Wilhelmina Kanarya")
        },
    )
    .await
    .unwrap();
    let (one, two) = (client(house, first).await, client(house, second).await);
    assert_ne!(one, two, "never merged by name");
    assert_eq!(found(house, "Dora", "wilhelmina").await, [two, one]);
    let third = book(
        house,
        "Dora",
        AppointmentInput {
            start: "13:00".into(),
            ..again("C-3", one)
        },
    )
    .await
    .unwrap();
    assert_eq!(
        (
            client(house, third).await,
            name(&seen(house, "Dora", third).await)
        ),
        (one, Some("Wilhelmina Kanarya"))
    );
    assert_eq!(of_client(house, "Dora", one).await, ["C-1", "C-3"]);
    let dora = house.enters("Dora").await;
    let all = house
        .gate
        .view(
            &dora,
            ListClients {
                limit: "2".into(),
                ..ListClients::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        all.items.iter().map(|c| c.id).collect::<Vec<_>>(),
        [two, one]
    );
    let next = house
        .gate
        .view(
            &dora,
            ListClients {
                cursor: all.next.unwrap().into(),
                ..ListClients::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert!(!next.items.is_empty() && next.items.iter().all(|c| c.id < one));
    let both = AppointmentInput {
        lep_client: "Wilhelmina Kanarya".into(),
        ..again("C-4", one)
    };
    assert_eq!(
        field(&book(house, "Dora", both).await.unwrap_err()),
        "client"
    );
}

#[apply(story)]
async fn another_name_corrects_a_client_of_one_appointment_and_is_somebody_else_on_one_of_several(
    house: &House,
) {
    let first = book(house, "Dora", booking("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let one = client(house, first).await;
    edit(house, "Dora", first, booking("C-1", "Wilhelmine Kanarya"))
        .await
        .unwrap();
    assert_eq!(
        (
            client(house, first).await,
            name(&seen(house, "Dora", first).await)
        ),
        (one, Some("Wilhelmine Kanarya"))
    );
    let second = book(
        house,
        "Dora",
        AppointmentInput {
            start: "11:00".into(),
            ..again("C-2", one)
        },
    )
    .await
    .unwrap();
    let version = seen(house, "Dora", second).await.version;
    edit(
        house,
        "Dora",
        second,
        AppointmentInput {
            start: "11:00".into(),
            ..booking("C-2", "Wilhelmine Kanarya")
        },
    )
    .await
    .unwrap();
    assert_eq!(
        (
            client(house, second).await,
            seen(house, "Dora", second).await.version
        ),
        (one, version),
        "the same name is nobody else"
    );
    edit(
        house,
        "Dora",
        second,
        AppointmentInput {
            start: "11:00".into(),
            ..booking("C-2", "Theodora Kanarya")
        },
    )
    .await
    .unwrap();
    assert_ne!(client(house, second).await, one);
    assert_eq!(
        name(&seen(house, "Dora", first).await),
        Some("Wilhelmine Kanarya")
    );
    edit(
        house,
        "Dora",
        second,
        AppointmentInput {
            start: "11:00".into(),
            ..again("C-2", one)
        },
    )
    .await
    .unwrap();
    assert_eq!(of_client(house, "Dora", one).await, ["C-1", "C-2"]);
    want(house, "Dora", one, "Wilhelmina Kanarya", &[], &[])
        .await
        .unwrap();
    assert_eq!(
        name(&seen(house, "Dora", second).await),
        Some("Wilhelmina Kanarya"),
        "for all of their appointments"
    );
    edit(
        house,
        "Dora",
        second,
        AppointmentInput {
            start: "11:00".into(),
            ..input::booking("C-2")
        },
    )
    .await
    .unwrap();
    assert_eq!(
        (
            seen(house, "Dora", second).await.client,
            name(&seen(house, "Dora", first).await)
        ),
        (None, Some("Wilhelmina Kanarya"))
    );
    edit(house, "Dora", first, input::booking("C-1"))
        .await
        .unwrap();
    assert_eq!(name(&seen(house, "Dora", first).await), None);
}

#[apply(story)]
async fn a_client_is_there_for_whoever_schedules_or_files_for_them_and_for_nobody_else(
    house: &House,
) {
    let filed = book(house, "Rita", booking("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let id = client(house, filed).await;
    for who in ["Olivia", "Maya", "Dora", "Rita"] {
        assert_eq!(
            shown(house, who, id)
                .await
                .unwrap()
                .lep_client
                .unwrap()
                .shown(),
            "Wilhelmina Kanarya",
            "{who}"
        );
    }
    for who in ["Bea", "Carl", "Vera"] {
        assert_eq!(
            shown(house, who, id)
                .await
                .unwrap()
                .lep_client
                .unwrap()
                .shown(),
            "W. K.",
            "{who}"
        );
        let actor = house.enters(who).await;
        let input = SearchInput {
            client: "wilhelmina".into(),
            ..SearchInput::default()
        };
        assert!(
            matches!(
                house.gate.view(&actor, SearchClients { input }).await,
                Err(Refusal::Forbidden)
            ),
            "{who}"
        );
    }
    let dora = house.enters("Dora").await;
    house
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment: filed,
                interpreter: house.world.interpreters["Ines"],
            },
        )
        .await
        .unwrap();
    for who in ["Sam", "Ines", "Linh", "Peter", "Tess"] {
        assert!(
            matches!(shown(house, who, id).await, Err(Refusal::NotFound)),
            "{who}"
        );
        let actor = house.enters(who).await;
        let all = house
            .gate
            .view(
                &actor,
                ListClients {
                    limit: "200".into(),
                    ..ListClients::default()
                },
            )
            .await
            .unwrap();
        assert!(all.items.iter().all(|c| c.id != id), "{who}");
    }
    assert!(
        seen(house, "Ines", filed).await.client.is_none(),
        "appointments of one client can't be told apart"
    );
    assert_eq!(found(house, "Rita", "wilhelmina").await, [id]);
    assert!(found(house, "Sam", "wilhelmina").await.is_empty());
    let court = AppointmentInput {
        team: "Courts".into(),
        customer: "Mesa Verde County Court".into(),
        ..again("C-2", id)
    };
    assert_eq!(
        field(&book(house, "Sam", court.clone()).await.unwrap_err()),
        "client",
        "of another team"
    );
    assert_eq!(
        field(&book(house, "Olivia", court).await.unwrap_err()),
        "client",
        "of another customer"
    );
    let staffs = book(house, "Dora", booking("C-3", "Theodora Kanarya"))
        .await
        .unwrap();
    let theirs = client(house, staffs).await;
    assert!(
        matches!(shown(house, "Rita", theirs).await, Err(Refusal::NotFound)),
        "what others booked"
    );
    assert_eq!(
        field(&book(house, "Rita", again("C-4", theirs)).await.unwrap_err()),
        "client"
    );
}

#[apply(story)]
async fn a_window_is_an_appointments_own_also_where_two_are_for_one_client(house: &House) {
    let near = book(house, "Dora", booking("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let far = book(
        house,
        "Dora",
        AppointmentInput {
            date: "2027-03-20".into(),
            ..again("C-2", client(house, near).await)
        },
    )
    .await
    .unwrap();
    let dora = house.enters("Dora").await;
    for appointment in [near, far] {
        house
            .gate
            .perform(
                &dora,
                AssignInterpreter {
                    appointment,
                    interpreter: house.world.interpreters["Ines"],
                },
            )
            .await
            .unwrap();
    }
    house.at("2027-03-09T10:00");
    let ines = house.enters("Ines").await;
    let page = house
        .gate
        .view(
            &ines,
            ListAppointments {
                limit: "200".into(),
                ..ListAppointments::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    let of = |reference: &str| {
        page.items
            .iter()
            .find(|a| a.reference == reference)
            .map(|a| name(a).unwrap().to_owned())
            .unwrap()
    };
    assert_eq!(
        (of("C-1"), of("C-2")),
        ("Wilhelmina Kanarya".to_owned(), "W. K.".to_owned())
    );
}

#[apply(story)]
async fn a_blocked_interpreter_is_no_candidate_and_is_neither_asked_nor_assigned_and_a_preferred_one_stands_first(
    house: &House,
) {
    let id = book(house, "Dora", booking("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let (dora, one) = (house.enters("Dora").await, client(house, id).await);
    let list = async || {
        house
            .gate
            .view(
                &dora,
                ListCandidates {
                    appointment: id,
                    narrowed: Narrowed::default(),
                },
            )
            .await
            .unwrap()
            .into_inner()
    };
    let before = list().await;
    let (last, first) = (
        before.items.last().unwrap().interpreter,
        before.items[0].interpreter,
    );
    assert!(before.items.len() > 1 && before.items[0].parts.len() == 4);
    let both = [last.to_string().into()];
    assert_eq!(
        field(
            &want(house, "Dora", one, "Wilhelmina Kanarya", &both, &both)
                .await
                .unwrap_err()
        ),
        "blocked"
    );
    let address = house
        .raw(&format!(
            "select email from interpreter_row where id = '{first}'"
        ))
        .await[0]
        .text("email")
        .unwrap()
        .to_owned();
    want(
        house,
        "Dora",
        one,
        "Wilhelmina Kanarya",
        &both,
        &[address.into(), "".into()],
    )
    .await
    .unwrap();
    let after = list().await;
    assert_eq!(after.items[0].interpreter, last);
    assert!(
        after.items[0]
            .parts
            .iter()
            .any(|part| part.name == "The client's preference" && part.points == part.of)
    );
    let out = after
        .excluded
        .iter()
        .find(|e| e.interpreter == first)
        .unwrap();
    assert!(
        out.reasons
            .iter()
            .any(|r| r == "is blocked for this client"),
        "{:?}",
        out.reasons
    );
    assert!(matches!(
        house
            .gate
            .perform(
                &dora,
                AssignInterpreter {
                    appointment: id,
                    interpreter: first
                }
            )
            .await,
        Err(Refusal::Conflict(_))
    ));
    let ask = MakeOffers {
        appointment: id,
        input: OffersInput {
            kind: "single".into(),
            interpreters: vec![first.to_string().into()],
            ..OffersInput::default()
        },
    };
    assert_eq!(
        field(&house.gate.perform(&dora, ask).await.unwrap_err()),
        "interpreters"
    );
    house
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment: id,
                interpreter: last,
            },
        )
        .await
        .unwrap();
    let view = shown(house, "Bea", one).await.unwrap();
    assert_eq!((view.preferred.len(), view.blocked.len()), (1, 1));
    assert!(matches!(
        want(house, "Bea", one, "", &[], &[]).await,
        Err(Refusal::Forbidden)
    ));
}

#[apply(story)]
async fn whoever_saw_a_client_stands_in_the_account_of_the_client_and_of_the_appointment(
    house: &House,
) {
    let id = book(house, "Dora", booking("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let one = client(house, id).await;
    house.wait_minutes(1);
    seen(house, "Maya", id).await;
    house.wait_minutes(1);
    shown(house, "Olivia", one).await.unwrap();
    shown(house, "Bea", one).await.unwrap();
    let carl = house.enters("Carl").await;
    let account = house
        .gate
        .view(&carl, ShowClientDisclosures(one))
        .await
        .unwrap()
        .into_inner();
    let told: Vec<_> = account
        .items
        .iter()
        .map(|d| (account.names[&d.to].as_str(), d.action.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("Dora Lindqvist", "appointment.show"),
            ("Maya Brooks", "appointment.show"),
            ("Olivia Hart", "client.show")
        ]
    );
    let of_appointment = house
        .gate
        .view(&carl, ShowDisclosures(id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        of_appointment
            .items
            .iter()
            .map(|d| d.fields.join(" "))
            .collect::<Vec<_>>(),
        ["client_name", "client_name"]
    );
    assert!(matches!(
        house
            .gate
            .view(&house.enters("Peter").await, ShowClientDisclosures(one))
            .await,
        Err(Refusal::NotFound)
    ));
}

#[apply(story)]
async fn a_client_is_erased_from_their_record_all_their_appointments_and_every_version(
    house: &House,
) {
    let first = book(
        house,
        "Dora",
        AppointmentInput {
            notes: "Kanarya waits".into(),
            ..booking("C-1", "Wilhelmina Kanarya")
        },
    )
    .await
    .unwrap();
    let one = client(house, first).await;
    let second = book(
        house,
        "Dora",
        AppointmentInput {
            start: "11:00".into(),
            ..again("C-2", one)
        },
    )
    .await
    .unwrap();
    let (olivia, erase) = (house.enters("Olivia").await, || EraseWholeClient {
        id: one,
        input: reason(),
    });
    cancel(house, first).await;
    assert!(
        matches!(
            house.gate.perform(&olivia, erase()).await,
            Err(Refusal::Conflict(_))
        ),
        "one is not over"
    );
    assert_eq!(
        shown(house, "Dora", one)
            .await
            .unwrap()
            .lep_client
            .unwrap()
            .shown(),
        "Wilhelmina Kanarya"
    );
    cancel(house, second).await;
    house
        .gate
        .perform(
            &olivia,
            PlaceLegalHold {
                id: second,
                input: LegalHoldInput {
                    matter: "Docket 27-881".into(),
                },
            },
        )
        .await
        .unwrap();
    assert!(
        matches!(
            house.gate.perform(&olivia, erase()).await,
            Err(Refusal::Conflict(_))
        ),
        "one is held"
    );
    house
        .gate
        .perform(&olivia, ReleaseLegalHold(second))
        .await
        .unwrap();
    let gone = house
        .gate
        .perform(&olivia, erase())
        .await
        .unwrap()
        .into_inner();
    assert_eq!((gone.records, gone.keys), (3, 3));
    while house.gate.destroy_keys().await.unwrap() > 0 {}
    for id in [first, second] {
        assert!(
            seen(house, "Dora", id)
                .await
                .lep_client
                .unwrap()
                .is_erased()
        );
    }
    assert!(
        shown(house, "Dora", one)
            .await
            .unwrap()
            .lep_client
            .unwrap()
            .is_erased()
    );
    assert!(found(house, "Dora", "wilhelmina").await.is_empty());
    let versions = house
        .gate
        .view(&olivia, ShowHistory::of("client", one))
        .await
        .unwrap()
        .into_inner()
        .items;
    assert!(
        versions
            .last()
            .unwrap()
            .changes
            .iter()
            .any(|c| c.field == "name" && c.after.as_deref() == Some("(erased)")),
        "{versions:?}"
    );
    assert_eq!(
        field(&book(house, "Dora", again("C-3", one)).await.unwrap_err()),
        "client",
        "nothing is booked for them any longer"
    );
    let certificates = house
        .gate
        .view(&house.enters("Carl").await, ListErasures::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        certificates
            .items
            .iter()
            .map(|c| (c.client, c.appointment))
            .collect::<Vec<_>>(),
        [(Some(one), second)]
    );
    assert!(
        matches!(
            house.gate.perform(&olivia, erase()).await,
            Err(Refusal::Conflict(_))
        ),
        "nothing is left"
    );
}

#[apply(story)]
async fn an_appointment_that_is_erased_lets_go_of_a_client_who_has_others(house: &House) {
    let first = book(house, "Dora", booking("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let one = client(house, first).await;
    let second = book(
        house,
        "Dora",
        AppointmentInput {
            start: "11:00".into(),
            ..again("C-2", one)
        },
    )
    .await
    .unwrap();
    let olivia = house.enters("Olivia").await;
    cancel(house, first).await;
    house
        .gate
        .perform(
            &olivia,
            EraseClient {
                id: first,
                input: reason(),
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (
            seen(house, "Dora", first).await.client,
            name(&seen(house, "Dora", second).await)
        ),
        (None, Some("Wilhelmina Kanarya"))
    );
    assert!(matches!(
        edit(house, "Dora", first, booking("C-1", "Theodora Kanarya")).await,
        Err(Refusal::Conflict(_))
    ));
    cancel(house, second).await;
    house
        .gate
        .perform(
            &olivia,
            EraseClient {
                id: second,
                input: reason(),
            },
        )
        .await
        .unwrap();
    assert!(
        shown(house, "Dora", one)
            .await
            .unwrap()
            .lep_client
            .unwrap()
            .is_erased(),
        "with the last one they go"
    );
}

#[apply(story)]
async fn a_client_is_purged_with_the_last_of_their_appointments_and_one_without_any_when_it_is_time(
    house: &House,
) {
    house
        .from_before_seals("update api_key set ends_at = 9000000000000000")
        .await;
    let olivia = house.enters("Olivia").await;
    let input = RetentionInput {
        years: "7".into(),
        ..RetentionInput::default()
    };
    house
        .gate
        .perform(&olivia, SetRetention { input })
        .await
        .unwrap();
    let first = book(house, "Dora", booking("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let one = client(house, first).await;
    let second = book(
        house,
        "Dora",
        AppointmentInput {
            start: "11:00".into(),
            ..booking("C-2", "Theodora Kanarya")
        },
    )
    .await
    .unwrap();
    let left = client(house, second).await;
    edit(
        house,
        "Dora",
        second,
        AppointmentInput {
            start: "11:00".into(),
            ..again("C-2", one)
        },
    )
    .await
    .unwrap();
    assert!(shown(house, "Dora", left).await.unwrap().unlinked);
    let late = book(
        house,
        "Dora",
        AppointmentInput {
            date: "2029-03-12".into(),
            ..again("C-3", one)
        },
    )
    .await
    .unwrap();
    for id in [first, second, late] {
        cancel(house, id).await;
    }
    let there = async || {
        house
            .raw(&format!(
                "select id from client_row where id in ('{one}', '{left}')"
            ))
            .await
            .len()
    };
    let a_round = async || {
        house.gate.work_off().await.unwrap();
        house.wait_minutes(15 * 24 * 60);
        house.gate.work_off().await.unwrap();
    };
    house.wait_minutes(7 * 366 * 24 * 60 + 24 * 60 * 20);
    a_round().await;
    assert_eq!(
        there().await,
        1,
        "nothing was booked for one of them any longer"
    );
    assert_eq!(
        name(&seen(house, "Dora", late).await),
        Some("Wilhelmina Kanarya"),
        "the other has one that is kept"
    );
    house.wait_minutes(2 * 366 * 24 * 60);
    a_round().await;
    assert_eq!(there().await, 0);
    let gone = house
        .raw(&format!(
            "select version from record_version where record_id in ('{one}', '{left}')"
        ))
        .await;
    assert!(gone.is_empty(), "with all versions");
}
