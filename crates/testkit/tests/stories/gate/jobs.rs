//! What is done later: by whoever is there, as often as it takes, and nobody's keeps another's
//! waiting.
use interpres_dispatch::{MakeOffers, MyOffers, OffersInput};
use interpres_scheduling::Status;
use interpres_testkit::{House, apply, story};

/// Offers FR-1001 to Ines, who has an hour.
pub(crate) async fn offered(house: &House) {
    house.gate.work_off().await.unwrap();
    house.ask("sequence", "FR-1001", &["Ines"]).await.unwrap();
}

pub(crate) async fn status(house: &House) -> Status {
    let id = house.world.appointments["FR-1001"];
    house.status(id).await
}

pub(crate) async fn number(house: &House, sql: &str) -> i64 {
    house.raw(sql).await[0].int("n").unwrap()
}

#[apply(story)]
async fn a_job_is_there_with_what_left_it_and_gone_when_it_is_done(house: &House) {
    let count = async || {
        number(
            house,
            "select count(*) as n from job where kind = 'offers.advance'",
        )
        .await
    };
    offered(house).await;
    assert_eq!(count().await, 1);
    house.wait_minutes(59);
    house.gate.work_off().await.unwrap();
    assert_eq!(
        (count().await, status(house).await),
        (1, Status::Pending),
        "not before its time"
    );
    house.wait_minutes(2);
    house.gate.work_off().await.unwrap();
    assert_eq!(
        (count().await, status(house).await),
        (0, Status::Unassigned)
    );
}

#[apply(story)]
async fn a_job_whose_process_is_gone_is_taken_up_by_another(house: &House) {
    offered(house).await;
    house.wait_minutes(61);
    let until = house.gate.now().plus_seconds(60).micros();
    house
        .tamper(&format!(
            "update job set free_at = {until}, holder = 'gone' where kind = 'offers.advance'"
        ))
        .await
        .unwrap();
    house.gate.work_off().await.unwrap();
    assert_eq!(status(house).await, Status::Pending, "somebody is at it");
    house.wait_minutes(2);
    house.gate.work_off().await.unwrap();
    assert_eq!(status(house).await, Status::Unassigned);
    assert!(
        house
            .gate
            .view(&house.enters("Ines").await, MyOffers)
            .await
            .unwrap()
            .is_empty()
    );
}

#[apply(story)]
async fn one_workspaces_many_jobs_do_not_keep_anothers_waiting(house: &House) {
    house.gate.work_off().await.unwrap();
    let (ours, theirs) = (
        house.world.workspaces["Front Range Interpreters"],
        house.world.workspaces["Prairie Language Partners"],
    );
    let (now, held) = (
        house.gate.now().micros(),
        house.gate.now().plus_seconds(60).micros(),
    );
    for n in 0..50 {
        let free = if n == 0 { held } else { 0 };
        house
            .tamper(&format!(
                "insert into job (workspace_id, kind, subject, due_at, free_at, \
                holder) values ('{ours}', 'reviews.keep', 'n{n}', {}, {free}, 'somebody')",
                now - 1000 + n
            ))
            .await
            .unwrap();
    }
    house
        .tamper(&format!(
            "insert into job (workspace_id, kind, subject, due_at) \
            values ('{theirs}', 'reviews.keep', 'late', {now})"
        ))
        .await
        .unwrap();
    let left = async |of: interpres_types::WorkspaceId| {
        number(
            house,
            &format!("select count(*) as n from job where workspace_id = '{of}' and subject <> ''"),
        )
        .await
    };
    assert!(house.gate.work_once().await.unwrap());
    assert_eq!(
        (left(ours).await, left(theirs).await),
        (50, 1),
        "it is kept for its next time"
    );
    let due = house
        .raw("select due_at from job where subject = 'late'")
        .await[0]
        .int("due_at")
        .unwrap();
    assert!(due > now, "the one with nothing under way came first");
}

#[apply(story)]
async fn a_job_of_a_kind_that_only_a_newer_version_knows_waits_and_keeps_nobody(house: &House) {
    offered(house).await;
    let ours = house.world.workspaces["Front Range Interpreters"];
    house
        .tamper(&format!(
            "insert into job (workspace_id, kind, subject, due_at) \
            values ('{ours}', 'of.tomorrow', '', 1)"
        ))
        .await
        .unwrap();
    house.wait_minutes(61);
    house.gate.work_off().await.unwrap();
    assert_eq!(
        status(house).await,
        Status::Unassigned,
        "what is due after it is done"
    );
    assert_eq!(
        number(
            house,
            "select count(*) as n from job where kind = 'of.tomorrow' \
            and tries = 0 and failed_at is null"
        )
        .await,
        1
    );
}

#[apply(story)]
async fn a_row_that_no_version_wrote_keeps_nobodys_job(house: &House) {
    offered(house).await;
    let ours = house.world.workspaces["Front Range Interpreters"].to_string();
    for workspace in [
        "x",
        "",
        &ours.to_uppercase(),
        "01890000-0000-7000-8000-000000000000",
    ] {
        house
            .tamper(&format!(
                "insert into job (workspace_id, kind, subject, due_at) \
                values ('{workspace}', 'log.judge', 'nobody', 0)"
            ))
            .await
            .unwrap();
    }
    house.wait_minutes(61);
    house.gate.work_off().await.unwrap();
    assert_eq!(status(house).await, Status::Unassigned);
    assert_eq!(
        number(
            house,
            "select count(*) as n from job where subject = 'nobody' and due_at = 0"
        )
        .await,
        4,
        "nobody's, and done by nobody"
    );
}

#[apply(story)]
async fn a_job_that_was_put_off_or_taken_away_past_the_gate_comes_back(house: &House) {
    offered(house).await;
    house
        .tamper("update job set due_at = 900000000000000000 where kind = 'log.judge'")
        .await
        .unwrap();
    house
        .tamper("delete from job where kind = 'offers.advance'")
        .await
        .unwrap();
    house.wait_minutes(61);
    house.gate.work_off().await.unwrap();
    assert_eq!(status(house).await, Status::Unassigned);
    let latest = house.gate.now().plus_minutes(48 * 60).micros();
    assert_eq!(
        number(
            house,
            &format!(
                "select count(*) as n from job where kind = 'log.judge' and due_at > {latest}"
            )
        )
        .await,
        0
    );
}

#[apply(story)]
async fn an_offer_that_is_not_believed_keeps_no_other_from_its_end(house: &House) {
    offered(house).await;
    let asked = vec![house.world.interpreters["Linh"].to_string().into()];
    let input = OffersInput {
        kind: "single".into(),
        interpreters: asked,
        minutes_each: "30".into(),
        ..OffersInput::default()
    };
    let make = MakeOffers {
        appointment: house.world.appointments["FR-1003"],
        input,
    };
    house
        .gate
        .perform(&house.enters("Dora").await, make)
        .await
        .unwrap();
    house
        .tamper(&format!(
            "update offer_row set expires_at = 5 where appointment_id = '{}'",
            house.world.appointments["FR-1003"]
        ))
        .await
        .unwrap();
    house.wait_minutes(61);
    house.gate.work_off().await.unwrap();
    assert_eq!(
        number(
            house,
            "select count(*) as n from job where kind = 'offers.advance'"
        )
        .await,
        1,
        "what is left waits for the sweep"
    );
}
