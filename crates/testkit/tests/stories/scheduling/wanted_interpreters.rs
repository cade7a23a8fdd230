//! Whom a client wants as an interpreter, and whom not.
use crate::scheduling::client_records::{client, field, named, shown, want};
use interpres_dispatch::{AssignInterpreter, ListCandidates, MakeOffers, Narrowed, OffersInput};
use interpres_gate::Refusal;
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn a_blocked_interpreter_is_no_candidate_and_is_neither_asked_nor_assigned_and_a_preferred_one_stands_first(
    house: &House,
) {
    let id = house
        .book("Dora", named("C-1", "Wilhelmina Kanarya"))
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
