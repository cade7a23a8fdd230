//! A database and a workspace's file as version 0038 of the schema left them, when who had an
//! appointment stood on its own row: opened by this version, everybody sees what they saw and goes
//! on with it. How they were recorded: `fixtures/README.md`.
mod recorded;

use super::{WORDS, fixture};
use interpres::{Databases, MasterAt, OpenError, open, workspace_file};
use interpres_accounts::{SignIn, Visitor, sign_in};
use interpres_billing::{FileVoucher, ListVouchers, VoucherInput};
use interpres_dispatch::{MyOffers, RemoveInterpreter};
use interpres_gate::{
    Actor, Gate, Origin, Refusal, RestoreInput, RestoreRecord, ShowHistory, StoreError,
};
use interpres_scheduling::{
    EndSession, ListAppointments, ListFormerAssignments, RestoreAppointment, Status,
};
use interpres_store::SCHEMA;
use interpres_testkit::{House, apply, story};
use interpres_types::WorkspaceId;
use recorded::{Earlier, counted, data, done, gone};
use serde_json::{Map, Value, json};
use std::{fs, sync::Arc};

/// The last step of the schema that the recorded version knew.
const KNEW: i64 = 38;

/// Everything that somebody sees, as the recorder asked for it.
async fn seen(gate: &Gate, actor: &Actor) -> Value {
    let mut of = Map::new();
    let mut add = |name: &str, found: Result<Value, Refusal>| {
        if let Ok(value) = found {
            of.insert(name.to_owned(), value);
        }
    };
    let all = ListAppointments {
        limit: "200".into(),
        ..ListAppointments::default()
    };
    add(
        "appointments",
        gate.view(actor, all).await.map(|page| json!(page.items)),
    );
    add(
        "former",
        gate.view(actor, ListFormerAssignments::default())
            .await
            .map(|page| json!(page.items)),
    );
    for state in ["submitted", "approved"] {
        let of_state = ListVouchers {
            state: state.into(),
            ..ListVouchers::default()
        };
        add(
            state,
            gate.view(actor, of_state)
                .await
                .map(|page| json!(page.items)),
        );
    }
    add(
        "offers",
        gate.view(actor, MyOffers)
            .await
            .map(|offers| json!(&*offers)),
    );
    Value::Object(of)
}

/// The same without versions, and without the ids of what is of another kind now.
fn alike(mut seen: Value) -> Value {
    for (name, list) in seen.as_object_mut().unwrap() {
        for item in list.as_array_mut().unwrap() {
            let item = item.as_object_mut().unwrap();
            item.remove("version");
            // Clients are records by now, and dates and places are written as people write them.
            item.remove("client");
            if name == "offers" {
                item.remove("date");
            }
            // What waits for something is put on hold by now.
            if let Some(Value::Array(moves)) = item.get_mut("moves") {
                moves.retain(|allowed| allowed != "put-on-hold");
            }
            if let Some(Value::String(place)) = item.get_mut("place") {
                *place = place.replace(", CO, ", ", CO ");
            }
            if name == "former" {
                item.remove("id");
            }
            if let Some(Value::String(pay)) = item.get_mut("agreed_pay") {
                *pay = pay.replace(
                    "at least 60 min, by 15 min, 0.725 a mile",
                    "60 min minimum, in 15 min steps, 0.725 USD a mile",
                );
            }
        }
    }
    seen
}

async fn all_see_what_they_saw(earlier: &Earlier, gate: &Gate) {
    for who in earlier.people() {
        let actor = earlier.enters(gate, who).await;
        let (before, now) = (
            alike(earlier.said["seen"][who].clone()),
            alike(seen(gate, &actor).await),
        );
        for (list, before) in before.as_object().unwrap() {
            for (i, before) in before.as_array().unwrap().iter().enumerate() {
                assert_eq!(now[list].get(i), Some(before), "{who}, {list}");
            }
        }
        assert_eq!(now, before, "{who}");
    }
}

/// Nothing is what it was not saved as, and the log is whole.
async fn holds(gate: &Gate, workspace: WorkspaceId) {
    while gate.number_entries().await.unwrap() > 0 {}
    assert_eq!(
        gate.sweep(workspace).await.unwrap(),
        0,
        "every record is as it was saved"
    );
    while gate.number_entries().await.unwrap() > 0 {}
    assert_eq!(
        gate.verify_log(workspace).await.unwrap().problems,
        Vec::<String>::new()
    );
}

#[apply(story)]
async fn an_earlier_versions_database_opens_with_every_assignment_and_everybody_goes_on_with_theirs(
    house: &House,
) {
    let earlier = Earlier::beside(house).await;
    let gate = earlier.open().await.unwrap();
    all_see_what_they_saw(&earlier, &gate).await;
    holds(&gate, earlier.workspace()).await;
    earlier.wait_minutes(30);
    let (ines, dora, olivia) = (
        earlier.enters(&gate, "Ines").await,
        earlier.enters(&gate, "Dora").await,
        earlier.enters(&gate, "Olivia").await,
    );
    gate.perform(&ines, EndSession(earlier.called("OLD-RUNNING")))
        .await
        .unwrap();
    let worked = VoucherInput {
        start: "11:00".into(),
        end: "11:45".into(),
        ..VoucherInput::default()
    };
    let filed = gate
        .perform(
            &ines,
            FileVoucher {
                appointment: earlier.called("OLD-INCOMPLETE"),
                input: worked,
            },
        )
        .await
        .unwrap();
    assert!(
        filed.pay_total.0 > 0,
        "the pay that was agreed is still known"
    );
    let canceled = earlier.called("OLD-CANCELED");
    assert_eq!(
        gate.perform(&dora, RestoreAppointment { id: canceled })
            .await
            .unwrap()
            .status,
        Status::Assigned
    );
    gate.perform(
        &dora,
        RemoveInterpreter {
            appointment: earlier.called("OLD-ASSIGNED"),
        },
    )
    .await
    .unwrap();
    let (mut former, mut asked) = (
        Vec::new(),
        ListFormerAssignments {
            limit: "1".into(),
            ..ListFormerAssignments::default()
        },
    );
    loop {
        let page = gate.view(&ines, asked.clone()).await.unwrap().into_inner();
        former.extend(page.items.into_iter().map(|f| f.reference));
        let Some(next) = page.next else { break };
        asked.cursor = next.into();
    }
    assert_eq!(
        former,
        ["OLD-ASSIGNED", "OLD-HANDED", "OLD-UNASSIGNED"],
        "the latest taken first, in pages"
    );
    let versions = gate
        .view(
            &olivia,
            ShowHistory::of("appointment", earlier.called("OLD-OVERRIDDEN")),
        )
        .await
        .unwrap()
        .into_inner()
        .items;
    let reason = versions[0]
        .changes
        .iter()
        .filter(|c| c.field == "override_reason")
        .filter_map(|c| c.after.as_deref());
    assert_eq!(reason.collect::<Vec<_>>(), ["Kanarya's visit is short"]);
    holds(&gate, earlier.workspace()).await;
    gate.close().await;
    gone(&earlier.at);
}

#[apply(story)]
async fn carrying_over_that_was_stopped_half_way_is_gone_on_with_and_doubles_nothing(
    house: &House,
) {
    let earlier = Earlier::beside(house).await;
    let db = data(&earlier.at).await;
    db.migrate(SCHEMA).await.unwrap();
    db.close().await;
    let (stop, go_on): (&[&str], &str) = if earlier.at.data.is_some() {
        (
            &[
                "create function stop() returns trigger language plpgsql as $$ begin if (select \
                count(*) from assignment_row) >= 12 then raise exception 'stopped'; end if; \
                return new; end $$",
                "create trigger stop before insert on assignment_row for each row execute \
                function stop()",
            ],
            "drop trigger stop on assignment_row",
        )
    } else {
        (
            &[
                "create trigger stop before insert on assignment_row when (select count(*) \
                from assignment_row) >= 12 begin select raise(abort, 'stopped'); end",
            ],
            "drop trigger stop",
        )
    };
    done(&earlier.at, stop).await;
    assert!(
        matches!(earlier.open().await, Err(OpenError::CarryOver(_))),
        "nobody is let in"
    );
    assert_eq!(
        counted(&earlier.at, "assignment_row").await,
        12,
        "some are carried over"
    );
    done(&earlier.at, &[go_on]).await;
    let gate = earlier.open().await.unwrap();
    all_see_what_they_saw(&earlier, &gate).await;
    holds(&gate, earlier.workspace()).await;
    gate.close().await;
    let assignments = counted(&earlier.at, "assignment_row").await;
    assert_eq!(
        counted(
            &earlier.at,
            "appointment_row where interpreter_id is not null"
        )
        .await,
        0
    );
    assert_eq!(
        counted(&earlier.at, "job where kind = 'assignments.carry-over'").await,
        0
    );
    earlier.open().await.unwrap().close().await;
    assert_eq!(
        counted(&earlier.at, "assignment_row").await,
        assignments,
        "it is done once"
    );
    gone(&earlier.at);
}

#[apply(story)]
async fn a_record_that_comes_back_from_quarantine_in_its_earlier_form_is_carried_over(
    house: &House,
) {
    let earlier = Earlier::beside(house).await;
    let id = earlier.called("OLD-ASSIGNED");
    let sql = format!("update appointment_row set minutes = minutes + 1 where id = '{id}'");
    done(&earlier.at, &[&sql]).await;
    let gate = earlier.open().await.unwrap();
    assert_eq!(gate.sweep(earlier.workspace()).await.unwrap(), 1);
    let (olivia, ines) = (
        earlier.enters(&gate, "Olivia").await,
        earlier.enters(&gate, "Ines").await,
    );
    let has = async |gate: &Gate| {
        gate.view(&ines, ListAppointments::default())
            .await
            .unwrap()
            .items
            .iter()
            .any(|a| a.id == id)
    };
    assert!(!has(&gate).await, "it is out of sight");
    let input = RestoreInput {
        kind: "appointment".into(),
        record: id.to_string().into(),
    };
    gate.perform(&olivia, RestoreRecord { input })
        .await
        .unwrap();
    gate.work_off().await.unwrap();
    assert!(has(&gate).await, "it is hers again");
    gate.close().await;
    gone(&earlier.at);
}

#[apply(story)]
async fn an_earlier_versions_workspace_file_comes_in_with_every_assignment(house: &House) {
    let earlier = Earlier::beside(house).await;
    let folder = house.folder().with_extension("elsewhere");
    let at = Databases {
        folder: folder.clone(),
        data: house.empty_database(),
        keys: None,
        master: MasterAt::default(),
    };
    let there = open(&at, earlier.clock(), false).await.unwrap().0;
    workspace_file::import(
        &there,
        &fixture("workspace-0038.sealed"),
        WORDS,
        "olivia@frontrange.example",
        WORDS,
    )
    .await
    .unwrap();
    let Ok(SignIn::Open(opened)) = sign_in(
        &there,
        &Arc::default(),
        "olivia@frontrange.example",
        WORDS,
        &Visitor::default(),
    )
    .await
    else {
        panic!("the owner is let in")
    };
    let olivia = there
        .admit_session(&opened.token, Origin::default())
        .await
        .unwrap()
        .unwrap();
    let (olivia, _) = interpres::enrol(&there, &olivia).await.unwrap();
    assert_eq!(
        alike(seen(&there, &olivia).await),
        alike(earlier.said["seen"]["Olivia"].clone())
    );
    holds(&there, earlier.workspace()).await;
    assert_eq!(
        counted(&at, "assignment_row where state = 'ended'").await,
        2,
        "what was taken away is there too"
    );
    there.close().await;
    let _ = fs::remove_dir_all(folder);
    gone(&earlier.at);
}

#[apply(story)]
async fn a_process_of_an_earlier_version_beside_this_one_writes_no_entry_and_so_answers_nothing(
    house: &House,
) {
    if house.place().data.is_none() {
        return; // The embedded engine's folder is one process's own.
    }
    let db = data(house.place()).await;
    let mut turn = db.turn().await.unwrap();
    turn.execute(&format!("set local interpres.schema = {KNEW}"), &[])
        .await
        .unwrap();
    let entry = turn
        .execute(
            "insert into audit_entry (workspace_id, id, at, actor, action, leaf) \
            values ('w', 'e', 0, 'a', 'x', '')",
            &[],
        )
        .await;
    assert!(matches!(entry, Err(StoreError::Busy)), "{entry:?}");
    turn.undo().await.unwrap();
    db.close().await;
}
