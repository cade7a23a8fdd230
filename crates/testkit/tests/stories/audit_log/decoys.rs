//! Records that nobody has a reason to open, and records that get new keys.
use interpres_compliance::{EraseClient, EraseInput};
use interpres_gate::{ExportWorkspace, ListEntries, ShowHistory, ShowIntegrity};
use interpres_scheduling::{
    CancelAppointment, CancelInput, ListAppointments, ListClients, SearchAppointments,
    SearchClients, SearchInput, ShowAppointment, ShowClient,
};
use interpres_testkit::{House, apply, story};
use std::collections::BTreeSet;

async fn alarms(house: &House) -> usize {
    house.gate.tell_warnings().await.unwrap();
    let olivia = house.enters("Olivia").await;
    house
        .gate
        .view(&olivia, ShowIntegrity)
        .await
        .unwrap()
        .incidents
        .iter()
        .filter(|i| i.found == "decoy")
        .count()
}

#[apply(story)]
async fn a_decoy_is_met_by_nobody_and_whoever_opens_everything_raises_an_alarm(house: &House) {
    let (olivia, ours) = (
        house.enters("Olivia").await,
        house.world.workspaces["Front Range Interpreters"],
    );
    house.gate.work_off().await.unwrap();
    house.wait_minutes(25 * 60);
    house.gate.work_off().await.unwrap();
    let planted = house
        .raw(&format!(
            "select id, reference from appointment_row \
            where workspace_id = '{ours}' and team_id = '00000000-0000-0000-0000-000000000000'"
        ))
        .await;
    assert_eq!(planted.len(), 1);
    // It was planted, and a day later found to be there.
    assert_eq!(house.entries("integrity.plant").await.len(), 2);
    let client = house
        .client_of(planted[0].text("id").unwrap().parse().unwrap())
        .await;
    let id = planted[0].text("id").unwrap().to_owned();
    house.number_entries().await;
    let all = house
        .gate
        .view(
            &olivia,
            ListAppointments {
                limit: "200".into(),
                ..ListAppointments::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert!(!all.items.is_empty() && all.items.iter().all(|a| a.id.to_string() != id));
    assert!(
        house
            .gate
            .view(&olivia, ShowAppointment(id.parse().unwrap()))
            .await
            .is_err()
    );
    assert!(house.gate.view(&olivia, ShowClient(client)).await.is_err());
    let clients = house
        .gate
        .view(
            &olivia,
            ListClients {
                limit: "200".into(),
                ..ListClients::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert!(!clients.items.is_empty() && clients.items.iter().all(|c| c.id != client));
    for name in ["Maria", "Nguyen", "Fatima", "Ana", "Wei", "Olena", "Rosa"] {
        let input = SearchInput {
            client: name.into(),
            ..SearchInput::default()
        };
        house
            .gate
            .view(
                &olivia,
                SearchClients {
                    input: input.clone(),
                },
            )
            .await
            .unwrap();
        house
            .gate
            .view(&olivia, SearchAppointments { input })
            .await
            .unwrap();
    }
    let plan = house.gate.view(&olivia, ExportWorkspace).await.unwrap();
    let mut export = house
        .gate
        .begin_workspace_export(plan, "violet kettle harbor nineteen")
        .unwrap();
    while export.next_piece().await.unwrap().is_some() {}
    house.gate.rotate_workspace_key(ours).await.unwrap();
    house.gate.rotate_record_keys(ours).await.unwrap();
    house.gate.sweep(ours).await.unwrap();
    assert_eq!(
        alarms(house).await,
        0,
        "what is done for a reason leaves decoys alone"
    );
    // Somebody in the process opens whatever there is.
    house.gate.forget_opened_keys();
    house.gate.forget_opened_keys();
    house.gate.try_keys(10_000).await.unwrap();
    assert_eq!(alarms(house).await, 1);
    let told = house
        .raw("select text from notice_row where kind = 'integrity'")
        .await;
    assert!(
        told.iter()
            .any(|row| row.text("text").unwrap().starts_with("A decoy was opened"))
    );
    let log = house
        .gate
        .view(
            &olivia,
            ListEntries {
                action: "integrity.alarm".into(),
                ..ListEntries::default()
            },
        )
        .await
        .unwrap();
    assert_eq!(log.items.len(), 1);
}

#[apply(story)]
async fn records_get_new_keys_while_people_work_and_their_earlier_versions_stay_readable(
    house: &House,
) {
    let (olivia, dora, ours) = (
        house.enters("Olivia").await,
        house.enters("Dora").await,
        house.world.workspaces["Front Range Interpreters"],
    );
    let keys = async || -> BTreeSet<String> {
        house
            .raw("select key_id from appointment_row where key_id is not null")
            .await
            .iter()
            .map(|r| r.text("key_id").unwrap().to_owned())
            .collect()
    };
    let before = keys().await;
    house.wait_minutes(1);
    let ids: Vec<_> = house.world.appointments.values().copied().collect();
    let (gate, reader, wanted) = (house.gate.clone(), dora.clone(), ids.clone());
    let reading = tokio::spawn(async move {
        for _ in 0..20 {
            for id in &wanted {
                assert!(
                    gate.view(&reader, ShowAppointment(*id))
                        .await
                        .unwrap()
                        .lep_client
                        .as_ref()
                        .unwrap()
                        .shown()
                        .contains("Kanarya")
                );
            }
        }
    });
    let sealed = 2 * ids.len();
    assert_eq!(
        house.gate.rotate_record_keys(ours).await.unwrap(),
        sealed,
        "appointments and clients"
    );
    reading.await.unwrap();
    assert!(!house.entries("keys.rotate-records").await.is_empty());
    assert!(
        keys().await.is_disjoint(&before),
        "every record has a new key"
    );
    assert_eq!(
        house.gate.rotate_record_keys(ours).await.unwrap(),
        0,
        "none is older than this minute"
    );
    let id = house.world.appointments["FR-1001"];
    let versions = house
        .gate
        .view(&olivia, ShowHistory::of("appointment", id))
        .await
        .unwrap()
        .into_inner()
        .items;
    assert_eq!(versions.len(), 2);
    let client = house.client_of(id).await;
    let versions = house
        .gate
        .view(&olivia, ShowHistory::of("client", client))
        .await
        .unwrap()
        .into_inner()
        .items;
    assert!(
        versions[1]
            .changes
            .iter()
            .any(|c| c.field == "name" && c.after.as_deref() == Some("Rosa Kanarya")),
        "{:?}",
        versions[1].changes
    );
    assert_eq!(house.gate.sweep(ours).await.unwrap(), 0);
    let input = CancelInput {
        reason: "other".into(),
        note: "".into(),
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
        .unwrap();
    let erased = house
        .gate
        .perform(
            &olivia,
            EraseClient {
                id,
                input: EraseInput {
                    reason: "Request 1".into(),
                },
            },
        )
        .await
        .unwrap();
    assert_eq!(erased.keys, 4, "the keys of every version of both records");
}
