//! Finding a client by a name that stands sealed.
use interpres_compliance::{EraseClient, EraseInput};
use interpres_gate::{LogEntry, Refusal};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, EditAppointment,
    SearchAppointments, SearchInput,
};
use interpres_testkit::{House, apply, booking, story};
use interpres_types::AppointmentId;

fn named(client: &str) -> SearchAppointments {
    SearchAppointments {
        input: SearchInput {
            client: client.into(),
            ..SearchInput::default()
        },
    }
}

async fn found(house: &House, first: &str, client: &str) -> Vec<String> {
    let actor = house.enters(first).await;
    house
        .gate
        .view(&actor, named(client))
        .await
        .unwrap()
        .into_inner()
        .items
        .into_iter()
        .map(|a| a.reference)
        .collect()
}

fn named_booking(reference: &str, client: &str) -> AppointmentInput {
    AppointmentInput {
        lep_client: client.into(),
        ..booking(reference)
    }
}

async fn book(house: &House, reference: &str, client: &str) -> AppointmentId {
    let booked = house.book("Dora", named_booking(reference, client)).await;
    booked.unwrap()
}

#[apply(story)]
async fn a_client_is_found_by_any_words_of_the_name_whatever_its_case_and_accents(house: &House) {
    book(house, "S-1", "Zoë Núñez Kanarya").await;
    for typed in ["zoe", "NUNEZ", "nún zo", "kanarya zoë nunez"] {
        assert_eq!(
            found(house, "Dora", typed)
                .await
                .first()
                .map(String::as_str),
            Some("S-1"),
            "{typed}"
        );
    }
    assert!(
        found(house, "Dora", "oë").await.is_empty(),
        "words are found by their beginnings"
    );
    assert!(found(house, "Dora", "zoe somebody").await.is_empty());
    let dora = house.enters("Dora").await;
    for nothing in ["", "z", "%", "   "] {
        assert!(
            matches!(
                house.gate.view(&dora, named(nothing)).await,
                Err(Refusal::Invalid(_))
            ),
            "{nothing:?}"
        );
    }
}

#[apply(story)]
async fn what_was_booked_renamed_canceled_or_erased_a_moment_ago_is_found_as_it_is_now(
    house: &House,
) {
    assert!(found(house, "Dora", "wilhelmina").await.is_empty());
    let id = book(house, "S-2", "Wilhelmina Kanarya").await;
    assert_eq!(found(house, "Dora", "wilhelmina").await, ["S-2"]);
    let (dora, olivia) = (house.enters("Dora").await, house.enters("Olivia").await);
    house
        .gate
        .perform(
            &dora,
            EditAppointment {
                id,
                version: None,
                input: named_booking("S-2", "Theodora Kanarya"),
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (
            found(house, "Dora", "wilhelmina").await.len(),
            found(house, "Dora", "theodora").await
        ),
        (0, vec!["S-2".to_owned()])
    );
    house
        .gate
        .perform(
            &dora,
            CancelAppointment {
                id,
                version: None,
                input: CancelInput {
                    reason: "other".into(),
                    ..CancelInput::default()
                },
            },
        )
        .await
        .unwrap();
    assert_eq!(found(house, "Dora", "theodora").await, ["S-2"]);
    house
        .gate
        .perform(
            &olivia,
            EraseClient {
                id,
                input: EraseInput {
                    reason: "a request".into(),
                },
            },
        )
        .await
        .unwrap();
    assert!(found(house, "Dora", "theodora").await.is_empty());
    house.wait_minutes(20);
    assert_eq!(
        house.gate.wipe_idle_names().await,
        1,
        "the names are wiped from memory"
    );
    assert!(
        found(house, "Dora", "theodora").await.is_empty(),
        "and read anew"
    );
}

#[apply(story)]
async fn only_ones_own_reach_is_found_and_only_by_those_who_see_names(house: &House) {
    book(house, "S-3", "Wilhelmina Kanarya").await;
    assert_eq!(found(house, "Olivia", "wilhelmina").await, ["S-3"]);
    assert!(
        found(house, "Sam", "wilhelmina").await.is_empty(),
        "another team's"
    );
    assert!(
        found(house, "Tess", "wilhelmina").await.is_empty(),
        "another agency's"
    );
    for masked in ["Bea", "Vera", "Ines"] {
        let actor = house.enters(masked).await;
        assert!(
            matches!(
                house.gate.view(&actor, named("wilhelmina")).await,
                Err(Refusal::Forbidden)
            ),
            "{masked}"
        );
    }
    let entries = house.entries("appointments.search").await;
    let is_named = |e: &LogEntry| {
        e.outcome == "done" && e.records.iter().any(|r| r.revealed == ["client_name"])
    };
    assert!(entries.iter().any(is_named));
}

#[apply(story)]
async fn ones_own_client_is_found_among_more_namesakes_than_a_page_and_nothing_is_cut(
    house: &House,
) {
    let (dora, sam) = (house.enters("Dora").await, house.enters("Sam").await);
    let own = AppointmentInput {
        team: "Courts".into(),
        customer: "Mesa Verde County Court".into(),
        ..named_booking("OWN", "Wilhelmina Kanarya")
    };
    house
        .gate
        .perform(&sam, BookAppointment { input: own })
        .await
        .unwrap();
    for n in 0..130 {
        book(house, &format!("N-{n}"), "Wilhelmina Kanarya").await;
    }
    assert_eq!(found(house, "Sam", "wilhelmina").await, ["OWN"]);
    let (mut seen, mut cursor) = (std::collections::BTreeSet::new(), String::new());
    loop {
        let input = SearchInput {
            client: "wilhelmina".into(),
            cursor: cursor.into(),
            limit: "40".into(),
        };
        let page = house
            .gate
            .view(&dora, SearchAppointments { input })
            .await
            .unwrap()
            .into_inner();
        seen.extend(page.items.into_iter().map(|a| a.reference));
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert!(seen.len() >= 130, "{}", seen.len());
}
