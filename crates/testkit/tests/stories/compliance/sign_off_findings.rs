//! Somebody signs findings off, and watches a name.
use interpres_compliance::{
    ListFindings, ListWatches, SignOffFinding, SignOffInput, WatchClient, WatchInput,
};
use interpres_gate::{Actor, ExportEntries, Refusal};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn a_finding_is_signed_off_by_somebody_whom_it_is_not_about_with_a_reference_for_a_concern(
    house: &House,
) {
    house.gate.work_off().await.unwrap();
    let (carl, olivia) = (house.enters("Carl").await, house.enters("Olivia").await);
    house.number_entries().await;
    for _ in 0..3 {
        house
            .gate
            .view(&carl, ExportEntries::default())
            .await
            .unwrap();
    }
    house.wait_minutes(70);
    house.gate.work_off().await.unwrap();
    let open = async || {
        house
            .gate
            .view(
                &olivia,
                ListFindings {
                    state: "open".into(),
                    ..ListFindings::default()
                },
            )
            .await
            .unwrap()
            .into_inner()
            .items
    };
    assert_eq!(open().await.len(), 1);
    let id = open().await[0].id;
    let sign = |verdict: &str, remark: &str| SignOffFinding {
        id,
        input: SignOffInput {
            verdict: verdict.into(),
            remark: remark.into(),
        },
    };
    assert!(
        matches!(
            house.gate.perform(&carl, sign("expected", "")).await,
            Err(Refusal::Conflict(_))
        ),
        "it is about Carl"
    );
    assert!(matches!(
        house.gate.perform(&olivia, sign("concern", "")).await,
        Err(Refusal::Invalid(_))
    ));
    assert!(matches!(
        house.gate.perform(&olivia, sign("fine", "")).await,
        Err(Refusal::Invalid(_))
    ));
    house
        .gate
        .perform(&olivia, sign("concern", "Ticket 77"))
        .await
        .unwrap();
    assert!(
        matches!(
            house.gate.perform(&olivia, sign("expected", "")).await,
            Err(Refusal::Conflict(_))
        ),
        "it is signed off"
    );
    assert_eq!(open().await.len(), 0);
    let signed = house
        .gate
        .view(
            &olivia,
            ListFindings {
                state: "signed".into(),
                ..ListFindings::default()
            },
        )
        .await
        .unwrap()
        .into_inner()
        .items;
    assert_eq!(
        (signed[0].signed_by.as_deref(), signed[0].remark.as_deref()),
        (Some("Olivia Hart"), Some("Ticket 77"))
    );
}

#[apply(story)]
async fn a_name_under_watch_stands_sealed_and_is_masked_for_those_who_see_no_names(house: &House) {
    let (carl, olivia) = (house.enters("Carl").await, house.enters("Olivia").await);
    house
        .gate
        .perform(
            &carl,
            WatchClient {
                input: WatchInput {
                    client: "Rosa Kanarya".into(),
                    reason: "Ticket 9".into(),
                },
            },
        )
        .await
        .unwrap();
    let seen = async |who: &Actor| {
        house
            .gate
            .view(who, ListWatches)
            .await
            .unwrap()
            .into_inner()[0]
            .client
            .shown()
            .to_owned()
    };
    assert_eq!(
        (seen(&carl).await, seen(&olivia).await),
        ("R. K.".to_owned(), "Rosa Kanarya".to_owned())
    );
    let peter = house.enters("Peter").await;
    let refused = house
        .gate
        .perform(
            &peter,
            WatchClient {
                input: WatchInput {
                    client: "Rosa Kanarya".into(),
                    reason: "x".into(),
                },
            },
        )
        .await;
    assert!(
        matches!(refused, Err(Refusal::Conflict(_))),
        "no names without HIPAA mode"
    );
}
