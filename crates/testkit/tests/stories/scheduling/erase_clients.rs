//! A client is erased or purged: with all their appointments, or when the last of them goes.
use crate::scheduling::client_records::{again, client, field, found, name, named, seen, shown};
use interpres_compliance::{
    EraseClient, EraseInput, EraseWholeClient, LegalHoldInput, ListErasures, PlaceLegalHold,
    ReleaseLegalHold, RetentionInput, SetRetention, ShowClientDisclosures, ShowDisclosures,
};
use interpres_gate::{Refusal, ShowHistory};
use interpres_scheduling::AppointmentInput;
use interpres_testkit::{House, apply, story};

fn reason() -> EraseInput {
    EraseInput {
        reason: "Request 2027-14".into(),
    }
}

#[apply(story)]
async fn whoever_saw_a_client_stands_in_the_account_of_the_client_and_of_the_appointment(
    house: &House,
) {
    let id = house
        .book("Dora", named("C-1", "Wilhelmina Kanarya"))
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
    let first = house
        .book(
            "Dora",
            AppointmentInput {
                notes: "Kanarya waits".into(),
                ..named("C-1", "Wilhelmina Kanarya")
            },
        )
        .await
        .unwrap();
    let one = client(house, first).await;
    let second = house
        .book(
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
    house.cancel("Dora", first, "other").await.unwrap();
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
    house.cancel("Dora", second, "other").await.unwrap();
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
        field(&house.book("Dora", again("C-3", one)).await.unwrap_err()),
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
    let first = house
        .book("Dora", named("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let one = client(house, first).await;
    let second = house
        .book(
            "Dora",
            AppointmentInput {
                start: "11:00".into(),
                ..again("C-2", one)
            },
        )
        .await
        .unwrap();
    let olivia = house.enters("Olivia").await;
    house.cancel("Dora", first, "other").await.unwrap();
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
        house
            .edit("Dora", first, named("C-1", "Theodora Kanarya"))
            .await,
        Err(Refusal::Conflict(_))
    ));
    house.cancel("Dora", second, "other").await.unwrap();
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
    let first = house
        .book("Dora", named("C-1", "Wilhelmina Kanarya"))
        .await
        .unwrap();
    let one = client(house, first).await;
    let second = house
        .book(
            "Dora",
            AppointmentInput {
                start: "11:00".into(),
                ..named("C-2", "Theodora Kanarya")
            },
        )
        .await
        .unwrap();
    let left = client(house, second).await;
    house
        .edit(
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
    let late = house
        .book(
            "Dora",
            AppointmentInput {
                date: "2029-03-12".into(),
                ..again("C-3", one)
            },
        )
        .await
        .unwrap();
    for id in [first, second, late] {
        house.cancel("Dora", id, "other").await.unwrap();
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
