//! The log as a file: in every form, whole and in part, however long.
use interpres_gate::{Action, ExportEntries, Refusal, audit_log::Policy};
use interpres_scheduling::{ListAppointments, ShowAppointment};
use interpres_testkit::{House, apply, story};
use interpres_types::Field;
use interpres_verifier::check;

fn asked(form: &str, action: &str, actor: &str) -> ExportEntries {
    ExportEntries {
        form: form.into(),
        action: action.into(),
        actor: Field::from(actor),
        ..ExportEntries::default()
    }
}

/// So many hundred entries more, a quarter of them Olivia's. Nobody may ask for more than some
/// hundreds in a minute.
async fn look_around(house: &House, hundreds: usize) {
    let (dora, olivia) = (house.enters("Dora").await, house.enters("Olivia").await);
    for _ in 0..hundreds {
        let looks = (0..100).map(|n| {
            house.gate.view(
                if n % 4 == 0 { &olivia } else { &dora },
                ListAppointments::default(),
            )
        });
        for look in futures_util::future::join_all(looks).await {
            look.unwrap();
        }
        house.wait_minutes(1);
    }
}

fn numbers(table: &str) -> Vec<usize> {
    table
        .lines()
        .skip(1)
        .map(|row| row.split(',').next().unwrap().parse().unwrap())
        .collect()
}

#[apply(story)]
async fn a_log_of_many_pages_leaves_whole_and_in_part_in_every_form(house: &House) {
    look_around(house, 12).await;
    let whole = house.export(ExportEntries::default()).await;
    let ours = house.world.workspaces["Front Range Interpreters"];
    let policy = Policy::parse(&format!(
        "log {}\n",
        house.gate.log_head(ours).await.unwrap().unwrap().first_key
    ))
    .unwrap();
    let found = check(whole.as_bytes(), policy.clone(), None).unwrap();
    assert_eq!(
        (found.problems, found.complete),
        (Vec::<String>::new(), true)
    );
    assert!(
        found.entries > 1_200 && found.entries as usize == whole.lines().count() - 2,
        "{}",
        found.entries
    );
    // What is told of it is one entry more in each file after.
    let table = house.export(asked("csv", "", "")).await;
    assert_eq!(
        numbers(&table),
        (0..=found.entries as usize).collect::<Vec<_>>()
    );
    let named = |name: &str, file: &str| {
        file.lines()
            .filter(|row| row.contains("appointments.list") && row.contains(name))
            .count()
    };
    assert_eq!(
        (named("Dora Lindqvist", &table), named("Olivia", &table)),
        (900, 300)
    );
    let events = house.export(asked("fhir", "", "")).await;
    assert_eq!(events.lines().count(), found.entries as usize + 2);
    let dora = house.enters("Dora").await.user().unwrap().to_string();
    let part = house
        .export(asked("ndjson", "appointments.list", &dora))
        .await;
    let found = check(part.as_bytes(), policy, None).unwrap();
    assert_eq!(
        (found.problems, found.complete, found.entries),
        (Vec::<String>::new(), false, 900)
    );
    let part = house.export(asked("csv", "appointments.list", &dora)).await;
    assert_eq!(
        (
            numbers(&part).len(),
            numbers(&part).is_sorted_by(|a, b| a < b)
        ),
        (900, true)
    );
    let none = house.export(asked("csv", "appointment.erase", "")).await;
    assert_eq!(
        none.lines().count(),
        1,
        "a part with nothing in it has a heading"
    );
}

#[apply(story)]
async fn a_log_whose_rows_were_given_other_sizes_breaks_off(house: &House) {
    look_around(house, 1).await;
    house.number_entries().await;
    house.unguard().await;
    let ours = house.world.workspaces["Front Range Interpreters"];
    let rows = house
        .raw(&format!(
            "select hash from audit_leaf where workspace_id = '{ours}' and number = 3"
        ))
        .await;
    let whole = rows[0].bytes("hash").unwrap();
    let put = async |hash: &[u8]| {
        house
            .tamper(&format!(
                "update audit_leaf set hash = {} where workspace_id = '{ours}' and number = 3",
                house.literal(hash)
            ))
            .await
            .unwrap()
    };
    put(&whole[..31]).await;
    let plan = house
        .gate
        .view(&house.enters("Carl").await, ExportEntries::default())
        .await
        .unwrap();
    let mut file = house.gate.begin_export(plan);
    assert!(file.next_piece().await.unwrap().is_some(), "the heading");
    assert!(matches!(file.next_piece().await, Err(Refusal::Fault(_))));
    put(whole).await;
}

#[apply(story)]
async fn an_export_is_an_entry_itself_and_only_for_some(house: &House) {
    let dora = house.enters("Dora").await;
    assert!(matches!(
        house.gate.view(&dora, ExportEntries::default()).await,
        Err(Refusal::Forbidden)
    ));
    house
        .export(ExportEntries {
            form: "csv".into(),
            ..ExportEntries::default()
        })
        .await;
    let whole = house
        .export(ExportEntries {
            action: Action::AuditExport.name().into(),
            ..ExportEntries::default()
        })
        .await;
    let told: Vec<&str> = whole
        .lines()
        .filter(|l| l.contains("audit.export"))
        .filter(|l| l.contains("number"))
        .collect();
    assert_eq!(told.len(), 2, "{whole}");
    assert!(told[0].contains("forbidden") && told[1].contains("listed"));
}

#[apply(story)]
async fn a_table_of_the_log_holds_no_formula_and_an_audit_event_no_name(house: &House) {
    let origin = interpres_gate::Origin {
        address: Some("192.0.2.7".into()),
        agent: Some("=cmd|' /C calc'!A0".into()),
        session: None,
    };
    let dora = house
        .gate
        .admit_key(&house.person("Dora").api_key, origin)
        .await
        .unwrap()
        .unwrap();
    house
        .gate
        .view(&dora, ShowAppointment(house.world.appointments["FR-1001"]))
        .await
        .unwrap();
    let table = house
        .export(ExportEntries {
            form: "csv".into(),
            action: "appointment.show".into(),
            ..ExportEntries::default()
        })
        .await;
    let mut rows = table.lines();
    assert!(
        rows.next()
            .unwrap()
            .starts_with("number,at,actor,name,role,action,outcome")
    );
    let row = rows.next().unwrap();
    assert!(
        row.contains("'=cmd|")
            && row.contains("Dora Lindqvist")
            && row.contains("saw notes, internal_notes, client_name"),
        "{row}"
    );
    let events = house.export(asked("fhir", "", "")).await;
    for line in events.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["resourceType"], "AuditEvent");
        assert!(
            ["C", "R", "U", "D", "E"].contains(&event["action"].as_str().unwrap())
                && ["0", "4", "8"].contains(&event["outcome"].as_str().unwrap()),
            "{line}"
        );
        assert_eq!(
            event["agent"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|a| a["requestor"] == true)
                .count(),
            1
        );
    }
    let shown = events
        .lines()
        .find(|l| l.contains("appointment.show"))
        .unwrap();
    assert!(
        shown.contains("IHE.BasicAudit.Read")
            && shown.contains("client_name")
            && !shown.contains("Lindqvist"),
        "{shown}"
    );
    let again = house.export(asked("fhir", "", "")).await;
    assert!(
        again.starts_with(&events),
        "the same entries give the same bytes"
    );
}
