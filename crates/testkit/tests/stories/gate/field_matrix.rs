//! Every field of an appointment and its voucher that not everybody is shown, to every role, in every state, however
//! one is tied to the appointment: what is in clear is what the columns say and nothing else (AC5, HIP-18).
mod seen;

use interpres::{Sight, kinds, sight};
use interpres_billing::{ApproveVoucher, FileVoucher, VoucherInput};
use interpres_compliance::{BAA, EndAgreement};
use interpres_dispatch::{
    AssignInterpreter, MakeOffers, MyOffers, OffersInput, RefuseOffer, RemoveInterpreter,
};
use interpres_gate::{Class, Role, Tie};
use interpres_scheduling::{
    ASKED, ASSIGNED, AppointmentInput, BookAppointment, CALLED_OFF, CancelAppointment, CancelInput,
    FILED, RestoreAppointment,
};
use interpres_testkit::{House, apply, story};
use interpres_types::{AppointmentId, VoucherId};
use seen::{DRAWN, FIELDS, seen};
use std::collections::BTreeSet;

/// One of each role that sees appointments; Linh interprets for the same team and was not asked, Pablo is
/// asked beside Ines and has it after her.
const PEOPLE: [&str; 11] = [
    "Olivia", "Adam", "Maya", "Dora", "Bea", "Carl", "Vera", "Rita", "Ines", "Linh", "Pablo",
];
/// The fields that not everybody is shown, as views call them, and the columns that say who is shown them.
const COLUMNS: [(&str, &str, &str); 8] = [
    ("lep_client", "client", "name"),
    ("client", "appointment", "client_id"),
    ("meeting", "appointment", "meeting"),
    ("notes", "appointment", "notes"),
    ("internal_notes", "appointment", "internal_notes"),
    ("note", "voucher", "note"),
    ("signer", "voucher", "signer"),
    ("signature", "voucher", "signature"),
];

#[derive(Clone, Copy, PartialEq, Debug)]
enum State {
    Ahead,
    Near,
    Filed,
    Approved,
    Uncovered,
}

/// What the columns say that they see.
fn expected(role: Role, tie: Option<Tie>, state: State) -> BTreeSet<String> {
    let outside = matches!(role, Role::Requester | Role::Interpreter);
    let filed = matches!(state, State::Filed | State::Approved | State::Uncovered);
    let seen = |(_, record, field): &&(&str, &str, &str)| {
        let kind = kinds()
            .into_iter()
            .find(|kind| kind.name == *record)
            .unwrap();
        let column = kind.columns.iter().find(|c| c.name == *field).unwrap();
        let there = *record != "voucher" || filed;
        let open = column.class == Class::Plain || state != State::Uncovered;
        let opens = match sight(&kind, column, role, tie) {
            Some(Sight::Clear) => true,
            Some(Sight::Window) => matches!(state, State::Near | State::Filed),
            Some(Sight::Masked | Sight::Nothing) | None => false,
        };
        there && open && opens && (!outside || tie.is_some())
    };
    let shown = COLUMNS.iter().filter(seen);
    shown.map(|(name, ..)| (*name).to_owned()).collect()
}

/// Everybody, with those of the interpreters who are tied to it; Rita filed it.
async fn all_see_what_they_should(
    house: &House,
    id: AppointmentId,
    tied: &[(&str, Tie)],
    state: State,
) {
    for who in PEOPLE {
        let role = house.enters(who).await.rights().role;
        let tie = tied
            .iter()
            .find(|(name, _)| *name == who)
            .map(|(_, tie)| *tie);
        let tie = tie.or((who == "Rita").then_some(FILED));
        assert_eq!(
            seen(house, who, id).await,
            expected(role, tie, state),
            "{who} ({role}), {tie:?}, {state:?}"
        );
    }
}

/// Who is asked knows neither the client nor the way into the meeting, whatever the columns come to say.
#[test]
fn whoever_is_asked_or_was_called_off_is_shown_nothing_that_is_kept_from_them() {
    for tie in [ASKED, CALLED_OFF] {
        assert_eq!(
            expected(Role::Interpreter, Some(tie), State::Near),
            BTreeSet::new()
        );
    }
    let theirs = ["lep_client", "meeting", "notes"].map(str::to_owned);
    assert_eq!(
        expected(Role::Interpreter, Some(ASSIGNED), State::Near),
        theirs.into()
    );
}

async fn decline(house: &House, who: &str, id: AppointmentId) {
    let actor = house.enters(who).await;
    let offers = house
        .gate
        .view(&actor, MyOffers)
        .await
        .unwrap()
        .into_inner();
    let offer = offers
        .iter()
        .find(|offer| offer.appointment == id)
        .unwrap()
        .id;
    let refuse = RefuseOffer {
        id: offer,
        reason: "".into(),
    };
    house.gate.perform(&actor, refuse).await.unwrap();
}

async fn approve(house: &House, id: VoucherId) {
    house
        .gate
        .perform(
            &house.enters("Bea").await,
            ApproveVoucher { id, version: None },
        )
        .await
        .unwrap();
}

#[apply(story)]
async fn what_stands_in_clear_is_what_the_columns_say_for_every_role_tie_and_state(house: &House) {
    let input = AppointmentInput {
        reference: "M-1".into(),
        date: "2027-03-08".into(),
        start: "09:00".into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "in-person".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        lep_client: FIELDS[0].1.into(),
        meeting: FIELDS[7].1.into(),
        notes: FIELDS[1].1.into(),
        ..AppointmentInput::default()
    };
    let id = house
        .gate
        .perform(
            &house.enters("Rita").await,
            BookAppointment {
                input: input.clone(),
            },
        )
        .await
        .unwrap()
        .id;
    let dora = house.enters("Dora").await;
    let edit = interpres_scheduling::EditAppointment {
        id,
        version: None,
        input: AppointmentInput {
            internal_notes: FIELDS[2].1.into(),
            ..input
        },
    };
    house.gate.perform(&dora, edit).await.unwrap();
    let give = async |who: &str| {
        house
            .gate
            .perform(
                &dora,
                AssignInterpreter {
                    appointment: id,
                    interpreter: house.world.interpreters[who],
                },
            )
            .await
            .map(drop)
            .unwrap()
    };
    let take_back = async || {
        house
            .gate
            .perform(&dora, RemoveInterpreter { appointment: id })
            .await
            .map(drop)
            .unwrap()
    };
    let cancel = async || {
        let input = CancelInput {
            reason: "weather".into(),
            ..CancelInput::default()
        };
        house
            .gate
            .perform(
                &dora,
                CancelAppointment {
                    id,
                    version: None,
                    input,
                },
            )
            .await
            .map(drop)
            .unwrap();
    };
    let restore = async || {
        house
            .gate
            .perform(&dora, RestoreAppointment { id })
            .await
            .map(drop)
            .unwrap()
    };
    give("Ines").await;
    all_see_what_they_should(house, id, &[("Ines", ASSIGNED)], State::Ahead).await;
    take_back().await;
    all_see_what_they_should(house, id, &[], State::Ahead).await;
    house.at("2027-03-07T09:00");
    let both = ["Ines", "Pablo"]
        .map(|who| house.world.interpreters[who].to_string().into())
        .to_vec();
    let ask = MakeOffers {
        appointment: id,
        input: OffersInput {
            kind: "broadcast".into(),
            interpreters: both,
            ..OffersInput::default()
        },
    };
    house.gate.perform(&dora, ask).await.unwrap();
    let asked = [("Ines", ASKED), ("Pablo", ASKED)];
    all_see_what_they_should(house, id, &asked, State::Near).await;
    decline(house, "Pablo", id).await;
    all_see_what_they_should(house, id, &asked[..1], State::Near).await;
    cancel().await;
    all_see_what_they_should(house, id, &[], State::Near).await;
    restore().await;
    give("Ines").await;
    all_see_what_they_should(house, id, &[("Ines", ASSIGNED)], State::Near).await;
    cancel().await;
    all_see_what_they_should(house, id, &[("Ines", CALLED_OFF)], State::Near).await;
    restore().await;
    take_back().await;
    give("Pablo").await;
    all_see_what_they_should(house, id, &[("Pablo", ASSIGNED)], State::Near).await;
    take_back().await;
    give("Ines").await;
    house.at("2027-03-08T12:00");
    let voucher = VoucherInput {
        start: "09:00".into(),
        end: "10:00".into(),
        signer: FIELDS[4].1.into(),
        signature: DRAWN.into(),
        note: FIELDS[3].1.into(),
        ..VoucherInput::default()
    };
    let voucher = house
        .gate
        .perform(
            &house.enters("Ines").await,
            FileVoucher {
                appointment: id,
                input: voucher,
            },
        )
        .await
        .unwrap()
        .id;
    all_see_what_they_should(house, id, &[("Ines", ASSIGNED)], State::Filed).await;
    approve(house, voucher).await;
    all_see_what_they_should(house, id, &[("Ines", ASSIGNED)], State::Approved).await;
    let operator = house
        .gate
        .operator(house.world.workspaces["Front Range Interpreters"]);
    house
        .gate
        .perform(&operator, EndAgreement(BAA))
        .await
        .unwrap();
    all_see_what_they_should(house, id, &[("Ines", ASSIGNED)], State::Uncovered).await;
}
