//! Every act against every role: who lacks the permission is refused, and the refusal is in the
//! log; who belongs elsewhere finds nothing. What the API does is tried by its operations as they
//! are registered; here stands what only pages do, or the gate's own hands.
mod accounts;
mod compliance;
mod directory;
mod operations;
mod scheduling;

use interpres_accounts::*;
use interpres_gate::{
    Action, ActionKind, Actor, Command, Gate, ListEntries, Permission, Query, Refusal, Role,
    ShowHistory, Way,
};
use interpres_policy::grant;
use interpres_testkit::{House, apply, story};
use operations::On;
use std::collections::BTreeSet;

/// What an attempt at one act gave.
struct Attempt {
    action: Action,
    permission: Permission,
    answer: Answer,
}

/// What somebody is told who tries.
#[derive(PartialEq, Eq, Debug)]
enum Answer {
    Forbidden,
    NotFound,
    Other(String),
}

impl Answer {
    fn of<T>(outcome: Result<T, Refusal>) -> Self {
        match outcome.map(drop) {
            Err(Refusal::Forbidden) => Self::Forbidden,
            Err(Refusal::NotFound) => Self::NotFound,
            other => Self::Other(format!("{other:?}")),
        }
    }
}

async fn view<Q: Query>(gate: &Gate, actor: &Actor, query: Q) -> Attempt {
    Attempt {
        action: Q::ACTION,
        permission: Q::PERMISSION,
        answer: Answer::of(gate.view(actor, query).await),
    }
}

async fn perform<C: Command>(gate: &Gate, actor: &Actor, command: C) -> Attempt {
    Attempt {
        action: C::ACTION,
        permission: C::PERMISSION,
        answer: Answer::of(gate.perform(actor, command).await),
    }
}

fn member_of(actor: &Actor) -> AddMember {
    let (user, name, email) = (
        actor.user().unwrap(),
        "Nobody".parse().unwrap(),
        "nobody@frontrange.example".parse().unwrap(),
    );
    AddMember {
        user,
        name,
        email,
        role: Role::Viewer,
        teams: Vec::new(),
        interpreter: None,
        customer: None,
    }
}

/// Every act, tried with somebody's key.
async fn try_everything(house: &House, first: &str) -> Vec<Attempt> {
    let (g, actor) = (&house.gate, house.enters(first).await);
    let mut all = operations::tried(house, first, On::NoRecord).await;
    all.extend(scheduling::booking(g, &actor).await);
    all.extend(directory::files(g, &actor).await);
    all.extend(compliance::files(g, &actor).await);
    all.extend(accounts::people(g, &actor).await);
    all.extend(accounts::ones_own(g, &actor).await);
    all
}

/// Whether nobody could try it: it is for the gate's own hands and for people at the door, or only
/// ever a part of something else, or it asks for a session rather than an actor (those are tried at the front door).
fn is_by_hand(action: Action) -> bool {
    !action.is_for_people()
        || [Way::Page, Way::Api]
            .iter()
            .all(|way| action.why_not_by(*way).is_some())
        || matches!(
            action,
            Action::IdentityLink | Action::SessionProve | Action::LiveListen
        )
}

#[apply(story)]
async fn every_action_is_refused_to_every_role_that_lacks_it_and_the_refusal_is_logged(
    house: &House,
) {
    let carl = house.enters("Carl").await;
    for first in [
        "Olivia", "Adam", "Maya", "Dora", "Bea", "Carl", "Vera", "Rita", "Ines",
    ] {
        let actor = house.enters(first).await;
        let role = actor.rights().role;
        for attempt in try_everything(house, first).await {
            let Attempt {
                action,
                permission,
                answer,
            } = attempt;
            let forbidden = answer == Answer::Forbidden;
            // Under HIPAA mode files leave by owners and by those whom an owner has named.
            let file = action.kind() == ActionKind::Export && !action.is_ones_own_file();
            let lacks =
                grant(role, permission).is_none() || (file && !["Olivia", "Carl"].contains(&first));
            // Reach "own" may still forbid what is seen but not one's own.
            let own_only = matches!(role, Role::Interpreter | Role::Requester);
            assert!(
                forbidden == lacks || (forbidden && own_only),
                "{role} {action}: {answer:?}"
            );
            if lacks {
                let user = actor.user().unwrap().to_string();
                let query = ListEntries {
                    actor: user.into(),
                    action: action.name().into(),
                    ..ListEntries::default()
                };
                let entries = house
                    .gate
                    .view(&carl, query)
                    .await
                    .unwrap()
                    .into_inner()
                    .items;
                assert!(
                    entries
                        .iter()
                        .any(|e| e.reason.as_deref() == Some("forbidden")),
                    "{role} {action}: no entry"
                );
            }
        }
    }
}

#[apply(story)]
async fn no_act_is_left_out_of_the_matrix(house: &House) {
    let tried: BTreeSet<Action> = try_everything(house, "Olivia")
        .await
        .into_iter()
        .map(|attempt| attempt.action)
        .collect();
    let untried: Vec<&str> = Action::ALL
        .iter()
        .filter(|action| !tried.contains(action) && !is_by_hand(**action))
        .map(|action| action.name())
        .collect();
    assert_eq!(
        untried, [""; 0],
        "they have no operation of the API: try them in try_everything"
    );
}

#[apply(story)]
async fn people_of_another_team_or_another_agency_find_nothing(house: &House) {
    let mut wrong = Vec::new();
    for first in ["Sam", "Tess", "Peter", "Noor"] {
        let role = house.enters(first).await.rights().role;
        let mut judged = 0;
        for Attempt {
            action,
            permission,
            answer,
        } in operations::tried(house, first, On::FrontRange).await
        {
            match (answer, grant(role, permission).is_some()) {
                (Answer::NotFound, true) => judged += 1,
                (Answer::Forbidden, false) => {}
                (other, _) => wrong.push(format!("{first} {action}: {other:?}")),
            }
        }
        assert!(judged >= 1, "{first}");
        let history = view(
            &house.gate,
            &house.enters(first).await,
            ShowHistory::of("appointment", house.world.appointments["FR-1001"]),
        )
        .await;
        assert!(
            matches!(history.answer, Answer::NotFound | Answer::Forbidden),
            "{first}: {:?}",
            history.answer
        );
    }
    assert!(
        wrong.is_empty(),
        "let each look for its record before it reads what was sent, or give it a body:\n{}",
        wrong.join("\n")
    );
}

#[apply(story)]
async fn with_its_role_taken_away_a_key_opens_nothing(house: &House) {
    house
        .tamper("update member_row set ended_at = 1 where email = 'dora@frontrange.example'")
        .await
        .unwrap();
    let key = &house.person("Dora").api_key;
    assert!(
        house
            .gate
            .admit_key(key, interpres_gate::Origin::default())
            .await
            .unwrap()
            .is_none()
    );
}
