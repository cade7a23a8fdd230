//! Appointments are purged when they have been kept for as long as was said, and what that leaves.
use interpres_billing::{ApproveVoucher, FileVoucher, ListVouchers, VoucherInput};
use interpres_compliance::{
    BreakGlassInput, LegalHoldInput, OpenByBreakGlass, PlaceLegalHold, ReleaseLegalHold,
    RetentionInput, SetRetention, ShowRetention,
};
use interpres_gate::{ListEntries, Refusal, ShowHistory};
use interpres_scheduling::{AppointmentInput, BookAppointment, CheckIn, ShowAppointment};
use interpres_testkit::{DRAWN, House, apply, story};
use interpres_types::AppointmentId;

async fn keep_for(house: &House, years: &str, file_first: &str) {
    let olivia = house.enters("Olivia").await;
    let input = RetentionInput {
        years: years.into(),
        file_first: file_first.into(),
        ..RetentionInput::default()
    };
    house
        .gate
        .perform(&olivia, SetRetention { input })
        .await
        .unwrap();
}

/// API keys end after a year; these stories take longer.
async fn keys_for_ever(house: &House) {
    house
        .from_before_seals("update api_key set ends_at = 9000000000000000")
        .await;
}

/// Linh's job is done, billed and approved.
async fn work(house: &House, id: AppointmentId) {
    let linh = house.enters("Linh").await;
    house.assign(id, "Linh").await;
    house.at("2027-03-02T12:50");
    house.gate.perform(&linh, CheckIn(id)).await.unwrap();
    house.at("2027-03-02T14:40");
    let input = VoucherInput {
        start: "13:00".into(),
        end: "14:30".into(),
        signer: "Thanh Kanarya".into(),
        signature: DRAWN.into(),
        ..VoucherInput::default()
    };
    let filed = house
        .gate
        .perform(
            &linh,
            FileVoucher {
                appointment: id,
                input,
            },
        )
        .await
        .unwrap()
        .into_inner();
    house
        .gate
        .perform(
            &house.enters("Bea").await,
            ApproveVoucher {
                id: filed.id,
                version: None,
            },
        )
        .await
        .unwrap();
}

/// The daily round, often enough that each of its steps has come.
async fn rounds(house: &House) -> i64 {
    let purged = async || {
        let rows = house
            .raw("select count(*) as n from purge_row where purged_at is not null")
            .await;
        rows[0].int("n").unwrap()
    };
    let before = purged().await;
    for _ in 0..2 {
        house.gate.work_off().await.unwrap();
        house.wait_minutes(25 * 60);
    }
    while house.gate.destroy_keys().await.unwrap() > 0 {}
    purged().await - before
}

const DAY: i64 = 24 * 60;

#[apply(story)]
async fn what_was_kept_for_long_enough_waits_two_weeks_and_is_gone_with_all_its_versions_and_keys_and_the_money_stays(
    house: &House,
) {
    let (id, other) = (
        house.world.appointments["FR-1003"],
        house.world.appointments["FR-1002"],
    );
    keys_for_ever(house).await;
    work(house, id).await;
    house.cancel("Dora", other, "other").await.unwrap();
    keep_for(house, "7", "").await;
    house.wait_minutes(6 * 366 * DAY);
    assert_eq!(rounds(house).await, 0);
    let olivia = house.enters("Olivia").await;
    let shown = async || {
        house
            .gate
            .view(
                &olivia,
                ShowRetention {
                    years: "6".into(),
                    ..ShowRetention::default()
                },
            )
            .await
            .unwrap()
            .into_inner()
    };
    assert_eq!(
        (shown().await.waiting_count, shown().await.preview),
        (0, Some(2)),
        "a preview changes nothing"
    );
    house.wait_minutes(366 * DAY);
    assert_eq!(
        (rounds(house).await, shown().await.waiting_count),
        (0, 2),
        "they wait"
    );
    let entries = async || {
        house
            .gate
            .view(
                &olivia,
                ListEntries {
                    record: id.to_string().into(),
                    ..ListEntries::default()
                },
            )
            .await
            .unwrap()
            .into_inner()
            .items
            .len()
    };
    let before = entries().await;
    let key = house
        .raw(&format!(
            "select key_id from appointment_row where id = '{id}'"
        ))
        .await[0]
        .text("key_id")
        .unwrap()
        .to_owned();
    house.wait_minutes(15 * DAY);
    assert_eq!(
        (
            rounds(house).await,
            shown().await.waiting_count,
            shown().await.purged.len()
        ),
        (2, 0, 2)
    );
    assert_eq!(
        house
            .tamper_keys(&format!("delete from record_key where id = '{key}'"))
            .await,
        0,
        "the key is gone"
    );
    assert!(matches!(
        house.gate.view(&olivia, ShowAppointment(id)).await,
        Err(Refusal::NotFound)
    ));
    for (table, column) in [("record_version", "record_id"), ("appointment_row", "id")] {
        assert_eq!(
            house
                .raw(&format!(
                    "select {column} from {table} where {column} = '{id}'"
                ))
                .await
                .len(),
            0,
            "{table}"
        );
    }
    assert_eq!(
        house
            .raw(&format!(
                "select id from tombstone_row where record_id = '{id}'"
            ))
            .await
            .len(),
        1
    );
    let bea = house.enters("Bea").await;
    let vouchers = house
        .gate
        .view(
            &bea,
            ListVouchers {
                state: "approved".into(),
                ..ListVouchers::default()
            },
        )
        .await
        .unwrap()
        .into_inner();
    let money = &vouchers.items[0];
    assert_eq!(
        (
            money.reference.as_str(),
            money.bill_total.is_some_and(|c| c.0 > 0)
        ),
        ("(purged)", true)
    );
    assert!(money.signer.as_ref().is_some_and(|s| s.is_erased()));
    assert!(
        entries().await > before,
        "the log holds all it held, and the purge"
    );
    let history = house
        .gate
        .view(&olivia, ShowHistory::of("appointment", id))
        .await;
    assert!(history.is_err() || history.unwrap().items.is_empty());
    assert_eq!(
        house
            .gate
            .sweep(house.world.workspaces["Front Range Interpreters"])
            .await
            .unwrap(),
        0,
        "what is left is as it was saved"
    );
    assert_eq!(rounds(house).await, 0);
    assert_eq!(house.entries("retention.purge").await.len(), 2);
    assert!(!house.entries("retention.queue").await.is_empty());
}

#[apply(story)]
async fn a_legal_hold_wins_over_retention_and_a_file_that_must_be_taken_first_is_waited_for(
    house: &House,
) {
    let (held, filed) = (
        house.world.appointments["FR-1001"],
        house.world.appointments["FR-1002"],
    );
    keys_for_ever(house).await;
    house.cancel("Dora", held, "other").await.unwrap();
    house.cancel("Dora", filed, "other").await.unwrap();
    keep_for(house, "7", "yes").await;
    let olivia = house.enters("Olivia").await;
    house
        .gate
        .perform(
            &olivia,
            PlaceLegalHold {
                id: held,
                input: LegalHoldInput {
                    matter: "Docket 27-881".into(),
                },
            },
        )
        .await
        .unwrap();
    house.wait_minutes(8 * 366 * DAY);
    rounds(house).await;
    house.wait_minutes(15 * DAY);
    assert_eq!(
        rounds(house).await,
        0,
        "one is held, and of the other no file was taken"
    );
    keep_for(house, "7", "").await;
    assert_eq!(rounds(house).await, 1);
    let olivia = house.enters("Olivia").await;
    assert!(
        house
            .gate
            .view(&olivia, ShowAppointment(held))
            .await
            .is_ok()
    );
    house
        .gate
        .perform(&olivia, ReleaseLegalHold(held))
        .await
        .unwrap();
    assert_eq!(rounds(house).await, 1);
}

#[apply(story)]
async fn a_number_of_nine_digits_that_was_booked_as_a_reference_is_opened_in_an_emergency_and_purged_like_any_other(
    house: &House,
) {
    let dora = house.enters("Dora").await;
    let input = AppointmentInput {
        reference: "219099999".into(),
        date: "2027-03-10".into(),
        start: "09:00".into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        ..AppointmentInput::default()
    };
    let id = house
        .gate
        .perform(&dora, BookAppointment { input })
        .await
        .unwrap()
        .id;
    let input = BreakGlassInput {
        reference: "219099999".into(),
        reason: "Nobody of the team answers".into(),
        ..BreakGlassInput::default()
    };
    house
        .gate
        .perform(&house.enters("Sam").await, OpenByBreakGlass { input })
        .await
        .unwrap();
    keys_for_ever(house).await;
    house.cancel("Dora", id, "other").await.unwrap();
    keep_for(house, "7", "").await;
    house.wait_minutes(8 * 366 * DAY);
    rounds(house).await;
    house.wait_minutes(15 * DAY);
    assert_eq!(rounds(house).await, 1);
}

#[apply(story)]
async fn less_than_six_years_must_be_confirmed_and_nonsense_is_refused(house: &House) {
    let olivia = house.enters("Olivia").await;
    for (years, short, good) in [
        ("3", "", false),
        ("3", "yes", true),
        ("0", "", false),
        ("51", "", false),
        ("many", "", false),
        ("", "", true),
    ] {
        let input = RetentionInput {
            years: years.into(),
            short: short.into(),
            ..RetentionInput::default()
        };
        assert_eq!(
            house
                .gate
                .perform(&olivia, SetRetention { input })
                .await
                .is_ok(),
            good,
            "{years} {short}"
        );
    }
}

#[apply(story)]
async fn versions_of_what_has_no_tombstone_are_never_let_go_by_the_database(house: &House) {
    for sql in [
        "delete from record_version",
        "delete from record_version where kind = 'agreement'",
        "update record_version set body = '{}'",
    ] {
        let refused = house.tamper(sql).await.unwrap_err();
        assert!(refused.contains("insert-only"), "{refused}");
    }
}
