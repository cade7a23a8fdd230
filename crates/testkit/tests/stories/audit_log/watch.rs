//! The log under strain: numbers that don't come, and a clock that was set back.
use interpres_gate::{Refusal, ShowIntegrity};
use interpres_scheduling::{AppointmentInput, BookAppointment, ListAppointments};
use interpres_testkit::{House, apply, story};
use std::time::{Duration, Instant};

async fn looks(house: &House) -> Result<(), Refusal> {
    house
        .gate
        .view(&house.enters("Dora").await, ListAppointments::default())
        .await
        .map(drop)
}

/// Whether looking succeeds (or not) within some seconds.
async fn soon(house: &House, good: bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(15) {
        if looks(house).await.is_ok() == good {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}

#[apply(story)]
async fn while_the_log_takes_no_numbers_nothing_is_answered_and_afterwards_all_is_again(
    house: &House,
) {
    let sequencer = tokio::spawn(house.gate.clone().number_forever());
    assert!(soon(house, true).await);
    house.wait_minutes(2);
    assert!(
        soon(house, true).await,
        "a sequencer that works catches up with the clock"
    );
    house
        .tamper("alter table audit_leaf rename to audit_leaf_away")
        .await
        .unwrap();
    looks(house).await.unwrap();
    house.wait_minutes(2);
    let dora = house.enters("Dora").await;
    for _ in 0..20 {
        assert!(
            matches!(looks(house).await, Err(Refusal::TooSoon(_))),
            "nothing is shown"
        );
        assert!(matches!(
            house
                .gate
                .perform(
                    &dora,
                    BookAppointment {
                        input: AppointmentInput::default()
                    }
                )
                .await,
            Err(Refusal::TooSoon(_))
        ));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    house
        .tamper("alter table audit_leaf_away rename to audit_leaf")
        .await
        .unwrap();
    assert!(soon(house, true).await);
    sequencer.abort();
    let _ = sequencer.await;
}

#[apply(story)]
async fn a_clock_that_was_set_back_is_told_of_and_the_log_keeps_its_order(house: &House) {
    looks(house).await.unwrap();
    house.number_entries().await;
    house.at("2027-02-28T09:00");
    looks(house).await.unwrap();
    house.number_entries().await;
    house.gate.tell_warnings().await.unwrap();
    let olivia = house.enters("Olivia").await;
    let found = house
        .gate
        .view(&olivia, ShowIntegrity)
        .await
        .unwrap()
        .into_inner()
        .incidents;
    assert_eq!(
        found.iter().map(|i| i.found.as_str()).collect::<Vec<_>>(),
        ["clock"]
    );
    looks(house).await.unwrap();
    house.number_entries().await;
    house.gate.tell_warnings().await.unwrap();
    assert_eq!(
        house
            .gate
            .view(&olivia, ShowIntegrity)
            .await
            .unwrap()
            .incidents
            .len(),
        1,
        "it is told of once"
    );
}
