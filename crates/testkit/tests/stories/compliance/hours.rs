//! No hour of the log is skipped when it is gone through, whatever becomes of the job's row.
use interpres_compliance::{ListFindings, Pattern};
use interpres_scheduling::ShowAppointment;
use interpres_testkit::{House, apply, story};

async fn after_hours(house: &House) -> usize {
    let carl = house.enters("Carl").await;
    let list = ListFindings {
        limit: "200".into(),
        ..ListFindings::default()
    };
    let found = house.gate.view(&carl, list).await.unwrap().into_inner();
    let after_hours = found.items.iter();
    after_hours
        .filter(|f| f.pattern == Pattern::AfterHours)
        .count()
}

#[apply(story)]
async fn an_hour_is_gone_through_although_its_job_was_taken_away_or_put_off(house: &House) {
    house.gate.work_off().await.unwrap();
    house.at("2027-03-01T21:30");
    house.gate.work_off().await.unwrap();
    for (night, tampered) in [
        ("01", "delete from job where kind = 'log.judge'"),
        (
            "02",
            "update job set due_at = 1890000000000000 where kind = 'log.judge'",
        ),
    ] {
        let before = after_hours(house).await;
        house.at(&format!("2027-03-{night}T23:10"));
        let id = house.world.appointments["FR-1001"];
        let dora = house.enters("Dora").await;
        house.gate.view(&dora, ShowAppointment(id)).await.unwrap();
        house.tamper(tampered).await.unwrap();
        house.wait_minutes(4 * 60);
        house.gate.work_off().await.unwrap();
        house.wait_minutes(62);
        house.gate.work_off().await.unwrap();
        assert_eq!(after_hours(house).await, before + 1, "{tampered}");
    }
}

#[apply(story)]
async fn each_hour_that_was_gone_through_stands_in_the_log_and_none_twice(house: &House) {
    house.gate.work_off().await.unwrap();
    for _ in 0..3 {
        house.wait_minutes(62);
        house.gate.work_off().await.unwrap();
    }
    let sql = "select leaf from audit_entry where action = 'log.note' order by id";
    let hours: Vec<String> = house
        .raw(sql)
        .await
        .iter()
        .map(|row| {
            let entry: serde_json::Value =
                serde_json::from_slice(row.bytes("leaf").unwrap()).unwrap();
            let mut records = entry["records"].as_array().unwrap().iter();
            let hour = records.find(|record| record["kind"] == "log_hour").unwrap();
            format!("{} {}", entry["workspace"], hour["id"])
        })
        .collect();
    let once: std::collections::BTreeSet<&String> = hours.iter().collect();
    assert!(hours.len() >= 6 && once.len() == hours.len(), "{hours:?}");
}
