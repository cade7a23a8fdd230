//! What fails is tried again less and less often, and in the end shown to a person.
use crate::gate::jobs::{number, offered, status};
use interpres_accounts::ListNotices;
use interpres_dispatch::{MakeOffers, OffersInput};
use interpres_gate::{ListFailedJobs, Refusal, TryJobAgain};
use interpres_scheduling::Status;
use interpres_testkit::{House, apply, story};

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
    house
        .tamper(&format!(
            "insert into job (workspace_id, kind, subject, due_at, tries, \
            last_error, failed_at) values {}",
            rows.join(", ")
        ))
        .await
        .unwrap();
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
