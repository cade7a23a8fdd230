//! What one looks at first, and how lists of appointments are counted, sorted, found and taken
//! away: always as far as one reaches.
use interpres_dispatch::{AssignInterpreter, TimeToFill};
use interpres_gate::Refusal;
use interpres_scheduling::{
    AppointmentInput, CountAppointments, ExportAppointments, ListAppointments, OverviewView,
    ShowOverview, Why,
};
use interpres_testkit::{House, apply, booking, story};

async fn overview(house: &House, first: &str) -> OverviewView {
    let actor = house.enters(first).await;
    house
        .gate
        .view(&actor, ShowOverview)
        .await
        .unwrap()
        .into_inner()
}

async fn book(house: &House, reference: &str, language: &str) -> interpres_types::AppointmentId {
    let input = AppointmentInput {
        language: language.into(),
        ..booking(reference)
    };
    house.book("Dora", input).await.unwrap()
}

async fn listed(house: &House, list: ListAppointments) -> Vec<String> {
    let dora = house.enters("Dora").await;
    let page = house.gate.view(&dora, list).await.unwrap().into_inner();
    page.items.into_iter().map(|a| a.reference).collect()
}

fn looked_for(q: &str) -> ListAppointments {
    ListAppointments {
        q: q.into(),
        ..ListAppointments::default()
    }
}

#[apply(story)]
async fn the_overview_counts_what_one_reaches_and_lists_what_needs_somebody(house: &House) {
    let (dora, sam) = (overview(house, "Dora").await, overview(house, "Sam").await);
    let needs = |view: &OverviewView, reference: &str| {
        view.needs
            .iter()
            .any(|need| need.job.reference == reference)
    };
    assert!(
        needs(&dora, "FR-1001") && !needs(&sam, "FR-1001"),
        "another team's is not Sam's to see"
    );
    assert!(
        sam.needs
            .iter()
            .chain(&dora.needs)
            .all(|need| need.why != Why::Unfilled || need.job.status.is_open())
    );
    assert_eq!(dora.weeks.len(), 12);
    assert_eq!(dora.load.len(), 7);
    assert!(dora.needs_total >= i64::try_from(dora.needs.len()).unwrap());
    let olivia = overview(house, "Olivia").await;
    let all = |view: &OverviewView| {
        view.load
            .iter()
            .map(interpres_scheduling::DayLoad::total)
            .sum::<i64>()
    };
    assert!(
        all(&olivia) >= all(&dora),
        "who reaches everything counts more"
    );
}

#[apply(story)]
async fn an_appointment_that_is_filled_leaves_the_list_of_what_needs_somebody(house: &House) {
    let id = book(house, "OV-1", "es").await;
    let counted = async || {
        let dora = house.enters("Dora").await;
        let list = ListAppointments {
            status: "open".into(),
            q: "OV-1".into(),
            ..ListAppointments::default()
        };
        house
            .gate
            .view(
                &dora,
                CountAppointments {
                    lists: vec![list, looked_for("ov-1")],
                },
            )
            .await
            .unwrap()
            .into_inner()
    };
    assert_eq!(counted().await, [1, 1]);
    let dora = house.enters("Dora").await;
    let interpreter = house.world.interpreters["Ines"];
    house
        .gate
        .perform(
            &dora,
            AssignInterpreter {
                appointment: id,
                interpreter,
            },
        )
        .await
        .unwrap();
    assert_eq!(counted().await, [0, 1]);
    let fill = house
        .gate
        .view(&dora, TimeToFill)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(fill.groups.len(), 6);
}

#[apply(story)]
async fn a_list_is_searched_by_any_part_of_a_name_sorted_and_paged_by_number(house: &House) {
    book(house, "OV-B", "es").await;
    book(house, "OV-A", "vi").await;
    for typed in ["ov-", "OV-", "BRIGID", "brig hosp", "st. brígid"] {
        let found = listed(house, looked_for(typed)).await;
        assert!(
            found.contains(&"OV-A".to_owned()) && found.contains(&"OV-B".to_owned()),
            "{typed}: {found:?}"
        );
    }
    assert!(
        listed(house, looked_for("brigid clinic zz"))
            .await
            .is_empty()
    );
    let sorted = |sort: &str, past: &str| ListAppointments {
        sort: sort.into(),
        past: past.into(),
        ..looked_for("OV-")
    };
    assert_eq!(
        listed(house, sorted("reference", "")).await,
        ["OV-A", "OV-B"]
    );
    assert_eq!(
        listed(house, sorted("-reference", "")).await,
        ["OV-B", "OV-A"]
    );
    assert_eq!(listed(house, sorted("reference", "1")).await, ["OV-B"]);
    for by in [
        "start",
        "-start",
        "status",
        "language",
        "customer",
        "-interpreter",
    ] {
        assert_eq!(listed(house, sorted(by, "")).await.len(), 2, "{by}");
    }
    let dora = house.enters("Dora").await;
    for wrong in [
        sorted("name", ""),
        sorted("", "-1"),
        ListAppointments {
            cursor: "1~x".into(),
            ..sorted("reference", "")
        },
    ] {
        assert!(matches!(
            house.gate.view(&dora, wrong).await,
            Err(Refusal::Invalid(_))
        ));
    }
}

#[apply(story)]
async fn an_export_holds_what_the_list_shows_and_is_for_those_who_may_take_files_away(
    house: &House,
) {
    book(house, "OV-X", "es").await;
    let olivia = house.enters("Olivia").await;
    let taken = house
        .gate
        .view(
            &olivia,
            ExportAppointments {
                list: looked_for("OV-X"),
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        taken
            .iter()
            .map(|a| a.reference.as_str())
            .collect::<Vec<_>>(),
        ["OV-X"]
    );
    let dora = house.enters("Dora").await;
    assert!(!dora.exports(), "no owner has named her");
    assert!(matches!(
        house
            .gate
            .view(
                &dora,
                ExportAppointments {
                    list: looked_for("OV-X")
                }
            )
            .await,
        Err(Refusal::Forbidden)
    ));
}
