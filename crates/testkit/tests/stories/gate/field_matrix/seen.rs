//! What somebody sees in clear of an appointment, wherever it is shown.
use interpres_billing::VoucherOfAppointment;
use interpres_dispatch::{MyOffers, OffersOfAppointment};
use interpres_gate::{RecordVersion, Refusal, ShowHistory};
use interpres_scheduling::{
    ListAppointments, ListClients, ListFormerAssignments, ShowAppointment, ShowClient,
};
use interpres_testkit::House;
use interpres_types::AppointmentId;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const DRAWN: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// What each protected field holds here, under the name that views show it by.
pub(super) const FIELDS: [(&str, &str); 8] = [
    ("lep_client", "Rosa Kanarya"),
    ("notes", "Kanarya waits at the east door"),
    ("internal_notes", "Kanarya pays in cash"),
    ("note", "Kanarya needs a follow-up"),
    ("signer", "Rosa Kanarya"),
    ("signature", DRAWN),
    ("name", "Rosa Kanarya"),
    ("meeting", "https://meet.example/room-9"),
];
/// What views and histories call the id of the client, which nobody could type.
const CLIENT: [&str; 2] = ["client", "client_id"];

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
                    if name == CLIENT[0] && value.is_string() {
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
        if change.field == CLIENT[1] && change.after.as_deref().is_some_and(|id| id.len() == 36) {
            out.insert(CLIENT[0].to_owned());
        }
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
pub(super) async fn seen(house: &House, who: &str, id: AppointmentId) -> BTreeSet<String> {
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
