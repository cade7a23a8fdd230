//! However long one workspace's jobs take, they never take every lane.
use interpres_testkit::{House, apply, story};

/// Jobs of a kind that is done in a moment and kept for its next time.
async fn job(house: &House, workspace: &str, subject: &str, held: bool) {
    let of = house.world.workspaces[workspace];
    let now = house.gate.now();
    let (holder, free_at) = if held {
        ("'somebody'", now.plus_seconds(60).micros())
    } else {
        ("null", 0)
    };
    let due_at = now.micros();
    let sql = format!(
        "insert into job (workspace_id, kind, subject, due_at, free_at, holder) values ('{of}', 'reviews.keep', '{subject}', {due_at}, {free_at}, {holder})"
    );
    house.tamper(&sql).await.unwrap();
}

#[apply(story)]
async fn a_workspace_with_two_jobs_under_way_waits_with_its_third_and_no_other_waits_for_it(
    house: &House,
) {
    let (ours, theirs) = ("Front Range Interpreters", "Prairie Language Partners");
    house.gate.work_off().await.unwrap();
    for subject in ["first", "second"] {
        job(house, ours, subject, true).await;
    }
    job(house, ours, "third", false).await;
    assert!(!house.gate.work_once().await.unwrap(), "two are under way");
    job(house, theirs, "theirs", false).await;
    assert!(house.gate.work_once().await.unwrap());
    assert!(!house.gate.work_once().await.unwrap(), "theirs was done");
    house
        .tamper(
            "update job set holder = null, free_at = due_at + 3600000000 where subject = 'first'",
        )
        .await
        .unwrap();
    assert!(house.gate.work_once().await.unwrap(), "one has ended");
    assert!(!house.gate.work_once().await.unwrap());
}
