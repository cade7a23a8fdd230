//! Every protected field of an appointment and its voucher, to every role, in every state: what is in
//! clear is what the policy says and nothing else (AC5, HIP-18).
use interpres_billing::{ApproveVoucher, FileVoucher, VoucherInput, VoucherOfAppointment};
use interpres_compliance::{BAA, EndAgreement};
use interpres_dispatch::{
    AssignInterpreter, MakeOffers, MyOffers, OffersInput, OffersOfAppointment, RemoveInterpreter,
};
use interpres_gate::{FieldRule, RecordVersion, Refusal, Role, ShowHistory};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, ListAppointments,
    ListClients, ListFormerAssignments, RestoreAppointment, ShowAppointment, ShowClient,
};
use interpres_testkit::{House, apply, story};
use interpres_types::{AppointmentId, VoucherId};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

const DRAWN: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// One of each role that sees appointments; Linh interprets for the same team and was not asked, Pablo is
/// asked beside Ines and has it after her.
const PEOPLE: [&str; 11] = [
    "Olivia", "Adam", "Maya", "Dora", "Bea", "Carl", "Vera", "Rita", "Ines", "Linh", "Pablo",
];
/// What each protected field holds here, under the name that views show it by.
const FIELDS: [(&str, &str); 7] = [
    ("lep_client", "Rosa Kanarya"),
    ("notes", "Kanarya waits at the east door"),
    ("internal_notes", "Kanarya pays in cash"),
    ("note", "Kanarya needs a follow-up"),
    ("signer", "Rosa Kanarya"),
    ("signature", DRAWN),
    ("name", "Rosa Kanarya"),
];

#[derive(Clone, Copy, PartialEq, Debug)]
enum State {
    Ahead,
    /// Near, and nobody has it: Ines and Pablo are asked.
    Asked,
    Near,
    /// Near, and canceled.
    Canceled,
    Filed,
    Approved,
    Uncovered,
}

/// The fields that stand in clear anywhere in a view.
fn clear(view: &impl Serialize) -> BTreeSet<String> {
    fn walk(value: &Value, out: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    if FIELDS
                        .iter()
                        .any(|(field, plain)| field == name && value == plain)
                    {
                        out.insert(name.clone());
                    }
                    walk(value, out);
                }
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, out)),
            Value::String(text) => assert!(
                !text.contains("Kanarya") || FIELDS.iter().any(|(_, plain)| plain == text),
                "in another field: {text}"
            ),
            _ => {}
        }
    }
    let mut out = BTreeSet::new();
    walk(&serde_json::to_value(view).unwrap(), &mut out);
    out
}

/// The protected fields that versions of the appointment hold in clear, under the names of its view.
fn clear_in_history(versions: &[RecordVersion]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for change in versions.iter().flat_map(|v| &v.changes) {
        let plain = |(field, plain): &&(&str, &str)| {
            *field == change.field
                && [&change.before, &change.after]
                    .iter()
                    .any(|v| v.as_deref() == Some(*plain))
        };
        out.extend(FIELDS.iter().find(plain).map(|(field, _)| {
            if *field == "name" {
                "lep_client"
            } else {
                field
            }
            .to_owned()
        }));
    }
    out
}

/// What somebody sees in clear of the appointment: alone, in lists, in its offers, its history, and its voucher.
async fn seen(house: &House, who: &str, id: AppointmentId) -> BTreeSet<String> {
    let actor = house.enters(who).await;
    let mut all = BTreeSet::new();
    let mut add = |found: Result<BTreeSet<String>, Refusal>| match found {
        Ok(fields) => all.extend(fields),
        Err(Refusal::NotFound | Refusal::Forbidden) => {}
        Err(other) => panic!("{who}: {other:?}"),
    };
    add(house
        .gate
        .view(&actor, ShowAppointment(id))
        .await
        .map(|view| clear(&*view)));
    add(house
        .gate
        .view(
            &actor,
            ListAppointments {
                limit: "200".into(),
                ..ListAppointments::default()
            },
        )
        .await
        .map(|page| {
            let mine: Vec<_> = page
                .into_inner()
                .items
                .into_iter()
                .filter(|a| a.id == id)
                .collect();
            clear(&mine)
        }));
    add(house
        .gate
        .view(&actor, VoucherOfAppointment(id))
        .await
        .map(|view| clear(&*view)));
    add(house
        .gate
        .view(&actor, MyOffers)
        .await
        .map(|view| clear(&*view)));
    add(house
        .gate
        .view(&actor, OffersOfAppointment(id))
        .await
        .map(|view| clear(&*view)));
    add(house
        .gate
        .view(&actor, ListFormerAssignments::default())
        .await
        .map(|view| clear(&*view)));
    add(house
        .gate
        .view(&actor, ShowHistory::of("appointment", id))
        .await
        .map(|page| clear_in_history(&page.items)));
    let client = house.client_of(id).await;
    add(house
        .gate
        .view(&actor, ShowClient(client))
        .await
        .map(|view| clear(&*view)));
    add(house
        .gate
        .view(
            &actor,
            ListClients {
                limit: "200".into(),
                ..ListClients::default()
            },
        )
        .await
        .map(|page| {
            let theirs: Vec<_> = page
                .into_inner()
                .items
                .into_iter()
                .filter(|c| c.id == client)
                .collect();
            clear(&theirs)
        }));
    add(house
        .gate
        .view(&actor, ShowHistory::of("client", client))
        .await
        .map(|page| clear_in_history(&page.items)));
    all
}

/// What the policy says that they see: the whole of the expectation, in one place.
fn expected(role: Role, assigned: bool, state: State) -> BTreeSet<String> {
    let open = match role.fields() {
        FieldRule::Always => true,
        FieldRule::Masked => false,
        FieldRule::Window => assigned && matches!(state, State::Near | State::Filed),
    };
    if !open || state == State::Uncovered {
        return BTreeSet::new();
    }
    let staff = !matches!(role, Role::Requester | Role::Interpreter);
    let filed = matches!(state, State::Filed | State::Approved);
    let voucher = filed && role != Role::Requester;
    let fields = [
        ("lep_client", true),
        ("notes", true),
        ("internal_notes", staff),
        ("note", voucher),
        ("signer", voucher),
        ("signature", voucher),
    ];
    fields
        .into_iter()
        .filter(|(_, seen)| *seen)
        .map(|(field, _)| field.to_owned())
        .collect()
}

async fn all_see_what_they_should(house: &House, id: AppointmentId, holder: &str, state: State) {
    for who in PEOPLE {
        let role = house.enters(who).await.rights().role;
        assert_eq!(
            seen(house, who, id).await,
            expected(role, who == holder, state),
            "{who} ({role}), {state:?}"
        );
    }
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
async fn what_stands_in_clear_is_what_the_policy_says_for_every_role_and_state(house: &House) {
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
    all_see_what_they_should(house, id, "Ines", State::Ahead).await;
    take_back().await;
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
    all_see_what_they_should(house, id, "", State::Asked).await;
    cancel().await;
    all_see_what_they_should(house, id, "", State::Canceled).await;
    restore().await;
    give("Ines").await;
    all_see_what_they_should(house, id, "Ines", State::Near).await;
    cancel().await;
    all_see_what_they_should(house, id, "Ines", State::Canceled).await;
    restore().await;
    take_back().await;
    give("Pablo").await;
    all_see_what_they_should(house, id, "Pablo", State::Near).await;
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
    all_see_what_they_should(house, id, "Ines", State::Filed).await;
    approve(house, voucher).await;
    all_see_what_they_should(house, id, "Ines", State::Approved).await;
    let operator = house
        .gate
        .operator(house.world.workspaces["Front Range Interpreters"]);
    house
        .gate
        .perform(&operator, EndAgreement(BAA))
        .await
        .unwrap();
    all_see_what_they_should(house, id, "Ines", State::Uncovered).await;
}
