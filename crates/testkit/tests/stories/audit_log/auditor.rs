//! An auditor, who has a file of the log, a key, and what they wrote down on the first day.
use interpres_gate::{LogHead, audit_log::Policy};
use interpres_scheduling::ListAppointments;
use interpres_testkit::House;
use interpres_verifier::{Earlier, check};

pub(crate) async fn head(house: &House) -> LogHead {
    house.number_entries().await;
    house.gate.log_head(house.ours()).await.unwrap().unwrap()
}

/// What an auditor writes down on the first day.
pub(crate) async fn policy(house: &House) -> Policy {
    Policy::parse(&format!("log {}\n", head(house).await.first_key)).unwrap()
}

pub(crate) fn problems(export: &str, policy: &Policy, earlier: Option<Earlier<'_>>) -> Vec<String> {
    check(export.as_bytes(), policy.clone(), earlier)
        .unwrap()
        .problems
}

pub(crate) fn kept(export: &str) -> Option<Earlier<'_>> {
    Some(Earlier::Export(Box::new(export.as_bytes())))
}

pub(crate) async fn look_around(house: &House, times: usize) {
    let dora = house.enters("Dora").await;
    for _ in 0..times {
        house
            .gate
            .view(&dora, ListAppointments::default())
            .await
            .unwrap();
    }
}
