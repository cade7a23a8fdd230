//! Who learned what of whom, from the log alone.
use interpres_compliance::{ListAffected, ShowDisclosures};
use interpres_gate::{ExportEntries, Refusal};
use interpres_scheduling::{ListAppointments, ShowAppointment};
use interpres_testkit::{House, apply, story};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

async fn show(house: &House, who: &str, reference: &str) {
    let actor = house.enters(who).await;
    house
        .gate
        .view(&actor, ShowAppointment(house.world.appointments[reference]))
        .await
        .unwrap();
}

#[apply(story)]
async fn an_account_of_who_learned_what_of_a_client_is_given_and_the_exported_events_give_the_same(
    house: &House,
) {
    let id = house.world.appointments["FR-1003"];
    house.assign(id, "Linh").await;
    house.at("2027-03-02T09:00");
    for who in ["Dora", "Linh", "Bea", "Linh"] {
        show(house, who, "FR-1003").await;
        house.wait_minutes(1);
    }
    let carl = house.enters("Carl").await;
    let account = house
        .gate
        .view(&carl, ShowDisclosures(id))
        .await
        .unwrap()
        .into_inner();
    let told: Vec<_> = account
        .items
        .iter()
        .map(|d| {
            (
                account.names[&d.to].as_str(),
                d.action.as_str(),
                d.fields.join(" "),
                d.outside,
            )
        })
        .collect();
    let linh = (
        "Linh Tran",
        "appointment.show",
        "notes client_name".to_owned(),
        true,
    );
    assert_eq!(
        told,
        [
            (
                "Dora Lindqvist",
                "appointment.show",
                "notes internal_notes client_name".to_owned(),
                false
            ),
            linh.clone(),
            linh
        ],
        "billing saw initials only"
    );
    let events = house
        .export(ExportEntries {
            form: "fhir".into(),
            ..ExportEntries::default()
        })
        .await;
    let events: Vec<Value> = events
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let of_it = |e: &&Value| {
        e["entity"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|x| x["what"]["reference"] == format!("Appointment/{id}").as_str())
    };
    let disclosed = |e: &&Value| {
        e["subtype"]
            .as_array()
            .unwrap()
            .iter()
            .any(|s| s["code"] == "disclose")
    };
    let from_events: Vec<&str> = events
        .iter()
        .filter(of_it)
        .filter(disclosed)
        .map(|e| e["id"].as_str().unwrap())
        .collect();
    let from_account: Vec<&str> = account
        .items
        .iter()
        .filter(|d| d.outside)
        .map(|d| d.entry.as_str())
        .collect();
    assert_eq!(from_events, from_account);
    for event in events.iter().filter(disclosed) {
        assert!(
            event["meta"]["profile"]
                .as_array()
                .unwrap()
                .iter()
                .any(|p| p.as_str().unwrap().ends_with("PrivacyDisclosure.Source"))
        );
    }
    assert!(
        matches!(
            house
                .gate
                .view(&house.enters("Peter").await, ShowDisclosures(id))
                .await,
            Err(Refusal::NotFound)
        ),
        "of another agency nothing is there"
    );
}

#[apply(story)]
async fn those_affected_by_a_misused_account_are_found_all_of_them_and_nobody_else(house: &House) {
    for reference in ["FR-1001", "FR-1002", "FR-1002"] {
        show(house, "Maya", reference).await;
    }
    show(house, "Adam", "FR-1004").await;
    house
        .gate
        .view(&house.enters("Bea").await, ListAppointments::default())
        .await
        .unwrap();
    let carl = house.enters("Carl").await;
    let user = async |name: &str| {
        house
            .raw(&format!(
                "select user_id from member_row where name = '{name}'"
            ))
            .await[0]
            .text("user_id")
            .unwrap()
            .to_owned()
    };
    let affected = async |actor: String, from: &str, to: &str| {
        let asked = ListAffected {
            actor: actor.into(),
            from: from.into(),
            to: to.into(),
            ..ListAffected::default()
        };
        let found = house
            .gate
            .view(&carl, asked)
            .await
            .unwrap()
            .into_inner()
            .items;
        found
            .into_iter()
            .map(|i| (i.reference.unwrap(), i.times))
            .collect::<BTreeMap<_, _>>()
    };
    let maya = user("Maya Brooks").await;
    assert_eq!(
        affected(maya.clone(), "2027-03-01", "2027-03-01").await,
        [("FR-1001".to_owned(), 1), ("FR-1002".to_owned(), 2)].into()
    );
    assert_eq!(affected(maya, "2027-03-02", "").await, BTreeMap::new());
    assert_eq!(
        affected(user("Bea Marsh").await, "2027-03-01", "").await,
        BTreeMap::new(),
        "initials are nobody's name"
    );
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let asked = ListAffected {
            from: "2027-03-01".into(),
            limit: "2".into(),
            cursor: cursor.clone().into(),
            ..ListAffected::default()
        };
        let page = house.gate.view(&carl, asked).await.unwrap().into_inner();
        assert_eq!((page.appointments, page.items.len() <= 2), (3, true));
        pages.push(
            page.items
                .into_iter()
                .map(|i| i.reference.unwrap())
                .collect::<Vec<_>>(),
        );
        let Some(next) = page.next else { break };
        cursor = next;
    }
    assert_eq!(
        pages.iter().map(Vec::len).collect::<Vec<_>>(),
        [2, 1],
        "a page ends where the next begins"
    );
    assert_eq!(
        pages.concat().into_iter().collect::<BTreeSet<_>>(),
        ["FR-1001", "FR-1002", "FR-1004"].map(str::to_owned).into()
    );
    assert!(matches!(
        house
            .gate
            .view(
                &carl,
                ListAffected {
                    actor: "x".into(),
                    ..ListAffected::default()
                }
            )
            .await,
        Err(Refusal::Invalid(_))
    ));
}
