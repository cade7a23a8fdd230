//! Somebody with the database in hand swaps keys; and a fault of keys is not taken for one.
use crate::audit_log::past_the_gate::{found, keep, pairs, put_back, run};
use interpres_gate::Refusal;
use interpres_scheduling::{ListAppointments, ShowAppointment};
use interpres_testkit::{House, apply, story};
use interpres_types::Instant;

#[apply(story)]
async fn a_swapped_or_deleted_key_spoils_its_own_record_and_no_list(house: &House) {
    let dora = house.enters("Dora").await;
    let list = async || {
        house
            .gate
            .view(&dora, ListAppointments::default())
            .await
            .unwrap()
            .into_inner()
            .items
    };
    let before = list().await;
    let mut keys = Vec::new();
    for reference in ["FR-1001", "FR-1002", "FR-1003"] {
        let id = house.world.appointments[reference];
        let client = house.client_of(id).await;
        keys.push(
            house
                .raw(&format!(
                    "select key_id from client_row where id = '{client}'"
                ))
                .await[0]
                .text("key_id")
                .unwrap()
                .to_owned(),
        );
    }
    let [a, b, c] = keys.as_slice() else {
        panic!("three keys")
    };
    house
        .tamper_keys("create table kept as select id, wrapped from record_key")
        .await;
    for (one, other) in [(a, b), (b, a)] {
        house
            .tamper_keys(&format!(
                "update record_key set wrapped = (select wrapped from kept \
                where id = '{other}') where id = '{one}'"
            ))
            .await;
    }
    house
        .tamper_keys(&format!("delete from record_key where id = '{c}'"))
        .await;
    house.gate.forget_opened_keys();
    house.gate.forget_opened_keys();
    let after = list().await;
    assert_eq!(after.len(), before.len(), "every record is there");
    let shown = |items: &[interpres_scheduling::AppointmentView]| {
        items
            .iter()
            .map(|a| a.lep_client.as_ref().map(|c| c.shown().to_owned()))
            .collect::<Vec<_>>()
    };
    let lost: Vec<_> = shown(&after)
        .into_iter()
        .filter(|name| name.as_deref() == Some("(unreadable)"))
        .collect();
    assert_eq!(lost.len(), 3, "{:?}", shown(&after));
    assert!(
        after
            .iter()
            .all(|a| a.lep_client.as_ref().is_none_or(|c| !c.is_erased())),
        "nobody erased anything"
    );
    let expected = pairs(&[("client", "key"), ("client", "key"), ("client", "key")]);
    assert_eq!(found(house).await, expected);
    assert_eq!(house.gate.sweep(house.ours()).await.unwrap(), 3);
    assert_eq!(found(house).await, expected, "each is told of once");
    house
        .tamper_keys("delete from record_key where id in (select id from kept)")
        .await;
}

#[apply(story)]
async fn a_mass_of_mismatches_is_a_key_fault_and_changes_nothing(house: &House) {
    let olivia = house.enters("Olivia").await;
    house.unguard().await;
    keep(
        house,
        &["record_version", "customer_row", "appointment_row"],
    )
    .await;
    for table in ["record_version", "customer_row", "appointment_row"] {
        run(
            house,
            &[&format!(
                "update {table} set checksum = {} where workspace_id = {{w}}",
                house.literal(&[7; 32])
            )],
        )
        .await;
    }
    let alarms = async || {
        house
            .raw("select kind from integrity_incident where found = 'keys' and restored_at is null")
            .await
            .len()
    };
    let away = async || {
        house
            .raw(
                "select id from appointment_row where workspace_id <> 'x' and id in (select id \
                from kept_appointment_row)",
            )
            .await
            .len()
    };
    let all = away().await;
    for _ in 0..3 {
        assert!(
            house
                .gate
                .view(&olivia, ListAppointments::default())
                .await
                .unwrap()
                .items
                .is_empty(),
            "nothing is believed"
        );
        house.gate.quarantine().await.unwrap();
        assert!(matches!(
            house.gate.sweep(house.ours()).await,
            Err(Refusal::Conflict(_))
        ));
        assert!(matches!(
            house.gate.recheck(house.ours(), Instant::default()).await,
            Err(Refusal::Conflict(_))
        ));
    }
    assert_eq!(
        (alarms().await, away().await),
        (1, all),
        "one alarm, and nothing moved"
    );
    put_back(
        house,
        &["record_version", "customer_row", "appointment_row"],
    )
    .await;
    assert_eq!(
        found(house).await,
        pairs(&[]),
        "what was found under the wrong keys is not held against anybody"
    );
    assert_eq!(
        (
            house.gate.sweep(house.ours()).await.unwrap(),
            alarms().await
        ),
        (0, 0)
    );
}

#[apply(story)]
async fn what_was_quarantined_and_is_true_after_all_comes_back(house: &House) {
    let dora = house.enters("Dora").await;
    let list = async || {
        house
            .gate
            .view(&dora, ListAppointments::default())
            .await
            .unwrap()
            .items
            .len()
    };
    let before = list().await;
    keep(house, &["appointment_row"]).await;
    run(
        house,
        &["update appointment_row set checksum = null where workspace_id = {w}"],
    )
    .await;
    assert!(house.gate.sweep(house.ours()).await.unwrap() > 2);
    assert_eq!(list().await, 0);
    // The right keys are back: the checksums hold again, but for one record that was really
    // changed.
    run(
        house,
        &[
            "update appointment_row set checksum = (select k.checksum \
            from kept_appointment_row k where k.id = appointment_row.id)",
            "drop table \
            kept_appointment_row",
        ],
    )
    .await;
    let id = house.world.appointments["FR-1002"];
    run(
        house,
        &[&format!(
            "update appointment_row set minutes = minutes + 1 where id = '{id}'"
        )],
    )
    .await;
    let later = house.gate.now().plus_seconds(1);
    assert_eq!(
        house.gate.recheck(house.ours(), later).await.unwrap(),
        (0, 0),
        "nothing was taken away since"
    );
    let (back, stay) = house
        .gate
        .recheck(house.ours(), Instant::default())
        .await
        .unwrap();
    assert_eq!((back > 2, stay), (true, 1));
    assert_eq!(list().await, before - 1);
    assert!(matches!(
        house.gate.view(&dora, ShowAppointment(id)).await,
        Err(Refusal::NotFound)
    ));
    assert_eq!(house.gate.sweep(house.ours()).await.unwrap(), 0);
}
