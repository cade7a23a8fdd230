//! Staff add an interpreter, who can be asked from then on.
use interpres_directory::{AddInterpreter, InterpreterInput, ShowInterpreter};
use interpres_dispatch::{ListCandidates, Narrowed};
use interpres_gate::Refusal;
use interpres_testkit::{House, apply, booking, story};
use interpres_types::InterpreterId;

fn mei() -> InterpreterInput {
    InterpreterInput {
        first_name: "Mei".into(),
        last_name: "Park".into(),
        email: "mei@example.org".into(),
        languages: "Spanish; Mandarin".into(),
        team: "Denver Metro".into(),
        ..InterpreterInput::default()
    }
}

async fn add(house: &House, who: &str, input: InterpreterInput) -> Result<InterpreterId, Refusal> {
    let add = AddInterpreter { input, id: None };
    let stored = house.gate.perform(&house.enters(who).await, add).await?;
    Ok(stored.id.parse().unwrap())
}

#[apply(story)]
async fn an_interpreter_who_was_added_is_a_candidate_for_what_they_speak(house: &House) {
    let dora = house.enters("Dora").await;
    let appointment = house.book("Dora", booking("MEI-1")).await.unwrap();
    let candidates = async || {
        let narrowed = Narrowed::default();
        let asked = ListCandidates {
            appointment,
            narrowed,
        };
        let list = house.gate.view(&dora, asked).await.unwrap().into_inner();
        list.items
            .into_iter()
            .map(|c| c.interpreter)
            .collect::<Vec<_>>()
    };
    let before = candidates().await;
    let id = add(house, "Dora", mei()).await.unwrap();
    let seen = house.gate.view(&dora, ShowInterpreter(id)).await.unwrap();
    assert_eq!(
        (
            seen.email.as_str(),
            seen.languages.as_slice(),
            seen.team.as_str()
        ),
        (
            "mei@example.org",
            ["Spanish".to_owned(), "Mandarin".to_owned()].as_slice(),
            "Denver Metro"
        )
    );
    let after = candidates().await;
    assert!(!before.contains(&id) && after.contains(&id), "{after:?}");
    assert_eq!(after.len(), before.len() + 1);
}

#[apply(story)]
async fn an_address_belongs_to_one_interpreter_and_a_scheduler_adds_to_their_own_teams(
    house: &House,
) {
    add(house, "Dora", mei()).await.unwrap();
    let again = InterpreterInput {
        first_name: "Another".into(),
        email: "MEI@Example.org".into(),
        ..mei()
    };
    let refused = add(house, "Dora", again).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "email already belongs to another interpreter"
    );
    let elsewhere = InterpreterInput {
        email: "jin@example.org".into(),
        ..mei()
    };
    let refused = add(house, "Sam", elsewhere).await.unwrap_err();
    assert_eq!(refused.to_string(), "team is not one of your teams");
    let wrong = InterpreterInput {
        languages: "".into(),
        email: "nobody".into(),
        ..mei()
    };
    let Refusal::Invalid(problems) = add(house, "Dora", wrong).await.unwrap_err() else {
        panic!("it is not refused by field")
    };
    let fields: Vec<_> = problems
        .list()
        .iter()
        .map(|p| p.field.to_string())
        .collect();
    assert_eq!(fields, ["email", "languages"]);
}
