//! What a record was, version by version.
use interpres_dispatch::AssignInterpreter;
use interpres_gate::{Actor, CompareVersions, Comparison, Refusal, ShowHistory};
use interpres_scheduling::{AppointmentInput, BookAppointment, EditAppointment};
use interpres_testkit::{House, apply, booking, story};

/// An appointment as its nth version has it.
fn input(n: usize) -> AppointmentInput {
    AppointmentInput {
        minutes: (n * 15).to_string().into(),
        notes: format!("Note {n}").into(),
        ..booking("")
    }
}

#[apply(story)]
async fn any_two_versions_are_compared_and_a_long_history_comes_in_pages(house: &House) {
    let (olivia, dora) = (house.enters("Olivia").await, house.enters("Dora").await);
    let id = house
        .gate
        .perform(&dora, BookAppointment { input: input(1) })
        .await
        .unwrap()
        .id;
    for n in 2..7 {
        house
            .gate
            .perform(
                &dora,
                EditAppointment {
                    id,
                    version: None,
                    input: input(n),
                },
            )
            .await
            .unwrap();
    }
    let compare = async |from: &str, to: &str| {
        let asked = CompareVersions {
            kind: "appointment".into(),
            id: id.to_string().into(),
            from_version: from.into(),
            to_version: to.into(),
        };
        house
            .gate
            .view(&olivia, asked)
            .await
            .map(interpres_gate::Released::into_inner)
    };
    let told = |c: &Comparison| {
        c.changes
            .iter()
            .map(|c| {
                (
                    c.field.clone(),
                    c.before.clone().unwrap(),
                    c.after.clone().unwrap(),
                )
            })
            .collect::<Vec<_>>()
    };
    let found = compare("2", "5").await.unwrap();
    let has = |field: &str, before: &str, after: &str| {
        told(&found).contains(&(field.to_owned(), before.to_owned(), after.to_owned()))
    };
    assert!(
        has("minutes", "30", "75") && has("notes", "Note 2", "Note 5"),
        "{:?}",
        found.changes
    );
    assert!(
        has("ends_at", "2027-03-10T16:30:00Z", "2027-03-10T17:15:00Z"),
        "{:?}",
        found.changes
    );
    let back = compare("5", "2").await.unwrap();
    assert_eq!(told(&back).len(), told(&found).len());
    assert!(
        told(&back)
            .iter()
            .any(|(field, before, _)| field == "minutes" && before == "75")
    );
    assert!(compare("4", "4").await.unwrap().changes.is_empty());
    for (from, to) in [("0", "1"), ("1", "7"), ("", "2"), ("two", "3"), ("1", "-1")] {
        assert!(
            matches!(compare(from, to).await, Err(Refusal::Invalid(_))),
            "{from} {to}"
        );
    }
    let mut asked = ShowHistory {
        limit: "2".into(),
        ..ShowHistory::of("appointment", id)
    };
    let (mut numbers, whole) = (
        Vec::new(),
        house
            .gate
            .view(&olivia, ShowHistory::of("appointment", id))
            .await
            .unwrap()
            .into_inner(),
    );
    loop {
        let page = house
            .gate
            .view(&olivia, asked.clone())
            .await
            .unwrap()
            .into_inner();
        for version in page.items {
            assert_eq!(
                version.changes,
                whole.items[numbers.len()].changes,
                "the last of a page knows what was before it"
            );
            numbers.push(version.version);
        }
        let Some(next) = page.next else { break };
        asked.cursor = next.into();
    }
    assert_eq!(numbers, [6, 5, 4, 3, 2, 1]);
    let other = house.enters("Vera").await;
    assert!(
        house
            .gate
            .view(&other, ShowHistory::of("appointment", id))
            .await
            .is_err()
    );
}

#[apply(story)]
async fn a_history_calls_people_and_records_by_name_where_the_reader_may_see_them(house: &House) {
    let (olivia, sam) = (house.enters("Olivia").await, house.enters("Sam").await);
    let at = |team: &str, customer: &str, n| AppointmentInput {
        team: team.into(),
        customer: customer.into(),
        ..input(n)
    };
    let id = house
        .gate
        .perform(
            &olivia,
            BookAppointment {
                input: at("Northern Colorado", "Cedar Family Clinic", 1),
            },
        )
        .await
        .unwrap()
        .id;
    house
        .gate
        .perform(
            &olivia,
            EditAppointment {
                id,
                version: None,
                input: at("Courts", "Mesa Verde County Court", 2),
            },
        )
        .await
        .unwrap();
    house
        .gate
        .perform(
            &sam,
            AssignInterpreter {
                appointment: id,
                interpreter: house.world.interpreters["Ivo"],
            },
        )
        .await
        .unwrap();
    let named = async |actor: &Actor, id, field: &str| {
        let versions = house
            .gate
            .view(actor, ShowHistory::of("appointment", id))
            .await
            .unwrap()
            .into_inner()
            .items;
        let changes = versions
            .into_iter()
            .flat_map(|v| v.changes)
            .filter(|c| c.field == field);
        changes
            .map(|c| [c.before_name, c.after_name].map(Option::unwrap_or_default))
            .collect::<Vec<_>>()
    };
    let (court, clinic) = ("Mesa Verde County Court", "Cedar Family Clinic");
    assert_eq!(
        named(&olivia, id, "customer_id").await,
        [[clinic, court], ["", clinic]]
    );
    assert_eq!(
        named(&sam, id, "customer_id").await,
        [["", court], ["", ""]],
        "a customer of another team is out of reach"
    );
    assert_eq!(
        named(&sam, id, "team_id").await,
        [["Northern Colorado", "Courts"], ["", "Northern Colorado"]]
    );
    assert_eq!(named(&sam, id, "interpreter_id").await, [["", "Ivo Haile"]]);
    let filed = house
        .gate
        .perform(
            &house.enters("Rita").await,
            BookAppointment { input: input(1) },
        )
        .await
        .unwrap()
        .id;
    assert_eq!(
        named(&olivia, filed, "requester_id").await,
        [["", "Rita Gomez"]]
    );
    let both = CompareVersions {
        kind: "appointment".into(),
        id: id.to_string().into(),
        from_version: "1".into(),
        to_version: "3".into(),
    };
    let compared = house
        .gate
        .view(&olivia, both)
        .await
        .unwrap()
        .into_inner()
        .changes;
    assert!(compared.iter().any(
        |c| c.before_name.as_deref() == Some(clinic) && c.after_name.as_deref() == Some(court)
    ));
}
