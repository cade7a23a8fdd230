//! What is done later: by whoever is there, as often as it takes, and in the end in front of a person.
use interpres_accounts::ListNotices;
use interpres_dispatch::{MakeOffers, MyOffers, OffersInput};
use interpres_gate::{ListFailedJobs, Refusal, TryJobAgain};
use interpres_scheduling::{ShowAppointment, Status};
use interpres_testkit::{House, apply, story};

/// Offers FR-1001 to Ines, who has an hour.
async fn offered(house: &House) {
    house.gate.work_off().await.unwrap();
    let asked = vec![house.world.interpreters["Ines"].to_string().into()];
    let input = OffersInput {
        kind: "sequence".into(),
        interpreters: asked,
        ..OffersInput::default()
    };
    let appointment = house.world.appointments["FR-1001"];
    let make = MakeOffers { appointment, input };
    house
        .gate
        .perform(&house.enters("Dora").await, make)
        .await
        .unwrap();
}

async fn status(house: &House) -> Status {
    let id = house.world.appointments["FR-1001"];
    house
        .gate
        .view(&house.enters("Dora").await, ShowAppointment(id))
        .await
        .unwrap()
        .status
}

async fn number(house: &House, sql: &str) -> i64 {
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
async fn what_fails_is_tried_again_less_and_less_often_and_then_shown_to_a_person_who_tries_it_again(
    house: &House,
) {
    offered(house).await;
    house.wait_minutes(61);
    house
        .tamper("alter table offer_row rename to offer_row_away")
        .await
        .unwrap();
    let tries = async || {
        number(
            house,
            "select tries as n from job where kind = 'offers.advance'",
        )
        .await
    };
    let (mut waits, mut before, mut minutes) = (Vec::new(), 0, 0);
    // Longer than twelve tries take, so that a wait without end fails, too.
    for _ in 0..12 * 60 {
        if waits.len() == 12 {
            break;
        }
        house.gate.work_off().await.unwrap();
        minutes += 1;
        if tries().await > before {
            waits.push(minutes);
            (before, minutes) = (tries().await, 0);
        }
        house.wait_minutes(1);
    }
    assert!(
        waits.len() == 12 && waits[1..].is_sorted() && waits[11] >= 60,
        "{waits:?}"
    );
    house.wait_minutes(24 * 60);
    house.gate.work_off().await.unwrap();
    assert_eq!(tries().await, 12, "now it waits for a person");
    let adam = house.enters("Adam").await;
    let page = house
        .gate
        .view(&adam, ListFailedJobs::default())
        .await
        .unwrap()
        .into_inner();
    assert!(
        page.items.len() == 1
            && page.items[0].reason == "fault"
            && page.items[0].does.contains("Expires offers"),
        "{page:?}"
    );
    let again = |kind: &str| TryJobAgain {
        kind: kind.into(),
        subject: "".into(),
    };
    assert!(matches!(
        house
            .gate
            .perform(&house.enters("Dora").await, again("offers.advance"))
            .await,
        Err(Refusal::Forbidden)
    ));
    assert!(
        matches!(
            house
                .gate
                .perform(&house.enters("Peter").await, again("offers.advance"))
                .await,
            Err(Refusal::NotFound)
        ),
        "another workspace's"
    );
    assert!(
        matches!(
            house.gate.perform(&adam, again("log.judge")).await,
            Err(Refusal::NotFound)
        ),
        "one that has not failed"
    );
    house
        .tamper("alter table offer_row_away rename to offer_row")
        .await
        .unwrap();
    house
        .gate
        .perform(&adam, again("offers.advance"))
        .await
        .unwrap();
    house.gate.work_off().await.unwrap();
    assert_eq!(status(house).await, Status::Unassigned);
    assert!(
        house
            .gate
            .view(&adam, ListFailedJobs::default())
            .await
            .unwrap()
            .items
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
        house.tamper(&format!("insert into job (workspace_id, kind, subject, due_at, free_at, holder) values ('{ours}', 'reviews.keep', 'n{n}', {}, {free}, 'somebody')", now - 1000 + n)).await.unwrap();
    }
    house.tamper(&format!("insert into job (workspace_id, kind, subject, due_at) values ('{theirs}', 'reviews.keep', 'late', {now})")).await.unwrap();
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
async fn more_failed_jobs_than_a_page_are_all_listed_though_they_failed_at_once(house: &House) {
    let ours = house.world.workspaces["Front Range Interpreters"];
    let rows: Vec<String> = (0..258)
        .map(|n| {
            format!(
                "('{ours}', '{}', 'n{:03}', 5, 12, 'fault', 7)",
                ["offers.advance", "log.judge", "retention.keep"][n % 3],
                n / 3
            )
        })
        .collect();
    house.tamper(&format!("insert into job (workspace_id, kind, subject, due_at, tries, last_error, failed_at) values {}", rows.join(", "))).await.unwrap();
    let adam = house.enters("Adam").await;
    let (mut seen, mut cursor, mut pages) = (std::collections::BTreeSet::new(), String::new(), 0);
    loop {
        let page = house
            .gate
            .view(
                &adam,
                ListFailedJobs {
                    cursor: cursor.as_str().into(),
                },
            )
            .await
            .unwrap()
            .into_inner();
        seen.extend(page.items.into_iter().map(|job| (job.kind, job.subject)));
        pages += 1;
        let Some(next) = page.next.filter(|_| pages < 10) else {
            break;
        };
        cursor = next;
    }
    assert_eq!((seen.len(), pages), (258, 3));
    for wrong in ["7", "x~log.judge~n001", "7~log.judge", "7~a~\0"] {
        let refused = house
            .gate
            .view(
                &adam,
                ListFailedJobs {
                    cursor: wrong.into(),
                },
            )
            .await;
        assert!(matches!(refused, Err(Refusal::Invalid(_))), "{wrong}");
    }
}

#[apply(story)]
async fn a_job_of_a_kind_that_only_a_newer_version_knows_waits_and_keeps_nobody(house: &House) {
    offered(house).await;
    let ours = house.world.workspaces["Front Range Interpreters"];
    house.tamper(&format!("insert into job (workspace_id, kind, subject, due_at) values ('{ours}', 'of.tomorrow', '', 1)")).await.unwrap();
    house.wait_minutes(61);
    house.gate.work_off().await.unwrap();
    assert_eq!(
        status(house).await,
        Status::Unassigned,
        "what is due after it is done"
    );
    assert_eq!(number(house, "select count(*) as n from job where kind = 'of.tomorrow' and tries = 0 and failed_at is null").await, 1);
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
        house.tamper(&format!("insert into job (workspace_id, kind, subject, due_at) values ('{workspace}', 'log.judge', 'nobody', 0)")).await.unwrap();
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
async fn the_jobs_that_every_workspace_has_are_tried_for_ever_and_those_in_charge_are_told(
    house: &House,
) {
    house.gate.work_off().await.unwrap();
    house
        .tamper("alter table purge_row rename to purge_row_away")
        .await
        .unwrap();
    for _ in 0..60 {
        house.wait_minutes(61);
        house.gate.work_off().await.unwrap();
        if number(
            house,
            "select count(*) as n from job where kind = 'retention.keep' and tries >= 13",
        )
        .await
            == 2
        {
            break;
        }
    }
    house.gate.tell_warnings().await.unwrap();
    let adam = house.enters("Adam").await;
    let told = house
        .gate
        .view(&adam, ListNotices)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        told.items
            .iter()
            .filter(|n| n.text.contains("background job keeps failing"))
            .count(),
        1,
        "{told:?}"
    );
    let page = house
        .gate
        .view(&adam, ListFailedJobs::default())
        .await
        .unwrap()
        .into_inner();
    assert!(
        page.items.len() == 1 && page.items[0].kind == "retention.keep",
        "{page:?}"
    );
    house
        .tamper("alter table purge_row_away rename to purge_row")
        .await
        .unwrap();
    house.wait_minutes(61);
    house.gate.work_off().await.unwrap();
    assert!(
        house
            .gate
            .view(&adam, ListFailedJobs::default())
            .await
            .unwrap()
            .items
            .is_empty(),
        "nobody had to do anything"
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
async fn a_job_that_failed_is_done_at_once_when_it_is_asked_for_again(house: &House) {
    offered(house).await;
    house.wait_minutes(61);
    house
        .tamper("alter table offer_row rename to offer_row_away")
        .await
        .unwrap();
    for _ in 0..9 {
        house.gate.work_off().await.unwrap();
        house.wait_minutes(61);
    }
    house.gate.work_off().await.unwrap();
    house
        .tamper("alter table offer_row_away rename to offer_row")
        .await
        .unwrap();
    house.gate.work_off().await.unwrap();
    assert_eq!(status(house).await, Status::Pending, "it waits for an hour");
    let asked = vec![house.world.interpreters["Ines"].to_string().into()];
    let input = OffersInput {
        kind: "single".into(),
        interpreters: asked,
        minutes_each: "30".into(),
        ..OffersInput::default()
    };
    let make = MakeOffers {
        appointment: house.world.appointments["FR-1002"],
        input,
    };
    house
        .gate
        .perform(&house.enters("Dora").await, make)
        .await
        .unwrap();
    house.gate.work_off().await.unwrap();
    assert_eq!(status(house).await, Status::Unassigned);
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
